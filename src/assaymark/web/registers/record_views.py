"""One row: its story, what it needs next, what is kept with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core.refusal import Refusal
from assaymark.records.registers import queries
from assaymark.records.registers.registry import Register
from assaymark.web.evidence.panel import panel_of
from assaymark.web.journal.lines import history_of
from assaymark.web.page import OrganisationRequest
from assaymark.web.registers import pictures
from assaymark.web.registers.gate import register_page


@register_page("registers.read")
@require_safe
def record(request: OrganisationRequest, register: Register, *, row_id: UUID) -> HttpResponseBase:
    """The record page."""
    return show(request, register, row_id)


def show(
    request: OrganisationRequest,
    register: Register,
    row_id: UUID,
    *,
    refusals: Iterable[Refusal] = (),
    status: int = 200,
) -> HttpResponse:
    """The record page, with the refusals of an act that was just tried."""
    found = queries.record(register=register, row_id=row_id, at=timezone.now())
    may_write = request.actor.may("registers.write") and found.row.organisation_id == request.actor.organisation_id
    kind = found.row.subject_kind()
    context: dict[str, Any] = {
        "register": register,
        "record": found,
        "row": found.row,
        "next": _next(found),
        "others": found.steps[1:] if found.steps else (),
        "pictures": pictures.trends(found),
        "panel": panel_of(kind=kind, subject_id=row_id, actor=request.actor),
        "history": history_of(kind=kind, subject_id=row_id, actor=request.actor),
        "may_write": may_write,
        "refusals": tuple(refusals),
        "section": register.group.lower(),
    }
    return render(request, "registers/record.html", context, status=status)


def _next(found: queries.Record) -> queries.Step | None:
    """The step that the story goes to: the first that the state names."""
    return found.steps[0] if found.steps else None
