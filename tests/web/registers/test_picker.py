"""Choosing among many: in an organisation of thousands, an owner is searched for and found only within it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assaymark.core.parties import Role
from assaymark.records.parties.models import Membership, Person
from assaymark.records.registers import entry
from assaymark.records.registers.declared.risks import Risk
from assaymark.records.registers.entry import FEW, INDEXED, Directory
from assaymark.records.scope import new_id
from tests.register_cast import NOW, Company


def crowd(company: Company, number: int) -> None:
    """So many further members, worker-0000 and on."""
    people = Person.objects.bulk_create(
        Person(
            pk=new_id(), email=f"worker-{n:04d}@{company.slug}.example", name=f"Worker {n:04d}",
            password=UNUSABLE_PASSWORD_PREFIX,
        )
        for n in range(number)
    )  # fmt: skip
    pattern = Membership.objects.get(person=company.people["carl"])
    Membership.objects.bulk_create(
        Membership(
            organisation=company.organisation, person=person, roles=[Role.CONTRIBUTOR.value], since=pattern.since
        )
        for person in people
    )


@pytest.fixture
def anna(halden: Company) -> Client:
    client = Client()
    client.force_login(halden.people["anna"])
    return client


def at(company: Company, path: str) -> str:
    return f"/o/{company.slug}/{path}"


def new_risk(owner: str) -> dict[str, str]:
    return {"title": "Furnace fails", "likelihood": "3", "impact": "3", "owner": owner, "quick": "yes"}


class TestAFewPeople:
    def test_stand_in_a_list(self, halden: Company, anna: Client) -> None:
        crowd(halden, FEW - 3)
        page = anna.get(at(halden, "r/risks/new")).content.decode()
        assert 'data-choices="people"' not in page
        assert page.count("Worker ") == FEW - 3


class TestManyPeople:
    @pytest.fixture(autouse=True)
    def _many(self, halden: Company) -> None:
        crowd(halden, FEW + 30)

    @pytest.mark.parametrize("path", ["r/risks/", "r/risks/new"])
    def test_are_searched_for_and_not_listed(self, halden: Company, anna: Client, path: str) -> None:
        halden.add("risks", "Furnace fails")
        page = anna.get(at(halden, path)).content.decode()
        assert 'data-choices="people"' in page and "js/picker.js" in page
        assert "Worker " not in page

    @pytest.mark.parametrize("written", ["worker-0007@halden.example", "Worker 0007", "WORKER-0007@halden.example"])
    def test_are_chosen_as_they_are_written(self, halden: Company, anna: Client, written: str) -> None:
        assert anna.post(at(halden, "r/risks/new"), new_risk(written)).status_code == 302
        owner = Risk.objects.get().owner
        assert owner is not None and owner.email == "worker-0007@halden.example"

    def test_keep_their_place_in_the_form_of_a_row(self, halden: Company, anna: Client) -> None:
        row = halden.add("risks", "Furnace fails", owner="worker-0007@halden.example")
        page = anna.get(at(halden, f"r/risks/{row.pk}/edit")).content.decode()
        assert 'value="worker-0007@halden.example"' in page

    def test_that_do_not_exist_are_refused_beside_the_field(self, halden: Company, anna: Client) -> None:
        answer = anna.post(at(halden, "r/risks/new"), new_risk("nobody@halden.example"))
        assert answer.status_code == 400
        assert "was not found" in answer.content.decode()
        assert 'value="nobody@halden.example"' in answer.content.decode()

    @pytest.mark.parametrize("by", ["pk", "email", "name"])
    def test_of_another_organisation_are_not_found(
        self, halden: Company, elsewhere: Company, anna: Client, by: str
    ) -> None:
        theirs = str(getattr(elsewhere.people["carl"], by))
        assert anna.post(at(halden, "r/risks/new"), new_risk(theirs)).status_code == 400
        assert not Risk.objects.exists()

    def test_filter_the_list_by_address(self, halden: Company, anna: Client) -> None:
        halden.add("risks", "His", owner="worker-0007@halden.example")
        halden.add("risks", "Hers", owner="anna@halden.example")
        page = anna.get(at(halden, "r/risks/"), {"owner": "Worker-0007@halden.example"}).content.decode()
        assert "His" in page and "Hers" not in page
        by_id = anna.get(at(halden, "r/risks/"), {"owner": str(halden.people["anna"].pk)}).content.decode()
        assert "Hers" in by_id and "Owner: Anna of Halden Castings" in by_id

    def test_change_owners_of_many_rows(self, halden: Company, anna: Client) -> None:
        row = halden.add("risks", "Furnace fails")
        anna.post(at(halden, "r/risks/bulk"), {"row": [str(row.pk)], "owner": "worker-0001@halden.example"})
        owner = Risk.objects.get().owner
        assert owner is not None and owner.name == "Worker 0001"

    def test_are_offered_twenty_at_a_time(self, halden: Company, anna: Client) -> None:
        address = at(halden, "choices/people")
        with CaptureQueriesContext(connection) as asked:
            offered = anna.get(address, {"q": "worker"}).json()["choices"]
        assert len(offered) == 20
        assert offered[0] == {"value": "worker-0000@halden.example", "label": "Worker 0000"}
        assert sum("LIMIT 20" in query["sql"] for query in asked) == 1
        assert [c["label"] for c in anna.get(address, {"q": "0042"}).json()["choices"]] == ["Worker 0042"]
        assert anna.get(address, {"q": "no such\x00"}).json() == {"choices": []}

    def test_who_left_are_not_offered(self, halden: Company, anna: Client) -> None:
        gone = Membership.objects.get(person__email="worker-0042@halden.example")
        Membership.objects.filter(pk=gone.pk).update(until=gone.since)
        assert anna.get(at(halden, "choices/people"), {"q": "0042"}).json() == {"choices": []}
        assert anna.post(at(halden, "r/risks/new"), new_risk("worker-0042@halden.example")).status_code == 400

    def test_of_another_organisation_are_not_offered(self, halden: Company, elsewhere: Company, anna: Client) -> None:
        assert anna.get(at(halden, "choices/people"), {"q": "Elsewhere"}).json() == {"choices": []}
        assert anna.get(at(elsewhere, "choices/people"), {"q": "a"}).status_code == 404


class TestRows:
    def test_are_offered_by_number_and_title(self, halden: Company, elsewhere: Company, anna: Client) -> None:
        halden.add("processes", "Turning")
        retired = halden.add("processes", "Turning by hand")
        type(retired).objects.filter(pk=retired.pk).update(retired_at=NOW)
        offered = anna.get(at(halden, "choices/processes"), {"q": "turn"}).json()["choices"]
        assert offered == [{"value": "P-0001", "label": "Turning"}]
        assert anna.get(at(halden, "choices/processes"), {"q": "p-0001"}).json()["choices"] == offered

    @pytest.mark.parametrize("kind", ["organisations", "sessions", "Person"])
    def test_of_what_is_no_register_are_not(self, halden: Company, anna: Client, kind: str) -> None:
        assert anna.get(at(halden, f"choices/{kind}")).status_code == 404


class TestTheDirectory:
    def test_of_thousands_holds_only_those_that_are_meant(self, halden: Company, monkeypatch: Any) -> None:
        monkeypatch.setattr(entry, "INDEXED", 10)
        crowd(halden, 40)
        directory = Directory(at=NOW)
        found = directory.find(Person, " Worker-0003@halden.example ")
        assert getattr(found, "name", "") == "Worker 0003"
        with CaptureQueriesContext(connection) as asked:
            assert directory.find(Person, "worker-0003@halden.example") == found
            assert directory.find(Person, str(found.pk if found else "")) == found
            assert directory.find(Person, "nobody") is None
            assert directory.find(Person, "nobody") is None
            assert directory.find(Person, "") is None
        assert len(asked) == 2
        assert INDEXED == 1000

    def test_of_two_of_the_same_name_means_neither(self, halden: Company, monkeypatch: Any) -> None:
        monkeypatch.setattr(entry, "INDEXED", 10)
        crowd(halden, 40)
        Person.objects.filter(email="worker-0004@halden.example").update(name="Worker 0003")
        directory = Directory(at=NOW)
        assert directory.find(Person, "worker 0003") is None
        assert directory.find(Person, "worker-0004@halden.example") is not None
