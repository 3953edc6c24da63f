"""The report: written once every line is judged, and downloaded as PDF by body and client."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core import assessment as engine
from assaymark.core.assessment import Step
from assaymark.core.refusal import Refused
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.reporting import report_of
from assaymark.web.assessments.forms import ReportForm
from assaymark.web.assessments.views import to_record
from assaymark.web.page import OrganisationRequest, page


@page("assessments.perform")
def write(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Write and issue the report."""
    row = queries.record(assessment_id=assessment_id).row
    form = ReportForm(request.POST if request.method == "POST" else None)
    act = engine.Act(by=request.actor.person_id, by_name=request.actor.name, at=timezone.now())
    rules = queries.rules_for(row.kind, on=timezone.localdate())
    refusals, status = engine.reasons_not_to(Step.REPORT, row.facts(), act=act, rules=rules), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.issue_report(
                    assessment_id=assessment_id, by=request.actor, at=timezone.now(), **form.cleaned_data
                )
                return to_record(request, assessment_id)
            except Refused as refused:
                refusals, status = refused.refusals, 409
    context = {"row": row, "form": form, "refusals": refusals, "section": "audits"}
    return render(request, "assessments/report.html", context, status=status)


@page("assessments.read")
@require_safe
def download(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """The issued report as PDF."""
    from assaymark.formats import audit_report

    row = queries.record(assessment_id=assessment_id).row
    if row.reported_at is None:
        raise Http404
    pdf = audit_report.render(report_of(row), at=row.reported_at)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    return answer
