"""A furnished organisation for the permission matrix and the isolation crawl.

`build_house("halden", word="HALDEN")` founds an organisation with one person per role. What stands in it is made by
factories, one per route that needs more than the organisation's slug:

    @arguments_for("journal:entry")
    def entry(house: House) -> dict[str, object]:
        return {"entry": …}

They live in tests/permission/arguments/, one module per idea, and are found by themselves. Every text that a factory
writes carries `house.word`, so that the crawl notices it in another organisation's pages.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from assaymark.core.parties import Actor, Role
from assaymark.records.parties import queries, tokens
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation, Person

MEMBERS = (
    "viewer",
    "contributor",
    "quality_manager",
    "auditor",
    "certification_office",
    "decision_maker",
    "accreditation_assessor",
    "administrator",
)
COLUMNS = ("anonymous", "outsider", *MEMBERS)


@dataclass
class House:
    """An organisation and its people; `made` is where factories keep what several routes share."""

    organisation: Organisation
    word: str
    people: dict[str, Person]
    actors: dict[str, Actor]
    secrets: dict[str, str]
    made: dict[str, Any] = field(default_factory=dict)

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """Make something at the first call, and return the same afterwards."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]


Factory = Callable[[House], dict[str, Any]]
FACTORIES: dict[str, Factory] = {}


def arguments_for(*routes: str) -> Callable[[Factory], Factory]:
    """Register the arguments of routes, without the organisation's slug."""

    def register(factory: Factory) -> Factory:
        for route in routes:
            FACTORIES[route] = factory
        return factory

    return register


@cache
def load_factories() -> None:
    """Import every module of tests/permission/arguments/."""
    for path in sorted((Path(__file__).parent / "arguments").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"permission_arguments_{path.stem}", path)
        assert spec is not None and spec.loader is not None
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def build_house(slug: str, *, word: str) -> House:
    """Found an organisation with one person per role, each with a token for the REST interface."""
    at = timezone.now() - timedelta(days=1)
    organisation = add_organisation(slug=slug, name=f"{word} Ltd", at=at, locality=word)
    people: dict[str, Person] = {}
    actors: dict[str, Actor] = {}
    secrets: dict[str, str] = {}
    for role in MEMBERS:
        member = add_member(
            organisation=organisation,
            email=f"{role}@{slug}.example",
            name=f"{word} {role}",
            roles=[Role(role)],
            at=at,
            job_title=word,
        )
        actor = queries.actor_for(person_id=member.person_id, organisation_slug=slug, at=timezone.now())
        assert actor is not None
        people[role], actors[role] = member.person, actor
        secrets[role] = tokens.create(
            person_id=member.person_id, name=word, expires_at=at + timedelta(days=30), at=at
        ).secret
    return House(organisation, word, people, actors, secrets)
