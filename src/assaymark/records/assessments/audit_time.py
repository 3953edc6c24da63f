"""How long audits took beside what the table of audit time says of them (ISO/IEC 17021-1:2015, 9.1.4; IAF MD 5).

Rules that hold here
* People are those of the application that the audit rests on, else of the client's last accepted one before it.
* Days are compared only when every stage has them; an audit of which nothing is recorded is passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from assaymark import catalogue
from assaymark.core.audit_time import Allowed
from assaymark.core.suspicion import AuditTime
from assaymark.records.assessments.models import Application, Assessment, Decision, Stage


def allowed_for(row: Assessment, stages: Iterable[Stage]) -> Allowed | None:
    """What the table says of an assessment with these stages; None when there is no table, or nobody was counted."""
    table = catalogue.time_table(row.standard)
    kinds = frozenset(stage.kind for stage in stages)
    if table is None or not kinds:
        return None
    return table.allowed(people=_people([row]).get(row.pk), stages=kinds)


def times_of(attestations: Iterable[UUID]) -> dict[UUID, tuple[AuditTime, ...]]:
    """Attestation to the audits on which its decisions rest, as far as days and people are known. Four queries."""
    decided: dict[UUID, set[UUID]] = defaultdict(set)
    links = Decision.objects.filter(attestation_id__in=list(attestations)).order_by("decided_at", "id")
    for attestation_id, assessment_id in links.values_list("attestation_id", "assessment_id"):
        if attestation_id is not None:
            decided[attestation_id].add(assessment_id)
    rows = Assessment.objects.in_bulk({key for keys in decided.values() for key in keys})
    stages: dict[UUID, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.filter(assessment_id__in=list(rows)):
        stages[stage.assessment_id].append(stage)
    people = _people(rows.values())
    known = {pk: time for pk, row in rows.items() if (time := _time(row, stages[pk], people.get(pk)))}
    return {
        attestation_id: tuple(known[key] for key in sorted(keys, key=lambda k: rows[k].number) if key in known)
        for attestation_id, keys in decided.items()
    }


def _time(row: Assessment, stages: list[Stage], people: int | None) -> AuditTime | None:
    table = catalogue.time_table(row.standard)
    days = [stage.days for stage in stages]
    if table is None or not days or None in days:
        return None
    allowed = table.allowed(people=people, stages=frozenset(stage.kind for stage in stages))
    total = sum((d for d in days if d is not None), Decimal(0))
    return AuditTime(row.number, total, allowed, key=str(row.pk)) if allowed else None


def _people(rows: Iterable[Assessment]) -> dict[UUID, int]:
    """Assessment to number of people, as the applications say."""
    wanted = list(rows)
    accepted: dict[tuple[UUID, str], list[Application]] = defaultdict(list)
    applications = Application.objects.filter(
        client_id__in={row.client_id for row in wanted},
        organisation_id__in={row.organisation_id for row in wanted},
        state=Application.State.ACCEPTED,
        personnel__isnull=False,
    )
    for application in applications.order_by("submitted_at", "id"):
        accepted[application.client_id, application.kind].append(application)
    found = {}
    for row in wanted:
        before = [
            a
            for a in accepted[row.client_id, row.kind]
            if a.pk == row.application_id or (row.application_id is None and a.submitted_at <= row.planned_at)
        ]
        if before and (number := before[-1].personnel):
            found[row.pk] = number
    return found
