"""Reads of what is due in the current scope."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assaymark.core.work import SOON, WorkList, sorted_by_urgency
from assaymark.records.work import providers

MOST_COUNTED = 100


def work_of(*, person_id: UUID, at: datetime) -> WorkList:
    """What one person has to do."""
    day = at.date()
    return sorted_by_urgency(items=providers.all_due(day=day, person_id=person_id), day=day)


def work_of_all(*, at: datetime) -> WorkList:
    """What there is to do in the organisation, also what nobody is named for."""
    day = at.date()
    return sorted_by_urgency(items=providers.all_due(day=day, person_id=None), day=day)


def count_of(*, person_id: UUID, at: datetime) -> int:
    """How many things wait for the person now, at most `MOST_COUNTED`; the number in the rail. One query."""
    day = at.date()
    others = sorted_by_urgency(items=providers.due_otherwise(day=day, person_id=person_id), day=day).count
    legs = providers.waiting_legs(until=day + SOON, person_id=person_id)
    if not legs:
        return min(others, MOST_COUNTED)
    rows = legs[0].union(*legs[1:], all=True) if legs[1:] else legs[0]
    return min(others + len(rows[:MOST_COUNTED]), MOST_COUNTED)
