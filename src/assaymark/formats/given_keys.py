"""Public keys that the verifier got by another way: documents of identifiers, or single keys with their owner.

Rules that hold here (W3C Controlled Identifiers 1.0, sections 2.1 and 2.2)
* A file holds a document (``id``, ``verificationMethod``, ``assertionMethod``), a single verification method with its
  ``controller``, or a list of these. Keys count for their controller alone; private parts beside them are not read.
* A JWK's own ``kid`` names the key too, since tokens use it (VC-JOSE-COSE section 4).
"""

from __future__ import annotations

from assaymark.formats import strict_json
from assaymark.formats.strict_json import Json

MAX_BYTES = 256 * 1024
MAX_DOCUMENTS = 100


class BadKeys(ValueError):
    """The file holds no keys that could be used."""


def read_keys(data: bytes) -> dict[str, dict[str, Json]]:
    """Return the documents in a file by identifier; raises :class:`BadKeys`."""
    try:
        value = strict_json.loads(data, max_bytes=MAX_BYTES)
    except strict_json.BadJson as error:
        raise BadKeys(str(error)) from error
    found: dict[str, dict[str, Json]] = {}
    items = value if isinstance(value, list) else [value]
    if not 0 < len(items) <= MAX_DOCUMENTS:
        raise BadKeys(f"not between one and {MAX_DOCUMENTS} documents")
    for item in items:
        document = _document(item)
        name = str(document["id"])
        if name in found:
            document = _joined(found[name], document)
        found[name] = document
    return found


def _document(item: Json) -> dict[str, Json]:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise BadKeys("neither a document of an identifier nor a key with its owner")
    if "verificationMethod" in item or "assertionMethod" in item:
        return item
    if not isinstance(item.get("controller"), str):
        raise BadKeys(f"the key {item['id'][:80]} does not say whose it is (controller)")
    return {"id": item["controller"], "verificationMethod": [item], "assertionMethod": [item["id"]]}


def _joined(one: dict[str, Json], other: dict[str, Json]) -> dict[str, Json]:
    names = ("verificationMethod", "assertionMethod")
    if not all(isinstance(document.get(name, []), list) for document in (one, other) for name in names):
        raise BadKeys("keys of a document are no list")
    return one | {name: [*one.get(name, []), *other.get(name, [])] for name in names}


def short_names(document: dict[str, Json]) -> dict[str, str]:
    """Return what a document's JWKs call themselves (``kid``), with the key id that each stands for."""
    found: dict[str, str] = {}
    methods = document.get("verificationMethod", [])
    for method in methods if isinstance(methods, list) else []:
        jwk = method.get("publicKeyJwk") if isinstance(method, dict) else None
        kid = jwk.get("kid") if isinstance(jwk, dict) else None
        if isinstance(kid, str) and isinstance(method.get("id"), str):
            found[kid] = method["id"]
    return found
