"""`assaymark standards`: load, import, list, dates; what it says, where, and with which exit status."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.standards import standards

CATALOGUES = Path(__file__).parent.parent / "data" / "catalogues"

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(standards, arguments)


@pytest.fixture
def catalog_file(tmp_path: Path) -> Path:
    path = tmp_path / "rev4.json"
    path.write_bytes(lzma.decompress((CATALOGUES / "nist-sp-800-53-rev4-moderate.json.xz").read_bytes()))
    return path


class TestLoad:
    def test_tells_each_standard_and_what_happened(self) -> None:
        first = run("load")
        assert first.exit_code == 0
        assert "ISO 9001:2015" in first.stdout and "added" in first.stdout
        assert "unchanged" in run("load").stdout

    def test_answers_as_json(self) -> None:
        answer = json.loads(run("load", "--json").stdout)
        assert {"key", "name", "outcome", "clauses", "requirements"} == set(answer[0])


class TestImport:
    def test_tells_the_number_of_controls(self, catalog_file: Path) -> None:
        result = run("import", str(catalog_file))
        assert result.exit_code == 0
        assert "261 controls in 17 groups" in result.stdout

    def test_answers_as_json_and_files_under_the_key_given(self, catalog_file: Path) -> None:
        answer = json.loads(run("import", str(catalog_file), "--key", "nist-4", "--json").stdout)
        assert (answer["key"], answer["controls"], answer["outcome"]) == ("nist-4", 261, "added")

    def test_of_something_else_says_what_to_do_on_standard_error(self, tmp_path: Path) -> None:
        path = tmp_path / "not.json"
        path.write_text("<catalog/>")
        result = run("import", str(path))
        assert (result.exit_code, result.stdout) == (1, "")
        assert "looks like XML" in result.stderr and "Nothing was changed" in result.stderr

    def test_of_a_missing_file_is_wrong_use(self) -> None:
        assert run("import", "nowhere.json").exit_code == 2

    def test_with_a_key_unfit_for_an_address_is_wrong_use(self, catalog_file: Path) -> None:
        result = run("import", str(catalog_file), "--key", "a key")
        assert result.exit_code == 2
        assert "--key" in result.stderr


class TestList:
    def test_says_how_to_begin_when_there_is_none(self) -> None:
        assert "assaymark standards load" in run("list").stdout

    def test_marks_what_is_to_be_confirmed(self) -> None:
        run("load")
        marked = [line for line in run("list").stdout.splitlines() if "to be confirmed" in line]
        assert len(marked) == 1 and marked[0].startswith("iso-9001-2026")

    def test_answers_as_json(self) -> None:
        run("load")
        answer = {row["key"]: row for row in json.loads(run("list", "--json").stdout)}
        assert answer["iso-9001-2015"]["published"] == "2015-09-15"
        assert answer["iso-9001-2026"]["published"] is None


class TestDates:
    def test_are_set(self) -> None:
        run("load")
        result = run("dates", "iso-9001-2026", "--published", "2026-10-01")
        assert result.exit_code == 0
        assert "published 2026-10-01" in result.stdout

    def test_that_contradict_each_other_are_refused(self) -> None:
        run("load")
        result = run("dates", "iso-9001-2015", "--published", "2015-09-15", "--transition-ends", "2014-01-01")
        assert result.exit_code == 1
        assert "before the edition was published" in result.stderr

    def test_of_an_unknown_edition_are_wrong_use(self) -> None:
        result = run("dates", "none", "--published", "2026-10-01")
        assert result.exit_code == 2
        assert "assaymark standards list" in result.stderr


@pytest.mark.parametrize("command", [[], ["load"], ["import"], ["list"], ["dates"]])
def test_every_help_has_an_example(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.stdout
