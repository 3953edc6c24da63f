"""Decentralised identifiers: did:key carries the key itself, so that verifying needs nothing else.

Rules that hold here
* Keys are Ed25519, P-256 or P-384 (``formats.keys``); other key types are refused by name.
* A :class:`Resolver` is the seam for did:web and did:webvh; the one that ships knows did:key only
  (``docs/adr/0002-issuer-identifiers.md``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from assaymark.formats.keys import BadKey, KeyKind, PublicKey, ed25519, from_multikey, multikey

KEY = "did:key:"


class UnresolvedIdentifier(ValueError):
    """The identifier cannot be turned into a key: malformed, another method, another key type."""


class NotAtHand(UnresolvedIdentifier):
    """What the identifier needs (a document, a log, witnesses' proofs) is not at hand: unknown, and not a *no*."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A key of an issuer, and from when until when it was the issuer's (``None``: open; did:key has no history).

    ``valid_until`` is exclusive. ``history`` tells whether the interval comes from a log that proves it (did:webvh).
    ``compromised_since``: from then on others may have had the key, by the issuer's own word (CID 1.0, ``revoked``):
    a signature of which it is not proven that it is older proves nothing.
    """

    key: PublicKey
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    history: bool = False
    compromised_since: dt.datetime | None = None


class Resolver(Protocol):
    """Turns an issuer's identifier and the key id of a signature into the public key, with its interval."""

    def verification_key(self, did: str, kid: str) -> VerificationKey:
        """Return the key that ``kid`` names among the issuer's own; raises :class:`UnresolvedIdentifier`."""
        ...


def did_key(public_key: bytes) -> str:
    """Return the did:key of a raw Ed25519 public key (32 bytes)."""
    return KEY + multikey(ed25519(public_key))


def key_id(did: str) -> str:
    """Return the key id (DID URL) of a did:key: the identifier, ``#``, and the multibase key again."""
    return f"{did}#{did.removeprefix(KEY)}"


@lru_cache(maxsize=4096)
def key_of(did: str) -> PublicKey:
    """Return the public key inside a did:key; raises :class:`UnresolvedIdentifier`."""
    if not did.startswith(KEY):
        raise UnresolvedIdentifier(f"{did[:80]} is not a did:key; no other method is resolved here")
    try:
        return from_multikey(did.removeprefix(KEY))
    except BadKey as error:
        raise UnresolvedIdentifier(f"{did[:80]}: {error}") from error


def public_key_of(did: str) -> bytes:
    """Return the raw Ed25519 public key inside a did:key."""
    key = key_of(did)
    if key.kind is not KeyKind.ED25519:
        raise UnresolvedIdentifier(f"{did[:80]} holds a {key.kind} key; Ed25519 is accepted here")
    return key.raw


class KeyResolver:
    """Resolves did:key, offline."""

    def verification_key(self, did: str, kid: str) -> VerificationKey:
        """Return the key; the key id must be the identifier's own (a key of somebody else is refused)."""
        key = key_of(did)
        if kid not in (did, key_id(did)):
            raise UnresolvedIdentifier("the signature names a key that is not the issuer's")
        return VerificationKey(key)
