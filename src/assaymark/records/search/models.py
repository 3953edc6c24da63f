"""What can be searched: one entry per thing and period.

The index itself is the engine's own: FTS5 on SQLite (kept by triggers), tsvector on PostgreSQL (a generated column);
both are made by `engines.install` after a migration. Entries are scoped like every row: a search never looks outside
the organisation.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from assaymark.records.scope import Owned


class SearchEntry(Owned):
    """Title and text of one thing, from one day until another (until is the first day on which it no longer counts)."""

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    subject_kind = models.CharField(max_length=60)  # type: ignore[assignment]
    subject_id = models.UUIDField()
    number = models.CharField(max_length=40, blank=True, default="")
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True, default="")
    begins = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [models.Index(fields=["organisation", "subject_kind", "subject_id"], name="search_by_subject")]

    def __str__(self) -> str:
        return self.title
