"""Background work of the register: own listings are brought up to date each day, and when a link above them moves.

A day alone changes answers: a certificate expires, a suspension begins, an edition ends. `start_daily_round` is
idempotent: the server calls it when it starts.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus, task

HOUR = time(0, 10)  # soon after the day has changed in UTC, in which days are counted


@task()
def daily_verdicts(day: str) -> int:
    """Bring own listings up to date, and ask for tomorrow's round. day: for whom reads the queue."""
    from assaymark.records.register.own import refresh

    now = timezone.now()
    _ask_for_next(now)
    return refresh(at=now)[0]


@task()
def verdicts_now() -> int:
    """The same, once."""
    from assaymark.records.register.own import refresh

    return refresh(at=timezone.now())[0]


def want_verdicts() -> None:
    """Ask for verdicts at once, unless that waits already."""
    from django_tasks_db.models import DBTaskResult

    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=verdicts_now.module_path)
    if not waiting.exists():
        verdicts_now.enqueue()


def start_daily_round() -> None:
    """Ask for the next round unless one waits already."""
    _ask_for_next(timezone.now())


def _ask_for_next(now: datetime) -> None:
    from django_tasks_db.models import DBTaskResult

    due = datetime.combine(now.date(), HOUR, tzinfo=now.tzinfo)
    due = due if due > now else due + timedelta(days=1)
    day = due.date().isoformat()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=daily_verdicts.module_path)
    if not any(result.args_kwargs.get("args") == [day] for result in waiting):
        daily_verdicts.using(run_after=due).enqueue(day)
