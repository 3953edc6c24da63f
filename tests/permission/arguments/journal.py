"""Arguments of the journal's pages."""

from __future__ import annotations

from typing import Any

from assaymark.records.journal import checkpoints, queries
from assaymark.records.scope import organisation_scope
from tests.permission.house import House, arguments_for


@arguments_for("journal:entry", "journal:proof")
def entry(house: House) -> dict[str, Any]:
    checkpoints.sign(house.organisation.pk)
    with organisation_scope(house.organisation.pk):
        row = queries.newest().first()
    assert row is not None
    return {"entry": row.pk}
