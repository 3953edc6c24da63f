"""Rows of a scope in words: standards by their names, sectors by their titles, "all" where a row sets no limit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assaymark import catalogue
from assaymark.core.trust import ANY, ScopeRow
from assaymark.web.dates import day

_ACTIVITIES = {"ms-certification": "Certification of management systems"}
_URN = re.compile(r"urn:iso:std:(?P<body>[a-z-]+):(?P<number>\d+)(?::-(?P<part>\d+))?(?::(?P<year>\d{4}))?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One row as a table shows it."""

    name: str
    activity: str
    standard: str
    sectors: str
    countries: str
    interval: str


def lines(scope: Iterable[ScopeRow]) -> list[Line]:
    """The rows of a scope, in their order."""
    return [
        Line(
            name=row.row,
            activity=_ACTIVITIES.get(row.activity, row.activity),
            standard=_standard(row),
            sectors=_listed(row.iaf, "all sectors"),
            countries=_listed(row.countries, "all countries"),
            interval=_interval(row),
        )
        for row in scope
    ]


def standard_name(urn: str) -> str:
    """ "urn:iso:std:iso-iec:17021:-1" → "ISO/IEC 17021-1"; what is no such name stays as it is."""
    found = _URN.match(urn)
    if found is None:
        return "all standards" if urn == ANY else urn
    part = f"-{found['part']}" if found["part"] else ""
    year = f":{found['year']}" if found["year"] else ""
    return f"{found['body'].upper().replace('-', '/')} {found['number']}{part}{year}"


def sector_titles() -> dict[str, str]:
    """Code → title of the sectors, such as "17" → "Basic metals and fabricated metal products"."""
    return {str(sector.code): sector.title for sector in catalogue.sectors()}


def _standard(row: ScopeRow) -> str:
    name = standard_name(row.standard)
    if ANY in row.editions or not row.editions:
        return name
    return f"{name} ({', '.join(sorted(row.editions))})"


def _listed(values: frozenset[str], everything: str) -> str:
    if ANY in values:
        return everything
    return ", ".join(sorted(values, key=lambda value: (len(value), value))) or "not stated"


def _interval(row: ScopeRow) -> str:
    start, end = day(row.valid_from), day(row.valid_until)
    if start and end:
        return f"{start} – {end}"
    return f"from {start}" if start else f"until {end}" if end else ""
