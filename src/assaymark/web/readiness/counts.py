"""Numbers in the rail: what was open when the matrix was last looked at.

Counting anew would cost every page the matrix. The numbers are kept for an hour in this process' cache, and every look
at the matrix brings them up to date.
"""

from __future__ import annotations

from django.core.cache import cache

from assaymark.core.parties import Actor
from assaymark.core.readiness import Readiness
from assaymark.core.work import WorkList
from assaymark.web import frame
from assaymark.web.work import counts as of_work

KEPT = 3600
SECTIONS = {
    "4": "context",
    "5": "leadership",
    "6": "planning",
    "7": "support",
    "8": "operation",
    "9": "evaluation",
    "10": "improvement",
}


def by_section(readiness: Readiness) -> dict[str, int]:
    """Section of the rail → how much is open; a clause with nothing to show counts as one."""
    found: dict[str, int] = {}
    for clause in readiness.to_do:
        section = SECTIONS.get(clause.chapter[0])
        if section:
            found[section] = found.get(section, 0) + max(clause.open, 1)
    return found


def remember(*, actor: Actor, readiness: Readiness | None = None, work: WorkList | None = None) -> None:
    """Keep what was just counted."""
    if readiness is not None:
        cache.set(_of_organisation(actor), by_section(readiness), KEPT)
    if work is not None:
        of_work.remember(actor=actor, number=work.count)


@frame.provide_counts
def remembered(actor: Actor) -> dict[str, int]:
    """What the rail shows beside its entries. No query."""
    return dict(cache.get(_of_organisation(actor)) or {}) if actor.may("readiness.read") else {}


def _of_organisation(actor: Actor) -> str:
    return f"readiness:{actor.organisation_id}"
