"""What evidence may be about: every kind of record that takes files, comments and links says so here, once.

    subjects.add(Subject(kind="findings.nonconformity", read="findings.read", write="findings.work",
                         page="findings:record", page_id="finding_id"))

Call it from the app's `ready()` or next to the model. A kind that is not listed takes no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps

from assaymark.records.scope import Owned


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of record.

    read, write  permissions of the record itself: who may see its evidence, who may attach and link
    page         URL name of its record page; page_id the name of the id in that URL; page_extra further arguments
    parent       for what has no page of its own (a calibration): its reference to the record on whose page it stands,
                 and in whose history its evidence is told
    """

    kind: str
    read: str
    write: str
    page: str
    page_id: str = "row_id"
    page_extra: dict[str, str] = field(default_factory=dict)
    parent: str = ""

    def arguments(self, subject_id: UUID) -> dict[str, str]:
        """Arguments of the record page's URL, without the organisation."""
        return {self.page_id: str(subject_id), **self.page_extra}


_SUBJECTS: dict[str, Subject] = {}


def add(subject: Subject) -> None:
    """Let a kind of record take evidence."""
    _SUBJECTS[subject.kind] = subject


def get(kind: str) -> Subject:
    """The subject of this kind. Raises `KeyError` for kinds that take no evidence."""
    return _SUBJECTS[kind]


def kinds() -> tuple[str, ...]:
    """All kinds that take evidence."""
    return tuple(sorted(_SUBJECTS))


def row(kind: str, subject_id: UUID) -> Owned:
    """The record, inside the current scope. Raises `KeyError` for an unknown kind, `DoesNotExist` outside the scope."""
    model: Any = apps.get_model(get(kind).kind)
    found: Owned = model.objects.get(pk=subject_id)
    return found


def told_of(found: Owned) -> Owned:
    """The record in whose history evidence about this one is told: itself, or the one that it is entered under."""
    parent = get(found.subject_kind()).parent
    return getattr(found, parent) if parent else found


def page_of(kind: str, subject_id: UUID) -> tuple[str, dict[str, str]]:
    """URL name and arguments of the page that shows the record. Raises as `row` where it stands under another."""
    subject = get(kind)
    shown_id = getattr(row(kind, subject_id), f"{subject.parent}_id") if subject.parent else subject_id
    return subject.page, subject.arguments(shown_id)
