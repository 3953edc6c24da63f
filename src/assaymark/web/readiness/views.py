"""Every check with what it looks at and what it found."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.readiness import queries
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.readiness import counts, lines


@page("readiness.read")
@require_safe
def checks(request: OrganisationRequest) -> HttpResponseBase:
    """All clauses, all checks, opened."""
    found = queries.matrix(at=timezone.now())
    counts.remember(actor=request.actor, readiness=found)
    chapters = lines.chapters(found, slug=request.actor.organisation_slug)
    context = {"readiness": found, "chapters": chapters, "section": "evaluation"}
    return render(request, "readiness/checks.html", context)
