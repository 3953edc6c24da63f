"""The identifier of an organisation, its keys over time, and what an administrator may do about them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assaymark.adapters.keys import KeyProblem
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.identifiers import actions, queries
from assaymark.records.journal import queries as journal
from assaymark.web.identifiers.forms import CompromisedForm, ReplaceForm
from assaymark.web.journal.lines import line_of
from assaymark.web.page import OrganisationRequest, page

KIND = "identifiers.issuerkey"
_FILES = "The key announced for this change is not among the files of this installation."


@page("attestations.read")
@require_safe
def record(request: OrganisationRequest) -> HttpResponseBase:
    """By which name and keys others know the organisation."""
    told = journal.search(kind=KIND)[:12] if request.actor.may("journal.read") else ()
    context = {
        "identifier": queries.identifier_of(request.actor.organisation_id),
        "keys": list(reversed(queries.keys_of(request.actor.organisation_id))),
        "entries": [line_of(row) for row in told],
        "acts": request.actor.may("identifiers.change"),
        "section": "identifier",
    }
    return render(request, "identifiers/record.html", context)


@page("identifiers.change")
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: OrganisationRequest) -> HttpResponseBase:
    """Replace the key that signs: the form, with what stands in the way."""
    form = ReplaceForm(request.POST or None, slug=request.actor.organisation_slug)
    organisation_id, now = request.actor.organisation_id, timezone.now()
    refusals, status = _before(queries.reasons_not_to_change(organisation_id=organisation_id, at=now)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reason, since = form.cleaned_data["reason"], form.compromised_since
                actions.rotate_key(by=request.actor, at=now, reason=reason, compromised_since=since)
                return _done(request, "A new key signs from now on.")
            except (Refused, KeyProblem) as refused:
                refusals, status = _reasons(refused), 409
    context = {"form": form, "refusals": refusals, "section": "identifier"}
    return render(request, "identifiers/replace.html", context, status=status)


@page("identifiers.change")
@require_http_methods(["GET", "HEAD", "POST"])
def compromised(request: OrganisationRequest, *, public: str) -> HttpResponseBase:
    """Say of a key that others may have had it."""
    key = next((one for one in queries.keys_of(request.actor.organisation_id) if one.public == public), None)
    if key is None:
        raise Http404
    form = CompromisedForm(request.POST or None, slug=request.actor.organisation_slug)
    refusals: tuple[Refusal, ...] = ()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                told = {"since": form.cleaned_data["since"], "reason": form.cleaned_data["reason"]}
                actions.report_compromise(public=public, by=request.actor, at=timezone.now(), **told)
                return _done(request, "The key counts as compromised, and everybody can read it.")
            except (Refused, KeyProblem) as refused:
                refusals, status = _reasons(refused), 409
    context = {"form": form, "key": key, "refusals": refusals, "section": "identifier"}
    return render(request, "identifiers/compromised.html", context, status=status)


def _before(refusals: list[Refusal]) -> tuple[Refusal, ...]:
    """What stands in the way before anything is typed: a reason is asked for by the form."""
    return tuple(one for one in refusals if one.rule != "key-reason")


def _reasons(refused: Refused | KeyProblem) -> tuple[Refusal, ...]:
    if isinstance(refused, Refused):
        return refused.refusals
    return (Refusal("key-files", "", _FILES, "The operator restores the folder of keys from its backup."),)


def _done(request: OrganisationRequest, text: str) -> HttpResponseBase:
    messages.success(request, text)
    return redirect("identifiers:record", organisation=request.actor.organisation_slug)
