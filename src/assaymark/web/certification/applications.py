"""Applications: sent by a client, entered by the office, reviewed by the body, seen by both."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark import catalogue
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refused
from assaymark.core.rules import Kind
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.bodies import Body, bodies
from assaymark.records.assessments.dossier import waiting
from assaymark.records.assessments.facts import reasons_not_to_accept
from assaymark.records.assessments.queries import Application
from assaymark.records.findings.queries import running_processes
from assaymark.records.parties import queries as parties
from assaymark.web import frame
from assaymark.web.certification.codes import given, sector_words
from assaymark.web.certification.forms import THIRD_PARTY, ApplicationForm, FromClientForm, ToBodyForm, VerdictForm
from assaymark.web.page import OrganisationRequest, page

SIGNS = {"submitted": "submitted", "accepted": "approved", "refused": "refused"}
VIEWS = {"waiting": "To review", "all": "Received", "sent": "Sent by us"}


@frame.provide_counts
def waiting_here(actor: Actor) -> dict[str, int]:
    """Numbers of a body's rail; nobody else sees these entries, so nobody else pays for them."""
    return waiting() if actor.roles & frame.BODY_ROLES and actor.may("assessments.read") else {}


def kind_asked(request: OrganisationRequest) -> Kind:
    """The kind of assessment in the address; certification when none is named."""
    kind = THIRD_PARTY.get(request.GET.get("kind", "certification"))
    if kind is None:
        raise Http404
    return kind


def to_application(request: OrganisationRequest, row: Application) -> HttpResponseBase:
    """To the application's page."""
    slug = request.actor.organisation_slug
    return redirect("assessments:application", organisation=slug, application_id=row.pk)


