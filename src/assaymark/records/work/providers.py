"""Where due things come from: a function per idea, asked anew each time, so that no task is ever a stale copy.

    providers.add("findings", due_items)          # in the app's ready()

    def due_items(*, day: date, person_id: UUID | None) -> Iterable[Due]: …

A provider runs inside the organisation's scope. person_id None means: of everybody, also what nobody is named for.
It gives what is open, however far ahead, and asks the database a constant number of times.

A provider may also say what waits without reading it: `add(…, waiting=…)` names a function that gives querysets, one
row for each thing of a person that is late, due by `until` or without a date. They become legs of one query
(`waiting_legs`), for the number on every page; the list and the number must agree, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet, Value

from assaymark.core.work import Due


class Provider(Protocol):
    """Gives what is due."""

    def __call__(self, *, day: date, person_id: UUID | None) -> Iterable[Due]: ...


class Waiting(Protocol):
    """Gives querysets of what waits for a person; only the number of their rows matters."""

    def __call__(self, *, until: date, person_id: UUID) -> Iterable[QuerySet[Any, Any]]: ...


_PROVIDERS: dict[str, Provider] = {}
_WAITING: dict[str, Waiting] = {}


def add(name: str, provider: Provider, *, waiting: Waiting | None = None) -> None:
    """Ask this idea too. The same name again replaces (an app that is made ready twice)."""
    _PROVIDERS[name] = provider
    if waiting is not None:
        _WAITING[name] = waiting


def remove(name: str) -> None:
    """Ask it no more (a test that added one)."""
    _PROVIDERS.pop(name, None)
    _WAITING.pop(name, None)


def all_due(*, day: date, person_id: UUID | None) -> list[Due]:
    """Everything due in the current scope, of one person or of everybody."""
    return [item for provider in _PROVIDERS.values() for item in provider(day=day, person_id=person_id)]


def waiting_legs(*, until: date, person_id: UUID) -> list[QuerySet[Any, Any]]:
    """What waits for the person, as legs of one UNION ALL with a single column."""
    found = (rows for waiting in _WAITING.values() for rows in waiting(until=until, person_id=person_id))
    return [rows.order_by().values_list(Value(1)) for rows in found]


def due_otherwise(*, day: date, person_id: UUID) -> list[Due]:
    """Everything due of a person from the ideas that have no `waiting`."""
    others = (provider for name, provider in _PROVIDERS.items() if name not in _WAITING)
    return [item for provider in others for item in provider(day=day, person_id=person_id)]


def names() -> tuple[str, ...]:
    """Which ideas are asked."""
    return tuple(_PROVIDERS)
