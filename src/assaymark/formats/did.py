"""Decentralised identifiers: did:key carries the key itself, so that verifying needs nothing else.

Rules that hold here
* Keys are Ed25519 (multicodec ``0xed``); other key types are refused by name.
* Small-order and malformed points are refused when verifying (libsodium), not only when decoding.
* A :class:`Resolver` is the seam for did:web and did:webvh; the one that ships knows did:key only
  (``docs/adr/0002-issuer-identifiers.md``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from assaymark.formats.multibase import EncodingError, base58_decode, base58_encode

_ED25519_PUB = b"\xed\x01"
_KNOWN_FOREIGN = {
    b"\x80\x24": "P-256",
    b"\x81\x24": "P-384",
    b"\xe7\x01": "secp256k1",
    b"\xec\x01": "X25519",
    b"\x85\x24": "RSA",
}


class UnresolvedIdentifier(ValueError):
    """The identifier cannot be turned into a key: malformed, another method, another key type."""


class Resolver(Protocol):
    """Turns an issuer's identifier and the key id of a signature into the raw Ed25519 public key."""

    def public_key(self, did: str, kid: str) -> bytes:
        """Return 32 bytes; raises :class:`UnresolvedIdentifier`."""
        ...


def did_key(public_key: bytes) -> str:
    """Return the did:key of a raw Ed25519 public key (32 bytes)."""
    if len(public_key) != 32:
        raise ValueError("an Ed25519 public key has 32 bytes")
    return "did:key:z" + base58_encode(_ED25519_PUB + public_key)


def key_id(did: str) -> str:
    """Return the key id (DID URL) of a did:key: the identifier, ``#``, and the multibase key again."""
    return f"{did}#{did.removeprefix('did:key:')}"


@lru_cache(maxsize=4096)
def public_key_of(did: str) -> bytes:
    """Return the raw Ed25519 public key inside a did:key."""
    if not did.startswith("did:key:z"):
        raise UnresolvedIdentifier(f"{did[:80]} is not a did:key; no other method is resolved offline")
    try:
        raw = base58_decode(did[len("did:key:z") :])
    except EncodingError as error:
        raise UnresolvedIdentifier(f"{did[:80]} is not a well-formed did:key") from error
    if raw[:2] in _KNOWN_FOREIGN:
        raise UnresolvedIdentifier(f"{did[:80]} holds a {_KNOWN_FOREIGN[raw[:2]]} key; Ed25519 is accepted")
    if raw[:2] != _ED25519_PUB or len(raw) != 34:
        raise UnresolvedIdentifier(f"{did[:80]} holds no Ed25519 key")
    if did_key(raw[2:]) != did:
        raise UnresolvedIdentifier(f"{did[:80]} is not in its one spelling")
    return raw[2:]


class KeyResolver:
    """Resolves did:key, offline."""

    def public_key(self, did: str, kid: str) -> bytes:
        """Return the key; the key id must be the identifier's own (a key of somebody else is refused)."""
        key = public_key_of(did)
        if kid not in (did, key_id(did)):
            raise UnresolvedIdentifier("the signature names a key that is not the issuer's")
        return key


@lru_cache(maxsize=4096)
def _verifier(public_key: bytes) -> VerifyKey:
    return VerifyKey(public_key)


def signature_holds(*, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature (64 bytes) over the message belongs to the key."""
    if len(signature) != 64 or len(public_key) != 32:
        return False
    try:
        _verifier(public_key).verify(message, signature)
    except BadSignatureError:
        return False
    return True
