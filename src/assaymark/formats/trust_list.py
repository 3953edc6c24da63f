"""The verifier's own list of anchors: whom it trusts at the top of a chain, from when until when.

A list is JSON: ``{"type": "AssaymarkTrustList", "version": 1, "anchors": [{"did", "name", "role", "from", "until",
"kinds", "succeeds", "transitionUntil", "label", "source"}]}``; a bare list of anchors is read too.

Rules that hold here
* ``did`` is all that an entry needs; what it leaves out is written as ``null`` or empty.
* A list is read whole or not at all; every entry that is wrong is named, not only the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

from assaymark.core import succession
from assaymark.core.trust import Anchor
from assaymark.formats import strict_json
from assaymark.formats.moments import read_day

TYPE = "AssaymarkTrustList"
MAX_ANCHORS = 10_000


MAX_NAMED = 50


class BadTrustList(ValueError):
    """The file is not a list of anchors. ``errors`` holds (number of the entry, why); empty: it is no list at all."""

    def __init__(self, message: str, errors: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


def anchor_as_json(anchor: Anchor) -> dict[str, strict_json.Json]:
    """One entry of a list, with every member."""
    return {
        "did": anchor.did,
        "name": anchor.name,
        "role": anchor.role,
        "from": anchor.valid_from.isoformat() if anchor.valid_from else None,
        "until": anchor.valid_until.isoformat() if anchor.valid_until else None,
        "kinds": sorted(anchor.kinds),
        "succeeds": anchor.succeeds,
        "transitionUntil": anchor.transition_until.isoformat() if anchor.transition_until else None,
        "label": anchor.label,
        "source": anchor.source,
    }


def write_trust_list(anchors: Iterable[Anchor]) -> bytes:
    """Write a list of anchors as indented JSON."""
    document = {"type": TYPE, "version": 1, "anchors": [anchor_as_json(anchor) for anchor in anchors]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def listed_in(data: bytes, member: str, *, most: int) -> list[strict_json.Json]:
    """Return what a further member of a list holds, such as its witnesses; raises ``ValueError``. Empty: not there."""
    document = strict_json.loads(data)
    listed = document.get(member, []) if isinstance(document, dict) else []
    if not isinstance(listed, list) or len(listed) > most:
        raise ValueError(f"{member} is not a list of at most {most} texts")
    return listed


def with_member(trust_list: bytes, member: str, values: Sequence[str]) -> bytes:
    """Return a list with a further member; unchanged when that would be empty."""
    if not values:
        return trust_list
    document = strict_json.loads_object(trust_list) | {member: list(values)}
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
    anchors: list[Anchor] = []
    errors: list[tuple[int, str]] = []
    for number, row in enumerate(document, start=1):
        try:
            anchors.append(_anchor(row))
        except ValueError as error:
            errors.append((number, str(error)))
    if not errors:
        errors = succession.problems(anchors)
    if errors:
        raise BadTrustList("; ".join(f"anchor {number}: {why}" for number, why in errors[:MAX_NAMED]), errors)
    return tuple(anchors)


def other_members(data: bytes) -> tuple[str, ...]:
    """Return what a list holds beside its anchors, such as witnesses; its readers are elsewhere."""
    document = strict_json.loads(data)
    return tuple(sorted(set(document) - {"type", "version", "anchors"})) if isinstance(document, dict) else ()


def _anchor(row: object) -> Anchor:
    """Read one entry; raises ``ValueError`` that says what is wrong with it."""
    if not isinstance(row, dict) or not isinstance(row.get("did"), str) or not row["did"].startswith("did:"):
        raise ValueError("it names no identifier (did)")
    kinds = row.get("kinds") or []
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise ValueError("kinds is not a list of names")
    return Anchor(
        did=_text(row, "did", 300),
        name=_text(row, "name", 400) or row["did"],
        role=_text(row, "role", 100) or "arrangement",
        valid_from=read_day(row["from"]) if row.get("from") else None,
        valid_until=read_day(row["until"]) if row.get("until") else None,
        kinds=frozenset(kinds),
        succeeds=_text(row, "succeeds", 300) or None,
        transition_until=read_day(row["transitionUntil"]) if row.get("transitionUntil") else None,
        label=_text(row, "label", 100),
        source=_text(row, "source", 500),
    )


def _text(row: dict[str, strict_json.Json], name: str, most: int) -> str:
    value = row.get(name) or ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    if len(value) > most:
        raise ValueError(f"{name} is longer than {most} characters")
    return value
