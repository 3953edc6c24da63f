"""Reads of the journal in the current scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from assaymark.records.journal.models import JournalEntry


def history(*, subject_kind: str, subject_id: UUID) -> QuerySet[JournalEntry]:
    """Entries about one row, newest first, with the actor's name."""
    entries: QuerySet[JournalEntry] = JournalEntry.objects.select_related("actor_name")
    return entries.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-epoch", "-index")


def newest() -> QuerySet[JournalEntry]:
    """All entries of the scope, newest first, with the actor's name."""
    entries: QuerySet[JournalEntry] = JournalEntry.objects.select_related("actor_name")
    return entries.order_by("-epoch", "-index")
