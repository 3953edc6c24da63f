"""Changes to a watch list: find and add, hand in a list, rename, mark as seen, stop, choose mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assaymark.core.refusal import Refused
from assaymark.records.watch import actions, queries
from assaymark.records.watch.actions import Taken
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.watch import counts
from assaymark.web.watch.forms import ChosenForm, ExactForm, FindForm, LabelForm, SuppliersForm


def _to_record(request: OrganisationRequest, watched_id: UUID) -> HttpResponseBase:
    return redirect("watch:record", organisation=request.actor.organisation_slug, watched_id=watched_id)


def _to_list(request: OrganisationRequest) -> HttpResponseBase:
    return redirect("watch:list", organisation=request.actor.organisation_slug)


def _finding(request: OrganisationRequest, **shown: Any) -> dict[str, Any]:
    """What the page that adds shows: what was found, and its three forms."""
    form = FindForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    text, entry = given.get("q", ""), given.get("entry")
    chosen = queries.listing(listing_id=entry) if entry else None
    context = {
        "form": form,
        "text": text,
        "entry": entry,
        "chosen": chosen,
        "held": queries.watched_among([chosen.pk]).get(chosen.pk) if chosen else None,
        "found": queries.to_choose_from(text=text, on=timezone.now().date()),
        "exact": ExactForm(),
        "list_form": SuppliersForm(),
    }
    return context | shown


@page("watch.write")
def add(request: OrganisationRequest) -> HttpResponseBase:
    """Find a certificate in the register, and watch it."""
    if request.method != "POST":
        return render(request, "watch/add.html", _finding(request))
    form = ChosenForm(request.POST)
    if not form.is_valid():
        return render(request, "watch/add.html", _finding(request), status=422)
    data, at = form.cleaned_data, timezone.now()
    try:
        row = actions.add(listing_id=data["listing"], label=data["label"], by=request.actor, at=at)
    except Refused as refused:
        return render(request, "watch/add.html", _finding(request, refusals=refused.refusals), status=409)
    messages.success(request, f"{row.label} is watched from now on.")
    return _to_record(request, row.pk)


@page("watch.write")
@require_POST
def add_exact(request: OrganisationRequest) -> HttpResponseBase:
    """Watch a certificate that is not public, by its exact number and name."""
    form = ExactForm(request.POST)
    if not form.is_valid():
        return render(request, "watch/add.html", _finding(request, exact=form), status=422)
    try:
        row = actions.add_by_number(**form.cleaned_data, by=request.actor, at=timezone.now())
    except Refused as refused:
        shown = _finding(request, exact=form, refusals=refused.refusals)
        return render(request, "watch/add.html", shown, status=409)
    messages.success(request, f"{row.label} is watched from now on.")
    return _to_record(request, row.pk)


@page("watch.write")
@require_POST
def add_list(request: OrganisationRequest) -> HttpResponseBase:
    """Watch what a list of suppliers names; what was not taken is shown with its reason."""
    form = SuppliersForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "watch/add.html", _finding(request, list_form=form), status=422)
    try:
        rows = actions.add_many(suppliers=form.suppliers, by=request.actor, at=timezone.now())
    except Refused as refused:
        return render(request, "watch/add.html", _finding(request, refusals=refused.refusals), status=409)
    parts = [(taken.words, [row for row in rows if row.taken is taken]) for taken in Taken]
    return render(request, "watch/taken.html", {"parts": parts, "many": len(rows)})


@page("watch.write")
@require_POST
def seen(request: OrganisationRequest, watched_id: UUID) -> HttpResponseBase:
    """Take notice of the changes of one certificate."""
    actions.mark_seen(watched_id=watched_id, by=request.actor, at=timezone.now())
    counts.refresh(request.actor)
    return _to_record(request, watched_id)


@page("watch.write")
@require_POST
def all_seen(request: OrganisationRequest) -> HttpResponseBase:
    """Take notice of all changes."""
    actions.mark_seen(by=request.actor, at=timezone.now())
    counts.refresh(request.actor)
    return _to_list(request)


@page("watch.write")
@require_POST
def rename(request: OrganisationRequest, watched_id: UUID) -> HttpResponseBase:
    """Call it otherwise."""
    form = LabelForm(request.POST)
    if form.is_valid():
        actions.rename(watched_id=watched_id, label=form.cleaned_data["label"], by=request.actor, at=timezone.now())
    else:
        messages.error(request, "The name is missing. Write what you call it.")
    return _to_record(request, watched_id)


@page("watch.write")
@require_POST
def stop(request: OrganisationRequest, watched_id: UUID) -> HttpResponseBase:
    """Watch it no longer."""
    row = actions.stop(watched_id=watched_id, by=request.actor, at=timezone.now())
    counts.refresh(request.actor)
    messages.success(request, f"{row.label} is no longer watched. Its changes stay on record.")
    return _to_list(request)


@page("watch.read")
@require_POST
def mail(request: OrganisationRequest) -> HttpResponseBase:
    """Changes by mail to oneself, or not."""
    wanted = request.POST.get("mail") == "yes"
    actions.choose_mail(mail=wanted, by=request.actor, at=timezone.now())
    messages.success(request, "Changes come to you by mail." if wanted else "You get no mail about changes.")
    return _to_list(request)
