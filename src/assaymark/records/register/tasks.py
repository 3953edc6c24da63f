"""Background work of the register: own listings are brought up to date each day, and when a link above them moves.

A day alone changes answers: a certificate expires, a suspension begins, an edition ends. `start_daily_round` is
idempotent: the server calls it when it starts.
"""

from __future__ import annotations

from datetime import time

from django.utils import timezone
from django_tasks import task

from assaymark.records.rounds import ask_for_next_day, waits

HOUR = time(0, 10)  # soon after the day has changed in UTC, in which days are counted


@task()
def daily_verdicts(day: str) -> int:
    """Bring own listings up to date, and ask for tomorrow's round. day: for whom reads the queue."""
    from assaymark.records.register.own import refresh

    now = timezone.now()
    ask_for_next_day(daily_verdicts, at=HOUR, now=now)
    return refresh(at=now)[0]


@task()
def verdicts_now() -> int:
    """The same, once."""
    from assaymark.records.register.own import refresh

    return refresh(at=timezone.now())[0]


def want_verdicts() -> None:
    """Ask for verdicts at once, unless that waits already."""
    if not waits(verdicts_now):
        verdicts_now.enqueue()


def start_daily_round() -> None:
    """Ask for the next round unless one waits already."""
    ask_for_next_day(daily_verdicts, at=HOUR, now=timezone.now())
