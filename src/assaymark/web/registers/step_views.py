"""Steps of a row: into another state, reviewed, retired, brought back. Refused: the record page says why, with 409."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from assaymark.core.refusal import Refused
from assaymark.records.registers import actions
from assaymark.records.registers.registry import Register
from assaymark.web.page import OrganisationRequest
from assaymark.web.registers.gate import register_page, seen_version, to_list, to_record
from assaymark.web.registers.record_views import show


@register_page("registers.write")
@require_POST
def move(request: OrganisationRequest, register: Register, *, row_id: UUID) -> HttpResponseBase:
    """Into the state that the button names."""
    to = request.POST.get("to", "")
    if to not in register.by_state:
        raise Http404
    try:
        actions.move(
            register=register.slug,
            row_id=row_id,
            to=to,
            version=seen_version(request),
            reason=request.POST.get("reason", "")[:2000],
            by=request.actor,
            at=timezone.now(),
        )
    except Refused as no:
        return show(request, register, row_id, refusals=no.refusals, status=409)
    return to_record(request, register, row_id)


@register_page("registers.write")
@require_POST
def review(request: OrganisationRequest, register: Register, *, row_id: UUID) -> HttpResponseBase:
    """Reviewed, and still so."""
    try:
        row = actions.review(
            register=register.slug,
            row_id=row_id,
            note=request.POST.get("note", "")[:2000],
            version=seen_version(request),
            by=request.actor,
            at=timezone.now(),
        )
    except Refused as no:
        return show(request, register, row_id, refusals=no.refusals, status=409)
    messages.info(request, f"Reviewed. The next review is on {row.review_on:%-d %b %Y}.")
    return to_record(request, register, row_id)


@register_page("registers.write")
@require_POST
def retire(request: OrganisationRequest, register: Register, *, row_id: UUID) -> HttpResponseBase:
    """Out of the lists, with a reason."""
    try:
        row = actions.retire(
            register=register.slug,
            row_id=row_id,
            reason=request.POST.get("reason", "")[:2000],
            version=seen_version(request),
            by=request.actor,
            at=timezone.now(),
        )
    except Refused as no:
        return show(request, register, row_id, refusals=no.refusals, status=409)
    messages.info(request, f"{row.number} is retired. You find it under “Retired” and can bring it back.")
    return to_list(request, register)


@register_page("registers.write")
@require_POST
def bring_back(request: OrganisationRequest, register: Register, *, row_id: UUID) -> HttpResponseBase:
    """Back into the lists."""
    actions.bring_back(register=register.slug, row_id=row_id, by=request.actor, at=timezone.now())
    return to_record(request, register, row_id)


@register_page("registers.write")
@require_POST
def remove_entry(
    request: OrganisationRequest, register: Register, *, row_id: UUID, child: str, entry_id: UUID
) -> HttpResponseBase:
    """Take an entry out again."""
    if child not in {c.name for c in register.children}:
        raise Http404
    try:
        actions.remove_entry(
            register=register.slug, row_id=row_id, child=child, entry_id=entry_id, by=request.actor, at=timezone.now()
        )
    except Refused as no:
        return show(request, register, row_id, refusals=no.refusals, status=409)
    return to_record(request, register, row_id)
