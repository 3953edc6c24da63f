"""Background work: the daily round of digests. It puts itself into the queue again for the next day.

`start_daily_round` is idempotent: the server calls it when it starts.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus, task

from assaymark.records.parties import queries as parties
from assaymark.records.work import actions

HOUR = time(6, 0)


@task()
def daily_digests(day: str) -> int:
    """Send today's digests of all organisations, and ask for tomorrow's. day: for whom reads the queue."""
    now = timezone.now()
    _ask_for_next(now)
    return sum(actions.send_digests(organisation_id=o.pk, at=now) for o in parties.organisations())


def start_daily_round() -> None:
    """Ask for the next round unless one waits already."""
    _ask_for_next(timezone.now())


def _ask_for_next(now: datetime) -> None:
    from django_tasks_db.models import DBTaskResult

    due = datetime.combine(now.date(), HOUR, tzinfo=now.tzinfo)
    due = due if due > now else due + timedelta(days=1)
    day = due.date().isoformat()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=daily_digests.module_path)
    if not any(result.args_kwargs.get("args") == [day] for result in waiting):
        daily_digests.using(run_after=due).enqueue(day)
