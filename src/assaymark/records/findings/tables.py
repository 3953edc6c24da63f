"""Findings as a table that leaves: the rows of the list with the columns of `COLUMNS` and no others.

For evaluation outside, not for reading back: a finding's life goes through its steps (ISO 9001:2015, 10.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from assaymark.formats import csv_table, xlsx
from assaymark.formats.table import MOST_ROWS, Cell, Sheet
from assaymark.records.findings.models import Nonconformity

# Name in the address → heading and how the cell is read. The order is that of the table.
COLUMNS: dict[str, tuple[str, Callable[[Any], Cell]]] = {
    "number": ("Number", lambda row: row.number),
    "title": ("What", lambda row: row.title),
    "state": ("State", lambda row: row.get_state_display()),
    "grade": ("Grade", lambda row: row.get_grade_display()),
    "standard": ("Standard", lambda row: row.standard),
    "requirement": ("Requirement", lambda row: row.requirement),
    "process": ("Process", lambda row: row.process.title if row.process else ""),
    "owner": ("Owner", lambda row: row.owner.name if row.owner else ""),
    "raised": ("Raised", lambda row: row.raised_at.date()),
    "due": ("Due", lambda row: row.due),
    "happened": ("What happened", lambda row: row.happened),
    "containment": ("What was done at once", lambda row: row.containment),
    "correction": ("What was put right", lambda row: row.correction),
    "cause": ("Cause", lambda row: row.cause),
    "criterion": ("Criterion", lambda row: row.criterion),
    "check_due": ("Check from", lambda row: row.check_due),
    "effective": ("Effective", lambda row: row.effective),
    "closed": ("Closed", lambda row: row.closed_at.date() if row.closed_at else None),
}


def sheet_of(*, rows: Iterable[Nonconformity], columns: Iterable[str] = ()) -> Sheet:
    """The rows with these columns, in the order of `COLUMNS`; names that are none are left out, none at all means all.

    rows: from `queries.listed`; at most `MOST_ROWS` of them leave.
    """
    asked = set(columns)
    chosen = [column for name, column in COLUMNS.items() if name in asked] or list(COLUMNS.values())
    limited = rows[:MOST_ROWS] if hasattr(rows, "order_by") else rows  # type: ignore[index]
    return Sheet(
        "Findings",
        tuple(heading for heading, _ in chosen),
        tuple(tuple(read(row) for _, read in chosen) for row in limited),
    )


def export_csv(*, rows: Iterable[Nonconformity], columns: Iterable[str] = ()) -> bytes:
    """The rows as CSV."""
    return csv_table.write(sheet=sheet_of(rows=rows, columns=columns))


def export_xlsx(*, rows: Iterable[Nonconformity], columns: Iterable[str] = ()) -> bytes:
    """The rows as a workbook."""
    return xlsx.write(sheets=[sheet_of(rows=rows, columns=columns)])
