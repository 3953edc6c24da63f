"""All registers of the house, for doors: `all()`, `get(slug)`. Importing this loads nothing by itself; the app does."""

from __future__ import annotations

from assaymark.records.registers.declaration import Register, declared, for_kind, get

__all__ = ["Register", "all", "for_kind", "get"]


def all() -> tuple[Register, ...]:
    """Every register, in the order of the standard."""
    return declared()
