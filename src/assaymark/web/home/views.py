"""Landing page and home: the clause matrix for an organisation, decisions and surveillance for a body."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core.parties import Role
from assaymark.records.parties import queries as parties
from assaymark.records.readiness import queries
from assaymark.records.work import queries as work
from assaymark.web.frame import BODY_ROLES
from assaymark.web.home import cards, looked
from assaymark.web.home.body import body_home
from assaymark.web.home.processes import by_process
from assaymark.web.page import OrganisationRequest, page, public_page
from assaymark.web.readiness import counts, lines

VIEWS = ("clauses", "attention", "processes")


@public_page
def landing(request: HttpRequest) -> HttpResponseBase:
    """Visitors get the public front page; people with one workplace go straight there."""
    if not request.user.is_authenticated:
        return render(request, "home/landing.html")
    workplaces = parties.workplaces(person_id=request.user.pk, at=timezone.now())
    if len(workplaces) == 1:
        return redirect("home", organisation=workplaces[0].slug)
    return render(request, "home/workplaces.html", {"workplaces": workplaces})


@page("work.read")
@require_safe
def home(request: OrganisationRequest) -> HttpResponseBase:
    """Who may not read the whole lands on their own work; people of a body on the body's."""
    actor = request.actor
    if not actor.may("readiness.read"):
        return redirect("work:mine", organisation=actor.organisation_slug)
    if actor.roles & BODY_ROLES and Role.GUEST_AUDITOR not in actor.roles:
        return _body(request)
    return _system(request)


def _system(request: OrganisationRequest) -> HttpResponseBase:
    """The clause matrix."""
    at, actor = timezone.now(), request.actor
    slug, day, view = actor.organisation_slug, at.date(), request.GET.get("view", "")
    found = queries.matrix(at=at)
    mine = work.work_of(person_id=actor.person_id, at=at)
    looks = looked.looks(request, at=at)
    context = {
        "readiness": found,
        "next": cards.next_sentence(found.dates, day=day),
        "view": view if view in VIEWS else VIEWS[0],
        "chapters": lines.chapters(found, slug=slug, only=found.to_do if view == "attention" else None),
        "processes": by_process(found.snapshot, slug=slug) if view == "processes" else (),
        "work": cards.work(mine, slug=slug, day=day),
        "news": cards.news(looked=looks, actor=actor),
        "looked": looks,
        "coming": cards.coming(found.dates, slug=slug, day=day),
    }
    counts.remember(actor=actor, readiness=found, work=mine)
    response = render(request, "home/home.html", context)
    looked.remember(response, looks, path=request.path)
    return response


def _body(request: OrganisationRequest) -> HttpResponseBase:
    """Decisions, surveillance, applications."""
    at, actor = timezone.now(), request.actor
    slug, day = actor.organisation_slug, at.date()
    found = body_home(day=day, slug=slug)
    mine = work.work_of(person_id=actor.person_id, at=at)
    looks = looked.looks(request, at=at)
    context = {
        "body": found,
        "next": cards.next_sentence(found.dates, day=day),
        "work": cards.work(mine, slug=slug, day=day),
        "news": cards.news(looked=looks, actor=actor),
        "looked": looks,
        "coming": cards.coming(found.dates, slug=slug, day=day),
    }
    counts.remember(actor=actor, work=mine)
    response = render(request, "home/body.html", context)
    looked.remember(response, looks, path=request.path)
    return response
