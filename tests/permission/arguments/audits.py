"""Arguments of the pages of findings and of internal audits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from assaymark.core.assessment import Judgement
from assaymark.core.competence import TeamRole
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.planning import StagePlan
from assaymark.records.scope import organisation_scope
from assaymark.records.standards.actions import load_catalogue
from tests.permission.arguments.api import finding
from tests.permission.house import House, arguments_for


@arguments_for(*(f"findings:{page}" for page in ["record", "close", "answer", "done", "step", "export"]))
def nonconformity(house: House) -> dict[str, Any]:
    return {**finding(house), "verdict": "accept", "name": "contain", "kind": "csv"}


_PAGES = [
    "programme",
    "judge",
    "raise",
    "record",
    "add-member",
    "remove-member",
    "send",
    "start",
    "conclude",
    "close",
    "cancel",
    "checklist",
    "report",
]
_WIRE = ["assessment", "assessment-checklist", "judge-line", "raise-from-line", "conclude-stage", "report-assessment"]


@arguments_for(
    "api:decide-assessment",
    "api:start-assessment",
    *(f"api:{name}" for name in _WIRE),
    *(f"assessments:{page}" for page in _PAGES),
)
def audit(house: House) -> dict[str, Any]:
    return _audit(house, "purchasing")


def _audit(house: House, of: str) -> dict[str, Any]:
    """A programme with one audit, planned, with its leader and a line of its checklist."""
    manager, now = house.actors["quality_manager"], timezone.now()
    today = now.date()
    load_catalogue(at=now)
    programme = actions.plan_programme(
        kind="internal_audit",
        title=f"{house.word} programme of {of}",
        starts=today,
        ends=today + timedelta(days=365),
        by=manager,
        at=now,
    )
    row = actions.plan_assessment(
        kind="internal_audit",
        title=f"{house.word} audit of {of}",
        standard="iso-9001-2015",
        scope=house.word,
        programme_id=programme.pk,
        stages=[StagePlan(kind="audit", starts=today, ends=today + timedelta(days=1))],
        by=manager,
        at=now,
    )
    member = actions.add_member(
        assessment_id=row.pk, person_id=house.people["auditor"].pk, role=TeamRole.LEAD, by=manager, at=now
    )
    line = actions.add_line(assessment_id=row.pk, clause="8.4", question=f"{house.word}?", by=manager, at=now)
    with organisation_scope(house.organisation.pk):
        stage = queries.record(assessment_id=row.pk).stages[0]
    return {
        "programme_id": programme.pk,
        "assessment_id": row.pk,
        "member_id": member.pk,
        "line_id": line.pk,
        "stage_id": stage.pk,
    }


@arguments_for("assessments:report-pdf")
def reported(house: House) -> dict[str, Any]:
    """Carried out, with its report."""
    manager, lead, now = house.actors["quality_manager"], house.actors["auditor"], timezone.now()
    made = _audit(house, "turning")
    of = {"assessment_id": made["assessment_id"]}
    actions.send_plan(**of, by=manager, at=now)
    actions.start(**of, by=lead, at=now)
    actions.judge(line_id=made["line_id"], judgement=Judgement.CONFORM, note=house.word, by=lead, at=now)
    actions.issue_report(**of, summary=f"{house.word} conforms.", by=lead, at=now)
    return made
