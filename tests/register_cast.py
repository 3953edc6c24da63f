"""The cast of the tests about registers, evidence and work: Halden Castings, its people, and an outsider.

Anna is quality manager, Carl contributor, Vera only reads; Omar is quality manager elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from assaymark.core.parties import Actor, Role
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation, Person
from assaymark.records.parties.queries import actor_for
from assaymark.records.registers import actions
from assaymark.records.scope import organisation_scope

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


@dataclass(frozen=True)
class Company:
    """An organisation with the people who act in it."""

    organisation: Organisation
    anna: Actor
    carl: Actor
    vera: Actor
    people: dict[str, Person]

    @property
    def slug(self) -> str:
        """The short name in addresses."""
        return self.organisation.slug

    def add(self, register: str, title: str, *, by: Actor | None = None, at: dt.datetime = NOW, **values: Any) -> Any:
        """A row of a register, entered by Anna unless told."""
        return actions.create(register=register, values={"title": title, **values}, by=by or self.anna, at=at)


def found(slug: str, name: str) -> Company:
    """An organisation with a quality manager, a contributor and a viewer."""
    organisation = add_organisation(slug=slug, name=name, at=NOW)
    roles = {"anna": Role.QUALITY_MANAGER, "carl": Role.CONTRIBUTOR, "vera": Role.VIEWER}
    actors, people = {}, {}
    for first, role in roles.items():
        membership = add_member(
            organisation=organisation, email=f"{first}@{slug}.example", name=f"{first.title()} of {name}", roles=[role],
            at=NOW - dt.timedelta(days=400), since=(NOW - dt.timedelta(days=400)).date(),
        )  # fmt: skip
        actor = actor_for(person_id=membership.person_id, organisation_slug=slug, at=NOW)
        assert actor is not None
        actors[first], people[first] = actor, membership.person
    return Company(organisation, **actors, people=people)


@pytest.fixture
def halden(db: None) -> Iterator[Company]:
    """Halden Castings; the test runs inside its scope."""
    company = found("halden", "Halden Castings")
    with organisation_scope(company.organisation.pk):
        yield company


@pytest.fixture
def elsewhere(db: None) -> Company:
    """Another organisation, whose rows nobody at Halden may meet."""
    return found("elsewhere", "Elsewhere Ltd")
