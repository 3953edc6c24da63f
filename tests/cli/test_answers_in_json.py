"""Commands of operators answer a program in JSON, and with the same exit status as in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from assaymark.cli.main import main
from assaymark.config import checks
from assaymark.records.parties.actions import add_organisation

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False)


class TestCheck:
    def test_lists_no_problem(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checks, "problems", list)
        done = run("check")
        assert (done.exit_code, json.loads(done.stdout)) == (0, {"problems": []})

    def test_lists_every_problem_and_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = ["ASSAYMARK_DEBUG is on. Unset it.", "ASSAYMARK_MAIL is not smtp: invitations would reach nobody."]
        monkeypatch.setattr(checks, "problems", lambda: found)
        done = run("check")
        assert (done.exit_code, json.loads(done.stdout)) == (1, {"problems": found})


class TestTrustAdd:
    def test_says_who_is_trusted_as_what_from_when(self) -> None:
        add_organisation(slug="arrangement", name="Mutual recognition arrangement", at=timezone.now())
        done = run("trust", "add", "arrangement", "--from", "2024-01-01")
        expected = {"name": "Mutual recognition arrangement", "role": "arrangement", "from": "2024-01-01"}
        assert json.loads(done.stdout) == expected


class TestStandardsDates:
    @pytest.fixture(autouse=True)
    def loaded(self) -> None:
        run("standards", "load")

    def test_says_what_is_known_now_and_what_is_not(self) -> None:
        done = run("standards", "dates", "iso-9001-2015", "--published", "2015-09-15", "--to-be-confirmed")
        expected: dict[str, Any] = {"key": "iso-9001-2015", "published": "2015-09-15", "confirmed": False}
        assert json.loads(done.stdout) == expected | {"transition_ends": None, "last_audit": None}

    def test_of_an_edition_that_is_not_there_is_wrong_use(self) -> None:
        done = run("standards", "dates", "iso-9001-1987", "--published", "1987-03-15")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "assaymark standards list" in done.stderr


class TestJournalRecover:
    def test_of_a_journal_that_lost_nothing_is_refused(self) -> None:
        add_organisation(slug="halden", name="Halden", at=timezone.now())
        done = run("journal", "recover", "--organisation", "halden", "--reason", "To try it")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "nothing to recover" in done.stderr
