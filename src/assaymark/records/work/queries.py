"""Reads of what is due in the current scope."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assaymark.core.work import WorkList, sorted_by_urgency
from assaymark.records.work import providers


def work_of(*, person_id: UUID, at: datetime) -> WorkList:
    """What one person has to do."""
    day = at.date()
    return sorted_by_urgency(items=providers.all_due(day=day, person_id=person_id), day=day)


def work_of_all(*, at: datetime) -> WorkList:
    """What there is to do in the organisation, also what nobody is named for."""
    day = at.date()
    return sorted_by_urgency(items=providers.all_due(day=day, person_id=None), day=day)


def count_of(*, person_id: UUID, at: datetime) -> int:
    """How many things wait for the person now; the number in the rail."""
    return work_of(person_id=person_id, at=at).count
