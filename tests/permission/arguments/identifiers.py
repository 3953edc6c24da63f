"""Arguments of the pages of identifiers: the house takes one, and its first key is asked about."""

from __future__ import annotations

from typing import Any

from django.test import override_settings
from django.utils import timezone

from assaymark.records.identifiers import actions, queries
from tests.permission.house import House, arguments_for


@arguments_for("did-log", "identifiers:compromised")
def identifier(house: House) -> dict[str, Any]:
    if queries.identifier_of(house.organisation.pk) is None:
        with override_settings(PUBLIC_URL="https://register.example"):
            actions.identify(organisation=house.organisation, at=timezone.now())
    return {"slug": house.organisation.slug, "public": queries.keys_of(house.organisation.pk)[0].public}
