"""Who gets in, what they are told, and that a repeated POST has one effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties import people, queries, receipts, tokens
from assaymark.records.parties.models import ApiToken, Receipt
from assaymark.records.scope import new_id, organisation_scope
from tests.permission.house import House

NEW = {"title": "Burr on bore", "happened": "Three of ten parts had a burr."}


def count(house: House) -> int:
    with organisation_scope(house.organisation.pk):
        return Nonconformity.objects.count()


class TestAToken:
    def test_opens_what_its_person_may_read(self, halden: House, ask: Any) -> None:
        answer = ask(halden, "viewer", "GET", "findings/")
        assert answer.status_code == 200
        assert answer.json() == {"count": 0, "findings": []}

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer aym_" + "x" * 43])
    def test_that_is_none_is_401(self, halden: House, header: str) -> None:
        answer = Client().get("/api/v1/halden/findings/", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401

    def test_that_is_revoked_or_expired_is_401(self, halden: House, ask: Any) -> None:
        now = timezone.now()
        token = ApiToken.objects.get(person=halden.people["viewer"])
        tokens.revoke(token_id=token.pk, person_id=token.person_id, at=now)
        assert ask(halden, "viewer", "GET", "findings/").status_code == 401
        ApiToken.objects.filter(person=halden.people["auditor"]).update(expires_at=now)
        assert ask(halden, "auditor", "GET", "findings/").status_code == 401

    def test_of_a_disabled_person_is_401(self, halden: House, ask: Any) -> None:
        person = halden.people["viewer"]
        person.is_active = False
        person.save()
        assert ask(halden, "viewer", "GET", "findings/").status_code == 401

    def test_is_worth_nothing_once_the_membership_ended(self, halden: House, ask: Any) -> None:
        now = timezone.now()
        with organisation_scope(halden.organisation.pk):
            member = next(m for m in queries.members(at=now) if m.roles == ["viewer"])
        people.end_membership(membership_id=member.pk, by=halden.actors["administrator"], at=now)
        assert ask(halden, "viewer", "GET", "findings/").status_code == 404

    def test_notes_when_it_was_used(self, halden: House, ask: Any) -> None:
        ask(halden, "viewer", "GET", "findings/")
        assert ApiToken.objects.get(person=halden.people["viewer"]).last_used_at is not None
        assert ApiToken.objects.get(person=halden.people["auditor"]).last_used_at is None

    def test_is_kept_as_a_hash(self, halden: House) -> None:
        row = ApiToken.objects.get(person=halden.people["viewer"])
        assert halden.secrets["viewer"] not in str(row.__dict__)
        assert halden.secrets["viewer"].startswith(row.beginning)

    def test_is_needed_although_there_is_a_session(self, halden: House) -> None:
        """Cookies open nothing here, so that no other site can post with them."""
        client = Client()
        client.force_login(halden.people["administrator"], backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/api/v1/halden/findings/").status_code == 401


class TestAnotherOrganisation:
    def test_is_not_there(self, halden: House, brandt: House, ask: Any) -> None:
        answer = ask(halden, "", "GET", "findings/", token=brandt.secrets["administrator"])
        unknown = Client().get(
            "/api/v1/nobody/findings/", headers={"Authorization": f"Bearer {brandt.secrets['administrator']}"}
        )
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
        assert (unknown.status_code, unknown.json()) == (answer.status_code, answer.json())

    def test_is_not_there_even_for_a_malformed_request(self, halden: House, brandt: House, ask: Any) -> None:
        answer = ask(halden, "", "POST", "findings/", {"nonsense": 1}, token=brandt.secrets["administrator"])
        assert answer.status_code == 404

    def test_keeps_its_objects_to_itself(self, halden: House, brandt: House, ask: Any) -> None:
        theirs = ask(brandt, "quality_manager", "POST", "findings/", NEW).json()["id"]
        for method, address, body in (
            ("GET", f"findings/{theirs}/", None),
            ("POST", f"findings/{theirs}/close/", {}),
            ("POST", f"findings/{theirs}/contain/", {"containment": "Mine now"}),
        ):
            answer = ask(halden, "quality_manager", method, address, body)
            same = ask(halden, "quality_manager", method, address.replace(theirs, str(new_id())), body)
            assert (answer.status_code, answer.content) == (404, same.content), address


class TestARole:
    def test_that_lacks_the_permission_is_403_in_words(self, halden: House, ask: Any) -> None:
        answer = ask(halden, "viewer", "POST", "findings/", NEW)
        assert answer.status_code == 403
        assert "findings.raise" in answer.json()["detail"]
        assert count(halden) == 0

    def test_is_looked_at_before_the_body(self, halden: House, ask: Any) -> None:
        assert ask(halden, "viewer", "POST", "findings/", {"nonsense": 1}).status_code == 403


class TestARefusal:
    def test_carries_every_reason_with_its_clause(self, halden: House, ask: Any) -> None:
        finding = ask(halden, "contributor", "POST", "findings/", NEW).json()
        answer = ask(halden, "quality_manager", "POST", f"findings/{finding['id']}/close/")
        assert answer.status_code == 409
        refusals = answer.json()["refusals"]
        assert len(refusals) > 2
        assert all(set(r) == {"rule", "clause", "message", "next_step"} for r in refusals)
        assert any("10.2" in r["clause"] for r in refusals)


class TestAnIdempotencyKey:
    def test_gives_the_same_answer_and_has_one_effect(self, halden: House, ask: Any) -> None:
        first = ask(halden, "contributor", "POST", "findings/", NEW, key="once")
        again = ask(halden, "contributor", "POST", "findings/", NEW, key="once")
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert count(halden) == 1

    def test_is_for_one_request_only(self, halden: House, ask: Any) -> None:
        ask(halden, "contributor", "POST", "findings/", NEW, key="once")
        other = ask(halden, "contributor", "POST", "findings/", {**NEW, "title": "Another"}, key="once")
        assert other.status_code == 409
        assert other.json()["refusals"][0]["rule"] == "idempotency-key-used"
        assert count(halden) == 1

    def test_of_one_person_is_not_anothers(self, halden: House, ask: Any) -> None:
        ask(halden, "contributor", "POST", "findings/", NEW, key="once")
        assert ask(halden, "auditor", "POST", "findings/", NEW, key="once").status_code == 201
        assert count(halden) == 2

    def test_is_free_again_after_a_refusal(self, halden: House, ask: Any) -> None:
        finding = ask(halden, "contributor", "POST", "findings/", NEW).json()
        address = f"findings/{finding['id']}/close/"
        for _ in range(2):
            assert ask(halden, "quality_manager", "POST", address, key="close").status_code == 409
        with organisation_scope(halden.organisation.pk):
            assert Receipt.objects.count() == 0

    def test_is_forgotten_after_a_day(self, halden: House, ask: Any) -> None:
        ask(halden, "contributor", "POST", "findings/", NEW, key="once")
        with organisation_scope(halden.organisation.pk):
            Receipt.objects.update(at=timezone.now() - receipts.KEPT - timedelta(minutes=1))
        ask(halden, "contributor", "POST", "findings/", NEW, key="once")
        assert count(halden) == 2

    def test_that_is_too_long_is_refused(self, halden: House, ask: Any) -> None:
        assert ask(halden, "contributor", "POST", "findings/", NEW, key="x" * 101).status_code == 422


class TestNonsense:
    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("findings/?page=-1", 422),
            ("findings/?page=1000000000", 422),
            ("findings/?view=nonsense&text=x", 200),
            ("findings/?text=%00", 400),
            ("findings/not-a-uuid/", 404),
            ("registers/nonsense/", 404),
            ("documents/in-force/?on=2026-02-30", 422),
            ("documents/in-force/?on=9999-12-31", 200),
            ("nonsense/", 404),
        ],
    )
    def test_is_answered_in_order(self, halden: House, ask: Any, address: str, status: int) -> None:
        assert ask(halden, "quality_manager", "GET", address).status_code == status

    @pytest.mark.parametrize(
        "body",
        ["{", "[]", "null", '{"title": 1}', '{"title": "\\ud800"}', "x" * 100, '{"title": "\\u0000"}', '{"a":1,"a":2}'],
    )
    def test_in_a_body_is_no_failure(self, halden: House, ask: Any, body: str) -> None:
        assert ask(halden, "contributor", "POST", "findings/", body).status_code in {400, 422}
        assert count(halden) == 0


class TestTheLimit:
    def test_answers_429_with_the_time_to_wait(self, halden: House) -> None:
        cache.clear()
        statuses = [Client().post("/api/v1/verify/") for _ in range(31)]
        assert statuses[0].status_code == 422
        assert statuses[-1].status_code == 429
        assert int(statuses[-1].headers["Retry-After"]) > 0
        cache.clear()
