"""Turns what actions raise into answers: `Refused` → 409 with all reasons, `Forbidden` → 403.

A view that can show the reasons beside its button catches `Refused` itself; this is the net below it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from assaymark.core.refusal import Forbidden, Refused


class RefusalMiddleware:
    """See the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"refusals": exception.refusals}, status=409)
        if isinstance(exception, Forbidden):
            raise PermissionDenied(exception.permission) from exception
        return None
