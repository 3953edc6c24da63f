"""The answers to a list of suppliers as a workbook that reads well on a screen and on paper.

Rules that hold here
* Answers first: a row for each supplier in the order of the list, headings fixed and filtered, long words wrapped.
* On paper the columns that tell a buyer what to do, on pages as wide as all of them, headings on each.
* The summary counts answers and reasons; a reason that names somebody is counted with others of its code.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from assaymark.core.supplier_list import Checked, Outcome
from assaymark.formats import xlsx
from assaymark.formats.supplier_list import RESULT, result_rows
from assaymark.formats.table import Cell

# Columns that are printed: up to "Did you mean".
PRINTED = 11
# Points of a line of words, and how many of them a row is given at most.
LINE, MOST_LINES = 15.0, 8
_SOFT = {Outcome.GOOD: "DDF1E0", Outcome.LOOK: "FBEFD0", Outcome.STOP: "F8DCDC"}
_FILLS = {outcome: PatternFill("solid", start_color=colour) for outcome, colour in _SOFT.items()}
_ANSWERS = {"yes": _FILLS[Outcome.GOOD], "unknown": _FILLS[Outcome.LOOK], "no": _FILLS[Outcome.STOP]}
_HEAD = PatternFill("solid", start_color="E8ECF2")
_LINE = Border(bottom=Side("thin", color="B9C2CF"))
_TOP = Alignment(horizontal="left", vertical="top")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_ONE_LINE = frozenset({"Answer", "Until", "Authentic", "In force", "Accredited", "Recognised", "Code", "Line"})
_WORDS = {
    "NOT_FOUND": "Nothing is known under this number or name.",
    "NEAR": "Nobody has exactly this name; one like it is known.",
    "OTHER_HOLDER": "The number belongs to somebody else.",
    "OTHER_STANDARD": "The certificate is for another standard.",
    "SEVERAL": "The number or the name stands for several.",
    "LISTED": "A register lists it as in force; nothing signed could be verified.",
    "NO_FILE": "The file that the row names is not there.",
    "VALID": "Authentic, in force, accredited and recognised.",
}


def write_result(checked: Sequence[Checked], *, about: Sequence[tuple[str, str]]) -> bytes:
    """The workbook. about: (what, value) lines of the summary, such as when and where was asked."""
    book = Workbook(write_only=True)
    _answers(book.create_sheet(title="Answers"), checked)
    _summary(book.create_sheet(title="Summary"), checked, about)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _answers(page: Any, checked: Sequence[Checked]) -> None:
    last = len(checked) + 1
    page.freeze_panes = "C2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(RESULT))}{last}"
    for place, (_, width) in enumerate(RESULT, start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    _for_paper(page)
    page.print_area = f"A1:{get_column_letter(PRINTED)}{last}"
    page.print_title_rows = "1:1"
    page.append([_heading(page, heading) for heading, _ in RESULT])
    aligned = [_TOP if heading in _ONE_LINE else _WRAPPED for heading, _ in RESULT]
    for line, (one, row) in enumerate(zip(checked, result_rows(checked), strict=True), start=2):
        cells = [xlsx.cell(page, value, bold=place == 0) for place, value in enumerate(row)]
        for cell, alignment in zip(cells, aligned, strict=True):
            cell.alignment = alignment
        cells[0].fill = _FILLS[one.outcome]
        for place in range(PRINTED, PRINTED + 4):
            if fill := _ANSWERS.get(str(row[place])):
                cells[place].fill = fill
        page.row_dimensions[line].height = _height(row)
        page.append(cells)


def _height(row: Sequence[Cell]) -> float:
    """Points that the wrapped words of a row need: programs do not measure a row that comes to them wrapped."""
    lines = 1
    for value, (heading, width) in zip(row, RESULT, strict=True):
        room = int(width * 1.15)
        if heading not in _ONE_LINE and value and len(str(value)) > room:
            lines = max(lines, len(wrap(str(value), room)))
    return LINE * min(lines, MOST_LINES) + 1


def _summary(page: Any, checked: Sequence[Checked], about: Sequence[tuple[str, str]]) -> None:
    for letter, width in zip("ABCD", (14, 9, 64, 22), strict=True):
        page.column_dimensions[letter].width = width
    _for_paper(page)
    title = xlsx.cell(page, f"{len(checked)} rows checked" if len(checked) != 1 else "1 row checked", bold=True)
    title.font = Font(name=xlsx.FONT, size=14, bold=True)
    page.append([title])
    for what, value in about:
        page.append([xlsx.cell(page, what), xlsx.cell(page, value)])
    page.append([])
    page.append([_heading(page, word) for word in ("Answer", "Rows", "Meaning")])
    found = Counter(one.outcome for one in checked)
    for outcome in Outcome:
        page.append(_line(page, outcome, found[outcome], _MEANS[outcome]))
    page.append([])
    page.append([_heading(page, word) for word in ("Answer", "Rows", "Why", "Code")])
    for why, outcome, many, code in _reasons(checked):
        page.append(_line(page, outcome, many, why, code))


def _line(page: Any, outcome: Outcome, many: int, *words: str) -> list[Any]:
    cells = [xlsx.cell(page, value) for value in (outcome.value, many, *words)]
    cells[0].fill, cells[1].alignment = _FILLS[outcome], Alignment(horizontal="center")
    return cells


_MEANS = {Outcome.GOOD: "Verified", Outcome.LOOK: "Nobody can say yet", Outcome.STOP: "Do not rely on it"}


def _reasons(checked: Sequence[Checked]) -> list[tuple[str, Outcome, int, str]]:
    """(reason, answer, rows, code), what stops first and the most frequent of it first."""
    said: dict[tuple[Outcome, str], list[str]] = defaultdict(list)
    for one in checked:
        said[one.outcome, one.code].append(one.why)
    order = [Outcome.STOP, Outcome.LOOK, Outcome.GOOD]
    rows = [(_WORDS.get(code, whys[0]), outcome, len(whys), code) for (outcome, code), whys in said.items()]
    return sorted(rows, key=lambda row: (order.index(row[1]), -row[2], row[3]))


def _heading(page: Any, words: Cell) -> Any:
    cell = xlsx.cell(page, words, bold=True)
    cell.fill, cell.border = _HEAD, _LINE
    cell.alignment = Alignment(horizontal="center") if words == "Rows" else _WRAPPED
    return cell


def _for_paper(page: Any) -> None:
    """A4 across, as wide as the page, with page numbers."""
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.2, footer=0.3)
    page.oddFooter.center.text = "&P / &N"
