"""Background work of the archive: a round a day, and a look soon after a change in an issuer's journal.

`start_daily_renewals` is idempotent: the server calls it when it starts. Without a timestamp authority nothing is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from assaymark.records.rounds import ask_for_next_day, waits

if TYPE_CHECKING:
    from assaymark.records.archive.actions import Outcome

HOUR = time(3, 0)
logger = logging.getLogger(__name__)


@task()
def daily_renewals(day: str) -> int:
    """Keep and renew what is due, and ask for tomorrow's round. day: for whom reads the queue."""
    from assaymark.records.archive import actions

    now = timezone.now()
    ask_for_next_day(daily_renewals, at=HOUR, now=now)
    return _told(actions.round_of(at=now))


@task()
def keep_soon(organisation_id: str) -> int:
    """Have the newest checkpoint of its status log stamped, and keep PDFs of what an organisation issued just now."""
    from assaymark.records.archive import actions, log

    log.stamp(organisation_id=UUID(organisation_id))
    return _told(actions.keep_missing(organisation_id=UUID(organisation_id), at=timezone.now()))


def _told(found: Sequence[Outcome]) -> int:
    """Log what did not work; gives how many were kept or renewed."""
    for one in found:
        if one.outcome in ("ended", "failed"):
            logger.warning("PDF of certificate %s is not kept up: %s", one.number, one.reason)
    return sum(one.outcome in ("kept", "renewed") for one in found)


def want_kept(organisation_id: UUID) -> None:
    """Ask for it if there is an authority and something to keep (called after each checkpoint)."""
    from assaymark.records.archive import log, queries
    from assaymark.records.scope import organisation_scope

    if not settings.TSA_URL:
        return
    with organisation_scope(organisation_id):
        anything = queries.not_kept(organisation_id, at=timezone.now()).exists()
    if (anything or log.unstamped(organisation_id=organisation_id)) and not waits(keep_soon, str(organisation_id)):
        keep_soon.enqueue(str(organisation_id))


def start_daily_renewals() -> None:
    """Ask for the next round unless one waits already."""
    ask_for_next_day(daily_renewals, at=HOUR, now=timezone.now())
