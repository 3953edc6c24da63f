"""What an accreditation or a recognition says of its subject's past: former names, and for whom it answers.

``credentialSubject.formerNames``: ``[{"name", "until"}]``; ``credentialSubject.succeeds``: ``[{"id", "name", "from",
"how"}]``, how = ``merged-into`` or ``succeeded-by`` as seen from the party that ended (`core.body_changes`).

Rules that hold here
* What is malformed says nothing: it neither makes a credential invalid nor counts for anything.
* Nobody succeeds itself.
"""

from __future__ import annotations

from assaymark.core.body_changes import ChangeKind, FormerName, Predecessor
from assaymark.formats.moments import BadMoment, read_day
from assaymark.formats.strict_json import Json

MAX_ENTRIES = 50
_ENDINGS = {kind.value: kind for kind in (ChangeKind.MERGED, ChangeKind.SUCCEEDED)}


def predecessors_of(claims: dict[str, Json]) -> tuple[Predecessor, ...]:
    """Return the parties that the subject of these claims answers for, as far as they are well-formed."""
    subject = claims["credentialSubject"]
    found = []
    for row in _rows(subject, "succeeds"):
        did, name, how = row.get("id"), row.get("name"), _ENDINGS.get(str(row.get("how", "merged-into")))
        if not (isinstance(did, str) and did and isinstance(name, str) and name and how) or did == subject.get("id"):
            continue
        try:
            found.append(Predecessor(did[:4000], name[:400], read_day(row.get("from")), how))
        except BadMoment:
            continue
    return tuple(found)


def former_names_of(claims: dict[str, Json]) -> tuple[FormerName, ...]:
    """Return the names that the subject of these claims had before, as far as they are well-formed."""
    found = []
    for row in _rows(claims["credentialSubject"], "formerNames"):
        name = row.get("name")
        if not isinstance(name, str) or not name:
            continue
        try:
            found.append(FormerName(name[:400], read_day(row.get("until"))))
        except BadMoment:
            continue
    return tuple(found)


def _rows(subject: dict[str, Json], member: str) -> list[dict[str, Json]]:
    rows = subject.get(member)
    if not isinstance(rows, list):
        return []
    return [row for row in rows[:MAX_ENTRIES] if isinstance(row, dict)]
