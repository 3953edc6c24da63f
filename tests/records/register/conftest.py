"""A foreign register that is read by snapshots: five certificates of two bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assaymark.core.register import Entry
from assaymark.formats.register_mapping import Row
from assaymark.records.register.actions import Imported, Reading, digest_of, import_snapshot

AT = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
DAY = AT.date()


def entry(number: str, holder: str, **changes: object) -> Entry:
    """An ordinary entry."""
    values: dict[str, object] = {
        "standard": "ISO 9001:2015",
        "status": "valid",
        "body": "Northfield Certification",
        "country": "DE",
        "issued": "2025-01-01",
        "expires": "2027-12-31",
        "iaf": ("17",),
    }
    return Entry(number=number, holder=holder, **(values | changes))  # type: ignore[arg-type]


CAST = (
    entry("NC-26-00001", "Müller Metallbau GmbH", iaf=("17", "18")),
    entry("NC-26-00002", "Halden Precision AB", country="SE", status="suspended"),
    entry("NC-26-00003", "Завод Жук", country="UA"),
    entry("NC-26-00004", "深圳市精密机械有限公司", country="CN", expires="2026-06-30"),
    entry("HC-0005", "Brandt Shipping", country="NO", body="Hanse Cert", standard="ISO 14001:2015", iaf=("31",)),
)


def told(entries: Sequence[Entry | Row]) -> list[Row]:
    """Entries as rows of a file."""
    return [
        one if isinstance(one, Row) else Row(line, (one,), (), one.number, {"number": one.number})
        for line, one in enumerate(entries, start=2)
    ]


Take = Callable[..., Imported]


@pytest.fixture
def take(db: None) -> Take:
    """Take a snapshot: `take(day, entries)`; recorded a moment after the one before."""
    moments = iter(range(10_000))

    def taken(day: str, entries: Sequence[Entry | Row], source: str = "foreign", **more: object) -> Imported:
        rows = told(entries)
        reading = Reading(
            source_key=source,
            as_of=dt.date.fromisoformat(day),
            rows=lambda: iter(rows),
            file="snapshot.csv",
            digest=digest_of(repr(rows).encode()),
            **more,  # type: ignore[arg-type]
        )
        return import_snapshot(reading=reading, at=AT + dt.timedelta(minutes=next(moments)))

    return taken


@pytest.fixture
def register(take: Take) -> Take:
    """The cast is listed since January."""
    take("2026-01-01", CAST)
    return take


def changed(number: int, **changes: object) -> list[Entry]:
    """The cast with one entry changed."""
    entries = list(CAST)
    entries[number] = replace(entries[number], **changes)  # type: ignore[arg-type]
    return entries


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """A file of a snapshot."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
