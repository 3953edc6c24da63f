"""did:web and the documents that identifiers lead to (W3C DID 1.0, CID 1.0, did:web method).

Rules that hold here
* A document's ``id`` is the identifier asked for; a key counts when its controller is that identifier and
  ``assertionMethod`` names it. Keys of kinds that are not accepted are passed over; asking for one is refused.
* A key that its owner revoked (CID 1.0, 2.2) is no key for statements, wherever it is named.
* The host is a name of the domain name system: no addresses, no user, no ``localhost``.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import unquote

from assaymark.formats.did import UnresolvedIdentifier
from assaymark.formats.keys import BadKey, PublicKey, from_jwk, from_multikey
from assaymark.formats.moments import BadMoment, read_instant
from assaymark.formats.strict_json import Json

WEB = "did:web:"
MAX_METHODS = 100
_HOST = re.compile(
    r"(?=.{1,253}(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::\d{1,5})?"
)
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")


def web_address(place: str, *, file: str) -> str:
    """Return the https address of a file for the part of an identifier that names host and path."""
    host, *path = place.split(":")
    host = unquote(host)
    if not _HOST.fullmatch(host) or host.split(":")[0].endswith((".localhost", ".local", ".internal")):
        raise UnresolvedIdentifier(f"{host[:80]!r} is no host that an identifier may name")
    if len(path) > 20 or any(not _SEGMENT.fullmatch(part) or part in (".", "..") for part in path):
        raise UnresolvedIdentifier("the path of the identifier is malformed")
    return f"https://{host}/{'/'.join(path) if path else '.well-known'}/{file}"


def document_address(did: str) -> str:
    """Return where the document of a did:web is published."""
    if not did.startswith(WEB):
        raise UnresolvedIdentifier(f"{did[:80]} is not a did:web")
    return web_address(did.removeprefix(WEB), file="did.json")


def _key(method: dict[str, Json]) -> PublicKey | None:
    kind = method.get("type")
    try:
        if kind in ("Multikey", "Ed25519VerificationKey2020"):
            return from_multikey(str(method.get("publicKeyMultibase")))
        jwk = method.get("publicKeyJwk")
        if kind in ("JsonWebKey", "JsonWebKey2020") and isinstance(jwk, dict):
            return from_jwk(jwk)
    except BadKey:
        return None
    return None


def _list(document: dict[str, Json], name: str) -> list[Json]:
    value = document.get(name, [])
    if not isinstance(value, list) or len(value) > MAX_METHODS:
        raise UnresolvedIdentifier(f"{name} of the document is no list of at most {MAX_METHODS}")
    return value


def assertion_keys(document: dict[str, Json], *, did: str) -> dict[str, PublicKey]:
    """Return the keys that may sign statements, by absolute key id; raises :class:`UnresolvedIdentifier`."""
    if document.get("id") != did:
        raise UnresolvedIdentifier(f"the document is not that of {did[:80]}")
    named: set[str] = set()
    methods = _list(document, "verificationMethod")
    for entry in _list(document, "assertionMethod"):
        if isinstance(entry, str):
            named.add(_absolute(entry, did))
        elif isinstance(entry, dict):
            methods = [*methods, entry]
            named.add(_absolute(str(entry.get("id")), did))
    found: dict[str, PublicKey] = {}
    for method in methods:
        if not isinstance(method, dict) or method.get("controller") != did or "revoked" in method:
            continue
        kid = _absolute(str(method.get("id")), did)
        if kid in named and kid.startswith(f"{did}#") and (key := _key(method)):
            if found.get(kid, key) != key:
                raise UnresolvedIdentifier(f"the document gives {kid[:120]} to two keys")
            found[kid] = key
    return found


def revocations(document: dict[str, Json], *, did: str) -> dict[str, dt.datetime]:
    """Return since when which of the document's own keys is revoked; raises :class:`UnresolvedIdentifier`."""
    found: dict[str, dt.datetime] = {}
    for method in _list(document, "verificationMethod"):
        if isinstance(method, dict) and method.get("controller") == did and "revoked" in method:
            try:
                found[_absolute(str(method.get("id")), did)] = read_instant(method["revoked"])
            except BadMoment as error:
                raise UnresolvedIdentifier(f"revoked of a key: {error}") from error
    return found


def _absolute(name: str, did: str) -> str:
    return did + name if name.startswith("#") else name
