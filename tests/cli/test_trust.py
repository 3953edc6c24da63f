"""`assaymark trust import | list | export`: a list of anchors goes in, is shown for a day, and comes out again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main

pytestmark = pytest.mark.django_db
FORUM = {"did": "did:key:zForum", "name": "Forum", "until": "2025-12-31", "label": "IAF MLA"}
COOPERATION = {"did": "did:key:zCoop", "name": "Cooperation", "from": "2026-01-01", "succeeds": "did:key:zForum"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, FORUM, COOPERATION)


def written(folder: Path, *anchors: dict[str, Any]) -> Path:
    path = folder / "anchors.json"
    path.write_text(json.dumps({"type": "AssaymarkTrustList", "version": 1, "anchors": anchors}))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["trust", *map(str, arguments)], catch_exceptions=False)


class TestImport:
    def test_says_what_was_added_and_the_second_time_that_nothing_was(self, file: Path) -> None:
        assert run("import", file).stdout.splitlines() == ["added    Forum", "added    Cooperation", "0 unchanged."]
        assert run("import", file).stdout == "2 unchanged.\n"

    def test_answers_in_json(self, file: Path) -> None:
        expected = {"added": ["Forum", "Cooperation"], "changed": [], "removed": [], "unchanged": 0}
        assert json.loads(run("import", file, "--json").stdout) == expected

    def test_removes_only_when_asked(self, tmp_path: Path, file: Path) -> None:
        run("import", file)
        written(tmp_path, {"did": "did:key:zCoop", "name": "Cooperation"})
        assert "removed  Forum" in run("import", file, "--replace").stdout
        assert [row["name"] for row in json.loads(run("list", "--json").stdout)] == ["Cooperation"]

    def test_of_a_wrong_file_names_each_anchor_and_takes_in_none(self, tmp_path: Path) -> None:
        wrong = written(tmp_path, FORUM, {"name": "x"}, COOPERATION | {"from": "soon"})
        done = run("import", wrong)
        assert done.exit_code == 1
        assert "anchor 2: it names no identifier (did)." in done.stderr
        assert "anchor 3: 'soon' is not a date such as 2026-11-24." in done.stderr
        assert json.loads(run("list", "--json").stdout) == []

    def test_of_a_wrong_file_answers_a_program_too(self, tmp_path: Path) -> None:
        done = run("import", written(tmp_path, FORUM | {"succeeds": "did:key:zForum"}), "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (
            1,
            {"errors": [{"anchor": 1, "message": "it succeeds itself"}]},
        )

    def test_says_what_of_the_file_it_does_not_take_in(self, tmp_path: Path) -> None:
        path = tmp_path / "anchors.json"
        path.write_text(json.dumps({"type": "AssaymarkTrustList", "version": 1, "anchors": [FORUM], "witnesses": []}))
        done = run("import", path)
        assert done.exit_code == 0
        assert done.stderr == "Only anchors are taken in; left aside: witnesses.\n"

    def test_of_no_list_at_all_says_so(self, tmp_path: Path) -> None:
        path = tmp_path / "anchors.json"
        path.write_text("nonsense")
        done = run("import", path)
        assert done.exit_code == 1
        assert "well-formed" in done.stderr


class TestList:
    def test_of_nobody_says_how_to_add_somebody(self) -> None:
        assert "assaymark trust add SLUG" in run("list").stdout

    def test_of_a_day_says_who_stood_there_under_which_label(self, file: Path) -> None:
        run("import", file)
        assert run("list", "--on", "2025-12-31").stdout.splitlines() == [
            "to come   Cooperation is trusted from 1 Jan 2026 only.",
            "holds     Forum is trusted as arrangement until 31 Dec 2025, succeeded by Cooperation. Label on 31 Dec "
            "2025: IAF MLA.",
        ]

    def test_of_its_history_says_what_changed_when_by_which_file(self, file: Path) -> None:
        run("import", file)
        told = json.loads(run("list", "--history", "--json").stdout)
        assert [(row["verb"], row["name"], row["origin"]) for row in told] == [
            ("added", "Forum", "anchors.json"),
            ("added", "Cooperation", "anchors.json"),
        ]
        assert "added    Forum (anchors.json)" in run("list", "--history").stdout


class TestExport:
    def test_of_what_was_imported_is_a_list_that_changes_nothing(self, tmp_path: Path, file: Path) -> None:
        run("import", file)
        run("export", "-o", tmp_path / "out.json")
        assert run("import", tmp_path / "out.json", "--replace").stdout == "2 unchanged.\n"
