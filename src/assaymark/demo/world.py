"""The world while it is made: its calendar, its organisations and people, and what stories hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assaymark.core.parties import Actor
from assaymark.demo.cast import PASSWORD, House
from assaymark.demo.timeline import Calendar, Story
from assaymark.records.parties import actions as parties
from assaymark.records.parties.queries import actor_for

if TYPE_CHECKING:
    from assaymark.records.parties.models import Organisation

# Everybody was there before anything happened.
FOUNDED = -1600


@dataclass
class World:
    """made: things that one story hands to another, by a name that both know."""

    calendar: Calendar
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def house(self, slug: str) -> Organisation:
        """The organisation with this short name."""
        return self.organisations[slug]

    def who(self, email: str) -> Actor:
        """The person in their own organisation: `world.who("p.novak@halden")`."""
        return self.people[email]


def found(world: World, house: House) -> Story:
    """The organisation comes into being, with its people."""
    at = yield world.calendar.at(FOUNDED, 8)
    row = parties.add_organisation(
        slug=house.slug,
        name=house.name,
        country=house.country,
        locality=house.locality,
        street=house.street,
        website=f"https://{house.slug}.example/",
        registered_id=house.registered_id,
        at=at,
    )
    world.organisations[house.slug] = row
    for member in house.members:
        membership = parties.add_member(
            organisation=row,
            email=house.email(member),
            name=member.name,
            roles=member.roles,
            job_title=member.job_title,
            password=PASSWORD if member.story else None,
            at=at,
        )
        world.people[f"{member.key}@{house.slug}"] = _actor(membership.person_id, house.slug, at)


def _actor(person_id: Any, slug: str, at: datetime) -> Actor:
    actor = actor_for(person_id=person_id, organisation_slug=slug, at=at)
    assert actor is not None
    return actor
