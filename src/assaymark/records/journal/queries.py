"""Reads of the journal in the current scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from django.db.models import QuerySet

from assaymark.core import journal
from assaymark.records.journal.models import Checkpoint, JournalEntry, JournalHead, JournalName


def history(*, subject_kind: str, subject_id: UUID) -> QuerySet[JournalEntry]:
    """Entries about one row, newest first, with the actor's name."""
    entries: QuerySet[JournalEntry] = JournalEntry.objects.select_related("actor_name")
    return entries.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-epoch", "-index")


def newest() -> QuerySet[JournalEntry]:
    """All entries of the scope, newest first, with the actor's name."""
    entries: QuerySet[JournalEntry] = JournalEntry.objects.select_related("actor_name")
    return entries.order_by("-epoch", "-index")


# Parts of something bigger, whose own entries are no news: the audit tells of its checklist.
_SMALL = ("assessments.checklistline",)


def news(*, since: datetime, but: UUID, limit: int) -> list[JournalEntry]:
    """What others changed since a moment, newest first, each record once."""
    entries = newest().filter(at__gt=since).exclude(actor_id=but).exclude(subject_kind__in=_SMALL)
    found: dict[UUID, JournalEntry] = {}
    for entry in entries[: limit * 8]:
        found.setdefault(entry.subject_id, entry)
    return list(found.values())[:limit]


def search(
    *, text: str = "", verb: str = "", person: str = "", kind: str = "", subject: str = ""
) -> QuerySet[JournalEntry]:
    """Entries of the scope that fit all filters, newest first. An id that is none fits nothing."""
    entries = newest()
    if text:
        entries = entries.filter(subject_label__icontains=text)
    if verb:
        entries = entries.filter(verb=verb)
    if kind:
        entries = entries.filter(subject_kind=kind)
    for field, value in (("actor_id", person), ("subject_id", subject)):
        if value:
            try:
                entries = entries.filter(**{field: UUID(value)})
            except ValueError:
                return entries.none()
    return entries


def verbs() -> list[str]:
    """What has happened so far, for the filter."""
    return sorted(JournalEntry.objects.order_by().values_list("verb", flat=True).distinct())


def people() -> list[tuple[UUID, str]]:
    """Who has acted so far: id and the name of then, by name; erased names are left out."""
    rows = JournalEntry.objects.order_by().exclude(actor_id=None).exclude(actor_name__name="")
    names = {person: name for person, name in rows.values_list("actor_id", "actor_name__name").distinct() if person}
    return sorted(names.items(), key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class State:
    """How long the journal is and what was last signed of it."""

    size: int
    epoch: int
    checkpoint: Checkpoint | None


def state() -> State:
    """The state of the scope's journal."""
    head = JournalHead.objects.first()
    newest_checkpoint = Checkpoint.objects.order_by("-epoch", "-size").first()
    return State(head.size if head else 0, head.epoch if head else 1, newest_checkpoint)


def covered(entry: JournalEntry) -> bool:
    """Whether a checkpoint covers the entry already."""
    return bool(Checkpoint.objects.filter(epoch=entry.epoch, size__gt=entry.index).exists())


def name_beside(row: JournalEntry) -> JournalName | None:
    """The name beside an entry; None when somebody took its row away."""
    return getattr(row, "actor_name", None)


def cells_beside(row: JournalEntry) -> dict[str, str | None]:
    """Columns that say something else than the sealed body of their row; a body that is no JSON says nothing."""
    try:
        return journal.cells_that_differ(row.recorded, row.cells)
    except (orjson.JSONDecodeError, AttributeError):
        return {}


def broken_seal(row: JournalEntry) -> str:
    """What does not fit in one entry by itself, in a few words; empty when all fits.

    Cheap enough for every entry of a page. Whether the entry is still where it was, and all others are, only
    `assaymark journal verify` can say.
    """
    if journal.leaf_hash(bytes(row.body)) != bytes(row.leaf):
        return "its seal does not fit its contents"
    if differing := cells_beside(row):
        return f"{', '.join(sorted(differing))} not as sealed"
    name, body = name_beside(row), row.recorded
    if (body.get("epoch"), body.get("index")) != (row.epoch, row.index):
        return "not in its place"
    if name is None:
        return "the name beside it was taken away"
    if name.name and journal.name_hash(salt=bytes(name.salt), name=name.name) != body.get("actor_name_hash"):
        return "the name beside it is not the one recorded"
    return ""
