"""Arguments of the public register's pages: one entry of a foreign register."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from assaymark.records.register.models import Listing, Party, Source
from tests.permission.house import House, arguments_for


@arguments_for("listing", "register-party")
def entry(house: House) -> dict[str, Any]:
    source, _ = Source.objects.get_or_create(key="foreign", defaults={"name": "A foreign register"})
    holder, _ = Party.objects.get_or_create(
        source=source, role="holder", identity="h1", defaults={"name": "Holder Ltd"}
    )
    row, _ = Listing.objects.get_or_create(
        source=source,
        identity="one",
        defaults={
            "number": "F-1",
            "number_key": "F1",
            "holder": holder,
            "standard": "ISO 9001:2015",
            "standard_key": "iso9001",
            "status": "valid",
            "listed_from": dt.date(2026, 1, 1),
            "changed_at": timezone.now(),
            "digest": "0",
        },
    )
    return {"listing_id": row.pk, "party_id": holder.pk}
