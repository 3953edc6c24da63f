"""What findings ask of people: actions, answers, effectiveness checks (a provider of `records.work`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from assaymark.core.findings import State
from assaymark.core.work import Due
from assaymark.records.findings import queries


def waiting(*, until: date, person_id: UUID) -> Iterator[QuerySet[Any, Any]]:
    """The person's open actions, and findings and checks of theirs, that are reached by then or have no date."""
    yield queries.open_actions(person_id=person_id).filter(Q(due=None) | Q(due__lte=until))
    checking = Q(state=State.CHECK_DUE, check_due__isnull=False)
    unanswered = Q(containment="", answer_due__isnull=False)
    dealing = Q(due__lte=until) | (unanswered & Q(answer_due__lte=until)) | (Q(due=None) & ~unanswered)
    wanted = (checking & Q(check_due__lte=until)) | (~checking & ~Q(state=State.PLANNED) & dealing)
    yield queries.open_findings(person_id=person_id).filter(wanted)


def due_items(*, day: date, person_id: UUID | None) -> Iterator[Due]:
    """Open actions by their owner; findings and checks by the finding's owner. Two queries."""
    for action in queries.open_actions(person_id=person_id):
        row = action.nonconformity
        yield _due("Carry out the action", str(row), action.due, action.owner_id, action.owner.name, row.pk)
    for row in queries.open_findings(person_id=person_id).select_related("owner"):
        name = row.owner.name if row.owner else ""
        if row.state == State.CHECK_DUE and row.check_due:
            yield _due("Check whether the action worked", str(row), row.check_due, row.owner_id, name, row.pk)
        elif row.state != State.PLANNED:
            what = "Close the finding" if row.state == State.CHECKED else "Deal with the finding"
            days = [limit for limit in (row.due, None if row.containment else row.answer_due) if limit]
            yield _due(what, str(row), min(days, default=None), row.owner_id, name, row.pk)


def _due(what: str, label: str, on: date | None, person_id: UUID | None, name: str, key: UUID) -> Due:
    return Due(
        what=what,
        label=label,
        on=on,
        person_id=person_id,
        page="findings:record",
        arguments={"finding_id": str(key)},
        kind="findings.nonconformity",
        subject_id=key,
        person_name=name,
    )
