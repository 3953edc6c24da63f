"""Arguments of the witness's address: the house itself is asked."""

from __future__ import annotations

from typing import Any

from tests.permission.house import House, arguments_for


@arguments_for("witness:add-checkpoint")
def witness(house: House) -> dict[str, Any]:
    return {"slug": house.organisation.slug}
