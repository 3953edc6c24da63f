"""Sites of the organisation, and the guests it lets in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.core.refusal import Refusal, Refused
from assaymark.records.parties import actions, people, queries
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.people.forms import GuestForm, SiteForm

_SAME_NAME = "There is a site of this name already."


@page("parties.read")
@require_safe
def sites(request: OrganisationRequest) -> HttpResponseBase:
    """Where the organisation works."""
    context = {"sites": queries.sites(), "manages": request.actor.may("parties.manage"), "section": "people"}
    return render(request, "people/sites.html", context)


@page("parties.manage")
def new_site(request: OrganisationRequest) -> HttpResponseBase:
    """Add a site."""
    form = SiteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_site(**form.cleaned_data, by=request.actor, at=timezone.now())
            return redirect("people:sites", organisation=request.actor.organisation_slug)
        except IntegrityError:
            form.add_error("name", _SAME_NAME)
    context = {"form": form, "section": "people"}
    return render(request, "people/site.html", context, status=422 if form.is_bound else 200)


@page("parties.manage")
def site(request: OrganisationRequest, *, site: UUID) -> HttpResponseBase:
    """Change a site."""
    row = queries.site(site_id=site)
    fields = ("name", "street", "locality", "country", "activity", "personnel")
    form = SiteForm(
        request.POST if request.method == "POST" else None, initial={field: getattr(row, field) for field in fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            people.change_site(site_id=site, **form.cleaned_data, by=request.actor, at=timezone.now())
            return redirect("people:sites", organisation=request.actor.organisation_slug)
        except IntegrityError:
            form.add_error("name", _SAME_NAME)
    context = {"form": form, "row": row, "section": "people"}
    return render(request, "people/site.html", context, status=422 if form.is_bound else 200)


@page("parties.read")
@require_safe
def guests(request: OrganisationRequest) -> HttpResponseBase:
    """Who was let in here, and where people of this organisation were let in."""
    organisation_id = request.actor.organisation_id
    context = {
        "here": queries.engagements(host_id=organisation_id),
        "elsewhere": queries.engagements_elsewhere(guest_id=organisation_id),
        "manages": request.actor.may("parties.manage"),
        "today": timezone.now().date(),
        "section": "people",
    }
    return render(request, "people/guests.html", context)


@page("parties.manage")
def let_in(request: OrganisationRequest) -> HttpResponseBase:
    """Open an engagement."""
    form = GuestForm(request.POST if request.method == "POST" else None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            people.let_in(**form.cleaned_data, by=request.actor, at=timezone.now())
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect("people:guests", organisation=request.actor.organisation_slug)
    status = 409 if refusals else 422 if form.is_bound else 200
    context = {"form": form, "refusals": refusals, "section": "people"}
    return render(request, "people/let_in.html", context, status=status)


@page("parties.manage")
@require_POST
def revoke(request: OrganisationRequest, *, engagement: UUID) -> HttpResponseBase:
    """Take the leave back."""
    row = people.revoke_engagement(
        engagement_id=engagement, reason=request.POST.get("reason", "")[:500], by=request.actor, at=timezone.now()
    )
    messages.info(request, f"{row.guest.name} has no access any more.")
    return redirect("people:guests", organisation=request.actor.organisation_slug)
