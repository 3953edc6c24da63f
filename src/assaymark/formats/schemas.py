"""The JSON schemas that credentials are held against: UNTP 0.7.0, shipped, compiled once."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import jsonschema_rs

from assaymark.formats import strict_json

CONFORMITY_CREDENTIAL = "ConformityCredential.json"
IDENTITY_ANCHOR = "DigitalIdentityAnchor.json"


@lru_cache(maxsize=4)
def schema_bytes(name: str) -> bytes:
    """Return a shipped schema as it was published."""
    return resources.files("assaymark").joinpath("catalogue", "untp", name).read_bytes()


@lru_cache(maxsize=4)
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """The compiled validator of a shipped schema."""
    return jsonschema_rs.Draft202012Validator(strict_json.loads(schema_bytes(name)), validate_formats=True)


def complaints(document: strict_json.Json, *, schema: str, limit: int = 5) -> tuple[str, ...]:
    """List what a document breaks in a shipped schema: empty when it conforms."""
    checker = validator(schema)
    if checker.is_valid(document):
        return ()
    found: list[str] = []
    for error in checker.iter_errors(document):
        path = "/".join(str(step) for step in error.instance_path) or "the document"
        found.append(f"{path}: {error.message[:200]}")
        if len(found) == limit:
            break
    return tuple(found)
