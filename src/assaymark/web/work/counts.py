"""How much waits for a person: the number on the bell and beside "My work".

It stands on every page, so it must cost next to nothing. Chosen: one bounded query over all ideas
(`records.work.queries.count_of`), its answer kept for `KEPT` seconds per person and organisation in the process' cache;
nearly every page reads it without a query. The price: something just done may count for up to a minute longer. Pages
that draw the list itself (my work, home) bring the number up to date.
"""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from assaymark.core.parties import Actor
from assaymark.records.work import queries
from assaymark.web import frame

KEPT = 60


@frame.provide_counts
def waiting(actor: Actor) -> dict[str, int]:
    """What waits for the actor: late, due within a week, or without a date. Nothing for who has no work here."""
    if not actor.may("work.read"):
        return {}
    number = cache.get(_key(actor))
    if number is None:
        number = queries.count_of(person_id=actor.person_id, at=timezone.now())
        remember(actor=actor, number=number)
    return {"work": number} if number else {}


def remember(*, actor: Actor, number: int) -> None:
    """Keep what was just counted."""
    cache.set(_key(actor), number, KEPT)


def _key(actor: Actor) -> str:
    return f"work:{actor.organisation_id}:{actor.person_id}"
