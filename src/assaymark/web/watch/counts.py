"""How many watched certificates have changes that nobody has seen: the number beside "Watch list".

One query, its answer kept for `KEPT` seconds per organisation in the process' cache; pages of the list bring it up to
date. The price: in another process it may be up to a minute old.
"""

from __future__ import annotations

from django.core.cache import cache

from assaymark.core.parties import Actor
from assaymark.records.watch import queries
from assaymark.web import frame

KEPT = 60


@frame.provide_counts
def unseen(actor: Actor) -> dict[str, int]:
    """Nothing for who does not read the list."""
    if not actor.may("watch.read"):
        return {}
    number = cache.get(_key(actor))
    return {"watch": found} if (found := refresh(actor) if number is None else number) else {}


def refresh(actor: Actor) -> int:
    """Count anew and keep it."""
    number = queries.unseen()
    cache.set(_key(actor), number, KEPT)
    return number


def _key(actor: Actor) -> str:
    return f"watch:{actor.organisation_id}"
