"""Members and invitations of an organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.core.parties import ROLE_NAMES, Role
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.parties import invitations, people, queries
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.people.forms import InviteForm, RolesForm
from assaymark.web.people.mail import send_invitation


def _list_context(request: OrganisationRequest, **more: Any) -> dict[str, Any]:
    now = timezone.now()
    manages = request.actor.may("parties.manage")
    rows = [(m, [ROLE_NAMES[Role(r)] for r in m.roles]) for m in queries.members(at=now)]
    invited = (
        [(i, [ROLE_NAMES[Role(r)] for r in i.roles]) for i in invitations.open_for(now).select_related("invited_by")]
        if manages
        else []
    )
    return {"rows": rows, "invited": invited, "manages": manages, "form": InviteForm(), "section": "people", **more}


@page("parties.read")
@require_safe
def members(request: OrganisationRequest) -> HttpResponseBase:
    """Who works here, in which role; for administrators also who was invited."""
    return render(request, "people/list.html", _list_context(request))


@page("parties.manage")
def invite(request: OrganisationRequest) -> HttpResponseBase:
    """Invite an address."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            invited = invitations.invite(**form.cleaned_data, by=request.actor, at=timezone.now())
        except Refused as refused:
            refusals = refused.refusals
        else:
            send_invitation(invited, by=request.actor)
            messages.info(request, f"An invitation went to {invited.invitation.email}.")
            return redirect("people:list", organisation=request.actor.organisation_slug)
    status = 409 if refusals else 422 if form.is_bound else 200
    context = {"form": form, "refusals": refusals, "section": "people"}
    return render(request, "people/invite.html", context, status=status)


@page("parties.manage")
@require_POST
def withdraw(request: OrganisationRequest, *, invitation: UUID) -> HttpResponseBase:
    """Take an invitation back."""
    row = invitations.withdraw(invitation_id=invitation, by=request.actor, at=timezone.now())
    messages.info(request, f"The invitation of {row.email} opens nothing any more.")
    return redirect("people:list", organisation=request.actor.organisation_slug)


@page("parties.manage")
def member(request: OrganisationRequest, *, membership: UUID) -> HttpResponseBase:
    """A member's roles."""
    row = queries.membership(membership_id=membership, at=timezone.now())
    form = RolesForm(
        request.POST if request.method == "POST" else None, initial={"roles": row.roles, "job_title": row.job_title}
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            people.change_roles(membership_id=membership, **form.cleaned_data, by=request.actor, at=timezone.now())
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.info(request, f"{row.person.name} has these roles now.")
            return redirect("people:list", organisation=request.actor.organisation_slug)
    status = 409 if refusals else 422 if form.is_bound else 200
    context = {"form": form, "row": row, "refusals": refusals, "section": "people"}
    return render(request, "people/member.html", context, status=status)


@page("parties.manage")
@require_POST
def end(request: OrganisationRequest, *, membership: UUID) -> HttpResponseBase:
    """End a membership at once."""
    row = people.end_membership(
        membership_id=membership, reason=request.POST.get("reason", "")[:500], by=request.actor, at=timezone.now()
    )
    messages.info(request, f"{row.person.name} no longer has access.")
    return redirect("people:list", organisation=request.actor.organisation_slug)
