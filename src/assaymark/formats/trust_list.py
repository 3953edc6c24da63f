"""The verifier's own list of anchors: whom it trusts at the top of a chain, from when until when.

A list is JSON: ``{"type": "AssaymarkTrustList", "version": 1, "anchors": [{"did", "name", "role", "from", "until",
"kinds", "succeeds"}]}``; a bare list of anchors is read too.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from assaymark.core.trust import Anchor
from assaymark.formats import strict_json
from assaymark.formats.moments import BadMoment, read_day

TYPE = "AssaymarkTrustList"
MAX_ANCHORS = 10_000


class BadTrustList(ValueError):
    """The file is not a list of anchors."""


def write_trust_list(anchors: Iterable[Anchor]) -> bytes:
    """Write a list of anchors as indented JSON."""
    rows = [
        {
            "did": anchor.did,
            "name": anchor.name,
            "role": anchor.role,
            "from": anchor.valid_from.isoformat() if anchor.valid_from else None,
            "until": anchor.valid_until.isoformat() if anchor.valid_until else None,
            "kinds": sorted(anchor.kinds),
            "succeeds": anchor.succeeds,
        }
        for anchor in anchors
    ]
    document = {"type": TYPE, "version": 1, "anchors": rows}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_trust_list(data: bytes) -> tuple[Anchor, ...]:
    """Read a list of anchors; raises :class:`BadTrustList` that names the offending entry."""
    try:
        document = strict_json.loads(data)
    except strict_json.BadJson as error:
        raise BadTrustList(str(error)) from error
    if isinstance(document, dict):
        if document.get("type") != TYPE or document.get("version") != 1:
            raise BadTrustList(f"not a list of type {TYPE}, version 1")
        document = document.get("anchors")
    if not isinstance(document, list) or len(document) > MAX_ANCHORS:
        raise BadTrustList(f"not a list of at most {MAX_ANCHORS} anchors")
    return tuple(_anchor(row, number) for number, row in enumerate(document, start=1))


def _anchor(row: object, number: int) -> Anchor:
    if not isinstance(row, dict) or not isinstance(row.get("did"), str) or not row["did"].startswith("did:"):
        raise BadTrustList(f"anchor {number} names no identifier (did)")
    kinds = row.get("kinds") or []
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise BadTrustList(f"anchor {number}: kinds is not a list of names")
    try:
        return Anchor(
            did=row["did"],
            name=str(row.get("name") or row["did"])[:400],
            role=str(row.get("role") or "arrangement")[:100],
            valid_from=read_day(row["from"]) if row.get("from") else None,
            valid_until=read_day(row["until"]) if row.get("until") else None,
            kinds=frozenset(kinds),
            succeeds=str(row["succeeds"]) if row.get("succeeds") else None,
        )
    except BadMoment as error:
        raise BadTrustList(f"anchor {number}: {error}") from error
