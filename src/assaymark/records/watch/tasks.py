"""Background work of watch lists: a look every hour, a look at once when a chain moved, and mail.

`start_hourly_round` is idempotent: the server calls it when it starts. A look at many is cut into pieces that stand
behind everything else in the queue, so that checkpoints and mail never wait for it; a look that is not done yet is not
asked for a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from assaymark.records.parties import queries as parties
from assaymark.records.rounds import ask_for_next_hour, waits

PIECE = 200


@task()
def hourly_look(hour: str) -> int:
    """Look at all that is watched, mail what is due, and ask for the next hour. hour: for whom reads the queue."""
    now = timezone.now()
    ask_for_next_hour(hourly_look, now=now)
    found = _look_at_all(now)
    _tell_all(now)
    return found


@task()
def look_now() -> int:
    """The same, once."""
    return _look_at_all(timezone.now())


@task(priority=-50)
def look_at(listing_ids: Sequence[int]) -> int:
    """Look at one piece."""
    from assaymark.records.watch.noticing import notice

    return notice(listings=listing_ids, at=timezone.now())


@task()
def tell(organisation_id: str) -> int:
    """Mail what an organisation's watchers have to know now."""
    from assaymark.records.watch.telling import tell_watchers

    return tell_watchers(organisation_id=UUID(organisation_id), at=timezone.now())


def round_of(*, at: datetime) -> int:
    """Look at all that is watched, then mail what is due. Gives how many changes there were."""
    from assaymark.records.watch.noticing import notice

    found = notice(at=at)
    _tell_all(at)
    return found


def _tell_all(at: datetime) -> None:
    from assaymark.records.watch.telling import tell_watchers

    for organisation in parties.organisations():
        tell_watchers(organisation_id=organisation.pk, at=at)


def _look_at_all(at: datetime) -> int:
    """Look at once when it is few, else ask for the pieces, unless some are waiting still."""
    from assaymark.records.watch.noticing import notice, watched_listings

    listings = watched_listings()
    if len(listings) <= PIECE:
        return notice(listings=listings, at=at)
    if not waits(look_at):
        for start in range(0, len(listings), PIECE):
            look_at.enqueue(listings[start : start + PIECE])
    return 0


def want_a_look() -> None:
    """Ask for a look at once, unless one waits already or nobody watches anything."""
    from assaymark.records.watch.noticing import watched_listings

    if watched_listings() and not waits(look_now):
        look_now.enqueue()


def start_hourly_round() -> None:
    """Ask for the next round unless one waits already."""
    ask_for_next_hour(hourly_look, now=timezone.now())
