"""Background work of watch lists: a look every hour, a look at once when a chain moved, and mail.

`start_hourly_round` is idempotent: the server calls it when it starts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks import TaskResultStatus, task

from assaymark.records.parties import queries as parties


@task()
def hourly_look(hour: str) -> int:
    """Look at all that is watched, mail what is due, and ask for the next hour. hour: for whom reads the queue."""
    now = timezone.now()
    _ask_for_next(now)
    return round_of(at=now)


@task()
def look_now() -> int:
    """The same, once."""
    return round_of(at=timezone.now())


@task()
def tell(organisation_id: str) -> int:
    """Mail what an organisation's watchers have to know now."""
    from assaymark.records.watch.telling import tell_watchers

    return tell_watchers(organisation_id=UUID(organisation_id), at=timezone.now())


def round_of(*, at: datetime) -> int:
    """Look at all that is watched, then mail what is due. Gives how many changes there were."""
    from assaymark.records.watch.noticing import notice
    from assaymark.records.watch.telling import tell_watchers

    found = notice(at=at)
    for organisation in parties.organisations():
        tell_watchers(organisation_id=organisation.pk, at=at)
    return found


def want_a_look() -> None:
    """Ask for a look at once, unless one waits already or nobody watches anything."""
    from django_tasks_db.models import DBTaskResult

    from assaymark.records.watch.noticing import anybody_watches

    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=look_now.module_path)
    if anybody_watches() and not waiting.exists():
        look_now.enqueue()


def start_hourly_round() -> None:
    """Ask for the next round unless one waits already."""
    _ask_for_next(timezone.now())


def _ask_for_next(now: datetime) -> None:
    from django_tasks_db.models import DBTaskResult

    due = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    hour = due.isoformat()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=hourly_look.module_path)
    if not any(result.args_kwargs.get("args") == [hour] for result in waiting):
        hourly_look.using(run_after=due).enqueue(hour)
