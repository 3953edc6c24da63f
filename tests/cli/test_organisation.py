"""`assaymark organisation …`: how an installation gets its first organisation and its first administrator."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from assaymark.cli.main import main
from assaymark.core.parties import Role
from assaymark.records.parties.queries import actor_for, person_by_email

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
