"""The list page: upload, answers with the worst first, a workbook to keep; what cannot be read is said at the field."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from assaymark.cli.main import main

ROWS = [
    {"number": "J-100", "holder": "Müller Präzision GmbH", "standard": "ISO 9001:2015", "status": "suspended",
     "body": "Rhein Cert", "country": "DE", "expires": "2029-01-31"},
    {"number": "J-200", "holder": "Occult Works", "standard": "ISO 9001:2015", "status": "valid",
     "body": "Rhein Cert", "country": "FR", "expires": "2029-01-31", "visibility": "status-only"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def rhein(db: None, tmp_path: Path) -> None:
    cache.clear()
    (tmp_path / "s.json").write_text(json.dumps(ROWS))
    options = ["--as-of", "2026-01-10", "--source", "rhein"]
    assert CliRunner().invoke(main, ["register", "import", str(tmp_path / "s.json"), *options]).exit_code == 0


def hand_in(text: str, *, name: str = "list.csv", expect: int = 200) -> str:
    answer = Client().post("/verify/list/", {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == expect
    return " ".join(answer.text.split("<main", 1)[1].split())


class TestTheAnswers:
    def test_put_what_stops_first_and_name_the_certificate(self) -> None:
        page = hand_in("Supplier,Certificate number\nNobody Ltd,\nMüller Präzision GmbH,J-100\n")
        assert page.index('id="stop"') < page.index('id="look"')
        assert "The certificate is suspended." in page and ">J-100</a>" in page

    def test_ask_whom_a_misspelt_name_means(self) -> None:
        assert "Did you mean Müller Präzision GmbH?" in hand_in("Supplier\nMuler Prazision GmbH\n")

    @pytest.mark.parametrize(
        "text", ["Supplier,Number\nSomebody Else,J-200\n", "Number\nJ-200\n", "Supplier\nOcult Works\n"]
    )
    def test_tell_nothing_of_a_holder_that_is_not_public(self, text: str) -> None:
        assert "Occult" not in hand_in(text)

    def test_are_alike_for_the_right_and_for_a_wrong_name_of_who_is_not_public(self) -> None:
        pages = [hand_in(f"Supplier,Number\n{name},J-200\n") for name in ("Occult Works", "Somebody Else")]
        right, wrong = pages[0].replace("Occult Works", "…"), pages[1].replace("Somebody Else", "…")
        assert "Whose it is is not public" in right
        assert right == wrong

    def test_are_limited_in_number_for_each_address(self) -> None:
        asked = "Supplier,Number\nSomebody,J-200\n"
        codes = []
        for _ in range(14):
            file = SimpleUploadedFile("list.csv", asked.encode())
            codes.append(Client().post("/verify/list/", {"file": file}, REMOTE_ADDR="192.0.2.9").status_code)
        assert codes[0] == 200
        assert codes[-1] == 429

    def test_keep_a_strangers_text_text(self) -> None:
        assert "<script>alert" not in hand_in("Supplier\n<script>alert(1)</script>\n")

    def test_leave_as_a_workbook(self) -> None:
        rows = json.dumps([[2, "Müller Präzision GmbH", "J-100", "", "", ""]])
        answer = Client().post("/verify/list/answers.xlsx", {"rows": rows})
        page = load_workbook(io.BytesIO(answer.content))["Answers"]
        assert [cell.value for cell in page[2]][:3] == ["Stop", "Müller Präzision GmbH", "J-100"]
        assert page.freeze_panes == "C2" and page.auto_filter.ref


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "The submitted file is empty"),
            ("Colour\nred\n", "No column is recognised"),
            ("Supplier\n", "headings and no rows"),
            ("Supplier\n" + "x\n" * 2001, "2,001 rows"),
            ("Supplier\n\x00\n", "zero bytes"),
        ],
    )
    def test_is_said_beside_the_field(self, text: str, why: str) -> None:
        assert why in hand_in(text, expect=422)

    @pytest.mark.parametrize("rows", ["", "[]", "{", "[[]]", '[["x","y"]]', '"a"', "7"])
    def test_is_refused_when_it_is_sent_again_too(self, rows: str) -> None:
        assert Client().post("/verify/list/answers.xlsx", {"rows": rows}).status_code == 422


def test_the_example_is_one_that_the_page_reads() -> None:
    assert "2 rows checked" in hand_in(Client().get("/verify/list/example.csv").text)
