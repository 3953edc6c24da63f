"""Loads the demo world: who is in it, which stories are told, all of it in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from assaymark.core.refusal import Refusal, refuse
from assaymark.demo import (
    arrangement,
    castell,
    clients,
    halden_audits,
    halden_certification,
    halden_documents,
    halden_equipment,
    halden_findings,
    halden_registers,
    halden_watching,
    meridian,
    northfield,
    openfield,
)
from assaymark.demo.cast import HOUSES
from assaymark.demo.timeline import Calendar, Story, tell
from assaymark.demo.world import FOUNDED, World, found
from assaymark.records.parties.queries import organisation_by_slug
from assaymark.records.standards.actions import load_catalogue

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading came to. fresh: False when the world was here already."""

    on: date
    fresh: bool
    acts: int


def load(*, on: date, at: datetime, progress: Progress = lambda _label, _done, _total: None) -> Loaded:
    """Make the demo world as it is on that day; nothing when it is here already.

    at   now; no day after it can be chosen, because nothing happens in the future
    progress   called with what is happening, and how much of how much is done

    Raises `Refused` when organisations of the same short names are here, and everything that an action raises: then
    nothing is kept.
    """
    refuse(_reasons_not_to_load(on=on, at=at))
    if _here() == len(HOUSES):
        return Loaded(on, fresh=False, acts=0)
    world = World(Calendar(on))
    with transaction.atomic():
        progress("Standards", 0, -FOUNDED)
        load_catalogue(at=at)

        def shown(moment: datetime) -> None:
            progress(f"{moment:%B %Y}", (moment.date() - world.calendar.day(FOUNDED)).days, -FOUNDED)

        acts = tell(found(world, house) for house in HOUSES) + tell(_stories(world), progress=shown)
    progress("Done", -FOUNDED, -FOUNDED)
    return Loaded(on, fresh=True, acts=acts)


def _stories(world: World) -> list[Story]:
    return [
        arrangement.recognition(world),
        meridian.accreditation(world),
        meridian.northfield_closes(world),
        northfield.people(world),
        *halden_registers.stories(world),
        *halden_equipment.stories(world),
        *halden_documents.stories(world),
        *halden_findings.stories(world),
        *halden_audits.stories(world),
        halden_certification.certification(world),
        meridian.surveillance(world),
        halden_certification.halden_closes(world),
        halden_certification.surveillance(world),
        meridian.next_surveillance(world),
        halden_certification.next_surveillance(world),
        clients.brandt_coatings(world),
        *castell.stories(world),
        clients.castell(world),
        clients.thornbury(world),
        halden_watching.watching(world),
        openfield.handbook(world),
        openfield.processes(world),
        openfield.certification(world),
        openfield.applies_to_northfield(world),
    ]


def _here() -> int:
    """How many of the organisations are on this installation."""
    return sum(organisation_by_slug(house.slug) is not None for house in HOUSES)


def _reasons_not_to_load(*, on: date, at: datetime) -> list[Refusal]:
    found = []
    if on > at.date():
        found.append(
            Refusal("demo-future", "", f"{on.isoformat()} lies in the future.", "Choose today or a day before it.")
        )
    if 0 < _here() < len(HOUSES):
        taken = [house.slug for house in HOUSES if organisation_by_slug(house.slug)]
        found.append(
            Refusal(
                "demo-names-taken",
                "",
                f"Organisations with names of the demo world are here already: {', '.join(taken)}.",
                "Load it into a home of its own: ASSAYMARK_HOME=some/folder assaymark init, then demo load.",
            )
        )
    return found
