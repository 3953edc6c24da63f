"""The list of standards and one standard for reading, with search within. Addresses of clauses are stable anchors."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.standards import queries
from assaymark.web.page import OrganisationRequest, page

LONGEST_SEARCH = 200


@page("standards.read")
@require_safe
def standards(request: OrganisationRequest) -> HttpResponseBase:
    """Every standard on this installation."""
    return TemplateResponse(
        request, "standards/list.html", {"standards": queries.listed(on=timezone.localdate()), "section": "standards"}
    )


@page("standards.read")
@require_safe
def standard(request: OrganisationRequest, key: str) -> HttpResponseBase:
    """One standard: chapters, clauses, requirements; `?q=` searches within, `?chapter=` opens one of a large one."""
    search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    reading = queries.read(key, search=search, chapter=request.GET.get("chapter", ""))
    return TemplateResponse(
        request, "standards/read.html", {"reading": reading, "search": search, "section": "standards"}
    )
