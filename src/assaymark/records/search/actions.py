"""Keeping the index. Actions of other ideas call these inside their transaction and scope."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q

from assaymark.records.scope import current_scope
from assaymark.records.search.models import SearchEntry


def index(
    *,
    subject_kind: str,
    subject_id: UUID,
    title: str,
    text: str,
    number: str = "",
    begins: date | None = None,
    until: date | None = None,
) -> None:
    """Make a thing findable. With `begins`, what was findable before stays so until that day; without, it is replaced.

    subject_kind   the model's label in lower case, such as "findings.nonconformity"
    """
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    earlier = SearchEntry.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    if begins is None:
        earlier.delete()
    else:
        earlier.filter(Q(begins__gte=begins) | Q(begins__isnull=True)).delete()
        earlier.filter(Q(until__isnull=True) | Q(until__gt=begins)).update(until=begins)
    SearchEntry.objects.create(
        organisation_id=scope.organisation_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        number=number,
        title=title[:300],
        text=text.replace("\x00", ""),
        begins=begins,
        until=until,
    )


def end(*, subject_kind: str, subject_id: UUID, on: date) -> None:
    """What is withdrawn on a day is no longer found from that day."""
    SearchEntry.objects.filter(subject_kind=subject_kind, subject_id=subject_id).filter(
        Q(until__isnull=True) | Q(until__gt=on)
    ).update(until=on)


def forget(*, subject_kind: str, subject_id: UUID) -> None:
    """Take a thing out of the index."""
    SearchEntry.objects.filter(subject_kind=subject_kind, subject_id=subject_id).delete()
