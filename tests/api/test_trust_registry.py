"""May X issue Y for Z at T? The register's signed answers, and what it does not pretend to know."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assaymark.core.programme import DecisionKind
from assaymark.formats import jws
from assaymark.formats.did import KeyResolver
from assaymark.records.assessments import actions
from assaymark.records.attestations import identity
from tests.certification_cast import Certified, certified, row

ISO_9001 = "urn:iso:std:iso:9001"


@pytest.fixture
def world(db: None) -> Certified:
    cache.clear()
    return certified(began=timezone.now() - dt.timedelta(days=60))


def ask(
    world: Certified,
    resource: str = ISO_9001,
    *,
    kind: str = "authorization",
    expect: int = 200,
    time: dt.datetime | None = None,
    **changes: Any,
) -> dict[str, Any]:
    question = {
        "entity_id": identity.key_of(world.cast.northfield).did,
        "authority_id": identity.key_of(world.meridian).did,
        "action": "issue",
        "resource": resource,
    } | changes
    if time:
        question["context"] = {"time": time.isoformat()}
    answer = Client().post(f"/api/v1/trqp/{kind}", question, content_type="application/json")
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestABodyThatIsAccredited:
    def test_may_issue_within_its_rows(self, world: Certified) -> None:
        found = ask(world, f"{ISO_9001}?iaf=17&country=GB")
        assert found["authorized"] is True
        assert found["evidence"] == [identity.address_of(world.accreditation)]

    def test_may_be_named_by_the_address_of_its_page(self, world: Certified) -> None:
        page = identity.organisation_address(world.cast.northfield)
        assert ask(world, entity_id=page)["authorized"] is True

    @pytest.mark.parametrize(("asked", "why"), [("iaf=28", "IAF sector"), ("country=DE", "country")])
    def test_may_not_beyond_them_and_the_dimension_is_named(self, world: Certified, asked: str, why: str) -> None:
        found = ask(world, f"{ISO_9001}?{asked}")
        assert found["authorized"] is False
        assert why in found["message"]

    def test_may_not_for_another_standard(self, world: Certified) -> None:
        assert ask(world, "urn:iso:std:iso:14001")["authorized"] is False

    def test_might_not_before_it_was_accredited(self, world: Certified) -> None:
        found = ask(world, time=timezone.now() - dt.timedelta(days=2000))
        assert found["authorized"] is False
        assert "after the time asked about" in found["message"]

    def test_may_not_while_it_is_suspended_but_might_before(self, world: Certified) -> None:
        now = timezone.now()
        actions.decide_about(
            attestation_id=world.accreditation.pk,
            decision=DecisionKind.SUSPEND,
            by=world.accreditor,
            at=now - dt.timedelta(days=3),
            reasons="Witnessing was refused",
        )
        assert ask(world)["authorized"] is False
        assert ask(world, time=now - dt.timedelta(days=10))["authorized"] is True

    def test_might_before_its_scope_was_reduced_and_may_not_since(self, world: Certified) -> None:
        now = timezone.now()
        actions.decide_about(
            attestation_id=world.accreditation.pk,
            decision=DecisionKind.REDUCE,
            by=world.accreditor,
            at=now - dt.timedelta(days=3),
            reasons="Sector 17 was given up",
            remaining=[row(iaf=frozenset({"18"}), countries=frozenset({"GB"}), row="qms")],
        )
        assert ask(world, f"{ISO_9001}?iaf=17")["authorized"] is False
        assert ask(world, f"{ISO_9001}?iaf=17", time=now - dt.timedelta(days=10))["authorized"] is True
        assert ask(world, f"{ISO_9001}?iaf=18")["authorized"] is True


class TestWhatTheRegisterDoesNotKnow:
    def test_is_unknown_and_not_no(self, world: Certified) -> None:
        found = ask(world, entity_id="did:web:elsewhere.example")
        assert found["authorized"] is None
        assert "not in this register" in found["message"]

    def test_an_authority_that_attests_nothing_of_it_is_a_no(self, world: Certified) -> None:
        found = ask(world, authority_id=identity.key_of(world.arrangement).did)
        assert found["authorized"] is False


class TestRecognition:
    def test_of_an_accreditation_body_by_the_arrangement(self, world: Certified) -> None:
        parties = {
            "entity_id": identity.key_of(world.meridian).did,
            "authority_id": identity.key_of(world.arrangement).did,
        }
        assert ask(world, kind="recognition", **parties)["recognized"] is True

    def test_is_not_what_an_accreditation_gives(self, world: Certified) -> None:
        assert ask(world, kind="recognition")["recognized"] is False


class TestTheSignature:
    def test_is_the_authoritys_and_covers_every_member(self, world: Certified) -> None:
        found = ask(world)
        parts = jws.split(found.pop("signed"))
        jws.check(parts, issuer=identity.key_of(world.meridian).did, resolver=KeyResolver())
        told = orjson.loads(parts.payload)
        assert {name: told[name] for name in found} == found

    def test_is_the_registers_own_when_the_authority_is_not_here(self, world: Certified) -> None:
        register = Client().get("/api/v1/trqp/metadata").json()["register_id"]
        found = ask(world, authority_id="did:web:elsewhere.example")
        jws.check(jws.split(found["signed"]), issuer=register, resolver=KeyResolver())


class TestAQuestionThatCannotBeUnderstood:
    @pytest.mark.parametrize(
        ("changes", "advice"),
        [
            ({"action": "revoke"}, "Ask for 'issue'"),
            ({"resource": f"{ISO_9001}?sector=17"}, "is no dimension"),
            ({"resource": "?iaf=17"}, "names no standard"),
            ({"context": {"time": "2026-01-01T00:00:00"}}, "with its zone"),
        ],
    )
    def test_is_refused_with_the_way_to_write_it(self, world: Certified, changes: dict[str, Any], advice: str) -> None:
        assert advice in ask(world, expect=422, **changes)["detail"]
