"""`assaymark readiness`, as a script uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.readiness import readiness
from tests.readiness_cast import instrument
from tests.register_cast import Company, halden

__all__ = ["halden"]


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(readiness, list(arguments))


@pytest.fixture
def overdue(halden: Company) -> Any:
    """A micrometer in use whose calibration is overdue."""
    return instrument(halden, "Micrometer M-07", calibrated=900)


class TestTheTable:
    def test_has_a_line_for_every_clause_and_a_sentence(self, halden: Company) -> None:
        said = run("--organisation", "halden")
        assert said.exit_code == 0
        assert "  4.2    Missing         Interested parties and what they need" in said.stdout
        assert "  8.5    Not recorded    " in said.stdout
        assert said.stdout.splitlines()[-1].startswith("0 of 11 recorded clauses conform.")

    def test_says_what_is_open(self, overdue: Any) -> None:
        line = next(x for x in run("--organisation", "halden").stdout.splitlines() if x.startswith("  7.1.5"))
        assert line.endswith("1 instrument in use [1 overdue]")

    def test_lists_the_checks_that_fail_when_asked(self, overdue: Any) -> None:
        said = run("--organisation", "halden", "--checks").stdout
        assert "- Measuring equipment in use is within calibration: " in said
        assert "ME-0001 Micrometer M-07 (was due on " in said


class TestAsJson:
    def test_gives_every_clause_with_every_check_and_its_records(self, overdue: Any) -> None:
        answer = json.loads(run("--organisation", "halden", "--json").stdout)
        assert (answer["organisation"], answer["standard"], len(answer["clauses"])) == ("halden", "ISO 9001:2015", 35)
        clause = next(c for c in answer["clauses"] if c["clause"] == "7.1.5")
        assert (clause["state"], clause["open"]) == ("attention", 1)
        check = next(c for c in clause["checks"] if c["check"] == "equipment-is-calibrated")
        assert check["records"][0]["id"] == str(overdue.pk)
        assert check["records"][0]["kind"] == "registers.measuringequipment"

    def test_counts_the_clauses_by_state(self, halden: Company) -> None:
        counts = json.loads(run("--organisation", "halden", "--json").stdout)["counts"]
        assert counts == {"conforming": 0, "attention": 0, "missing": 11, "not-applicable": 0, "not-recorded": 24}


class TestWrongUse:
    def test_an_unknown_organisation_ends_with_status_2_and_says_what_to_do(self, halden: Company) -> None:
        said = run("--organisation", "nowhere")
        assert said.exit_code == 2
        assert "List them: assaymark organisation list" in said.stderr

    def test_help_has_an_example(self) -> None:
        assert "assaymark readiness --organisation halden" in run("--help").stdout
