"""The chain of the cast, a foreign register, and Castell: a buyer that watches. Omar buys, Vera reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from assaymark.core.parties import Actor, Role
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation, Person
from assaymark.records.parties.queries import actor_for
from assaymark.records.register import own
from assaymark.records.register.models import Listing
from tests.records.attestations.conftest import NOW, Chain
from tests.records.attestations.conftest import chain as chain
from tests.records.register.conftest import register as register
from tests.records.register.conftest import take as take


@dataclass(frozen=True)
class Buyer:
    """An organisation that watches, with who buys and who reads."""

    organisation: Organisation
    omar: Actor
    vera: Actor

    def person(self, who: Actor) -> Person:
        """The account."""
        return Person.objects.get(pk=who.person_id)


def buyer_of(slug: str, name: str) -> Buyer:
    """A buyer with a quality manager and a viewer."""
    organisation = add_organisation(slug=slug, name=name, country="GB", at=NOW - dt.timedelta(days=400))
    actors = {}
    for first, role in (("omar", Role.QUALITY_MANAGER), ("vera", Role.VIEWER)):
        member = add_member(
            organisation=organisation,
            email=f"{first}@{slug}.example",
            name=f"{first.title()} of {name}",
            roles=[role],
            at=NOW - dt.timedelta(days=400),
        )
        actor = actor_for(person_id=member.person_id, organisation_slug=slug, at=NOW)
        assert actor is not None
        actors[first] = actor
    return Buyer(organisation, **actors)


@pytest.fixture
def castell(db: None) -> Buyer:
    return buyer_of("castell", "Castell Packaging Group")


@pytest.fixture
def rival(db: None) -> Buyer:
    return buyer_of("rival", "Rival Packaging")


@pytest.fixture
def listed(chain: Chain) -> Callable[[dt.datetime], Listing]:
    """Halden's certificate in the register, brought up to date at a moment."""

    def published(at: dt.datetime) -> Listing:
        found = own.publish(number=chain.certificate.number, attestation_id=chain.certificate.pk, at=at)
        assert found is not None
        return found

    return published
