"""A signed W3C credential of any kind: whose signature is on it, and whether it holds. Nothing else is judged.

Both securing mechanisms of the VC Data Model 2.0 are read: enveloped as ``vc+jwt`` (VC-JOSE-COSE), or with an embedded
Data Integrity proof. Certificates are read on top of this (``formats.credential``); published vectors run through it.

Rules that hold here (VC-JOSE-COSE 3.1.1, 3.3.2; VC Data Model 2.0 section 4)
* ``typ`` is ``vc+jwt`` (an ``application/`` before it changes nothing), ``cty`` is ``vc``; claims ``vc`` and ``vp``
  must not occur.
* The first context is that of version 2; version 1.1 is *unsupported*. The issuer is a text or an object with ``id``.
* An issuer whose key is not at hand (a plain address, a log that was not given) is *unsupported*: that is no *no*.
* The key is the issuer's own, unless the caller asks for any key (``own_key=False``) and judges ``signer`` itself; then
  every proof of a set or chain must hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from assaymark.formats import data_integrity, jws, strict_json
from assaymark.formats.did import KeyResolver, NotAtHand, Resolver, UnresolvedIdentifier, VerificationKey
from assaymark.formats.keys import PublicKey
from assaymark.formats.moments import read_instant
from assaymark.formats.strict_json import Json

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
JOSE = "vc+jwt"
MAX_PARTS = 60_000  # canonical JSON of more takes too long and too much memory


class BadSecured(Exception):
    """The credential is malformed, or its signature does not hold."""


class UnsupportedSecured(Exception):
    """Whether the signature holds cannot be told here."""


@dataclass(frozen=True, slots=True)
class Secured:
    """A credential whose signature holds. ``suite`` is the cryptosuite, or ``vc+jwt`` with its algorithm."""

    claims: dict[str, Json]
    issuer: str
    signer: str
    key: VerificationKey
    suite: str
    signed_at: dt.datetime | None
    expires: dt.datetime | None


class GivenKeys:
    """A resolver for keys that came by another way: by key id (``kid``, ``verificationMethod``), else did:key."""

    def __init__(self, keys: Mapping[str, PublicKey]) -> None:
        """``keys`` maps each key id to its public key."""
        self._keys = dict(keys)

    def verification_key(self, did: str, kid: str) -> VerificationKey:
        """Return the key given for an id; raises ``UnresolvedIdentifier``."""
        if kid in self._keys:
            return VerificationKey(self._keys[kid])
        if did.startswith("did:key:"):
            return KeyResolver().verification_key(did, kid)
        raise UnresolvedIdentifier(f"no key was given for {kid[:200]}")


def is_embedded(data: bytes | str) -> bool:
    """Tell whether signed data is JSON with a proof inside, and not a compact token."""
    return data.lstrip()[:1] in (b"{", "{")


def check(data: bytes | str, *, resolver: Resolver, own_key: bool = True) -> Secured:
    """Check the signature of a credential; raises :class:`BadSecured` or :class:`UnsupportedSecured`."""
    if is_embedded(data):
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        try:
            document = strict_json.loads_object(raw, max_bytes=jws.MAX_TOKEN, max_parts=MAX_PARTS)
            return check_embedded(document, resolver=resolver, own_key=own_key)
        except strict_json.BadJson as error:
            raise BadSecured(str(error)) from error
    token = data.decode("ascii", "replace") if isinstance(data, bytes) else data
    try:
        parts = jws.split(token)
        claims = strict_json.loads_object(parts.payload)
    except (jws.BadToken, strict_json.BadJson) as error:
        raise BadSecured(str(error)) from error
    return check_token(parts, claims, resolver=resolver)


def check_embedded(document: dict[str, Json], *, resolver: Resolver, own_key: bool = True) -> Secured:
    """Check a credential with embedded proofs; its claims are the document without them."""
    claims = {name: value for name, value in document.items() if name != "proof"}
    issuer = issuer_of(claims)
    try:
        _check_model(claims)
        if own_key:
            proven = data_integrity.check(document, issuer=issuer, resolver=resolver)
        else:
            proven = data_integrity.check_all(document, resolver=resolver)
    except data_integrity.BadProof as error:
        raise BadSecured(str(error)) from error
    except data_integrity.UnsupportedProof as error:
        raise UnsupportedSecured(str(error)) from error
    return Secured(claims, issuer, proven.controller, proven.key, proven.suite, proven.created, proven.expires)


def check_token(parts: jws.Token, claims: dict[str, Json], *, resolver: Resolver) -> Secured:
    """Check a ``vc+jwt`` that is already taken apart."""
    if _kind(parts.header.get("typ")) != "vc+jwt" or _kind(parts.header.get("cty", "vc")) != "vc":
        raise BadSecured("the token is not of type vc+jwt with content type vc")
    if "vc" in claims or "vp" in claims:
        raise BadSecured("the claims vc and vp must not occur (VC-JOSE-COSE)")
    issuer = issuer_of(claims)
    _check_model(claims)
    if claims.get("iss", issuer) != issuer:
        raise BadSecured("claim iss and issuer differ")
    if claims.get("jti", claims.get("id")) != claims.get("id"):
        raise BadSecured("claim jti and id differ")
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    try:
        key = jws.check(parts, issuer=issuer, resolver=resolver)
    except jws.BadToken as error:
        cause = error.__cause__
        plain = isinstance(cause, UnresolvedIdentifier) and not issuer.startswith("did:")
        if plain or isinstance(cause, NotAtHand):
            raise UnsupportedSecured(f"the issuer's key is not at hand: {error}") from error
        raise BadSecured(str(error)) from error
    return Secured(claims, issuer, issuer, key, f"{JOSE} {parts.header['alg']}", issued, expires)


def issuer_of(claims: dict[str, Json]) -> str:
    """Return the issuer's identifier, which a credential names as text or in an object."""
    value = claims.get("issuer")
    found = value.get("id") if isinstance(value, dict) else value
    if not isinstance(found, str) or ":" not in found or len(found) > 2000:
        raise BadSecured("the credential names no issuer")
    return found


def _check_model(claims: dict[str, Json]) -> None:
    types, contexts = claims.get("type"), claims.get("@context")
    if not isinstance(types, str | list) or "VerifiableCredential" not in (
        [types] if isinstance(types, str) else types
    ):
        raise BadSecured("not a Verifiable Credential")
    first = contexts[0] if isinstance(contexts, list) and contexts else contexts
    if first == V1:
        raise UnsupportedSecured("credentials of the data model 1.1 are not read; 2.0 are")
    if first != V2:
        raise BadSecured("the first context is not that of the data model 2.0")
    subject = claims.get("credentialSubject")
    if not isinstance(subject, dict | list) or not subject:
        raise BadSecured("the credential says nothing about anybody (credentialSubject)")


def _kind(value: Json) -> str:
    return value.lower().removeprefix("application/") if isinstance(value, str) else ""


def _seconds(claims: dict[str, Json], name: str) -> dt.datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return read_instant(value)  # RFC 7519 wants a number, but the W3C's own test credentials have text
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadSecured(f"claim {name} is malformed: not a number of seconds")
        return dt.datetime.fromtimestamp(value, dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadSecured(f"claim {name} is malformed: no moment") from error
