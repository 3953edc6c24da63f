"""Public answers are kept for a minute, and made anew at once when anything in the register happened.

Rules that hold here
* An answer is kept under the address and the register's newest event, issue and change of a key: after a suspension
  nobody sees the old page, not for a second. What changes without an event (a name, an anchor) shows within a minute.
* Who lists or unlists a certificate changes its answer at once.
* Only work is counted against an address's limit: what is kept costs next to nothing.
* `ETag` lets a client ask whether anything changed (RFC 9110, 8.8.3).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from assaymark.records.attestations import queries

View = Callable[..., HttpResponseBase]
SECONDS = 60
_HEADERS = ("Content-Type", "Content-Disposition", "Access-Control-Allow-Origin", "Vary", "Retry-After")


def kept(view: View) -> View:
    """Keep a view's good answers about one attestation. Its arguments are `issuer` and `number`."""

    @functools.wraps(view)
    def looked_up(request: HttpRequest, *, issuer: str, number: str, **captured: Any) -> HttpResponseBase:
        stamp = queries.stamp_of(issuer_slug=issuer, number=number)
        asked = f"{request.get_full_path()} {request.headers.get('Accept', '')} {stamp}"
        key = hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()
        found = caches["pages"].get(key)
        if found is None:
            answer = view(request, issuer=issuer, number=number, **captured)
            if not isinstance(answer, HttpResponse) or answer.status_code != 200 or answer.cookies:
                return answer
            headers = {name: answer[name] for name in _HEADERS if name in answer}
            found = (answer.content, headers, f'"{hashlib.blake2b(answer.content, digest_size=12).hexdigest()}"')
            caches["pages"].set(key, found, SECONDS)
        return _given(request, *found)

    return looked_up


def _given(request: HttpRequest, content: bytes, headers: dict[str, str], etag: str) -> HttpResponse:
    tags = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    unchanged = etag in tags
    answer = HttpResponse(status=304) if unchanged else HttpResponse(content, headers=headers)
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={SECONDS}"
    return answer
