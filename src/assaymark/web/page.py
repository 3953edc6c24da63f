"""What every page has in common: who acts, where, and whether they may.

`@page("documents.read")` goes on a view under `/o/<slug:organisation>/…`. It takes the slug from the arguments and sets
`request.actor`; the view runs inside the organisation's scope. Not signed in: to sign-in. No business in that
organisation, or an object outside the scope: 404. A member without the permission: 403. A view is a plain function
`(request, **captured) -> HttpResponse` of at most 25 lines: parse, one call inward, render.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from assaymark.core.parties import ALL_PERMISSIONS, Actor
from assaymark.records.parties import queries
from assaymark.records.scope import organisation_scope


class OrganisationRequest(HttpRequest):
    """A request that has been let in; what a view under @page receives."""

    user: Any
    actor: Actor
    htmx: Any


View = Callable[..., HttpResponseBase]


def page(permission: str) -> Callable[[View], View]:
    """Let in whoever holds the permission in the organisation named by the URL.

    Raises `ValueError` at once when no role carries it: a misspelt name would shut everybody out.
    """
    if permission not in ALL_PERMISSIONS:
        raise ValueError(f"No role carries the permission {permission}; see core.parties.PERMISSIONS.")

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *, organisation: str, **captured: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            actor = queries.actor_for(person_id=request.user.pk, organisation_slug=organisation, at=timezone.now())
            if actor is None:
                raise Http404
            if not actor.may(permission):
                raise PermissionDenied(permission)
            cast("OrganisationRequest", request).actor = actor
            with organisation_scope(actor.organisation_id):
                try:
                    return _rendered(view(request, **captured))
                except ObjectDoesNotExist as missing:
                    raise Http404 from missing

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public_page(view: View) -> View:
    """A page for everybody. It reads through queries of the public register, which open their own scope."""

    @functools.wraps(view)
    def open_to_all(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        try:
            return _rendered(view(request, **captured))
        except ObjectDoesNotExist as missing:
            raise Http404 from missing

    open_to_all.permission = "public"  # type: ignore[attr-defined]
    return open_to_all


def signed_in_page(view: View) -> View:
    """A page for anyone with an account, outside an organisation (choose a workplace, own account)."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return _rendered(view(request, **captured))

    guarded.permission = "signed-in"  # type: ignore[attr-defined]
    return guarded


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Templates read rows: render while the scope is open."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response
