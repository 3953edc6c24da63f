"""How often one address may ask for something, counted in the cache: 429 with Retry-After beyond it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


def within_limit(key: str, *, a_minute: int) -> bool:
    """Count one more in this minute; whether it is still within the limit."""
    window = f"limit:{key}:{int(time.time() // 60)}"
    cache.add(window, 0, timeout=120)
    return int(cache.incr(window)) <= a_minute


def address_of(request: HttpRequest) -> str:
    """The client's address: the connection's, or what the outermost of one's own proxies saw (ASSAYMARK_PROXIES)."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        return str(forwarded[-settings.PROXIES]).strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def limited(name: str, *, a_minute: int) -> Callable[[View], View]:
    """Let an address in only so often."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def counted(request: HttpRequest, **captured: Any) -> HttpResponseBase:
            if not within_limit(f"{name}:{address_of(request)}", a_minute=a_minute):
                return _too_many(request)
            return view(request, **captured)

        return counted

    return decorate


def _too_many(request: HttpRequest) -> HttpResponse:
    """A page for people, a line for programs."""
    if "text/html" in request.headers.get("Accept", ""):
        answer = render(request, "429.html", status=429)
    else:
        words = "Too many requests from this address. Try again in a minute."
        answer = HttpResponse(words, status=429, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = "60"
    return answer
