"""When a person last looked at an organisation's home, kept in a cookie of theirs: reading a page writes no record.

Looks within half an hour are one look, so that going back and forth does not hide the news.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

COOKIE = "looked"
ONE_LOOK = timedelta(minutes=30)
AT_FIRST = timedelta(days=7)
_KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Looks:
    """before: the look before this one, None at the first; this: when this one began."""

    before: datetime | None
    this: datetime

    @property
    def since(self) -> datetime:
        """From when on something is news."""
        return self.before or self.this - AT_FIRST

    @property
    def words(self) -> str:
        """The card's title."""
        if self.before is None:
            return "In the last 7 days"
        days = (self.this.date() - self.before.date()).days
        if days == 0:
            return "Since you last looked, today"
        on = f"{self.before:%A}" if days < 7 else f"{self.before.day} {self.before:%b}"
        return f"Since you last looked, {on}"


def looks(request: HttpRequest, *, at: datetime) -> Looks:
    """What the cookie says; one that says nothing sensible counts as none."""
    before, _, this = request.COOKIES.get(COOKIE, "").partition("|")
    known = [_moment(text, at) for text in (before, this)]
    if known[1] is None:
        return Looks(None, at)
    if at - known[1] > ONE_LOOK:
        return Looks(known[1], at)
    return Looks(known[0], known[1])


def _moment(text: str, at: datetime) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None and found <= at else None


def remember(response: HttpResponse, looked: Looks, *, path: str) -> None:
    """Give the cookie back. path: the home it is about; it goes to no other page."""
    value = f"{looked.before.isoformat() if looked.before else ''}|{looked.this.isoformat()}"
    response.set_cookie(
        COOKIE,
        value,
        max_age=_KEPT,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
