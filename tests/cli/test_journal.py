"""`assaymark journal`: what a person at a terminal sees and gets back."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from assaymark.cli.journal import journal
from assaymark.records.parties.actions import add_organisation

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def exported(db: None, tmp_path: Path) -> Path:
    add_organisation(slug="halden", name="Halden Precision Ltd", at=AT)
    file = tmp_path / "halden.journal"
    done = CliRunner().invoke(
        journal,
        ["export", "--organisation", "halden", "-o", str(file), "--checkpoint", str(tmp_path / "halden.checkpoint")],
    )
    assert done.exit_code == 0, done.stderr
    return file


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(journal, [str(a) for a in arguments])
    return done.exit_code, done.stdout, done.stderr


class TestExport:
    def test_says_how_much_and_gives_a_checkpoint_to_keep(self, exported: Path) -> None:
        status, output, _ = run("export", "--organisation", "halden", "-o", exported)
        assert status == 0
        assert "3 entries" in output
        assert "— 127.0.0.1:8000/log/halden/e1 " in output

    def test_of_nobody_is_wrong_use(self, db: None, tmp_path: Path) -> None:
        status, _, error = run("export", "--organisation", "nobody", "-o", tmp_path / "x")
        assert status == 2
        assert "There is no organisation nobody." in error

    def test_answers_in_json(self, exported: Path) -> None:
        status, output, _ = run("export", "--organisation", "halden", "-o", exported, "--json")
        assert status == 0
        assert json.loads(output)["entries"] == 3


class TestVerify:
    def test_of_an_honest_journal_is_status_0(self, exported: Path) -> None:
        status, output, _ = run("verify", exported, "--checkpoint", exported.with_suffix(".checkpoint"))
        assert (status, output) == (0, "Halden Precision Ltd: 2 entries, 2 checkpoints: as recorded.\n")

    def test_of_a_changed_one_is_status_1_and_names_the_entry(self, exported: Path) -> None:
        exported.write_bytes(exported.read_bytes().replace(b'Halden Precision Ltd\\"', b'Halden Recision Ltd\\"', 1))
        status, output, _ = run("verify", exported)
        assert status == 1
        assert "Entry 0 was altered" in output
        assert "NOT as recorded" in output

    def test_against_an_older_export(self, exported: Path, tmp_path: Path) -> None:
        newer = tmp_path / "newer.journal"
        assert run("export", "--organisation", "halden", "-o", newer)[0] == 0
        assert run("verify", newer, "--checkpoint", exported)[0] == 0
        status, output, _ = run("verify", exported, "--checkpoint", newer)
        assert status == 1
        assert "Entry 2 of the older export is missing." in output

    def test_answers_in_json(self, exported: Path) -> None:
        status, output, _ = run("verify", exported, "--json")
        answer = json.loads(output)
        assert status == 0
        assert answer["intact"] is True
        assert answer["sizes"] == {"1": 2}

    def test_of_something_else_is_wrong_use(self, tmp_path: Path) -> None:
        (tmp_path / "letter").write_text("Dear Sir")
        status, _, error = run("verify", tmp_path / "letter")
        assert status == 2
        assert "is not JSON" in error
        assert run("verify", tmp_path / "nothing")[0] == 2

    def test_with_an_unreadable_key_is_wrong_use(self, exported: Path) -> None:
        status, _, error = run("verify", exported, "--key", "nonsense")
        assert status == 2
        assert "name+id+base64" in error

    def test_needs_no_django(self, exported: Path) -> None:
        """The verifying half runs where the server part is not installed."""
        program = (
            "import sys; sys.modules['django'] = None; "
            "from assaymark.cli.main import main; main(['journal', 'verify', sys.argv[1]])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(exported)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "as recorded" in done.stdout


class TestRecover:
    def test_of_a_whole_journal_is_refused(self, exported: Path) -> None:
        status, _, error = run("recover", "--organisation", "halden", "--reason", "For fun.")
        assert status == 1
        assert "nothing to recover" in error

    def test_wants_a_reason(self, db: None) -> None:
        assert run("recover", "--organisation", "halden")[0] == 2
