"""The workbook of answers: what a reader finds on its two sheets, on a screen and on paper."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from assaymark.core.supplier_list import Checked, Listed, Outcome, Supplier
from assaymark.formats.supplier_list import RESULT
from assaymark.formats.supplier_workbook import LINE, MOST_LINES, write_result

LISTED = Listed(
    number="NC-1",
    holder="Halden Precision Ltd",
    standard="ISO 9001:2015",
    body="Northfield",
    status="valid",
    expires=dt.date(2028, 2, 11),
    code="VALID",
    answers=("yes", "yes", "unknown", "no"),
)
GOOD = Checked(Supplier(2, "Halden", "NC-1"), Outcome.GOOD, "VALID", "All is well.", "", LISTED)
LONG = "Nobody has exactly this name. " * 6
LOOK = Checked(Supplier(3, "Haldne"), Outcome.LOOK, "NEAR", LONG, "Correct it.", None, ("Halden Precision Ltd",))
STOP = Checked(Supplier(4, "=1+1"), Outcome.STOP, "SUSPENDED", "The certificate is suspended.", "Ask.")
ABOUT = [("List", "suppliers.csv"), ("For", "24 Nov 2026")]
HEADINGS = [heading for heading, _ in RESULT]


def sheets(*checked: Checked) -> tuple[Any, Any]:
    book = load_workbook(io.BytesIO(write_result(checked, about=ABOUT)))
    assert book.sheetnames == ["Answers", "Summary"]
    return book["Answers"], book["Summary"]


def words(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row if cell.value is not None] for row in page.iter_rows()]


class TestTheAnswers:
    def test_stand_in_the_order_of_the_list_below_fixed_headings_with_filters(self) -> None:
        page, _ = sheets(GOOD, LOOK, STOP)
        assert [cell.value for cell in page[1]] == HEADINGS
        assert [row[0].value for row in page.iter_rows(min_row=2)] == ["Good", "Look", "Stop"]
        assert (page.freeze_panes, page.auto_filter.ref) == ("C2", "A1:Q4")

    def test_are_coloured_by_what_they_say(self) -> None:
        page, _ = sheets(GOOD, LOOK, STOP)
        colours = [page.cell(row, 1).fill.start_color.rgb[2:] for row in (2, 3, 4)]
        assert len(set(colours)) == 3
        authentic, recognised = HEADINGS.index("Authentic") + 1, HEADINGS.index("Recognised") + 1
        assert page.cell(2, authentic).fill.start_color.rgb[2:] == colours[0]
        assert page.cell(2, recognised).fill.start_color.rgb[2:] == colours[2]

    def test_show_all_words_of_a_long_reason(self) -> None:
        page, _ = sheets(GOOD, LOOK)
        assert page.cell(3, HEADINGS.index("Why") + 1).alignment.wrap_text
        assert page.row_dimensions[2].height < 2 * LINE < page.row_dimensions[3].height

    def test_give_no_row_more_than_a_few_lines(self) -> None:
        page, _ = sheets(Checked(Supplier(2, "x " * 150), Outcome.LOOK, "NEAR", "x " * 5000))
        assert page.row_dimensions[2].height <= LINE * MOST_LINES + 1

    def test_keep_days_as_days_and_run_no_formula(self) -> None:
        page, _ = sheets(GOOD, STOP)
        assert page.cell(2, HEADINGS.index("Until") + 1).value == dt.datetime(2028, 2, 11)
        assert (page["B3"].value, page["B3"].data_type) == ("'=1+1", "s")

    def test_print_across_a_page_with_headings_on_each(self) -> None:
        for page in sheets(GOOD):
            assert (page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (
                "landscape", 1, 0,
            )  # fmt: skip
            assert page.sheet_properties.pageSetUpPr.fitToPage
        answers, _ = sheets(GOOD)
        assert answers.print_title_rows == "$1:$1"
        assert answers.print_area == "'Answers'!$A$1:$K$2"


class TestTheSummary:
    def test_says_what_was_asked_and_counts_each_answer_with_its_meaning(self) -> None:
        _, page = sheets(GOOD, LOOK, STOP, STOP)
        told = words(page)
        assert told[0] == ["4 rows checked"]
        assert ["List", "suppliers.csv"] in told
        for row in (["Good", 1, "Verified"], ["Look", 1, "Nobody can say yet"], ["Stop", 2, "Do not rely on it"]):
            assert row in told

    def test_counts_reasons_by_code_what_stops_first(self) -> None:
        _, page = sheets(GOOD, LOOK, STOP, STOP)
        told = words(page)
        reasons = told[told.index(["Answer", "Rows", "Why", "Code"]) + 1 :]
        assert reasons == [
            ["Stop", 2, "The certificate is suspended.", "SUSPENDED"],
            ["Look", 1, "Nobody has exactly this name; one like it is known.", "NEAR"],
            ["Good", 1, "Authentic, in force, accredited and recognised.", "VALID"],
        ]

    def test_tells_one_code_with_two_answers_apart(self) -> None:
        rows = [Checked(Supplier(n), o, "NOT_FOUND", "?") for n, o in enumerate((Outcome.LOOK, Outcome.STOP))]
        _, page = sheets(*rows)
        assert [row[:2] for row in words(page) if row[-1:] == ["NOT_FOUND"]] == [["Stop", 1], ["Look", 1]]

    @pytest.mark.parametrize(("rows", "title"), [((), "0 rows checked"), ((GOOD,), "1 row checked")])
    def test_counts_few_rightly(self, rows: tuple[Checked, ...], title: str) -> None:
        _, page = sheets(*rows)
        assert page["A1"].value == title


def test_every_cell_is_in_one_font() -> None:
    answers, summary = sheets(GOOD, LOOK, STOP)
    assert {cell.font.name for page in (answers, summary) for row in page.iter_rows() for cell in row} == {"Calibri"}