@page("assessments.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """Applications received and sent."""
    own = request.actor.organisation_id
    rows = list(queries.applications())
    received = [row for row in rows if row.organisation_id == own]
    views = {
        "waiting": [row for row in received if row.state == Application.State.SUBMITTED],
        "all": received,
        "sent": [row for row in rows if row.client_id == own],
    }
    view = request.GET.get("view") or ("waiting" if received else "sent")
    shown = views.get(view, received)
    for row in shown:
        row.sign = SIGNS[row.state]  # type: ignore[attr-defined]
    context = {
        "tabs": [(name, title, len(views[name])) for name, title in VIEWS.items()],
        "view": view,
        "rows": shown,
        "total": len(rows),
        "kinds": list(THIRD_PARTY.values()),
        "section": "applications" if received else "audits",
    }
    return render(request, "certification/applications.html", context)


def _choices(found: list[Body], kind: Kind) -> list[tuple[str, str]]:
    """Bodies with what they rest on; those that do this already come first, of them those that rest on somebody."""
    ordered = sorted(
        (body for body in found if body.known), key=lambda body: (kind.verb not in body.does, not body.standing)
    )
    return [(str(body.organisation_id), _in_words(body)) for body in ordered]


def _in_words(body: Body) -> str:
    does = " and ".join(sorted(body.does)) or "has issued nothing yet"
    return f"{body.name}: {does}, {body.standing or 'rests on nobody here'}"


def _known() -> dict[str, Any]:
    """What the own system says already."""
    sites = parties.sites()
    lines = [", ".join(part for part in (site.name, site.street, site.locality) if part) for site in sites]
    return {
        "sites": "\n".join(lines),
        "personnel": sum(site.personnel for site in sites) or None,
        "processes": ", ".join(process.title for process in running_processes()),
    }


@page("attestations.apply")
def apply(request: OrganisationRequest) -> HttpResponseBase:
    """Apply to a body, as its client."""
    kind = kind_asked(request)
    choices = _choices(bodies(at=timezone.now(), but=request.actor.organisation_id), kind)
    form = ToBodyForm(given(request), kind=kind, bodies=choices, initial=_known())
    refusals: Any = ()
    if request.method == "POST" and form.is_valid():
        body = UUID(form.cleaned_data["body"])
        try:
            row = actions.apply(body_id=body, content=form.content, by=request.actor, at=timezone.now())
            return to_application(request, row)
        except Refused as refused:
            refusals = refused.refusals
    context = {"form": form, "kind": kind, "kinds": list(THIRD_PARTY.values()), "refusals": refusals}
    return _form(request, "apply", context)


def _form(request: OrganisationRequest, name: str, context: dict[str, Any]) -> HttpResponseBase:
    """A form's page: 422 when something is missing, 409 when it is refused."""
    status = 409 if context.get("refusals") and request.method == "POST" else 200
    status = 422 if request.method == "POST" and context["form"].errors else status
    everywhere = {"section": "applications", "codes": catalogue.sectors()}
    return render(request, f"certification/{name}.html", everywhere | context, status=status)


@page("assessments.plan")
def enter(request: OrganisationRequest) -> HttpResponseBase:
    """Enter an application that reached the office on another way."""
    kind = kind_asked(request)
    form = FromClientForm(given(request), kind=kind)
    refusals: Any = ()
    if request.method == "POST" and form.is_valid():
        client = parties.organisation_by_slug(form.cleaned_data["client"].strip())
        if client is None:
            form.add_error("client", "There is no organisation with this short name here.")
        else:
            try:
                row = actions.record_application(
                    client_id=client.pk, content=form.content, by=request.actor, at=timezone.now()
                )
                return to_application(request, row)
            except Refused as refused:
                refusals = refused.refusals
    context = {"form": form, "kind": kind, "kinds": list(THIRD_PARTY.values()), "refusals": refusals}
    return _form(request, "enter", context)


def _shown(request: OrganisationRequest, row: Application, **more: Any) -> HttpResponseBase:
    owned = row.organisation_id == request.actor.organisation_id
    waiting = row.state == Application.State.SUBMITTED
    context = {
        "row": row,
        "kind": queries.KINDS[row.kind],
        "owned": owned,
        "sign": SIGNS[row.state],
        "sectors": sector_words(row.sectors),
        "standard": queries.standard_name(row.standard),
        "missing": reasons_not_to_accept(row, on=timezone.localdate()) if waiting and owned else (),
        "assessments": list(row.assessments.order_by("starts")),
        "form": VerdictForm(),
        "may_review": owned and waiting and request.actor.may("assessments.plan"),
        "may_change": waiting and request.actor.may("assessments.plan" if owned else "attestations.apply"),
        "section": "applications" if owned else "audits",
    }
    return render(request, "certification/application.html", context | more, status=more.pop("status", 200))


@page("assessments.read")
@require_safe
def record(request: OrganisationRequest, application_id: UUID) -> HttpResponseBase:
    """One application, for body and client."""
    return _shown(request, queries.application(application_id=application_id))


@page("assessments.read")
def change(request: OrganisationRequest, application_id: UUID) -> HttpResponseBase:
    """Complete an application that waits for its review; client and body each with their own permission."""
    row = queries.application(application_id=application_id)
    owned = row.organisation_id == request.actor.organisation_id
    if not request.actor.may("assessments.plan" if owned else "attestations.apply"):
        raise PermissionDenied
    act = actions.complete_application if owned else actions.change_application
    initial = {name: getattr(row, name) for name in ApplicationForm.base_fields}
    form = ApplicationForm(given(request), kind=queries.KINDS[row.kind], initial=initial)
    refusals: Any = ()
    if request.method == "POST" and form.is_valid():
        try:
            act(application_id=row.pk, content=form.content, by=request.actor, at=timezone.now())
            return to_application(request, row)
        except Refused as refused:
            refusals = refused.refusals
    return _form(request, "change", {"form": form, "row": row, "kind": form.kind, "refusals": refusals})


@page("assessments.plan")
@require_POST
def review(request: OrganisationRequest, application_id: UUID) -> HttpResponseBase:
    """Accept or decline, with the reason."""
    row = queries.application(application_id=application_id)
    form = VerdictForm(request.POST)
    accept = request.POST.get("answer") == "accept"
    if not form.is_valid():
        return _shown(request, row, form=form, status=422)
    verdict = form.cleaned_data["verdict"]
    try:
        actions.review_application(
            application_id=row.pk, accept=accept, verdict=verdict, by=request.actor, at=timezone.now()
        )
    except Refused as refused:
        return _shown(request, row, form=form, missing=refused.refusals, status=409)
    return to_application(request, row)
