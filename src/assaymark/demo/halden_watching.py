"""Whom Halden relies on: its coater and its maker of boxes, both certified by Northfield. The coater is suspended."""

from __future__ import annotations

from datetime import datetime

from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.attestations.queries import find_by_number
from assaymark.records.register import own
from assaymark.records.watch import actions, noticing

# number, what Halden calls it, day from which it is watched
SUPPLIERS = (
    ("NC-25-00376", "Brandt Coatings (phosphating)", -180),
    ("NC-26-00398", "Castell (boxes)", -160),
)
# Half an hour after Northfield decided; see `clients.brandt_coatings`.
NOTICED = (-3, 14, 30)


def watching(world: World) -> Story:
    """Purchasing watches both; what Northfield decides about the coater is noticed the same afternoon."""
    buyer = world.who("a.brandt@halden")
    listings = []
    for number, label, day in SUPPLIERS:
        at = yield world.calendar.at(day, 15)
        listings.append(_listed(number, at))
        actions.add(listing_id=listings[-1], label=label, by=buyer, at=at)
    at = yield world.calendar.at(*NOTICED)
    for number, _, _ in SUPPLIERS:
        _listed(number, at)
    noticing.notice(listings=listings, at=at)


def _listed(number: str, at: datetime) -> int:
    """The certificate's entry in the register, brought up to date at that moment."""
    (row,) = find_by_number(number=number)
    listing = own.publish(number=number, attestation_id=row.pk, at=at)
    assert listing is not None
    return int(listing.pk)
