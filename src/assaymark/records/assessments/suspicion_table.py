"""Suspicious patterns as a table that leaves, with what was said of each."""

from __future__ import annotations

from collections.abc import Iterable

from assaymark.core.suspicion import PATTERN_NAMES
from assaymark.formats import csv_table, xlsx
from assaymark.formats.table import MOST_ROWS, Cell, Sheet
from assaymark.records.assessments.suspicion import Found

HEADINGS = (
    "Pattern", "Certificate", "Holder", "Body", "Facts", "Clause", "Records", "State", "Explanation", "By", "On",
)  # fmt: skip


def sheet_of(*, found: Iterable[Found]) -> Sheet:
    """A row for each pattern, at most `MOST_ROWS`."""
    return Sheet("Suspicious patterns", HEADINGS, tuple(_row(one) for one in list(found)[:MOST_ROWS]))


def export_csv(*, found: Iterable[Found]) -> bytes:
    """The rows as CSV."""
    return csv_table.write(sheet=sheet_of(found=found))


def export_xlsx(*, found: Iterable[Found]) -> bytes:
    """The rows as a workbook."""
    return xlsx.write(sheets=[sheet_of(found=found)])


def _row(one: Found) -> tuple[Cell, ...]:
    suspicion, last = one.suspicion, one.said[-1] if one.said else None
    return (
        PATTERN_NAMES[suspicion.pattern],
        suspicion.number,
        suspicion.holder,
        suspicion.body,
        suspicion.facts,
        suspicion.clause,
        "; ".join(e.name or e.kind for e in suspicion.evidence),
        "put aside" if one.aside else "open",
        last.reason if last else "",
        last.by.name if last else "",
        last.at.date() if last else None,
    )
