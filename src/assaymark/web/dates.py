"""Dates as people say them: 23 Nov 2026, "3 days late", "2 hours ago".

Pure: the moment is an argument. A date stands first; how far away it is stands beside it (shared rule of all pages).
"""

from __future__ import annotations

from datetime import date, datetime

Day = date | datetime


def as_day(value: Day) -> date:
    """The calendar day of a date or a moment."""
    return value.date() if isinstance(value, datetime) else value


def day(value: Day | None) -> str:
    """`23 Nov 2026`; empty for None."""
    if value is None:
        return ""
    found = as_day(value)
    return f"{found.day} {found:%b %Y}"


def count(number: int, word: str) -> str:
    """`1 day`, `3 days`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def span(days: int) -> str:
    """A number of days in the unit people would use: `5 days`, `6 weeks`, `4 months`, `2 years`."""
    if days < 14:
        return count(days, "day")
    if days < 70:
        return count(days // 7, "week")
    if days < 730:
        return count(round(days / 30.44), "month")
    return count(days // 365, "year")


def lateness(due: Day, *, today: date) -> str:
    """How a due date stands on that day: `3 days late`, `today`, `tomorrow`, `in 9 days`."""
    left = (as_day(due) - today).days
    if left < 0:
        return f"{span(-left)} late"
    if left == 0:
        return "today"
    if left == 1:
        return "tomorrow"
    return f"in {span(left)}"


def urgency(due: Day, *, today: date) -> str:
    """`late`, `soon` (within a week) or `later`; the class that colours a due date."""
    left = (as_day(due) - today).days
    if left < 0:
        return "late"
    return "soon" if left <= 7 else "later"


def ago(then: Day, *, now: datetime) -> str:
    """How long ago something happened: `just now`, `5 minutes ago`, `yesterday`, `3 weeks ago`."""
    if isinstance(then, datetime):
        seconds = int((now - then).total_seconds())
        if 0 <= seconds < 60:
            return "just now"
        if 0 <= seconds < 3600:
            return f"{count(seconds // 60, 'minute')} ago"
        if 0 <= seconds < 86_400 and then.date() == now.date():
            return f"{count(seconds // 3600, 'hour')} ago"
    days = (now.date() - as_day(then)).days
    if days < 0:
        return "tomorrow" if days == -1 else f"in {span(-days)}"
    if days == 0:
        return "today"
    return "yesterday" if days == 1 else f"{span(days)} ago"
