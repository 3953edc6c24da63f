"""Tables as they travel: a sheet of headings and rows, limits against hostile input, formulas made harmless.

Rules that hold here
- A cell that a spreadsheet would run as a formula leaves with an apostrophe in front, and loses exactly that one when
  it comes back: `restored(harmless(text)) == text` for every text (CWE-1236).
- Limits are checked before work is done: bytes, rows, columns, characters per cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | bool | None

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 32_767

_RUNS = frozenset("=+-@\t\r\n＝＋－＠")


class TableError(ValueError):
    """A file that cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name. Every row is as long as `headings`; read cells are text as it was written.

    lines  for read sheets: the line of each row in the file, so that errors can say where
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...] = ()

    def numbered(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Rows with their lines in the file; a sheet that was not read counts from below its headings."""
        return zip(self.lines or range(2, 2 + len(self.rows)), self.rows, strict=True)


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet might run the text, or whether it starts like our own protection."""
    return text.startswith("'") or text.lstrip(" \u00a0")[:1] in _RUNS


def harmless(text: str) -> str:
    """The text so that no spreadsheet runs it."""
    return f"'{text}" if is_formula_like(text) else text


def restored(text: str) -> str:
    """The text as it was before `harmless`."""
    return text[1:] if text.startswith("'") and is_formula_like(text[1:]) else text


def as_text(cell: Cell) -> str:
    """A cell as text that reads back the same: ISO dates, plain decimals, yes and no."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def checked(*, name: str, lines: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    """A sheet from numbered lines of text, the first of which holds the headings; blank lines are left out.

    Raises `TableError` when there is no heading, a heading twice, a row longer than the headings, or too much of all.
    """
    headings: tuple[str, ...] = ()
    rows: list[tuple[Cell, ...]] = []
    numbers: list[int] = []
    for line, cells in lines:
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise TableError(f"Line {line} has more than {MOST_COLUMNS} columns. Remove what does not belong.")
        if any(len(cell) > MOST_CHARACTERS for cell in cells):
            raise TableError(f"Line {line} has a cell of more than {MOST_CHARACTERS} characters. Shorten it.")
        if not any(cell.strip() for cell in cells):
            continue
        if not headings:
            headings = _headings(cells)
            continue
        if len(rows) >= MOST_ROWS:
            raise TableError(f"The file has more than {MOST_ROWS} rows. Split it.")
        if any(cell.strip() for cell in cells[len(headings) :]):
            raise TableError(f"Line {line} has more cells than there are headings. Give each column a heading.")
        padded = [restored(cell) for cell in cells[: len(headings)]]
        rows.append(tuple(padded + [""] * (len(headings) - len(padded))))
        numbers.append(line)
    if not headings:
        raise TableError("The file is empty. The first line holds the headings.")
    return Sheet(name=name, headings=headings, rows=tuple(rows), lines=tuple(numbers))


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    found = [restored(cell).strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    if not all(found):
        raise TableError(f"Column {found.index('') + 1} has no heading. Name it or remove it.")
    twice = {h for h in found if found.count(h) > 1}
    if twice:
        raise TableError(f"The heading {sorted(twice)[0]} stands twice. Keep one.")
    return tuple(found)
