"""Dates and instants in credentials: RFC 3339 in UTC; days are inclusive, so the last day ends at 23:59:59."""

from __future__ import annotations

import datetime as dt
import re

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BadMoment(ValueError):
    """The text is not a date or instant in the accepted form."""


def first_second(day: dt.date) -> str:
    """Return the instant at which a day begins."""
    return f"{day.isoformat()}T00:00:00Z"


def last_second(day: dt.date) -> str:
    """Return the last second of a day."""
    return f"{day.isoformat()}T23:59:59Z"


def instant(moment: dt.datetime) -> str:
    """Write an aware instant in UTC, to the second."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_instant(text: object) -> dt.datetime:
    """Read an instant with its zone; raises :class:`BadMoment`."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise BadMoment(f"{str(text)[:40]!r} is not an instant such as 2026-11-24T10:00:00Z")
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise BadMoment(f"{text!r} is not an instant that exists") from error


def read_day(text: object) -> dt.date:
    """Read a date (YYYY-MM-DD); raises :class:`BadMoment`."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise BadMoment(f"{str(text)[:40]!r} is not a date such as 2026-11-24")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadMoment(f"{text!r} is not a date that exists") from error


def in_words(moment: dt.datetime | dt.date) -> str:
    """Write a date for people: 3 Mar 2026."""
    return f"{moment.day} {moment.strftime('%b %Y')}"
