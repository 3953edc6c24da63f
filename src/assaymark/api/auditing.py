"""Carrying an assessment out: start, checklist, judgement, finding, conclusion, report (ISO 19011:2018, 6.4, 6.5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Path, Router, Schema, Status

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.assessments import AssessmentShape, shape_of
from assaymark.api.shapes import ERRORS
from assaymark.core.assessment import Judgement
from assaymark.core.findings import Grade
from assaymark.records.assessments import actions, queries

router = Router()
_PERFORM = "assessments.perform"


class LineShape(Schema):
    """A line of the checklist; judgement is empty until somebody judged it."""

    id: UUID
    clause: str
    text: str
    question: str
    judgement: str
    note: str
    evidence: str


class Clauses(Schema):
    """Clauses whose requirements become lines; all of the standard when there is none."""

    clauses: list[str] = []


class Made(Schema):
    """How many lines were added."""

    added: int


class NewJudgement(Schema):
    """What was found; None takes a judgement back."""

    judgement: Judgement | None
    note: str = ""
    evidence: str = ""


class LineFinding(Schema):
    """A finding from a line; what is not given is taken from the line."""

    grade: Grade = Grade.MINOR
    title: str = ""
    happened: str = ""
    evidence: str = ""


class RaisedShape(Schema):
    """The finding, which stands in the client's own system."""

    id: UUID
    number: str
    title: str
    grade: str


class Conclusion(Schema):
    """What a stage found."""

    conclusion: str


class Report(Schema):
    """The conclusion of the whole, and what is recommended."""

    summary: str
    recommendation: str = ""


def _line(row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in LineShape.model_fields if name != "id"}
    return {"id": row.pk, **plain}


def _now_stands(assessment_id: UUID) -> dict[str, Any]:
    return shape_of(queries.record(assessment_id=assessment_id).row)


@router.get(
    "/{uuid:assessment_id}/checklist/", auth=may(_PERFORM), response={200: list[LineShape], **ERRORS},
    url_name="assessment-checklist",
)  # fmt: skip
@in_scope
def get_checklist(request: ApiRequest, organisation: Path[str], assessment_id: UUID) -> Any:
    """The lines in their order; they are the body's own and not for the client."""
    queries.record(assessment_id=assessment_id)  # not there, or not ours to see: 404
    return [_line(row) for row in queries.checklist(assessment_id=assessment_id)]


@router.post(
    "/{uuid:assessment_id}/checklist/", auth=may(_PERFORM), response={201: Made, **ERRORS},
    url_name="assessment-checklist",
)  # fmt: skip
@in_scope
def make_checklist(request: ApiRequest, organisation: Path[str], assessment_id: UUID, wanted: Clauses) -> Any:
    """Add a line for each requirement of these clauses."""
    added = actions.make_checklist(
        assessment_id=assessment_id, clauses=wanted.clauses, by=request.actor, at=timezone.now()
    )
    return Status(201, {"added": added})


@router.post(
    "/lines/{uuid:line_id}/judge/", auth=may(_PERFORM), response={200: LineShape, **ERRORS}, url_name="judge-line"
)
@in_scope
def judge(request: ApiRequest, organisation: Path[str], line_id: UUID, given: NewJudgement) -> Any:
    """Judge a line."""
    return _line(actions.judge(line_id=line_id, **given.dict(), by=request.actor, at=timezone.now()))


@router.post(
    "/lines/{uuid:line_id}/finding/", auth=may(_PERFORM), response={201: RaisedShape, **ERRORS},
    url_name="raise-from-line",
)  # fmt: skip
@in_scope
def raise_from_line(request: ApiRequest, organisation: Path[str], line_id: UUID, finding: LineFinding) -> Any:
    """Raise a finding from a line, in the client's own system (ISO/IEC 17021-1:2015, 9.4.5)."""
    row = actions.raise_from_line(line_id=line_id, **finding.dict(), by=request.actor, at=timezone.now())
    return Status(201, {"id": row.pk, "number": row.number, "title": row.title, "grade": row.grade})


@router.post(
    "/{uuid:assessment_id}/start/", auth=may(_PERFORM), response={200: AssessmentShape, **ERRORS},
    url_name="start-assessment",
)  # fmt: skip
@in_scope
def start(request: ApiRequest, organisation: Path[str], assessment_id: UUID) -> Any:
    """Begin the audit, or its next stage."""
    actions.start(assessment_id=assessment_id, by=request.actor, at=timezone.now())
    return _now_stands(assessment_id)


@router.post(
    "/stages/{uuid:stage_id}/conclude/", auth=may(_PERFORM), response={200: AssessmentShape, **ERRORS},
    url_name="conclude-stage",
)  # fmt: skip
@in_scope
def conclude(request: ApiRequest, organisation: Path[str], stage_id: UUID, said: Conclusion) -> Any:
    """Conclude a stage: what was found (ISO/IEC 17021-1:2015, 9.3.1.2)."""
    stage = actions.conclude_stage(stage_id=stage_id, conclusion=said.conclusion, by=request.actor, at=timezone.now())
    return _now_stands(stage.assessment_id)


@router.post(
    "/{uuid:assessment_id}/report/", auth=may(_PERFORM), response={200: AssessmentShape, **ERRORS},
    url_name="report-assessment",
)  # fmt: skip
@in_scope
def report(request: ApiRequest, organisation: Path[str], assessment_id: UUID, written: Report) -> Any:
    """Issue the report."""
    actions.issue_report(assessment_id=assessment_id, **written.dict(), by=request.actor, at=timezone.now())
    return _now_stands(assessment_id)
