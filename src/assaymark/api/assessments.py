"""Assessments of every kind: list, record, review, decide, attest. Carrying one out is in `api.auditing`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Path, Router, Schema, Status

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber, page_of
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments import actions, queries

router = Router()
SIZE = 50


class AssessmentShape(Schema):
    """An audit or assessment as lists show it."""

    id: UUID
    number: str
    kind: str
    title: str
    state: str
    standard: str
    body: str
    client: str
    starts: date | None
    ends: date | None


class Assessments(Schema):
    """A page of assessments."""

    count: int
    assessments: list[AssessmentShape]


class MemberShape(Schema):
    """Somebody of the team."""

    person: str
    role: str


class StageShape(Schema):
    """A stage and how far it is."""

    id: UUID
    name: str
    started_at: datetime | None
    concluded_at: datetime | None


class AssessmentRecord(AssessmentShape):
    """One assessment with team, stages and findings."""

    team: list[MemberShape]
    stages: list[StageShape]


class NewDecision(Schema):
    """The decision and its reasons; days are today and what the rules give when not given."""

    decision: DecisionKind
    reasons: str = ""
    effective: date | None = None
    expires: date | None = None
    until: date | None = None
    part: str = ""
    scope: str = ""


class DecisionShape(Schema):
    """A decision that was taken."""

    id: UUID
    number: str
    decision: str
    decided_at: datetime
    effective_from: date


class NewReview(Schema):
    """What the review recommends, and what it has looked at."""

    recommendation: str
    application_confirmed: bool = False
    objectives_reached: bool = False
    notes: str = ""


class Issue(Schema):
    """Scope in words; that of the decision when empty."""

    statement: str = ""


class IssuedShape(Schema):
    """The attestation that a decision led to."""

    id: UUID
    number: str


def shape_of(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "state": row.state,
        "standard": row.standard,
        "body": row.organisation.name,
        "client": row.client.name,
        "starts": row.starts,
        "ends": row.ends,
    }


@router.get("/", auth=may("assessments.read"), response={200: Assessments, **ERRORS}, url_name="assessments")
@in_scope
def list_assessments(
    request: ApiRequest,
    organisation: Path[str],
    view: str = "open",
    kind: str = "",
    text: str = "",
    page: PageNumber = 1,
) -> Any:
    """Assessments that the organisation carries out or undergoes, 50 a page."""
    count, found = page_of(queries.listed(view=view, kind=kind, search=text[:200]), page=page, size=SIZE)
    return {"count": count, "assessments": [shape_of(row) for row in found]}


@router.get(
    "/{uuid:assessment_id}/",
    auth=may("assessments.read"),
    response={200: AssessmentRecord, **ERRORS},
    url_name="assessment",
)
@in_scope
def get_assessment(request: ApiRequest, organisation: Path[str], assessment_id: UUID) -> Any:
    """One assessment."""
    record = queries.record(assessment_id=assessment_id)
    return {
        **shape_of(record.row),
        "team": [{"person": member.person.name, "role": str(member.role)} for member in record.team],
        "stages": [
            {"id": stage.pk, "name": stage.name, "started_at": stage.started_at, "concluded_at": stage.concluded_at}
            for stage in record.stages
        ],
    }


@router.post(
    "/{uuid:assessment_id}/review/",
    auth=may("assessments.review"),
    response={200: AssessmentShape, **ERRORS},
    url_name="review-assessment",
)
@in_scope
def review(request: ApiRequest, organisation: Path[str], assessment_id: UUID, given: NewReview) -> Any:
    """Review the results before the decision, by somebody outside the team (ISO/IEC 17021-1:2015, 9.5.2)."""
    actions.review(assessment_id=assessment_id, **given.dict(), by=request.actor, at=timezone.now())
    return shape_of(queries.record(assessment_id=assessment_id).row)


@router.post(
    "/{uuid:assessment_id}/decide/",
    auth=may("assessments.decide"),
    response={201: DecisionShape, **ERRORS},
    url_name="decide-assessment",
)
@in_scope
def decide(request: ApiRequest, organisation: Path[str], assessment_id: UUID, decision: NewDecision) -> Any:
    """Decide; refused with every rule that stands in the way (ISO/IEC 17021-1:2015, 9.5)."""
    row = actions.decide(assessment_id=assessment_id, **decision.dict(), by=request.actor, at=timezone.now())
    return Status(
        201,
        {
            "id": row.pk,
            "number": row.number,
            "decision": row.kind,
            "decided_at": row.decided_at,
            "effective_from": row.effective_from,
        },
    )


@router.post(
    "/decisions/{uuid:decision_id}/attest/",
    auth=may("attestations.maintain"),
    response={201: IssuedShape, **ERRORS},
    url_name="attest-decision",
)
@in_scope
def attest(request: ApiRequest, organisation: Path[str], decision_id: UUID, issue: Issue) -> Any:
    """Carry a decision out: issue the attestation, or issue it anew (ISO/IEC 17000:2020, 7.3)."""
    row = actions.attest(decision_id=decision_id, statement=issue.statement, by=request.actor, at=timezone.now())
    return Status(201, {"id": row.pk, "number": row.number})
