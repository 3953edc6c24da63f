"""Registers as tables that leave: CSV of the rows, XLSX of the rows and their entries. `intake` reads them back.

Entries (calibrations, measurements) travel in sheets of their own, by the number of their row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assaymark.formats import csv_table, xlsx
from assaymark.formats.table import Sheet, TableError
from assaymark.records.registers import declaration, snapshot
from assaymark.records.registers.declaration import Child, Register
from assaymark.records.registers.row import RegisterRow

NUMBER, STATE, VERSION = "Number", "State", "Version"


def sheets_of(*, register: Register, rows: Iterable[RegisterRow]) -> list[Sheet]:
    """The rows as a sheet, then one sheet per child. One query per child."""
    listed = list(rows)
    headings = (NUMBER, *(register.labels[name] for name in register.fields), STATE, VERSION)
    table = tuple(
        (row.number, *(snapshot.text_of(row, name) for name in register.fields), row.state, row.version)
        for row in listed
    )
    return [Sheet(register.name, headings, table), *(_child_sheet(child, listed) for child in register.children)]


def _child_sheet(child: Child, rows: Sequence[RegisterRow]) -> Sheet:
    numbers = {row.pk: row.number for row in rows}
    entered = child.model.objects.order_by(child.order, "id") if rows else ()
    entries = [e for e in entered if getattr(e, f"{child.parent}_id") in numbers]
    ordered = sorted(entries, key=lambda e: numbers[getattr(e, f"{child.parent}_id")])
    labels = tuple(declaration.label_of(child.model, name) for name in child.fields)
    return Sheet(
        child.label,
        (NUMBER, *labels),
        tuple(
            (numbers[getattr(e, f"{child.parent}_id")], *(snapshot.text_of(e, n) for n in child.fields))
            for e in ordered
        ),
    )


def export_csv(*, register: Register, rows: Iterable[RegisterRow]) -> bytes:
    """The rows, without entries, as CSV."""
    return csv_table.write(sheet=sheets_of(register=register, rows=rows)[0])


def export_xlsx(*, register: Register, rows: Iterable[RegisterRow]) -> bytes:
    """The rows and their entries as a workbook."""
    return xlsx.write(sheets=sheets_of(register=register, rows=rows))


def template(*, register: Register) -> bytes:
    """An empty workbook with the headings, to be filled in."""
    return export_xlsx(register=register, rows=[])


def sheets_in(*, name: str, content: bytes) -> list[Sheet]:
    """The sheets in a file, by what it is and not by its name. Raises `TableError`."""
    if content[:4] == b"PK\x03\x04":
        return xlsx.read(content=content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise TableError("This is an old or encrypted Excel file. Save it as XLSX without a password.")
    return [csv_table.read(content=content, name=name)]
