"""Pages of audits: list, plan, record, team, steps. Checklist, report and programmes have modules of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.core.assessment import State
from assaymark.core.competence import TeamRole
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, Refused
from assaymark.core.rules import Kind
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.queries import KINDS, Assessment
from assaymark.records.parties.queries import organisation_by_slug
from assaymark.web.assessments import record_page
from assaymark.web.assessments.forms import MemberForm, PlanForm
from assaymark.web.page import OrganisationRequest, page

ROWS = 50


def to_record(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """To the audit's page."""
    slug = request.actor.organisation_slug
    return redirect("assessments:record", organisation=slug, assessment_id=assessment_id)


def refused_on_record(request: OrganisationRequest, assessment_id: UUID, refused: Refused) -> HttpResponseBase:
    """The record again, with what stands in the way."""
    context = record_page.context_of(assessment_id=assessment_id, actor=request.actor, at=timezone.now())
    return render(request, "assessments/record.html", context | {"refusals": refused.refusals}, status=409)


@page("assessments.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """The list: views as tabs, kind, words."""
    view, kind = request.GET.get("view", "open"), request.GET.get("kind", "")
    view = view if view in queries.VIEWS else "open"
    words = request.GET.get("q", "")[:100]
    rows = queries.listed(view=view, kind=kind if kind in KINDS else "", search=words)
    page_obj = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    for row in page_obj:
        row.sign = record_page.SIGNS[State(row.state)]  # type: ignore[attr-defined]
    counts = queries.counts()
    context = {
        "tabs": [(name, title, counts[name]) for name, title in queries.VIEWS.items()],
        "view": view,
        "kind": kind,
        "words": words,
        "kinds": list(KINDS.values()),
        "page_obj": page_obj,
        "total": counts["all"],
    }
    return render(request, "assessments/list.html", context)


@page("assessments.plan")
def plan(request: OrganisationRequest) -> HttpResponseBase:
    """Plan an audit of a kind (`?kind=`), with its team."""
    kind = KINDS.get(request.GET.get("kind", "internal_audit"))
    if kind is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = PlanForm(given, initial=_proposed(request, kind), kind=kind)
    refusals: tuple[Refusal, ...] = ()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return to_record(request, _planned(form, by=request.actor).pk)
            except Refused as refused:
                refusals, status = refused.refusals, 409
    context = {"form": form, "kind": kind, "refusals": refusals, "section": "audits"}
    return render(request, "assessments/plan.html", context, status=status)


def _proposed(request: OrganisationRequest, kind: Kind) -> dict[str, Any]:
    """What the application says already, and the stage that is asked for (`?application=`, `?stage=`)."""
    stage, wanted = request.GET.get("stage", ""), request.GET.get("application")
    known = {"stage_1": stage, "stage_2": ""} if stage in kind.stages else {}
    for row in queries.accepted_applications(kind=kind.key):
        if str(row.pk) == wanted:
            title = f"{(stage or kind.title).replace('_', ' ').capitalize()} of {row.client.name}"
            known |= {"application": wanted, "standard": row.standard, "scope": row.scope, "title": title}
    return {"standard": kind.criteria[0], **known}


def _planned(form: PlanForm, *, by: Actor) -> Assessment:
    data, at = form.cleaned_data, timezone.now()
    application = queries.application(application_id=UUID(data["application"])) if data.get("application") else None
    client = application.client_id if application else None
    if data.get("client"):
        organisation = organisation_by_slug(data["client"])
        client = organisation.pk if organisation else None
    row = actions.plan_assessment(
        kind=form.kind.key,
        title=data["title"],
        standard=data["standard"],
        client_id=client,
        application_id=application.pk if application else None,
        scope=data["scope"],
        objectives=data["objectives"],
        process_ids=[UUID(key) for key in data.get("processes", ())],
        stages=form.stages(),
        by=by,
        at=at,
    )
    for person_id, role in form.team:
        actions.add_member(assessment_id=row.pk, person_id=person_id, role=role, by=by, at=at)
    return row


@page("assessments.read")
@require_safe
def record(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """One audit."""
    context = record_page.context_of(assessment_id=assessment_id, actor=request.actor, at=timezone.now())
    return render(request, "assessments/record.html", context)


@page("assessments.plan")
@require_POST
def add_member(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Put somebody into the team."""
    team = [(str(m.person_id), m.person.name) for m in queries.record(assessment_id=assessment_id).team]
    form = MemberForm(request.POST, team=team)
    if not form.is_valid():
        messages.error(request, "Choose a person and a role.")
        return to_record(request, assessment_id)
    data = form.cleaned_data
    try:
        actions.add_member(
            assessment_id=assessment_id,
            person_id=UUID(data["person"]),
            role=TeamRole(data["role"]),
            under_id=UUID(data["under"]) if data["under"] else None,
            by=request.actor,
            at=timezone.now(),
        )
    except Refused as refused:
        return refused_on_record(request, assessment_id, refused)
    return to_record(request, assessment_id)


@page("assessments.plan")
@require_POST
def remove_member(request: OrganisationRequest, assessment_id: UUID, member_id: UUID) -> HttpResponseBase:
    """Take somebody out of the team."""
    actions.remove_member(member_id=member_id, by=request.actor, at=timezone.now())
    return to_record(request, assessment_id)


def _act(request: OrganisationRequest, audit: UUID, act: Any, **given: Any) -> HttpResponseBase:
    """Act and go to the audit's page; refused, the page says why."""
    try:
        act(by=request.actor, at=timezone.now(), **given)
    except Refused as refused:
        return refused_on_record(request, audit, refused)
    return to_record(request, audit)


@page("assessments.plan")
@require_POST
def send(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Send plan and team to the client."""
    return _act(request, assessment_id, actions.send_plan, assessment_id=assessment_id)


@page("assessments.perform")
@require_POST
def start(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Begin the audit, or its next stage."""
    return _act(request, assessment_id, actions.start, assessment_id=assessment_id)


@page("assessments.perform")
@require_POST
def conclude(request: OrganisationRequest, assessment_id: UUID, stage_id: UUID) -> HttpResponseBase:
    """Conclude a stage."""
    conclusion = request.POST.get("conclusion", "")[:10_000]
    return _act(request, assessment_id, actions.conclude_stage, stage_id=stage_id, conclusion=conclusion)


@page("assessments.plan")
@require_POST
def close(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Close an audit that decides nothing."""
    return _act(request, assessment_id, actions.close, assessment_id=assessment_id)


@page("assessments.plan")
@require_POST
def cancel(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Call an audit off."""
    reason = request.POST.get("reason", "")[:2000]
    return _act(request, assessment_id, actions.cancel, assessment_id=assessment_id, reason=reason)
