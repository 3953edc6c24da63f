"""`assaymark documents import | in-force`, as a script meets them: answers, errors in words, exit statuses."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main
from tests.document_cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "handbook.jsonl"
    lines = [version("a.md", "c1", "A", "# One\n", "2020-01-01"), version("a.md", "c2", "M", "# Two\n", "2020-02-01")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def version(path: str, commit: str, status: str, content: str, day: str) -> dict[str, Any]:
    return {"path": path, "commit": commit, "date": f"{day}T10:00:00+00:00", "author": "A", "message": "m",
            "status": status, "content": content}  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["documents", *arguments], catch_exceptions=False)


class TestImport:
    def test_answers_what_it_did_and_again_that_nothing_was_new(self, cast: Cast, source: Path) -> None:
        first = run("import", str(source), "--organisation", "halden", "--json")
        again = run("import", str(source), "--organisation", "halden", "--json")
        assert (first.exit_code, again.exit_code) == (0, 0)
        assert json.loads(first.stdout)["revisions_added"] == 2
        assert json.loads(again.stdout) == {
            "organisation": "halden", "imported": True, "versions_read": 2, "versions_known_before": 2,
            "documents_added": 0, "revisions_added": 0, "withdrawals": 0, "missing_from_folder": [],
        }  # fmt: skip

    def test_in_words_says_the_same(self, cast: Cast, source: Path) -> None:
        assert "1 documents and 2 revisions added" in run("import", str(source), "--organisation", "halden").stdout

    def test_of_a_wrong_source_names_each_item_and_imports_nothing(self, cast: Cast, source: Path) -> None:
        with source.open("a") as file:
            file.write("not json\n")
            file.write(json.dumps(version("b.md", "c3", "X", "", "2020-03-01")) + "\n")
        result = run("import", str(source), "--organisation", "halden", "--json")
        assert result.exit_code == 1
        answer = json.loads(result.stdout)
        assert answer["imported"] is False
        assert [p["where"] for p in answer["problems"]] == ["line 3", "line 4"]
        assert "line 4: The status 'X' is unknown. Use A, M or D." in result.stderr
        assert "Nothing was imported." in result.stderr

    def test_used_wrongly_ends_with_status_2(self, cast: Cast, source: Path) -> None:
        assert run("import", str(source)).exit_code == 2
        assert run("import", "/nowhere", "--organisation", "halden").exit_code == 2
        unknown = run("import", str(source), "--organisation", "nobody")
        assert unknown.exit_code == 2
        assert "assaymark organisation list" in unknown.stderr


class TestInForce:
    def test_lists_path_revision_and_hash_on_a_day(self, cast: Cast, source: Path) -> None:
        run("import", str(source), "--organisation", "halden")
        result = run("in-force", "--organisation", "halden", "--on", "2020-01-31", "--json")
        assert json.loads(result.stdout) == {
            "organisation": "halden",
            "on": "2020-01-31",
            "documents": [
                {
                    "path": "a.md",
                    "number": "DOC-0001",
                    "revision": "1.0",
                    "sha256": hashlib.sha256(b"# One\n").hexdigest(),
                    "title": "One",
                }
            ],
        }
        assert "1.1  DOC-0001  a.md" in run("in-force", "--organisation", "halden", "--on", "2020-02-01").stdout
        assert (
            json.loads(run("in-force", "--organisation", "halden", "--on", "2019-12-31", "--json").stdout)["documents"]
            == []
        )

    @pytest.mark.parametrize("day", ["yesterday", "2020-13-01", "2020-02-30", ""])
    def test_needs_a_day(self, cast: Cast, day: str) -> None:
        assert run("in-force", "--organisation", "halden", "--on", day).exit_code == 2

    @pytest.mark.parametrize("command", ["import", "in-force"])
    def test_has_help_with_an_example(self, command: str) -> None:
        assert "Example:\n  assaymark documents" in run(command, "--help").stdout.replace("    ", "  ")
