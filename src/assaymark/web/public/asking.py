"""What a request asks for: which day, and which form of the answer."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest

from assaymark.web.public.forms import DayForm

_CREDENTIAL = "application/vc+jwt"


def day_asked(request: HttpRequest, *, now: dt.datetime) -> dt.date | None:
    """The day in `?on=`; None for today, for none, and for what is no day (the page says so at its form)."""
    form = DayForm(request.GET or None)
    asked: dt.date | None = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    return None if asked == now.date() else asked


def wants_credential(request: HttpRequest) -> bool:
    """Whether the client prefers the signed credential to a page: verifiers do, browsers do not."""
    preferred = request.get_preferred_type(["text/html", _CREDENTIAL])
    return preferred == _CREDENTIAL and _CREDENTIAL in request.headers.get("Accept", "")
