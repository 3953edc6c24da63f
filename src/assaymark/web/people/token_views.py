"""One's own tokens, and the page where an invitation is accepted."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from assaymark.core.refusal import Refusal, Refused
from assaymark.records.parties import invitations, queries
from assaymark.records.parties import tokens as own_tokens
from assaymark.web.limits import limited
from assaymark.web.page import public_page, signed_in_page
from assaymark.web.people.forms import NewAccountForm, TokenForm


class SignedInRequest(HttpRequest):
    """What a view under @signed_in_page receives."""

    user: Any


@never_cache
@signed_in_page
def tokens(request: SignedInRequest) -> HttpResponseBase:
    """One's own tokens; a new one is shown once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    new: own_tokens.NewToken | None = None
    refusals: tuple[Refusal, ...] = ()
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        end = datetime.combine(form.cleaned_data["expires"], time.max, tzinfo=UTC)
        try:
            name = form.cleaned_data["name"]
            new = own_tokens.create(person_id=request.user.pk, name=name, expires_at=end, at=now)
            form = TokenForm()
        except Refused as refused:
            refusals = refused.refusals
    rows = own_tokens.in_force(person_id=request.user.pk, at=now)
    context = {"form": form, "new": new, "refusals": refusals, "rows": rows}
    return render(request, "people/tokens.html", context, status=409 if refusals else 422 if form.is_bound else 200)


@signed_in_page
@require_POST
def revoke(request: SignedInRequest, *, token: UUID) -> HttpResponseBase:
    """Make one's own token worthless."""
    try:
        own_tokens.revoke(token_id=token, person_id=request.user.pk, at=timezone.now())
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("people:tokens")


@never_cache
@limited("invitation", a_minute=20)
@public_page
def invitation(request: HttpRequest, *, secret: str) -> HttpResponseBase:
    """Accept an invitation: with a new account, or with the one that is signed in."""
    found = invitations.find(secret)
    known = queries.person_by_email(found.email) is not None
    form = None if known else NewAccountForm(request.POST if request.method == "POST" else None)
    refusals = tuple(invitations.reasons_against(found, at=timezone.now()))
    if request.method == "POST" and not refusals and (form is None or form.is_valid()):
        try:
            return _accepted(request, secret, form.cleaned_data if form else {})
        except Refused as refused:
            refusals = refused.refusals
    context = {"invitation": found, "form": form, "refusals": refusals}
    status = 409 if refusals else 422 if form is not None and form.is_bound else 200
    return render(request, "people/invitation.html", context, status=status)


def _accepted(request: HttpRequest, secret: str, account: dict[str, Any]) -> HttpResponseBase:
    person_id = request.user.pk if request.user.is_authenticated else None
    membership = invitations.accept(secret=secret, at=timezone.now(), person_id=person_id, **account)
    if person_id is None:
        login(request, membership.person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("home", organisation=membership.organisation.slug)
