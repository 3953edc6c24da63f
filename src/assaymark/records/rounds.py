"""Rounds of background work: each puts itself into the queue again, once for each day or hour.

The task of a round takes one argument, the day or the hour it is for, by which the queue shows whether it waits.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django_tasks import TaskResultStatus


def waits(task: Any, *arguments: object) -> bool:
    """Whether such a task waits in the queue already; with arguments, one with just these."""
    from django_tasks_db.models import DBTaskResult

    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=task.module_path)
    if not arguments:
        return bool(waiting.exists())
    return any(result.args_kwargs.get("args") == list(arguments) for result in waiting)


def ask_for_next_day(task: Any, *, at: time, now: datetime) -> None:
    """Have a daily task run when it is that time next, unless that waits already."""
    due = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    due = due if due > now else due + timedelta(days=1)
    _ask_for(task, due.date().isoformat(), due=due)


def ask_for_next_hour(task: Any, *, now: datetime) -> None:
    """Have an hourly task run at the next full hour, unless that waits already."""
    due = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    _ask_for(task, due.isoformat(), due=due)


def _ask_for(task: Any, which: str, *, due: datetime) -> None:
    if not waits(task, which):
        task.using(run_after=due).enqueue(which)
