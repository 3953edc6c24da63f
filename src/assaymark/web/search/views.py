"""The search page, and the same answer as JSON for the command palette.

A kind of record is found when its idea has put it into the index (`records.search.actions.index`) and has said where
its page is and who may read it (`records.evidence.subjects`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core.parties import Actor
from assaymark.records.evidence import subjects
from assaymark.records.search import queries
from assaymark.records.search.queries import Hit
from assaymark.web.page import OrganisationRequest, page

MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the address of its page and the name of its kind."""

    hit: Hit
    address: str
    kind: str

    @property
    def title(self) -> str:
        return f"{self.hit.number} {self.hit.title}".strip()


def _found(actor: Actor, words: str, limit: int) -> list[Found]:
    kinds = [k for k in subjects.kinds() if actor.may(subjects.get(k).read)]
    hits = queries.search(text=words, day=timezone.now().date(), kinds=kinds, limit=limit)
    return [
        Found(hit, _address(actor, hit), hit.subject_kind.rpartition(".")[2].replace("_", " ").capitalize())
        for hit in hits
    ]


def _address(actor: Actor, hit: Hit) -> str:
    subject = subjects.get(hit.subject_kind)
    arguments = {"organisation": actor.organisation_slug, **subject.arguments(hit.subject_id)}
    return reverse(subject.page, kwargs=arguments)


@page("work.read")
@require_safe
def search(request: OrganisationRequest) -> HttpResponseBase:
    """Words in `q`; with `format=json` a list of {url, title, kind} under `results`."""
    words = request.GET.get("q", "")[:200]
    if request.GET.get("format") == "json":
        found = _found(request.actor, words, 12)
        return JsonResponse({"results": [{"url": f.address, "title": f.title, "kind": f.kind} for f in found]})
    found = _found(request.actor, words, MOST)
    return render(request, "search/search.html", {"words": words, "found": found, "most": MOST})
