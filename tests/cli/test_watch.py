"""`assaymark watch`: take a list on, read it, look at all at once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main
from assaymark.records.register.models import Listing
from tests.records.register.conftest import Take
from tests.records.register.conftest import register as register
from tests.records.register.conftest import take as take
from tests.records.watch.conftest import Buyer
from tests.records.watch.conftest import castell as castell

pytestmark = pytest.mark.django_db
Run = Callable[..., Result]


@pytest.fixture
def run(castell: Buyer, register: Take) -> Run:
    """`assaymark watch WORDS…` on an installation with a foreign register and Castell."""
    return lambda *words: CliRunner().invoke(main, ["watch", *map(str, words)])


@pytest.fixture
def suppliers(tmp_path: Path) -> Path:
    file = tmp_path / "suppliers.csv"
    file.write_text("Supplier,Certificate number\nBrandt Shipping,HC-0005\nHalden Precisoin AB,\n")
    return file


def test_a_list_is_taken_and_what_is_left_is_told(run: Run, suppliers: Path) -> None:
    told = run("add", "castell", suppliers, "--by", "omar@castell.example")
    assert told.exit_code == 1, "a row was not found"
    assert "watched         Brandt Shipping" in told.output
    assert "Did you mean Halden Precision AB" in told.output
    again = run("add", "castell", suppliers, "--by", "omar@castell.example", "--json")
    assert [row["taken"] for row in json.loads(again.stdout)] == ["already", "not found"]


def test_who_may_not_is_refused(run: Run, suppliers: Path) -> None:
    told = run("add", "castell", suppliers, "--by", "vera@castell.example")
    assert (told.exit_code, "watch.write" in told.output) == (1, True)
    assert run("add", "castell", suppliers, "--by", "nobody@castell.example").exit_code == 2
    assert run("list", "nowhere").exit_code == 2


def test_a_file_that_is_no_list_is_wrong_use(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    assert run("add", "castell", tmp_path / "x.csv", "--by", "omar@castell.example").exit_code == 2


def test_the_list_is_read_as_text_csv_and_json(run: Run, suppliers: Path) -> None:
    assert run("list", "castell").output == "Nothing is watched.\n"
    run("add", "castell", suppliers, "--by", "omar@castell.example")
    assert "Watched: 1." in run("list", "castell").output
    (row,) = csv.DictReader(io.StringIO(run("list", "castell", "--csv").stdout))
    assert (row["Name"], row["Certificate number"], row["Register says"]) == ("Brandt Shipping", "HC-0005", "valid")
    (one,) = json.loads(run("list", "castell", "--json").stdout)
    assert one["answers"] == dict.fromkeys(("authentic", "in_force", "accredited", "recognised"), "unknown")


def test_the_round_looks_at_all(run: Run, suppliers: Path) -> None:
    run("add", "castell", suppliers, "--by", "omar@castell.example")
    assert run("round").output == "Nothing changed.\n"
    Listing.objects.filter(number="HC-0005").update(status="suspended")
    assert run("round").output == "1 change noticed.\n"
    assert json.loads(run("round", "--json").stdout) == {"changes": 0}
