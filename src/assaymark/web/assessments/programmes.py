"""Programmes of audits: what is planned over a period as a time line, and which processes it leaves out (9.2.2 a)."""

from __future__ import annotations

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from assaymark.core.assessment import State
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.queries import Assessment, Programme
from assaymark.web.assessments import record_page
from assaymark.web.assessments.forms import ProgrammeForm
from assaymark.web.drawing import Row, Span, gantt
from assaymark.web.page import OrganisationRequest, page

TONES = {
    State.STARTED: "attention",
    State.REPORTED: "good",
    State.REVIEWED: "good",
    State.DECIDED: "good",
    State.CLOSED: "good",
    State.CANCELLED: "neutral",
}


@page("assessments.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """All programmes, and the processes that no recent audit looked at."""
    context = {
        "programmes": queries.programmes(),
        "left_out": queries.not_audited(day=timezone.localdate()),
        "section": "audits",
    }
    return render(request, "assessments/programmes.html", context)


@page("assessments.plan")
def new(request: OrganisationRequest) -> HttpResponseBase:
    """Begin a programme."""
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        row = actions.plan_programme(by=request.actor, at=timezone.now(), **form.cleaned_data)
        slug = request.actor.organisation_slug
        return redirect("assessments:programme", organisation=slug, programme_id=row.pk)
    context = {"form": form, "section": "audits"}
    return render(request, "assessments/new_programme.html", context, status=422 if form.errors else 200)


@page("assessments.read")
@require_safe
def record(request: OrganisationRequest, programme_id: UUID) -> HttpResponseBase:
    """One programme with its audits: those planned in it, and those of its kind that fall into its period."""
    programme = queries.programme_of(programme_id=programme_id)
    audits = list(queries.in_programme(programme))
    for audit in audits:
        audit.sign = record_page.SIGNS[State(audit.state)]  # type: ignore[attr-defined]
    context = {
        "programme": programme,
        "audits": audits,
        "drawing": _drawn(programme, audits, slug=request.actor.organisation_slug) if audits else "",
        "left_out": queries.not_audited(day=timezone.localdate()) if programme.kind == "internal_audit" else (),
        "section": "audits",
    }
    return render(request, "assessments/programme.html", context)


def _drawn(programme: Programme, audits: list[Assessment], *, slug: str) -> SafeString:
    rows = [
        Row(
            f"{audit.number} {audit.title}",
            (Span(audit.starts, audit.ends or audit.starts, TONES.get(State(audit.state), "accent")),)
            if audit.starts
            else (),
            reverse("assessments:record", args=[slug, audit.pk]),
        )
        for audit in audits
    ]
    return gantt(rows, title=programme.title, start=programme.starts, end=programme.ends, today=timezone.localdate())
