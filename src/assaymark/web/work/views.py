"""What is due: mine, and everybody's."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core.work import Due, WorkList
from assaymark.records.work import queries
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.work import counts

Part = tuple[str, str, list[tuple[Due, str]]]


@page("work.read")
@require_safe
def mine(request: OrganisationRequest) -> HttpResponseBase:
    """What I have to do; the home of a contributor."""
    work = queries.work_of(person_id=request.actor.person_id, at=timezone.now())
    counts.remember(actor=request.actor, number=work.count)
    context = {"work": work, "parts": _parts(work, request), "whose": "mine", "section": "work"}
    return render(request, "work/list.html", context)


@page("registers.read")
@require_safe
def everybody(request: OrganisationRequest) -> HttpResponseBase:
    """What there is to do in the organisation, also what nobody is named for."""
    work = queries.work_of_all(at=timezone.now())
    context = {"work": work, "parts": _parts(work, request), "whose": "everybody", "section": "work"}
    return render(request, "work/list.html", context)


def _parts(work: WorkList, request: OrganisationRequest) -> list[Part]:
    """(title, tone, things with their addresses), without parts that are empty."""
    slug = request.actor.organisation_slug
    parts = [
        ("Late", "bad", work.late),
        ("Within a week", "attention", work.soon),
        ("Waiting for you", "accent", work.undated),
        ("Later", "neutral", work.later),
    ]
    return [(title, tone, [(item, _address(item, slug)) for item in items]) for title, tone, items in parts if items]


def _address(item: Due, slug: str) -> str:
    try:
        return reverse(item.page, kwargs={"organisation": slug, **item.arguments})
    except NoReverseMatch:
        return ""
