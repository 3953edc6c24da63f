"""From an address to a `ListQuery` and back: what the list is asked for lives in its query string, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from assaymark.records.registers.queries import Filter, Listing, ListQuery, sortable
from assaymark.records.registers.registry import Register

MOST_VALUES = 50


def asked(register: Register, given: QueryDict) -> ListQuery:
    """What the address asks for. Unknown names are left out; numbers that are none become the first page."""
    filters = {
        name: tuple(value for value in given.getlist(name)[:MOST_VALUES] if value)
        for name in register.filters
        if any(given.getlist(name))
    }
    return ListQuery(
        view=given.get("view", "all"),
        text=given.get("q", ""),
        filters=filters,
        due=given.get("due", ""),
        sort=given.get("sort", ""),
        page=_number(given.get("page", "")),
        size=_number(given.get("size", "")),
        columns=tuple(given.getlist("columns")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def query_without(given: QueryDict, *names: str) -> QueryDict:
    """The query string without some names, and always without the page."""
    kept = given.copy()
    for name in (*names, "page"):
        kept.pop(name, None)
    return kept


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading with the address that orders by it; empty when the list cannot be ordered so."""

    label: str
    address: str
    order: str  # ascending, descending or none


def headings(listing: Listing, given: QueryDict) -> list[Heading]:
    """The headings of a list; a second click turns the order round."""
    result = []
    for column in listing.columns:
        label = listing.register.column_label(column)
        if not sortable(listing.register, column):
            result.append(Heading(label, "", "none"))
            continue
        order = {column.name: "ascending", f"-{column.name}": "descending"}.get(listing.query.sort, "none")
        query = query_without(given, "sort")
        query["sort"] = f"-{column.name}" if order == "ascending" else column.name
        result.append(Heading(label, f"?{query.urlencode()}", order))
    return result


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, with the address of the list without it."""

    text: str
    address: str


def chips(filters: Iterable[Filter], given: QueryDict) -> list[Chip]:
    """What narrows the list now."""
    found = [
        Chip(f"{f.label}: {', '.join(label for _, label, on in f.choices if on)}", _address(given, f.name))
        for f in filters
        if f.active
    ]
    if given.get("q", "").strip():
        found.append(Chip(f"Contains “{given['q'][:60]}”", _address(given, "q")))
    due = {"late": "Late", "soon": "Due within 30 days"}.get(given.get("due", ""))
    return [*found, Chip(due, _address(given, "due"))] if due else found


def _address(given: QueryDict, name: str) -> str:
    return f"?{query_without(given, name).urlencode()}"
