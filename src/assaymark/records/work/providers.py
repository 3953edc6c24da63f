"""Where due things come from: a function per idea, asked anew each time, so that no task is ever a stale copy.

    providers.add("findings", due_items)          # in the app's ready()

    def due_items(*, day: date, person_id: UUID | None) -> Iterable[Due]: …

A provider runs inside the organisation's scope. person_id None means: of everybody, also what nobody is named for.
It gives what is open, however far ahead, and asks the database a constant number of times.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from assaymark.core.work import Due


class Provider(Protocol):
    """Gives what is due."""

    def __call__(self, *, day: date, person_id: UUID | None) -> Iterable[Due]: ...


_PROVIDERS: dict[str, Provider] = {}


def add(name: str, provider: Provider) -> None:
    """Ask this idea too. The same name again replaces (an app that is made ready twice)."""
    _PROVIDERS[name] = provider


def remove(name: str) -> None:
    """Ask it no more (a test that added one)."""
    _PROVIDERS.pop(name, None)


def all_due(*, day: date, person_id: UUID | None) -> list[Due]:
    """Everything due in the current scope, of one person or of everybody."""
    return [item for provider in _PROVIDERS.values() for item in provider(day=day, person_id=person_id)]


def names() -> tuple[str, ...]:
    """Which ideas are asked."""
    return tuple(_PROVIDERS)
