"""`assaymark organisation identify | keys | rotate-key | revoke-key`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import LazySettings
from django.utils import timezone

from assaymark.adapters.keys import KeyStore
from assaymark.cli.main import main
from assaymark.records.identifiers import actions
from assaymark.records.identifiers.queries import identifier_of, keys_of
from assaymark.records.parties.queries import organisation_by_slug
from tests.records.attestations.conftest import Chain, chain

__all__ = ["chain"]
pytestmark = pytest.mark.django_db
EARLIER = dt.timedelta(days=2)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["organisation", *arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def reached(settings: LazySettings, tmp_path: Path) -> None:
    settings.PUBLIC_URL = "https://register.example"
    settings.HOME = tmp_path


@pytest.fixture
def northfield(reached: None) -> None:
    """Identified two days ago."""
    run("add", "northfield", "--name", "Northfield Certification")
    row = organisation_by_slug("northfield")
    assert row is not None
    actions.identify(organisation=row, at=timezone.now() - EARLIER)


class TestIdentify:
    def test_tells_the_identifier(self) -> None:
        run("add", "northfield", "--name", "Northfield Certification")
        done = run("identify", "northfield")
        assert done.exit_code == 0
        assert done.stdout.startswith("Northfield Certification is did:webvh:")
        assert "must be signed again" not in done.stdout

    def test_lists_what_names_it_otherwise_and_signs_it_again_on_request(self, chain: Chain) -> None:
        done = run("identify", "northfield")
        assert "These must be signed again:" in done.stdout
        assert f"Certificate {chain.certificate.number} of Halden Precision Ltd" in done.stdout
        assert "Run: assaymark organisation identify northfield --sign-again" in done.stdout
        again = json.loads(run("identify", "northfield", "--sign-again", "--json").stdout)
        assert again["signed_again"] == [chain.certificate.number, "ACC-0042"]
        assert again["outdated"] == []

    def test_tells_that_the_trust_list_names_it_otherwise(self, chain: Chain) -> None:
        assert (
            "The trust list of this installation names it otherwise: did:key:" in run("identify", "arrangement").stdout
        )
        again = run("identify", "arrangement", "--sign-again").stdout
        assert "Recognition REC-1 was signed again." in again
        assert "otherwise" not in again

    def test_is_refused_twice(self, northfield: None) -> None:
        done = run("identify", "northfield")
        assert done.exit_code == 1
        assert "It has its identifier" in done.stderr

    def test_says_which_setting_is_missing(self, settings: LazySettings) -> None:
        settings.PUBLIC_URL = "http://127.0.0.1:8000"
        run("add", "northfield", "--name", "Northfield Certification")
        done = run("identify", "northfield")
        assert done.exit_code == 1
        assert "Set ASSAYMARK_PUBLIC_URL" in done.stderr


class TestRotateKey:
    def test_replaces_the_key_and_says_by_which(self, northfield: None) -> None:
        done = run("rotate-key", "northfield", "--reason", "A new server.")
        assert done.exit_code == 0
        row = organisation_by_slug("northfield")
        assert row is not None
        known = identifier_of(row.pk)
        assert known is not None
        assert done.stdout == f"Northfield Certification signs with {known.signs} from now on.\n"

    def test_tells_since_when_others_may_have_had_the_former(self, northfield: None) -> None:
        since = timezone.now() - dt.timedelta(hours=3)
        done = run(
            "rotate-key", "northfield", "--reason", "A laptop was lost.",
            "--compromised-since", f"{since:%Y-%m-%dT%H:%M:%SZ}", "--json",
        )  # fmt: skip
        told = json.loads(done.stdout)
        assert [key["state"] for key in told["keys"]] == ["compromised", "current"]
        assert told["keys"][0]["compromised_since"] == f"{since:%Y-%m-%dT%H:%M:%SZ}"
        assert told["keys"][0]["reason"] == "A laptop was lost."

    def test_is_refused_for_an_organisation_that_is_named_by_its_key(self) -> None:
        run("add", "quick", "--name", "Quick Cert")
        done = run("rotate-key", "quick", "--reason", "New.")
        assert done.exit_code == 1
        assert "Take an identifier that keeps: assaymark organisation identify" in done.stderr

    def test_says_what_to_restore_when_the_announced_key_is_gone(self, northfield: None, tmp_path: Path) -> None:
        row = organisation_by_slug("northfield")
        assert row is not None
        known = identifier_of(row.pk)
        assert known is not None
        KeyStore(tmp_path).put_aside("northfield", known.announced, destroy=True)
        done = run("rotate-key", "northfield", "--reason", "A new server.")
        assert done.exit_code == 1
        assert "restore it from the backup" in done.stderr

    def test_needs_a_reason(self, northfield: None) -> None:
        assert run("rotate-key", "northfield").exit_code == 2


class TestRevokeKey:
    def test_marks_a_former_key(self, northfield: None) -> None:
        row = organisation_by_slug("northfield")
        assert row is not None
        actions.replace_key(organisation=row, at=timezone.now() - dt.timedelta(hours=1), reason="A new server.")
        former = keys_of(row.pk)[0]
        day = f"{timezone.now() - dt.timedelta(days=1):%Y-%m-%d}"
        done = run("revoke-key", "northfield", former.public, "--compromised-since", day, "--reason", "Found for sale.")
        assert done.stdout == f"{former.public} counts as compromised since {day} 00:00 UTC.\n"
        assert [key.state for key in keys_of(row.pk)] == ["compromised", "current"]

    def test_knows_the_keys_that_there_were(self, northfield: None) -> None:
        done = run("revoke-key", "northfield", "z6Mkelse", "--compromised-since", "2026-01-01", "--reason", "Found.")
        assert done.exit_code == 1
        assert "It never had such a key." in done.stderr


class TestKeys:
    def test_lists_identifier_and_keys_with_their_times(self, northfield: None) -> None:
        run("rotate-key", "northfield", "--reason", "A new server.")
        lines = run("keys", "northfield").stdout.splitlines()
        assert lines[0].startswith("did:webvh:")
        assert " replaced " in lines[1] and lines[1].endswith(": A new server.")
        assert " current " in lines[2]

    def test_tells_the_key_of_who_is_named_by_it(self, chain: Chain) -> None:
        told = json.loads(run("keys", "northfield", "--json").stdout)
        assert told["did"].startswith("did:key:z6Mk")
        assert told["keys"] == []

    def test_makes_none_by_looking(self, tmp_path: Path, settings: LazySettings) -> None:
        settings.IDENTIFIERS = "webvh"
        run("add", "halden", "--name", "Halden Precision Ltd")
        assert run("keys", "halden").stdout.startswith("Halden Precision Ltd has no identifier yet")
        assert not list(tmp_path.rglob("*/halden*"))

    def test_does_not_know_whom_there_is_not(self) -> None:
        assert run("keys", "nobody").exit_code == 2
