"""Background work: the daily round of digests. It puts itself into the queue again for the next day.

`start_daily_round` is idempotent: the server calls it when it starts.
"""

from __future__ import annotations

from datetime import time

from django.utils import timezone
from django_tasks import task

from assaymark.records.parties import queries as parties
from assaymark.records.rounds import ask_for_next_day
from assaymark.records.work import actions

HOUR = time(6, 0)


@task()
def daily_digests(day: str) -> int:
    """Send today's digests of all organisations, and ask for tomorrow's. day: for whom reads the queue."""
    now = timezone.now()
    ask_for_next_day(daily_digests, at=HOUR, now=now)
    return sum(actions.send_digests(organisation_id=o.pk, at=now) for o in parties.organisations())


def start_daily_round() -> None:
    """Ask for the next round unless one waits already."""
    ask_for_next_day(daily_digests, at=HOUR, now=timezone.now())
