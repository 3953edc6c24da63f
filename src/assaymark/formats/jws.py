"""Compact JSON Web Signatures with Ed25519 (RFC 7515, RFC 8037; W3C VC-JOSE-COSE section 3.1.1).

Rules that hold here
* One algorithm: ``EdDSA`` (or its newer name ``Ed25519``, RFC 9864). ``none``, HMAC and the rest are refused before
  any key is looked at.
* The key comes from the issuer's identifier, never from the header (``jwk``, ``x5c``, ``jku`` are refused).
* Each part has one spelling; ``crit`` is refused because nothing critical is understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import orjson

from assaymark.formats import strict_json
from assaymark.formats.did import Resolver, UnresolvedIdentifier, key_id, signature_holds
from assaymark.formats.multibase import EncodingError, base64url_decode, base64url_encode

ALGORITHMS = ("EdDSA", "Ed25519")
MAX_TOKEN = 1024 * 1024
_KEYS_IN_HEADER = ("jwk", "jku", "x5c", "x5u", "crit", "b64", "zip")


class Signer(Protocol):
    """A key that signs for an issuer: what the key store gives, or a security module."""

    @property
    def did(self) -> str:
        """The issuer's identifier (did:key)."""
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
    header = {"alg": "EdDSA", "typ": typ, "kid": key_id(signer.did), "iss": signer.did}
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
    if header.get("alg") not in ALGORITHMS:
        raise BadToken(f"algorithm {str(header.get('alg'))[:20]!r} is not accepted; EdDSA is")
    refused = [name for name in _KEYS_IN_HEADER if name in header]
    if refused:
        raise BadToken(f"header parameter {refused[0]!r} is not accepted")
    return Token(header, payload, f"{parts[0]}.{parts[1]}".encode("ascii", "replace"), signature)


def check(token: Token, *, issuer: str, resolver: Resolver) -> None:
    """Check the signature with the issuer's own key; raises :class:`BadToken`."""
    kid, iss = token.header.get("kid"), token.header.get("iss", issuer)
    if iss != issuer:
        raise BadToken("header and content name different issuers")
    if not isinstance(kid, str):
        raise BadToken("the header names no key (kid)")
    try:
        key = resolver.public_key(issuer, kid)
    except UnresolvedIdentifier as error:
        raise BadToken(str(error)) from error
    if not signature_holds(public_key=key, message=token.signing_input, signature=token.signature):
        raise BadToken("the signature does not fit the content: something was changed, or another key signed")
