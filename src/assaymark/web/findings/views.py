"""Pages of findings. The steps themselves are data (`steps`); what the record shows is built in `record_page`."""

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

from assaymark.core.findings import Grade, State
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.evidence.actions import attach
from assaymark.records.findings import actions, queries
from assaymark.records.findings.queries import Nonconformity
from assaymark.web.findings import record_page, steps
from assaymark.web.findings.asking import asked, rows_for
from assaymark.web.findings.forms import RaiseForm, key
from assaymark.web.page import OrganisationRequest, page

ROWS = 50


def to_record(request: OrganisationRequest, finding_id: UUID) -> HttpResponseBase:
    """To the finding's page."""
    return redirect("findings:record", organisation=request.actor.organisation_slug, finding_id=finding_id)


@page("findings.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """The list: views as tabs, filters, order, pages."""
    today = timezone.localdate()
    view, given = asked(request.GET)
    page_obj = Paginator(rows_for(view=view, given=given, day=today), ROWS).get_page(request.GET.get("page"))
    for row in page_obj:
        row.sign = record_page.sign_of(State(row.state))  # type: ignore[attr-defined]
    query = request.GET.copy()
    query.pop("page", None)
    context = {**_list(view, given, today), "page_obj": page_obj, "query": query.urlencode()}
    return render(request, "findings/list.html", context)


def _list(view: str, given: dict[str, Any], today: Any) -> dict[str, Any]:
    counts = queries.counts(day=today)
    filtered = any(given.get(name) for name in ("q", "grade", "clause", "process", "owner"))
    return {
        "tabs": [(name, title, counts[name]) for name, title in queries.VIEWS.items()],
        "view": view,
        "given": given,
        "filtered": filtered,
        "grades": [grade.value for grade in Grade],
        "total": counts["all"],
    }


@page("findings.raise")
def raise_problem(request: OrganisationRequest) -> HttpResponseBase:
    """Report a problem, on the phone in half a minute."""
    sent = request.method == "POST"
    form = RaiseForm(request.POST if sent else None, request.FILES if sent else None)
    if not form.is_valid():
        return render(request, "findings/raise.html", {"form": form}, status=422 if form.errors else 200)
    row = _raised(form.cleaned_data, by=request.actor)
    messages.success(request, f"{row.number} is raised.")
    if not request.actor.may("findings.read"):
        return redirect("home", organisation=request.actor.organisation_slug)
    return to_record(request, row.pk)


def _raised(data: dict[str, Any], *, by: Actor) -> Nonconformity:
    at = timezone.now()
    row = actions.raise_finding(
        title=data["title"],
        happened=data["happened"],
        grade=Grade(data["grade"] or Grade.MINOR),
        requirement=data["requirement"],
        process_id=key(data["process"]),
        owner_id=key(data["owner"]),
        by=by,
        at=at,
    )
    if photo := data.get("photo"):
        attach(subject_kind=row.subject_kind(), subject_id=row.pk, name=photo.name, content=photo.read(), by=by, at=at)
    return row


@page("findings.read")
@require_safe
def record(request: OrganisationRequest, finding_id: UUID) -> HttpResponseBase:
    """One finding."""
    context = record_page.context_of(finding_id=finding_id, actor=request.actor, at=timezone.now())
    return render(request, "findings/record.html", context)


@page("findings.work")
def step(request: OrganisationRequest, finding_id: UUID, name: str) -> HttpResponseBase:
    """One step of its life: its form, then its action."""
    chosen = steps.STEPS.get(name)
    if chosen is None:
        raise Http404
    row = queries.record(nonconformity_id=finding_id)
    given = request.POST if request.method == "POST" else None
    form = steps.form_of(chosen, row)(given, initial=chosen.initial(row))
    refusals: tuple[Refusal, ...] = ()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                chosen.act(finding_id, form.cleaned_data, request.actor, timezone.now())
            except Refused as refused:
                refusals, status = refused.refusals, 409
            else:
                return to_record(request, finding_id)
    context = {"row": row, "step": chosen, "name": name, "form": form, "refusals": refusals, "section": "improvement"}
    return render(request, "findings/step.html", context, status=status)


@page("findings.work")
@require_POST
def done(request: OrganisationRequest, finding_id: UUID, action_id: UUID) -> HttpResponseBase:
    """Mark an action as carried out by oneself."""
    note = request.POST.get("note", "")[:2000]
    actions.complete_action(action_id=action_id, note=note, by=request.actor, at=timezone.now())
    return to_record(request, finding_id)


@page("findings.close")
@require_POST
def close(request: OrganisationRequest, finding_id: UUID) -> HttpResponseBase:
    """Close it; refused, the record shows every reason."""
    try:
        row = actions.close(nonconformity_id=finding_id, by=request.actor, at=timezone.now())
    except Refused:
        context = record_page.context_of(finding_id=finding_id, actor=request.actor, at=timezone.now())
        return render(request, "findings/record.html", context, status=409)
    messages.success(request, f"{row.number} is closed.")
    return to_record(request, finding_id)


@page("assessments.perform")
@require_POST
def judge_answer(request: OrganisationRequest, finding_id: UUID, verdict: str) -> HttpResponseBase:
    """The body that raised it accepts the client's answer, hands it back, or has verified the correction."""
    acts = {
        "accept": actions.accept_answer,
        "return": actions.return_answer,
        "verify": actions.verify_correction,
    }
    if verdict not in acts:
        raise Http404
    note = request.POST.get("note", "")[:2000]
    acts[verdict](nonconformity_id=finding_id, note=note, by=request.actor, at=timezone.now())  # type: ignore[operator]
    return to_record(request, finding_id)
