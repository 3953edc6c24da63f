"""How an entry reads: what happened, about what, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from assaymark.core.parties import Actor
from assaymark.records.journal import queries


def words_of(verb: str) -> str:
    """ "findings.cause_analysed" → "Cause analysed"."""
    return verb.rpartition(".")[2].replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, ready to be shown."""

    pk: UUID
    epoch: int
    index: int
    what: str
    label: str
    by: str
    at: datetime
    reason: str
    broken: str = ""

    @property
    def words(self) -> str:
        """What happened and why, for the history beside a record."""
        if self.broken:
            return f"{self.what} (altered after it was recorded: {self.broken})"
        return f"{self.what}: {self.reason}" if self.reason else self.what


def line_of(entry: Any) -> Line:
    """A journal entry with its actor's name, as a line. An erased name reads "(name erased)"."""
    name = queries.name_beside(entry)
    return Line(
        pk=entry.pk,
        epoch=entry.epoch,
        index=entry.index,
        what=words_of(entry.verb),
        label=entry.subject_label,
        by=name.name if name is not None and name.name else "(name erased)",
        at=entry.at,
        reason=entry.reason,
        broken=queries.broken_seal(entry),
    )


@dataclass(frozen=True, slots=True)
class History:
    """The newest entries about a record: `<c-history :entries="history.entries" total="{{ history.total }}" …/>`."""

    entries: tuple[Line, ...]
    total: int
    href: str
    proof: str


def history_of(*, kind: str, subject_id: UUID, actor: Actor, newest: int = 8) -> History:
    """What happened to one record; links only for who may read the journal."""
    rows = queries.history(subject_kind=kind, subject_id=subject_id)
    entries = tuple(line_of(entry) for entry in rows[:newest])
    href = proof = ""
    if entries and actor.may("journal.read"):
        href = f"{reverse('journal:list', args=[actor.organisation_slug])}?kind={kind}&subject={subject_id}"
        proof = reverse("journal:proof", args=[actor.organisation_slug, entries[0].pk])
    total = len(entries) if len(entries) < newest else rows.count()
    return History(entries=entries, total=total, href=href, proof=proof)
