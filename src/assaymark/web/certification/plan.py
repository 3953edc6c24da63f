"""Days of the stages, and the client's answer to plan and team (ISO/IEC 17021-1:2015, 9.2.3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import formset_factory
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assaymark.core.refusal import Refused
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.audit_time import allowed_for
from assaymark.web.assessments.views import refused_on_record, to_record
from assaymark.web.certification.forms import STAGE_ROWS, StageForm
from assaymark.web.page import OrganisationRequest, page

Stages = formset_factory(StageForm, extra=0, max_num=STAGE_ROWS, validate_max=True)


def _planned(found: queries.Record) -> list[dict[str, Any]]:
    """The stages as they stand, filled up with empty rows."""
    rows = [{name: getattr(s, name) for name in ("kind", "starts", "ends", "days", "on_site")} for s in found.stages]
    return (rows + [{"on_site": True}] * STAGE_ROWS)[:STAGE_ROWS]


@page("assessments.plan")
def dates(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Set stages, days, audit days and place; a plan that was sent is to be sent again."""
    found = queries.record(assessment_id=assessment_id)
    given = request.POST if "form-TOTAL_FORMS" in request.POST else None
    rows = Stages(given, initial=_planned(found), form_kwargs={"kind": found.row.about})
    refusals: Any = ()
    status = 200 if request.method == "GET" else 422
    if given is not None and rows.is_valid():
        stages = [form.plan for form in rows if form.plan is not None]
        try:
            actions.set_stages(assessment_id=assessment_id, stages=stages, by=request.actor, at=timezone.now())
            return to_record(request, assessment_id)
        except Refused as refused:
            refusals, status = refused.refusals, 409
    allowed = allowed_for(found.row, found.stages)
    context = {"rows": rows, "row": found.row, "refusals": refusals, "allowed": allowed, "section": "audits"}
    return render(request, "certification/dates.html", context, status=status)


def _act(request: OrganisationRequest, audit: UUID, act: Any, **given: Any) -> HttpResponseBase:
    try:
        act(assessment_id=audit, by=request.actor, at=timezone.now(), **given)
    except Refused as refused:
        return refused_on_record(request, audit, refused)
    return to_record(request, audit)


@page("attestations.apply")
@require_POST
def accept(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Accept plan and team, as the client: the team may come in for the days of the audit."""
    return _act(request, assessment_id, actions.accept_plan)


@page("attestations.apply")
@require_POST
def object_to(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Object to plan or team, as the client."""
    return _act(request, assessment_id, actions.object_to_team, objection=request.POST.get("objection", "")[:5000])


@page("assessments.plan")
@require_POST
def answer(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Answer an objection, as the body."""
    return _act(request, assessment_id, actions.answer_objection, answer=request.POST.get("answer", "")[:5000])
