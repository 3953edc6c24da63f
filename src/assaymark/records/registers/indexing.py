"""Rows of registers are found by the full-text search: number, title and every text that people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from assaymark.records.registers.declaration import Register
from assaymark.records.registers.row import RegisterRow
from assaymark.records.search import actions as search
from assaymark.records.search.models import SearchEntry


def text_of(register: Register, row: RegisterRow) -> str:
    """What can be found of a row besides its title."""
    texts = [str(getattr(row, name)) for name in register.fields if name != "title" and _is_text(register, name)]
    return "\n".join(text for text in texts if text)


def _is_text(register: Register, name: str) -> bool:
    model_field = register.model._meta.get_field(name)
    return isinstance(model_field, models.CharField | models.TextField) and not model_field.choices


def keep(register: Register, row: RegisterRow) -> None:
    """Bring the index up to date with one row; a retired one is found no more."""
    kind = row.subject_kind()
    if row.retired_at is not None:
        search.forget(subject_kind=kind, subject_id=row.pk)
        return
    search.index(subject_kind=kind, subject_id=row.pk, number=row.number, title=row.title, text=text_of(register, row))


def keep_many(register: Register, rows: Iterable[RegisterRow]) -> None:
    """The same for the rows of an import, in two queries."""
    listed = list(rows)
    kind = register.model.subject_kind()
    for start in range(0, len(listed), 500):
        SearchEntry.objects.filter(
            subject_kind=kind, subject_id__in=[row.pk for row in listed[start : start + 500]]
        ).delete()
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(
                organisation_id=row.organisation_id, subject_kind=kind, subject_id=row.pk, number=row.number,
                title=row.title, text=text_of(register, row),
            )
            for row in listed
        ],
        batch_size=500,
    )  # fmt: skip
