"""Arguments of watch lists: one watched certificate that changed, of a register that everybody reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from assaymark.records.register.models import Listing
from assaymark.records.watch import actions, noticing
from tests.permission.arguments.register import entry
from tests.permission.house import House, arguments_for

_PAGES = ["record", "seen", "rename", "stop", "export"]


@arguments_for("api:watched", "api:watched-seen", *(f"watch:{page}" for page in _PAGES))
def watched(house: House) -> dict[str, Any]:
    row = house.once("watched", lambda: _watched(house))
    return {"watched_id": row, "kind": "csv"}


def _watched(house: House) -> Any:
    listing_id, now = entry(house)["listing_id"], timezone.now()
    row = actions.add(listing_id=listing_id, label=f"{house.word} supplier", by=house.actors["quality_manager"], at=now)
    Listing.objects.filter(pk=listing_id).update(status="suspended")
    noticing.notice(listings=[listing_id], at=now + dt.timedelta(seconds=1))
    Listing.objects.filter(pk=listing_id).update(status="valid")
    return row.pk
