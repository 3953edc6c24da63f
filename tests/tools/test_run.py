"""What `make run` calls, on a new home, on a known one, after an interruption, and on somebody's own database."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import link_project

SCRIPT = Path(link_project.__file__).parent / "run.sh"
STAND_IN = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$1 $2" in
    "init ") touch "$ASSAYMARK_HOME/assaymark.sqlite3" ;;
    "demo load") [ -z "$INTERRUPTED" ] || exit 1; echo "anna@shop.example may sign in" ;;
esac
"""


class Checkout:
    """A folder with the script and a command that only notes how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        (folder / "tools").mkdir()
        shutil.copy(SCRIPT, folder / "tools" / "run.sh")
        command = folder / ".venv" / "bin" / "assaymark"
        command.parent.mkdir(parents=True)
        command.write_text(STAND_IN)
        command.chmod(0o755)

    def run(self, **more: str) -> tuple[list[str], str]:
        """Run the script; return the calls it made and what it printed."""
        calls = self.folder / "calls"
        calls.write_text("")
        environment = {n: v for n, v in os.environ.items() if n not in {"DATABASE_URL", "PORT"}}
        environment |= {"CALLS": str(calls), "ASSAYMARK_HOME": str(self.home), **more}
        done = subprocess.run(
            [str(self.folder / "tools" / "run.sh")], env=environment, capture_output=True, text=True, check=False
        )
        return calls.read_text().splitlines(), done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout that nobody ran yet."""
    return Checkout(tmp_path)


class TestRunning:
    def test_fills_a_new_home_and_serves(self, checkout: Checkout) -> None:
        calls, said = checkout.run()
        assert calls == ["init", "demo load", "serve --port 8000"]
        assert "anna@shop.example" in said

    def test_keeps_the_data_of_a_known_home_and_still_says_who_can_sign_in(self, checkout: Checkout) -> None:
        checkout.run()
        calls, said = checkout.run(PORT="8001")
        assert calls == ["init", "serve --port 8001"]
        assert "anna@shop.example" in said

    def test_takes_an_interrupted_first_load_up_again(self, checkout: Checkout) -> None:
        calls, _ = checkout.run(INTERRUPTED="yes")
        assert calls == ["init", "demo load"]
        calls, _ = checkout.run()
        assert calls == ["init", "demo load", "serve --port 8000"]

    def test_counts_a_home_without_database_as_new(self, checkout: Checkout) -> None:
        checkout.home.mkdir()
        (checkout.home / "secret-key").touch()
        assert "demo load" in checkout.run()[0]

    def test_puts_nothing_unasked_into_a_database_that_was_named(self, checkout: Checkout) -> None:
        checkout.home.mkdir()
        calls, _ = checkout.run(DATABASE_URL="postgresql://somebody/own")
        assert calls == ["init", "serve --port 8000"]
