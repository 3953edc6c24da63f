"""Snapshots of a foreign register, one after the other: what differs becomes dated events."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from assaymark.core.refusal import Refused
from assaymark.core.register import Problem
from assaymark.formats.register_mapping import Row
from assaymark.records.register import queries
from assaymark.records.register.models import Intake, Listing, ListingVersion, Party, Quarantined
from tests.records.register.conftest import AT, CAST, Take, changed, entry

pytestmark = pytest.mark.django_db


def listing(number: str) -> Listing:
    return Listing.objects.get(number=number)


def kinds(number: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(i.version.valid_from.isoformat(), i.version.kinds) for i in queries.history(listing(number))]


class TestTheFirstSnapshot:
    def test_lists_everything_from_its_day(self, register: Take) -> None:
        assert Listing.objects.count() == 5
        row = listing("NC-26-00002")
        assert (row.status, row.country, row.listed_from) == ("suspended", "SE", dt.date(2026, 1, 1))
        assert row.body is not None
        assert (row.holder.name, row.body.name) == ("Halden Precision AB", "Northfield Certification")
        assert kinds("NC-26-00002") == [("2026-01-01", ("listed",))]

    def test_names_each_body_and_each_holder_once(self, register: Take) -> None:
        assert Party.objects.filter(role="body").count() == 2
        assert Party.objects.filter(role="holder").count() == 5

    def test_counts_what_is_listed(self, register: Take) -> None:
        assert queries.source(key="foreign").listings == 5


class TestTheSameSnapshotAgain:
    def test_changes_nothing(self, register: Take) -> None:
        versions, intakes = ListingVersion.objects.count(), Intake.objects.count()
        again = register("2026-01-01", CAST)
        assert again.repeated
        assert (ListingVersion.objects.count(), Intake.objects.count()) == (versions, intakes)

    def test_of_a_later_day_says_the_same_and_adds_no_version(self, register: Take) -> None:
        again = register("2026-02-01", CAST)
        assert (again.counts["same"], ListingVersion.objects.count()) == (5, 5)
        assert queries.source(key="foreign").newest == dt.date(2026, 2, 1)

    def test_in_another_order_is_the_same(self, register: Take) -> None:
        assert register("2026-02-01", CAST[::-1]).counts["same"] == 5


class TestTheNextSnapshot:
    def test_a_changed_field_is_kept_with_old_and_new(self, register: Take) -> None:
        register("2026-02-01", changed(0, scope="Steel frames"))
        assert kinds("NC-26-00001") == [("2026-01-01", ("listed",)), ("2026-02-01", ("changed",))]
        newest = queries.history(listing("NC-26-00001"))[-1].version
        assert newest.changes == {"scope": [None, "Steel frames"]}

    def test_a_status_is_an_event_of_its_own(self, register: Take) -> None:
        register("2026-02-01", changed(1, status="valid"))
        register("2026-03-01", changed(1, status="withdrawn"))
        assert [k for _, k in kinds("NC-26-00002")] == [("listed",), ("reinstated",), ("withdrawn",)]
        assert listing("NC-26-00002").status == "withdrawn"

    def test_what_is_gone_leaves_a_tombstone(self, register: Take) -> None:
        done = register("2026-02-01", CAST[1:])
        assert done.counts["delisted"] == 1
        row = listing("NC-26-00001")
        assert (row.listed_until, row.status) == (dt.date(2026, 2, 1), "valid")
        assert kinds("NC-26-00001")[-1] == ("2026-02-01", ("delisted",))

    def test_what_comes_back_is_relisted(self, register: Take) -> None:
        register("2026-02-01", CAST[1:])
        register("2026-03-01", changed(0, status="suspended"))
        assert kinds("NC-26-00001")[-1] == ("2026-03-01", ("relisted", "suspended"))
        assert listing("NC-26-00001").listed_until is None

    def test_a_new_certificate_is_listed_from_its_day(self, register: Take) -> None:
        register("2026-02-01", [*CAST, entry("NC-26-00006", "Newcomer")])
        assert listing("NC-26-00006").listed_from == dt.date(2026, 2, 1)

    def test_a_body_that_is_named_anew_keeps_its_listings(self, register: Take) -> None:
        done = register("2026-02-01", changed(4, body="Hanse Certification SE"))
        assert (done.counts["listed"], done.counts["delisted"], done.counts["changed"]) == (0, 0, 1)
        row = listing("HC-0005")
        assert row.body is not None
        assert row.body.name == "Hanse Certification SE"

    def test_a_holder_known_by_an_identifier_keeps_its_old_name(self, take: Take) -> None:
        take("2026-01-01", [entry("A-1", "Old Name Ltd", holder_id="77")])
        take("2026-02-01", [entry("A-1", "New Name Ltd", holder_id="77")])
        holder = Party.objects.get(role="holder")
        assert holder.name == "New Name Ltd"
        assert {(n.name, n.kind) for n in holder.names.all()} == {
            ("Old Name Ltd", "former"),
            ("New Name Ltd", "current"),
        }

    def test_sectors_follow(self, register: Take) -> None:
        register("2026-02-01", changed(0, iaf=("29",)))
        assert queries.sectors_of(listing("NC-26-00001")) == ["29"]

    def test_one_number_may_stand_for_two_standards(self, take: Take) -> None:
        both = [entry("A-1", "Halden"), entry("A-1", "Halden", standard="ISO 14001:2015")]
        assert take("2026-01-01", both).counts["listed"] == 2

    def test_a_corrected_file_of_the_same_day_counts_from_that_day(self, register: Take) -> None:
        register("2026-01-01", changed(0, scope="Corrected"))
        first, second = queries.history(listing("NC-26-00001"))
        assert first.recorded_until == second.version.recorded_at
        assert second.version.valid_from == dt.date(2026, 1, 1)


class TestWhatIsRefused:
    def test_an_older_snapshot_with_what_to_do(self, register: Take) -> None:
        with pytest.raises(Refused) as caught:
            register("2025-12-31", CAST)
        (refusal,) = caught.value.refusals
        assert refusal.rule == "older-snapshot"
        assert "order of their days" in refusal.next_step

    def test_this_installations_own_register(self, take: Take) -> None:
        with pytest.raises(Refused):
            take("2026-01-01", CAST, source="own")

    def test_half_a_register_gone_at_once(self, take: Take) -> None:
        many = [entry(f"N-{n}", f"Company {n}") for n in range(210)]
        take("2026-01-01", many)
        with pytest.raises(Refused) as caught:
            take("2026-02-01", many[:100])
        assert caught.value.refusals[0].rule == "register-shrinks"
        assert Listing.objects.filter(listed_until=None).count() == 210
        assert take("2026-02-01", many[:100], may_shrink=True).counts["delisted"] == 110

    def test_a_change_of_what_was_said(self, register: Take) -> None:
        for statement in (
            "UPDATE register_listingversion SET kinds = 'listed'",
            "DELETE FROM register_listingversion",
            "DELETE FROM register_intake",
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)


class TestRowsThatCannotBeTrue:
    def test_are_kept_aside_with_line_and_reason(self, take: Take) -> None:
        done = take("2026-01-01", [CAST[0], entry("NC-9", "Late", expires="2024-12-31")])
        assert (done.counts["listed"], done.counts["aside"]) == (1, 1)
        line, number, problems = done.aside[0]
        assert (line, number, problems[0].field) == (3, "NC-9", "expires")
        kept = queries.quarantined(source_key="foreign")
        assert kept[0]["number"] == "NC-9"
        assert "before its issue" in kept[0]["reasons"][0]["message"]

    def test_numbers_that_say_two_things_are_both_kept_aside(self, take: Take) -> None:
        done = take("2026-01-01", [entry("A-5", "X Ltd"), entry("A-5", "Y Ltd"), CAST[0]])
        assert (done.counts["listed"], done.counts["aside"]) == (1, 2)

    def test_a_row_that_stands_there_twice_is_taken_once(self, take: Take) -> None:
        done = take("2026-01-01", [CAST[0], CAST[0]])
        assert (done.counts["listed"], done.counts["again"], done.counts["aside"]) == (1, 1, 0)

    def test_what_is_listed_stays_when_its_row_cannot_be_read(self, register: Take) -> None:
        broken = Row(2, (), (Problem("row", "The row has 3 cells."),), "NC-26-00001", {"Number": "NC-26-00001"})
        done = register("2026-02-01", [broken, *CAST[1:]])
        assert (done.counts["delisted"], done.counts["aside"]) == (0, 1)
        assert listing("NC-26-00001").listed_until is None

    def test_any_raw_value_can_be_kept(self, take: Take) -> None:
        raw = {"a\x00b": "c\x00d", "long": "x" * 10_000, "list": [1, {"deep": None}], "none": None, "n": 1.5}
        take("2026-01-01", [CAST[0], Row(7, (), (Problem("row", "Broken."),), "", raw)])
        kept = Quarantined.objects.get().raw
        assert (kept["ab"], len(kept["long"]), kept["n"]) == ("cd", 500, 1.5)


class TestThePast:
    @pytest.fixture
    def life(self, register: Take) -> Take:
        register("2026-02-01", changed(0, status="suspended"))
        register("2026-03-01", CAST[1:])
        register("2026-04-01", CAST)
        return register

    @pytest.mark.parametrize(
        ("on", "said"),
        [
            ("2025-12-31", None),
            ("2026-01-15", "valid"),
            ("2026-02-01", "suspended"),
            ("2026-03-15", "gone"),
            ("2026-04-01", "valid"),
        ],
    )
    def test_of_a_listing_can_be_asked_for_any_day(self, life: Take, on: str, said: str | None) -> None:
        found = queries.as_of(listing("NC-26-00001"), on=dt.date.fromisoformat(on))
        assert (found and ("gone" if found.tombstone else found.values["status"])) == said

    def test_can_be_asked_as_it_was_known(self, life: Take) -> None:
        row = listing("NC-26-00001")
        found = queries.as_of(row, on=dt.date(2026, 5, 1), known_at=AT + dt.timedelta(minutes=1))
        assert found is not None
        assert found.values["status"] == "suspended"
        assert queries.as_of(row, on=dt.date(2026, 5, 1), known_at=AT - dt.timedelta(minutes=1)) is None

    def test_of_the_whole_register_is_a_stream(self, life: Take) -> None:
        def state(on: str, **more: object) -> list[str]:
            day = dt.date.fromisoformat(on)
            found = queries.state_of(source_key="foreign", on=day, **more)  # type: ignore[arg-type]
            return [str(version.values.get("number", "gone")) for _, version in found]

        assert state("2025-12-31") == []
        assert state("2026-01-15") == [e.number for e in CAST]
        assert state("2026-03-15") == [e.number for e in CAST[1:]]
        assert state("2026-03-15", tombstones=True) == ["gone", *(e.number for e in CAST[1:])]
        assert state("2026-05-01", known_at=AT) == [e.number for e in CAST]
