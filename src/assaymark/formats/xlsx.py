"""XLSX (ECMA-376) ↔ sheets, by openpyxl behind guards.

Rules that hold here
- Before anything is unpacked, the archive's directory is looked at: number of parts, sizes as declared, ratio. A part
  is unpacked against its declared size, so that a lie is found. No part may hold a document type (no entities).
- Text leaves as typed text with the same protection as in CSV; numbers and dates leave as such.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from assaymark.formats.table import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Sheet,
    TableError,
    as_text,
    checked,
    harmless,
)

# The font of a workbook without one; a bold cell that names none is set in another by some programs.
FONT = "Calibri"
MOST_PARTS = 500
MOST_UNPACKED = 60 * 1024 * 1024
MOST_RATIO = 200
MOST_SHEETS = 20

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")


def write(*, sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one workbook, headings bold and fixed."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(title=_NOT_IN_TITLE.sub(" ", sheet.name)[:31] or "Sheet")
        page.freeze_panes = "A2"
        page.append([_text(page, heading, bold=True) for heading in sheet.headings])
        for row in sheet.rows:
            page.append([_cell(page, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(page: Any, value: Cell, *, bold: bool = False) -> Any:
    """A cell of a write-only sheet that can be given colours: text is made harmless, dates and numbers stay such."""
    if isinstance(value, str) or bold:
        return _text(page, as_text(value), bold=bold)
    made = WriteOnlyCell(page, value=_cell(page, value))
    return made


def _cell(page: Any, cell: Cell) -> Any:
    if isinstance(cell, bool):
        return _text(page, as_text(cell))
    if isinstance(cell, Decimal) and len(cell.as_tuple().digits) > 15:  # more than a double holds
        return _text(page, as_text(cell))
    return _text(page, cell) if isinstance(cell, str) else cell


def _text(page: Any, text: str, *, bold: bool = False) -> Any:
    # _x0041_ would be read as the letter A: the underscore is escaped as the standard says (ECMA-376-1, 22.9.2.19).
    cell = WriteOnlyCell(page, value="")
    cell.value = _ESCAPED.sub(lambda match: "_x005F" + match.group(), harmless(text))
    cell.data_type = "s"
    if bold:
        cell.font = Font(name=FONT, size=11, bold=True)
    return cell


def read(*, content: bytes) -> list[Sheet]:
    """Every sheet of the workbook that is not empty. Raises `TableError` with what to do."""
    _guard(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises a dozen kinds on broken files
        raise TableError("The file is no readable XLSX workbook. Save it again as XLSX.") from error
    try:
        if len(book.worksheets) > MOST_SHEETS:
            raise TableError(f"The workbook has more than {MOST_SHEETS} sheets. Keep the one to import.")
        return [checked(name=page.title, lines=lines) for page in book.worksheets if (lines := list(_lines(page)))]
    finally:
        book.close()


def _lines(page: Any) -> Iterator[tuple[int, list[str]]]:
    page.reset_dimensions()  # what the file says about its own size is not to be trusted
    try:
        rows = page.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
        for line, cells in enumerate(rows, start=1):
            if line > MOST_ROWS + 100:
                raise TableError(f"The sheet {page.title} has more than {MOST_ROWS} rows. Split it.")
            texts = [_read_cell(cell) for cell in cells]
            if any(texts):
                yield line, texts
    except TableError:
        raise
    except Exception as error:
        raise TableError(f"The sheet {page.title} cannot be read. Save it again as XLSX.") from error


def _read_cell(cell: Any) -> str:
    if isinstance(cell, str):
        return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(Decimal(repr(cell)), "f")
    return as_text(cell) if isinstance(cell, bool | int | date) else str(cell or "")


def _guard(content: bytes) -> None:
    """Look at the archive's directory, then unpack each part once against its declared size."""
    if len(content) > MOST_BYTES:
        raise TableError(f"The file has more than {MOST_BYTES // (1024 * 1024)} MB. Split it.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError("The file is no XLSX workbook. Save it as XLSX or CSV.") from error
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or unpacked > MOST_RATIO * max(len(content), 1)
        or len({part.filename for part in parts}) != len(parts)
        or _overlap(parts)
    ):
        raise TableError("The workbook unpacks to far more than it should. It is not opened.")
    for part in parts:
        _guard_part(archive, part)


def _overlap(parts: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether two entries claim the same bytes, the trick of the better bombs."""
    spans = sorted((part.header_offset, part.header_offset + part.compress_size) for part in parts)
    return any(end > start for (_, end), (start, _) in itertools.pairwise(spans))


def _guard_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if part.flag_bits & 0x1:
        raise TableError("The workbook is encrypted. Save it without a password.")
    try:
        with archive.open(part) as stream:
            data = stream.read(part.file_size + 1)
    except Exception as error:
        raise TableError("The workbook is damaged. Save it again as XLSX.") from error
    if len(data) > part.file_size:
        raise TableError("The workbook unpacks to more than it says. It is not opened.")
    if part.filename.lower().endswith((".xml", ".rels", ".vml")):
        # UTF-16 hides the word from a search for bytes; zero bytes have no place in UTF-8 XML.
        plain = data.replace(b"\x00", b"")
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise TableError("The workbook holds a document type declaration. It is not opened.")
