"""Arguments of the pages of standards."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assaymark.records.standards.actions import load_catalogue
from tests.permission.house import House, arguments_for


@arguments_for("standards:read")
def standard(house: House) -> dict[str, Any]:
    load_catalogue(at=timezone.now())
    return {"key": "iso-iec-5230-2020"}
