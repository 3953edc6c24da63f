"""What assessments ask of people: audits to carry out, reports to write (a provider of `records.work`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from assaymark.core.assessment import State
from assaymark.core.work import Due
from assaymark.records.assessments import queries

_WHAT = {
    State.PLANNED: "Plan the audit",
    State.AGREED: "Carry out the audit",
    State.STARTED: "Finish the audit and its report",
}


def waiting(*, until: date, person_id: UUID) -> list[QuerySet[Any, Any]]:
    """The person's places in teams whose audit starts, or once started ends, by then."""
    begun = Q(assessment__state=State.STARTED)
    reached = begun & (Q(assessment__ends=None) | Q(assessment__ends__lte=until))
    reached |= ~begun & (Q(assessment__starts=None) | Q(assessment__starts__lte=until))
    return [queries.open_for(person_id=person_id).filter(reached, assessment__state__in=list(_WHAT))]


def due_items(*, day: date, person_id: UUID | None) -> Iterator[Due]:
    """Audits that are not reported yet, by the people in their team. One query."""
    for member in queries.open_for(person_id=person_id):
        row = member.assessment
        what = _WHAT.get(State(row.state))
        if what is not None:
            yield Due(
                what=what,
                label=f"{row.number} {row.title}",
                on=row.ends if row.state == State.STARTED else row.starts,
                person_id=member.person_id,
                page="assessments:record",
                arguments={"assessment_id": str(row.pk)},
                kind="assessments.assessment",
                subject_id=row.pk,
                person_name=member.person.name,
            )
