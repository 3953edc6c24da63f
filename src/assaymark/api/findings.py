"""Nonconformities: list, raise, record, and every step to closure (ISO 9001:2015, 10.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Path, Router, Schema, Status

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber, page_of
from assaymark.core.findings import Grade
from assaymark.records.findings import actions, queries

router = Router()
SIZE = 50
_ADDRESS = "/{uuid:finding_id}/"


class FindingShape(Schema):
    """A nonconformity as far as it has come."""

    id: UUID
    number: str
    title: str
    grade: str
    state: str
    standard: str
    requirement: str
    owner: str | None
    raised_at: datetime
    due: date | None
    happened: str
    containment: str
    correction: str
    cause: str
    criterion: str
    check_due: date | None
    check_result: str
    effective: bool | None
    closed_at: datetime | None


class Findings(Schema):
    """A page of nonconformities."""

    count: int
    findings: list[FindingShape]


class NewFinding(Schema):
    """What was seen. requirement is a clause such as "8.6"."""

    title: str
    happened: str = ""
    grade: Grade = Grade.MINOR
    evidence: str = ""
    requirement: str = ""
    owner_id: UUID | None = None
    due: date | None = None


class Containment(Schema):
    """What was done at once."""

    containment: str
    correction: str = ""


class Analysis(Schema):
    """Why it happened; whys from the outermost to the root."""

    cause: str
    whys: list[str] = []
    similar: str = ""


class NewAction(Schema):
    """What removes the cause."""

    description: str
    owner_id: UUID
    due: date


class ActionShape(Schema):
    """A corrective action."""

    id: UUID
    description: str
    due: date
    done_at: datetime | None


class CheckPlan(Schema):
    """By what, and when, it will be seen that the actions worked."""

    criterion: str
    check_due: date


class CheckResult(Schema):
    """Whether the actions worked, and how that was seen."""

    effective: bool
    result: str


def _shape(row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in FindingShape.model_fields if name not in {"id", "owner"}}
    return {"id": row.pk, "owner": row.owner.name if row.owner else None, **plain}


def _record(finding_id: UUID) -> dict[str, Any]:
    return _shape(queries.record(nonconformity_id=finding_id))


@router.get("/", auth=may("findings.read"), response={200: Findings, **ERRORS}, url_name="findings")
@in_scope
def list_findings(
    request: ApiRequest,
    organisation: Path[str],
    view: str = "open",
    text: str = "",
    clause: str = "",
    grade: str = "",
    process_id: UUID | None = None,
    owner_id: UUID | None = None,
    sort: str = "",
    page: PageNumber = 1,
) -> Any:
    """Nonconformities, newest first unless sorted, 50 a page; filters and order as on the page of the list.

    view: open, late, check, closed, all. sort: number, title, grade, state, due, raised; "-" in front descends.
    """
    rows = queries.listed(
        day=timezone.now().date(),
        view=view,
        search=text[:200].replace("\x00", ""),
        clause=clause[:40].replace("\x00", ""),
        grade=grade[:20].replace("\x00", ""),
        process_id=process_id,
        owner_id=owner_id,
        sort=sort,
    )
    count, found = page_of(rows, page=page, size=SIZE)
    return {"count": count, "findings": [_shape(row) for row in found]}


@router.post("/", auth=may("findings.raise"), response={201: FindingShape, **ERRORS}, url_name="findings")
@in_scope
def raise_finding(request: ApiRequest, organisation: Path[str], finding: NewFinding) -> Any:
    """Report what does not meet a requirement."""
    row = actions.raise_finding(**finding.dict(), by=request.actor, at=timezone.now())
    return Status(201, _record(row.pk))


@router.get(_ADDRESS, auth=may("findings.read"), response={200: FindingShape, **ERRORS}, url_name="finding")
@in_scope
def get_finding(request: ApiRequest, organisation: Path[str], finding_id: UUID) -> Any:
    """One nonconformity."""
    return _record(finding_id)


@router.post(
    f"{_ADDRESS}contain/", auth=may("findings.work"), response={200: FindingShape, **ERRORS}, url_name="contain-finding"
)
@in_scope
def contain_finding(request: ApiRequest, organisation: Path[str], finding_id: UUID, containment: Containment) -> Any:
    """Say what was done at once (10.2.1 a)."""
    actions.contain(nonconformity_id=finding_id, **containment.dict(), by=request.actor, at=timezone.now())
    return _record(finding_id)


@router.post(
    f"{_ADDRESS}analyse/", auth=may("findings.work"), response={200: FindingShape, **ERRORS}, url_name="analyse-finding"
)
@in_scope
def analyse_finding(request: ApiRequest, organisation: Path[str], finding_id: UUID, analysis: Analysis) -> Any:
    """Say why it happened (10.2.1 b)."""
    actions.analyse(nonconformity_id=finding_id, **analysis.dict(), by=request.actor, at=timezone.now())
    return _record(finding_id)


@router.post(
    f"{_ADDRESS}actions/",
    auth=may("findings.work"),
    response={201: ActionShape, **ERRORS},
    url_name="plan-finding-action",
)
@in_scope
def plan_action(request: ApiRequest, organisation: Path[str], finding_id: UUID, action: NewAction) -> Any:
    """Plan what removes the cause (10.2.1 c)."""
    row = actions.plan_action(nonconformity_id=finding_id, **action.dict(), by=request.actor, at=timezone.now())
    return Status(201, {"id": row.pk, "description": row.description, "due": row.due, "done_at": row.done_at})


@router.post(
    "/actions/{uuid:action_id}/complete/",
    auth=may("findings.work"),
    response={200: ActionShape, **ERRORS},
    url_name="complete-finding-action",
)
@in_scope
def complete_action(request: ApiRequest, organisation: Path[str], action_id: UUID, note: str = "") -> Any:
    """Say that an action is done."""
    row = actions.complete_action(action_id=action_id, note=note, by=request.actor, at=timezone.now())
    return {"id": row.pk, "description": row.description, "due": row.due, "done_at": row.done_at}


@router.post(
    f"{_ADDRESS}plan-check/",
    auth=may("findings.work"),
    response={200: FindingShape, **ERRORS},
    url_name="plan-finding-check",
)
@in_scope
def plan_check(request: ApiRequest, organisation: Path[str], finding_id: UUID, plan: CheckPlan) -> Any:
    """Say by what it will be seen that the actions worked (10.2.1 d)."""
    actions.set_check(nonconformity_id=finding_id, **plan.dict(), by=request.actor, at=timezone.now())
    return _record(finding_id)


@router.post(
    f"{_ADDRESS}check/", auth=may("findings.work"), response={200: FindingShape, **ERRORS}, url_name="check-finding"
)
@in_scope
def check_finding(request: ApiRequest, organisation: Path[str], finding_id: UUID, result: CheckResult) -> Any:
    """Say whether the actions worked (10.2.1 d)."""
    actions.check(nonconformity_id=finding_id, **result.dict(), by=request.actor, at=timezone.now())
    return _record(finding_id)


@router.post(
    f"{_ADDRESS}close/", auth=may("findings.close"), response={200: FindingShape, **ERRORS}, url_name="close-finding"
)
@in_scope
def close_finding(request: ApiRequest, organisation: Path[str], finding_id: UUID) -> Any:
    """Close it; refused with every reason while something is missing."""
    actions.close(nonconformity_id=finding_id, by=request.actor, at=timezone.now())
    return _record(finding_id)
