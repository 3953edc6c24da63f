"""Compact JSON Web Signatures (RFC 7515, RFC 8037, RFC 7518 section 3.4; W3C VC-JOSE-COSE section 3.1.1).

Rules that hold here
* Written with ``EdDSA``; read with ``EdDSA`` (or its newer name ``Ed25519``, RFC 9864), ``ES256`` and ``ES384``.
  ``none``, HMAC and the rest are refused before any key is looked at; the key's kind must be the algorithm's.
* The key comes from the issuer's identifier, never from the header (``jwk``, ``x5c``, ``jku`` are refused). ``kid``
  names it, whole or from ``#`` on; a did:key has one key, so that nothing needs to name it.
* Each part has one spelling; ``crit`` is refused because nothing critical is understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import orjson

from assaymark.formats import strict_json
from assaymark.formats.did import KEY, Resolver, UnresolvedIdentifier, VerificationKey, key_id
from assaymark.formats.keys import KeyKind
from assaymark.formats.multibase import EncodingError, base64url_decode, base64url_encode

ALGORITHMS = {
    "EdDSA": KeyKind.ED25519,
    "Ed25519": KeyKind.ED25519,
    "ES256": KeyKind.P256,
    "ES384": KeyKind.P384,
}
MAX_TOKEN = 1024 * 1024
_KEYS_IN_HEADER = ("jwk", "jku", "x5c", "x5u", "crit", "b64", "zip")


class Signer(Protocol):
    """A key that signs for an issuer: what the key store gives, or a security module."""

    @property
    def did(self) -> str:
        """The issuer's identifier (did:key or did:webvh)."""
        ...

    @property
    def kid(self) -> str:
        """The key's name among the issuer's own: the identifier, ``#``, and what its document calls the key."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes."""
        ...


class BadToken(ValueError):
    """The token is not one that this product accepts, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; nothing about it is believed yet."""

    header: dict[str, strict_json.Json]
    payload: bytes
    signing_input: bytes
    signature: bytes


def sign(payload: bytes, *, signer: Signer, typ: str, cty: str | None = None) -> str:
    """Return the compact JWS of a payload, with ``kid`` and ``iss`` of the signer in the protected header."""
    header = {"alg": "EdDSA", "typ": typ, "kid": signer.kid, "iss": signer.did}
    if cty:
        header["cty"] = cty
    signing_input = f"{base64url_encode(orjson.dumps(header))}.{base64url_encode(payload)}"
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode('ascii')))}"


def split(token: str) -> Token:
    """Take a compact JWS apart; raises :class:`BadToken` on anything malformed or on a header that is refused."""
    if len(token) > MAX_TOKEN:
        raise BadToken("the token is larger than one megabyte")
    parts = token.split(".")
    if len(parts) != 3:
        raise BadToken("a token has three parts, separated by dots")
    try:
        header = strict_json.loads_object(base64url_decode(parts[0]), max_bytes=8192)
        payload, signature = base64url_decode(parts[1]), base64url_decode(parts[2])
    except (EncodingError, strict_json.BadJson) as error:
        raise BadToken(f"the token is malformed: {error}") from error
    if not isinstance(header.get("alg"), str) or header["alg"] not in ALGORITHMS:
        raise BadToken(f"algorithm {str(header.get('alg'))[:20]!r} is not accepted; EdDSA and ES256 are")
    refused = [name for name in _KEYS_IN_HEADER if name in header]
    if refused:
        raise BadToken(f"header parameter {refused[0]!r} is not accepted")
    return Token(header, payload, f"{parts[0]}.{parts[1]}".encode("ascii", "replace"), signature)


def check(token: Token, *, issuer: str, resolver: Resolver) -> VerificationKey:
    """Check the signature with the issuer's own key, and return that key; raises :class:`BadToken`."""
    kid, iss = token.header.get("kid"), token.header.get("iss", issuer)
    if iss != issuer:
        raise BadToken("header and content name different issuers")
    if "kid" not in token.header and issuer.startswith(KEY):
        kid = key_id(issuer)
    if not isinstance(kid, str):
        raise BadToken("the header names no key (kid)")
    if kid.startswith("#"):
        kid = issuer + kid
    try:
        found = resolver.verification_key(issuer, kid)
    except UnresolvedIdentifier as error:
        raise BadToken(str(error)) from error
    if found.key.kind is not ALGORITHMS[str(token.header["alg"])]:
        raise BadToken(f"algorithm {token.header['alg']} does not belong to the issuer's {found.key.kind} key")
    if not found.key.holds(message=token.signing_input, signature=token.signature):
        raise BadToken("the signature does not fit the content: something was changed, or another key signed")
    return found
