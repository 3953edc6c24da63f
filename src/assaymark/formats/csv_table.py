"""CSV (RFC 4180) ↔ `Sheet`. Written in UTF-8 with a byte order mark, because Excel needs one; read with or without.

Cells may hold line breaks and any Unicode. A semicolon or a tab as separator is recognised by the first line, since
that is what Excel writes in half of Europe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from assaymark.formats.table import (
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    Sheet,
    TableError,
    as_text,
    checked,
    harmless,
)

BOM = "\ufeff"


def write(*, sheet: Sheet) -> bytes:
    """The sheet as CSV; formulas made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(heading) for heading in sheet.headings])
    for row in sheet.rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else as_text(cell) for cell in row])
    return (BOM + out.getvalue()).encode()


def read(*, content: bytes, name: str = "table") -> Sheet:
    """The sheet in the bytes. Raises `TableError` with what to do."""
    if len(content) > MOST_BYTES:
        raise TableError(f"The file has more than {MOST_BYTES // (1024 * 1024)} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"The file is not UTF-8 (byte {error.start}). Save it as “CSV UTF-8”.") from error
    if "\x00" in text:
        raise TableError("The file holds zero bytes: it is no CSV. Save it as CSV or XLSX.")
    return checked(name=name, lines=_lines(text))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    separator = max((first.count(sign), -rank, sign) for rank, sign in enumerate(",;\t"))[2]
    # A cell may be as long as the limit lets it, plus the quotes that are doubled.
    csv.field_size_limit(4 * MOST_CHARACTERS)
    reader = csv.reader(_within_bounds(text, separator), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"Line {reader.line_num}: {error}. Mend the quotes around the cell.") from error
        yield line, cells
        line = reader.line_num + 1


def _within_bounds(text: str, separator: str) -> Iterator[str]:
    """Lines as they stand; millions of empty cells in one would fill memory before anybody counts columns."""
    for line in io.StringIO(text, newline=""):
        if line.count(separator) > MOST_CHARACTERS + MOST_COLUMNS:  # a cell may hold the sign too
            raise TableError(f"A line has more than {MOST_COLUMNS} columns. Is the separator right?")
        yield line
