"""Identifier and keys as pages: of the organisation, for the public, and for machines."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openvc.did.did_webvh import DidWebvhResolver

from assaymark.adapters.keys import KeyStore
from assaymark.core.parties import Actor, Role
from assaymark.formats import jws
from assaymark.records.attestations import identity
from assaymark.records.identifiers import actions
from assaymark.records.identifiers.queries import identifier_of, keys_of, log_of
from assaymark.records.parties.models import Person
from tests.audit_cast import actor
from tests.certification_cast import NUMBER, Certified, certified

BEGAN = timezone.now() - dt.timedelta(days=60)
WHY = "The office moved to a new server."


@pytest.fixture
def world(db: None, settings: LazySettings, tmp_path: Path) -> Certified:
    """All bodies are identified by logs; Northfield since two months."""
    cache.clear()
    settings.PUBLIC_URL = "https://register.example"
    settings.HOME = tmp_path
    found = certified(began=BEGAN)
    actions.identify(organisation=found.cast.northfield, at=BEGAN)
    return found


@pytest.fixture
def boss(world: Certified) -> Actor:
    return actor(world.cast.northfield, "A. Field", Role.ADMINISTRATOR)


def as_(who: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=who.person_id))
    return client


def address(name: str, *args: object) -> str:
    return reverse(f"identifiers:{name}", args=["northfield", *args])


def replace(who: Actor, **fields: str) -> object:
    values = {"reason": WHY, "confirm_name": "northfield", **fields}
    return as_(who).post(address("replace"), values)


class TestThePageOfAnOffice:
    def test_tells_identifier_and_key(self, world: Certified) -> None:
        page = as_(world.cast.office).get(address("record")).text
        known = identifier_of(world.cast.northfield.pk)
        assert known is not None
        assert known.did in page and known.signs in page and "Signs now" in page
        assert "Replace the key" not in page

    def test_offers_the_administrator_another_key(self, boss: Actor) -> None:
        assert address("replace") in as_(boss).get(address("record")).text

    def test_tells_who_is_named_by_the_key_what_the_operator_can_do(self, world: Certified) -> None:
        page = as_(world.accreditor).get(reverse("identifiers:record", args=["meridian"])).text
        assert "Named by its key" in page and "assaymark organisation identify meridian" in page

    def test_tells_who_replaced_a_key_and_why(self, world: Certified, boss: Actor) -> None:
        replace(boss)
        page = as_(world.cast.office).get(address("record")).text
        assert WHY in page and "A. Field" in page and "Replaced" in page


class TestReplacingTheKey:
    def test_takes_reason_and_name(self, world: Certified, boss: Actor) -> None:
        before = keys_of(world.cast.northfield.pk)
        answer = replace(boss)
        assert answer.status_code == 302  # type: ignore[attr-defined]
        after = keys_of(world.cast.northfield.pk)
        assert [key.state for key in after] == ["replaced", "current"]
        assert after[0].public == before[0].public

    def test_takes_the_moment_since_which_others_may_have_had_it(self, world: Certified, boss: Actor) -> None:
        since = (timezone.now() - dt.timedelta(days=3)).replace(second=0, microsecond=0)
        replace(boss, since=f"{since:%Y-%m-%dT%H:%M}")
        assert keys_of(world.cast.northfield.pk)[0].compromised_since == since
        page = as_(world.cast.office).get(address("record")).text
        assert "Compromised" in page

    @pytest.mark.parametrize("wrong", [{"confirm_name": "Northfield"}, {"reason": ""}, {"since": "spring"}])
    def test_changes_nothing_when_the_form_is_not_complete(
        self, world: Certified, boss: Actor, wrong: dict[str, str]
    ) -> None:
        assert replace(boss, **wrong).status_code == 422  # type: ignore[attr-defined]
        assert len(keys_of(world.cast.northfield.pk)) == 1

    def test_is_refused_with_the_reasons(self, boss: Actor) -> None:
        answer = replace(boss, since="2020-01-01T00:00")
        assert answer.status_code == 409  # type: ignore[attr-defined]
        assert "The key is in use only since" in answer.text  # type: ignore[attr-defined]

    def test_says_so_when_the_files_are_gone(self, world: Certified, boss: Actor, tmp_path: Path) -> None:
        known = identifier_of(world.cast.northfield.pk)
        assert known is not None
        KeyStore(tmp_path).put_aside("northfield", known.announced, destroy=True)
        answer = replace(boss)
        assert answer.status_code == 409  # type: ignore[attr-defined]
        assert "not among the files" in answer.text  # type: ignore[attr-defined]
        assert str(tmp_path) not in answer.text  # type: ignore[attr-defined]

    def test_is_for_administrators(self, world: Certified) -> None:
        for who in (world.cast.office, world.cast.decider):
            assert replace(who).status_code == 403  # type: ignore[attr-defined]
        assert len(keys_of(world.cast.northfield.pk)) == 1


class TestAFormerKey:
    def test_may_be_called_compromised(self, world: Certified, boss: Actor) -> None:
        actions.rotate_key(by=boss, at=timezone.now() - dt.timedelta(hours=1), reason=WHY)
        former = keys_of(world.cast.northfield.pk)[0].public
        assert address("compromised", former) in as_(boss).get(address("record")).text
        fields = {"since": f"{timezone.now() - dt.timedelta(days=2):%Y-%m-%dT%H:%M}", "reason": "Found for sale."}
        answer = as_(boss).post(address("compromised", former), fields | {"confirm_name": "northfield"})
        assert answer.status_code == 302
        assert [key.state for key in keys_of(world.cast.northfield.pk)] == ["compromised", "current"]

    def test_must_have_been_one(self, boss: Actor) -> None:
        assert as_(boss).get(address("compromised", "z6Mkelse")).status_code == 404


class TestThePublicPage:
    def test_tells_the_history_of_keys(self, world: Certified, boss: Actor) -> None:
        replace(boss, since=f"{timezone.now() - dt.timedelta(days=3):%Y-%m-%dT%H:%M}")
        page = Client().get(reverse("organisation", args=["northfield"])).text
        known = identifier_of(world.cast.northfield.pk)
        assert known is not None
        assert known.did in page and known.signs in page and WHY in page
        assert "A key was replaced, which others may have had since" in page
        assert "A. Field" not in page

    def test_tells_the_key_of_who_is_named_by_it(self, world: Certified) -> None:
        page = Client().get(reverse("organisation", args=["meridian"])).text
        assert identity.did_of(world.meridian) in page

    def test_makes_no_key_for_who_attests_nothing(self, world: Certified, tmp_path: Path) -> None:
        page = Client().get(reverse("organisation", args=["halden"]))
        assert page.status_code == 200
        assert "Identifier and keys" not in page.text
        assert not KeyStore(tmp_path).exists("halden")


class TestWhatMachinesFetch:
    def test_is_the_log_as_it_was_signed(self, world: Certified) -> None:
        answer = Client().get("/did/northfield/did.jsonl")
        assert answer.headers["Content-Type"] == "text/jsonl; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.text == log_of(world.cast.northfield.pk)
        did = identity.did_of(world.cast.northfield)
        assert DidWebvhResolver(lambda url: answer.text).resolve(did).id == did

    def test_is_the_same_as_did_web(self, world: Certified) -> None:
        document = json.loads(Client().get("/did/northfield/did.json").text)
        assert document["id"] == "did:web:register.example:did:northfield"
        assert identity.did_of(world.cast.northfield) in document["alsoKnownAs"]

    def test_is_not_there_for_who_is_named_by_the_key(self, world: Certified) -> None:
        assert Client().get("/did/meridian/did.jsonl").status_code == 404
        assert Client().get("/did/nobody/did.jsonl").status_code == 404
        assert Client().get("/did/meridian/did.json").status_code == 200

    def test_is_a_status_list_of_the_new_key_at_once(self, world: Certified, boss: Actor) -> None:
        before = Client().get(reverse("status-list", args=["northfield", "revocation"])).text
        replace(boss)
        after = Client().get(reverse("status-list", args=["northfield", "revocation"])).text
        assert before.partition(".")[0] != after.partition(".")[0]

    def test_is_a_bundle_of_the_new_key_at_once(self, world: Certified, boss: Actor) -> None:
        def sealed_by() -> str:
            seal = json.loads(Client().get(reverse("attestation-bundle", args=["northfield", NUMBER])).text)["seal"]
            return str(jws.split(seal).header["kid"])

        before = sealed_by()
        replace(boss)
        assert sealed_by() != before
