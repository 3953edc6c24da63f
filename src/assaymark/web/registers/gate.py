"""What every page of a register does first: find the register that the address names."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from assaymark.records.registers import registry
from assaymark.records.registers.registry import Register
from assaymark.web.page import OrganisationRequest, page

View = Callable[..., HttpResponseBase]


def register_page(permission: str) -> Callable[[View], View]:
    """`@page` whose view takes the declared register instead of its slug; an unknown one is 404."""

    def decorate(view: View) -> View:
        @page(permission)
        @functools.wraps(view)
        def found(request: OrganisationRequest, *, register: str, **captured: Any) -> HttpResponseBase:
            try:
                declared = registry.get(register)
            except KeyError as unknown:
                raise Http404 from unknown
            return view(request, declared, **captured)

        return found

    return decorate


def to_record(request: OrganisationRequest, register: Register, row_id: UUID) -> HttpResponseBase:
    """To the row's page."""
    return redirect(
        "registers:record", organisation=request.actor.organisation_slug, register=register.slug, row_id=row_id
    )


def to_list(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """To the register's list."""
    return redirect("registers:list", organisation=request.actor.organisation_slug, register=register.slug)


def seen_version(request: OrganisationRequest) -> int | None:
    """The version that the person's page showed; None when the form carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None
