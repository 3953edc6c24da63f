"""`assaymark organisation …`: how an installation gets its first organisation and its first administrator."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from django.utils import timezone

from assaymark.cli.main import main
from assaymark.core.parties import Role
from assaymark.records.journal.queries import newest
from assaymark.records.parties import tokens
from assaymark.records.parties.models import Organisation
from assaymark.records.parties.queries import actor_for, person_by_email
from assaymark.records.scope import organisation_scope

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"
ADA = ("--email", "ada@halden.example", "--name", "Ada Halden", "--role", "administrator")


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["organisation", *arguments], input=typed, catch_exceptions=False)


@pytest.fixture(autouse=True)
def halden() -> None:
    assert run("add", "halden", "--name", "Halden Precision Ltd", "--country", "gb").exit_code == 0


class TestTheFirstAdministrator:
    def test_can_sign_in_and_manage(self) -> None:
        done = run("add-person", "halden", *ADA, "--json", typed=f"{GOOD}\n")
        assert json.loads(done.stdout) == {
            "organisation": "halden", "email": "ada@halden.example", "roles": ["administrator"],
        }  # fmt: skip
        ada = person_by_email("ada@halden.example")
        assert ada is not None
        assert ada.check_password(GOOD)
        actor = actor_for(person_id=ada.pk, organisation_slug="halden", at=timezone.now())
        assert actor is not None
        assert actor.may("parties.manage")

    def test_is_listed_in_words(self) -> None:
        run("add-person", "halden", *ADA, typed=f"{GOOD}\n")
        assert "Ada Halden" in run("people", "halden").stdout

    def test_keeps_the_password_in_a_second_organisation(self) -> None:
        run("add", "castell", "--name", "Castell")
        run("add-person", "halden", *ADA, typed=f"{GOOD}\n")
        again = run("add-person", "castell", "--email", "ada@halden.example", "--role", "auditor", "--role", "viewer")
        assert again.exit_code == 0
        assert again.stdout == "ada@halden.example is auditor, viewer in Castell.\n"
        ada = person_by_email("ada@halden.example")
        assert ada is not None
        assert ada.check_password(GOOD)


class TestADisabledPerson:
    WHY = ("--email", "ada@halden.example", "--reason", "Left on 31 March.")

    @pytest.fixture(autouse=True)
    def ada(self) -> Any:
        run("add-person", "halden", *ADA, typed=f"{GOOD}\n")
        ada = person_by_email("ada@halden.example")
        assert ada is not None
        return ada

    def test_opens_nothing_with_the_next_request(self, ada: Any) -> None:
        client, now = Client(), timezone.now()
        assert client.login(email="ada@halden.example", password=GOOD)
        assert client.get("/o/halden/work/").status_code == 200
        token = tokens.create(person_id=ada.pk, name="t", expires_at=now + timedelta(days=1), at=now).secret
        done = run("disable-person", *self.WHY)
        assert done.stdout == "ada@halden.example is disabled.\n"
        assert client.get("/o/halden/work/").status_code == 302
        assert not Client().login(email="ada@halden.example", password=GOOD)
        assert tokens.person_of(token, at=timezone.now()) is None

    def test_is_told_in_the_journal_with_the_reason(self) -> None:
        run("disable-person", *self.WHY)
        row = Organisation.objects.get(slug="halden")
        with organisation_scope(row.pk):
            entry = newest()[0]
        assert (entry.verb, entry.reason) == ("parties.account_disabled", "Left on 31 March.")

    def test_comes_back(self) -> None:
        run("disable-person", *self.WHY)
        done = run("disable-person", *self.WHY, "--again", "--json")
        assert json.loads(done.stdout) == {"email": "ada@halden.example", "state": "open"}
        assert Client().login(email="ada@halden.example", password=GOOD)

    def test_is_not_disabled_twice(self) -> None:
        run("disable-person", *self.WHY)
        done = run("disable-person", *self.WHY)
        assert done.exit_code == 1
        assert "is disabled already" in done.stderr

    def test_must_exist(self) -> None:
        done = run("disable-person", "--email", "nobody@halden.example", "--reason", "None.")
        assert done.exit_code == 2
        assert "There is no account" in done.stderr


class TestWrongUse:
    @pytest.mark.parametrize("password", ["short", "password1234", ""])
    def test_a_weak_password_makes_no_account(self, password: str) -> None:
        done = run("add-person", "halden", *ADA, typed=f"{password}\n")
        assert done.exit_code == 2
        assert "Choose another password." in done.stderr
        assert person_by_email("ada@halden.example") is None

    def test_a_new_account_needs_a_name(self) -> None:
        done = run("add-person", "halden", "--email", "ada@halden.example", "--role", "viewer", typed=f"{GOOD}\n")
        assert done.exit_code == 2
        assert "--name" in done.stderr

    def test_what_is_no_address_is_refused(self) -> None:
        done = run("add-person", "halden", "--email", "ada", "--name", "Ada", "--role", "viewer", typed=f"{GOOD}\n")
        assert done.exit_code == 2
        assert "no e-mail address" in done.stderr

    def test_nobody_is_a_guest_by_command(self) -> None:
        """A guest comes by an engagement, which has dates."""
        done = run("add-person", "halden", "--email", "a@b.example", "--name", "A", "--role", str(Role.GUEST_AUDITOR))
        assert done.exit_code == 2

    def test_an_unknown_organisation_is_named(self) -> None:
        done = run("add-person", "nowhere", *ADA, typed=f"{GOOD}\n")
        assert done.exit_code == 2
        assert "assaymark organisation list" in done.stderr
