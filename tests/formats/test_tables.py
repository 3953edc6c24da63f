"""Tables: formulas made harmless without loss, and files that want to do harm refused before they can."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from assaymark.formats import csv_table, xlsx
from assaymark.formats.table import MOST_COLUMNS, MOST_ROWS, Sheet, TableError, as_text, harmless, restored

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    '=HYPERLINK("http://x")',
    "＝1",
    "  =1",
    "\u00a0=1",
    "'=1",
    "''",
    "'",
]

# What a register may hold: no control characters but tab and line feed (records.registers.entry.tidy).
texts = st.text(
    st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from("\n\t=+-@'\",;_x0041")), max_size=60
)


def sheet_of(*rows: tuple[str, ...], name: str = "Risks") -> Sheet:
    """A sheet with two columns."""
    return Sheet(name, ("Number", "Title"), rows)


class TestFormulas:
    @pytest.mark.parametrize("text", FORMULAS)
    def test_leave_as_text(self, text: str) -> None:
        assert harmless(text).startswith("'")

    @pytest.mark.parametrize("text", ["", "plain", "a=b", "1-2", "x'y", "漢字"])
    def test_are_not_seen_where_there_are_none(self, text: str) -> None:
        assert harmless(text) == text

    @given(st.text())
    def test_are_restored_exactly(self, text: str) -> None:
        assert restored(harmless(text)) == text

    def test_are_text_in_a_workbook_too(self) -> None:
        book = load_workbook(io.BytesIO(xlsx.write(sheets=[sheet_of(("R-1", "=1+1"))])))
        cell = book.active.cell(row=2, column=2)  # type: ignore[union-attr]
        assert (cell.data_type, cell.value) == ("s", "'=1+1")


class TestRoundTrip:
    @given(st.lists(st.tuples(texts, texts), max_size=8))
    def test_of_csv_loses_nothing(self, rows: list[tuple[str, str]]) -> None:
        kept = tuple(row for row in rows if any(cell.strip() for cell in row))
        assert csv_table.read(content=csv_table.write(sheet=sheet_of(*kept))).rows == kept

    @given(st.lists(st.tuples(texts, texts), max_size=8))
    def test_of_xlsx_loses_nothing(self, rows: list[tuple[str, str]]) -> None:
        kept = tuple(row for row in rows if any(cell.strip() for cell in row))
        assert xlsx.read(content=xlsx.write(sheets=[sheet_of(*kept)]))[0].rows == kept

    def test_keeps_numbers_and_dates(self) -> None:
        sheet = Sheet("x", ("a", "b", "c", "d", "e"), ((7, Decimal("97.50"), date(2026, 11, 24), True, None),))
        expected = ("7", "97.5", "2026-11-24", "yes", "")
        assert xlsx.read(content=xlsx.write(sheets=[sheet]))[0].rows == (expected,)
        assert csv_table.read(content=csv_table.write(sheet=sheet)).rows == (("7", "97.50", "2026-11-24", "yes", ""),)

    def test_keeps_a_long_decimal_exactly(self) -> None:
        value = Decimal("12345678901234.5678")
        sheet = Sheet("x", ("a",), ((value,),))
        assert xlsx.read(content=xlsx.write(sheets=[sheet]))[0].rows == ((as_text(value),),)

    def test_keeps_several_sheets(self) -> None:
        sheets = [sheet_of(("1", "a")), sheet_of(("2", "b"), name="Calibrations / years")]
        assert [s.name for s in xlsx.read(content=xlsx.write(sheets=sheets))] == ["Risks", "Calibrations   years"]


class TestReadingCsv:
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_recognises_the_separator(self, separator: str) -> None:
        content = f"Number{separator}Title\r\nR-1{separator}x\r\n".encode()
        assert csv_table.read(content=content).rows == (("R-1", "x"),)

    def test_knows_the_line_of_each_row_past_line_breaks_in_cells(self) -> None:
        content = b'Number,Title\n1,"two\nlines"\n\n2,b\n'
        assert csv_table.read(content=content).lines == (2, 5)

    def test_pads_short_rows(self) -> None:
        assert csv_table.read(content=b"a,b,c\n1\n").rows == (("1", "", ""),)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b"\n\n", "empty"),
            (b"a,a\n", "twice"),
            (b"a,,b\n", "no heading"),
            (b"a,b\n1,2,3\n", "more cells"),
            (b"a\n\xff\xfe\n", "UTF-8"),
            (b"a\n\x00\n", "zero bytes"),
            (b'a\n"open\n', "quotes"),
            (b"a\n" + b"x" * 40_000, "characters"),
            (b"a\n" + b"1\n" * (MOST_ROWS + 1), "rows"),
            (b"a\n" + b"1," * (MOST_COLUMNS + 1) + b"1", "columns"),
            (b"a\n" + b"," * 40_000, "separator"),
            (b"a\n" + b";" * 40_000 + b"\n", "long|field|characters"),
        ],
    )
    def test_says_what_is_wrong(self, content: bytes, said: str) -> None:
        with pytest.raises(TableError, match=said):
            csv_table.read(content=content)

    def test_stops_at_the_limit_of_bytes(self) -> None:
        with pytest.raises(TableError, match="MB"):
            csv_table.read(content=b"x" * (20 * 1024 * 1024 + 1))


def workbook(**replaced: bytes) -> bytes:
    """A workbook of ours in which the parts whose names hold the key are replaced."""
    source = zipfile.ZipFile(io.BytesIO(xlsx.write(sheets=[sheet_of(("1", "a"))])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            other = next((data for key, data in replaced.items() if key in part.filename), None)
            target.writestr(part.filename, other if other is not None else source.read(part))
    return out.getvalue()


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


class TestReadingXlsx:
    def test_reads_one_of_ours(self) -> None:
        assert xlsx.read(content=workbook())[0].rows == (("1", "a"),)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_refuses_document_types(self, encoding: str) -> None:
        with pytest.raises(TableError, match="document type"):
            xlsx.read(content=workbook(sheet1=ENTITY.decode().encode(encoding)))

    def test_refuses_a_bomb_by_what_it_declares(self) -> None:
        with pytest.raises(TableError, match="far more"):
            xlsx.read(content=workbook(sheet1=b"0" * (61 * 1024 * 1024)))

    def test_refuses_a_bomb_by_its_ratio(self) -> None:
        with pytest.raises(TableError, match="far more"):
            xlsx.read(content=workbook(sheet1=b"0" * (20 * 1024 * 1024)))

    def test_refuses_ten_thousand_parts(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for number in range(600):
                archive.writestr(f"{number}.xml", "x")
        with pytest.raises(TableError, match="far more"):
            xlsx.read(content=out.getvalue())

    def test_refuses_a_lie_about_the_size(self) -> None:
        content = bytearray(workbook(sheet1=b"<x>" + b"0" * 5000 + b"</x>"))
        directory = content.rindex(b"PK\x01\x02", 0, content.rindex(b"sheet1.xml"))
        content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
        with pytest.raises(TableError, match=r"damaged|more than it says"):
            xlsx.read(content=bytes(content))

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 100, b"no zip at all"])
    def test_refuses_what_is_no_workbook(self, content: bytes) -> None:
        with pytest.raises(TableError):
            xlsx.read(content=content)

    def test_refuses_a_zip_that_is_none(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        with pytest.raises(TableError, match="no readable"):
            xlsx.read(content=out.getvalue())
