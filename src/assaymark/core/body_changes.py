"""What becomes of bodies: they change their name, merge into another, or hand on to a successor, each on a day.

Rules that hold here
* A change is dated and names its source; nobody concludes one from names that look alike.
* A body that was renamed is the same body, under the same identifier. One that merged or handed on has ended: from
  that day another body answers for what it attested.
* An accreditation or a recognition may state both: under which names its subject attested before, and whose
  attestations it answers for (ISO/IEC 17011:2017, 4.2 and 8.2: changes are told and published).

Pure values: no clock, no network, no disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What happened to a body."""

    RENAMED = "renamed"
    MERGED = "merged-into"
    SUCCEEDED = "succeeded-by"


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name under which a party attested; ``until`` is the last day of it."""

    name: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A party that ended and whose attestations another answers for, from the day ``since`` on. ``id`` is its DID."""

    id: str
    name: str
    since: dt.date
    how: ChangeKind = ChangeKind.MERGED


@dataclass(frozen=True, slots=True)
class BodyChange:
    """One dated change. ``old_name`` until the day before ``on``; ``new_name`` from that day."""

    kind: ChangeKind
    on: dt.date
    old_name: str
    new_name: str
    source: str = ""

    def sentence(self) -> str:
        """Say it in one sentence."""
        day = f"{self.on.day} {self.on:%b %Y}"
        match self.kind:
            case ChangeKind.RENAMED:
                return f"{self.old_name} is called {self.new_name} since {day}."
            case ChangeKind.MERGED:
                return f"{self.old_name} merged into {self.new_name} on {day}."
            case ChangeKind.SUCCEEDED:
                return f"{self.new_name} succeeded {self.old_name} on {day}."


def name_on(changes: Iterable[BodyChange], *, current: str, on: dt.date) -> str:
    """Return the name that a body had on a day, from its renamings and its current name."""
    renamings = sorted((c for c in changes if c.kind is ChangeKind.RENAMED), key=lambda c: c.on)
    return next((change.old_name for change in renamings if on < change.on), current)


def contradictions(changes: Sequence[BodyChange], new: BodyChange) -> tuple[str, ...]:
    """Return why a change cannot be true beside those already recorded of the same body; empty: it may be."""
    found = []
    if not new.old_name.strip() or not new.new_name.strip():
        found.append("Both names are needed, the old one and the new one.")
    elif new.old_name.strip() == new.new_name.strip():
        found.append("The old name and the new one are the same.")
    ended = next((c for c in changes if c.kind is not ChangeKind.RENAMED), None)
    if ended is not None and new.kind is not ChangeKind.RENAMED:
        found.append(f"It has ended already: {ended.sentence()}")
    if ended is not None and new.kind is ChangeKind.RENAMED and new.on >= ended.on:
        found.append(f"It had ended by then: {ended.sentence()}")
    late = next((c for c in changes if c.kind is ChangeKind.RENAMED and c.on >= new.on), None)
    if new.kind is not ChangeKind.RENAMED and late is not None:
        found.append(f"It still changed its name later: {late.sentence()}")
    return tuple(found)
