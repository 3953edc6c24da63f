"""`assaymark register body-change | body-changes`: recorded, listed, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main

pytestmark = pytest.mark.django_db
ROW = {"number": "J-1", "holder": "Halden", "standard": "ISO 9001:2015", "status": "valid", "body": "Rhein Cert"}
MERGER = ("Rhein Cert", "Baltic Cert", "--kind", "merged-into", "--on", "2026-08-01", "--origin", "Notice 7")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["register", *arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def rhein(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.json"
    file.write_text(json.dumps([ROW]))
    assert run("import", str(file), "--as-of", "2026-01-10", "--source", "rhein").exit_code == 0


class TestAChange:
    def test_is_recorded_and_said_in_a_sentence(self) -> None:
        done = run("body-change", *MERGER, "--source", "rhein")
        assert done.stdout == "Rhein Cert merged into Baltic Cert on 1 Aug 2026.\n"
        assert "Rhein Cert merged into Baltic Cert on 1 Aug 2026. (Notice 7)" in run("body-changes").stdout

    def test_answers_in_json_and_twice_the_same(self) -> None:
        first, second = (json.loads(run("body-change", *MERGER, "--source", "rhein", "--json").stdout) for _ in "12")
        assert first == second
        assert (first["kind"], first["on"], first["register"]) == ("merged-into", "2026-08-01", "rhein")

    def test_of_an_unknown_register_is_wrong_use(self) -> None:
        done = run("body-change", *MERGER, "--source", "nowhere")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "assaymark register sources" in done.stderr

    def test_of_an_unknown_body_is_refused(self) -> None:
        done = run("body-change", "Nobody", *MERGER[1:], "--source", "rhein")
        assert done.exit_code == 1
        assert "names no body “Nobody”" in done.stderr


class TestTheList:
    def test_of_nothing_says_so(self) -> None:
        assert run("body-changes").stdout == "No change of a body is recorded.\n"
        assert json.loads(run("body-changes", "--json").stdout) == []

    def test_is_shorter_by_what_was_taken_back(self) -> None:
        number = json.loads(run("body-change", *MERGER, "--source", "rhein", "--json").stdout)["id"]
        assert run("body-changes", "--retract", str(number)).exit_code == 2
        done = run("body-changes", "--retract", str(number), "--origin", "withdrawn")
        assert done.stdout == "No change of a body is recorded.\n"
        again = run("body-changes", "--retract", str(number), "--origin", "withdrawn")
        assert again.exit_code == 2
        assert "No change has the number" in again.stderr
