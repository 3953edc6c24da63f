"""What became of bodies: found by every name, told twice as once, taken back in the open."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from assaymark.core.body_changes import ChangeKind
from assaymark.core.refusal import Refused
from assaymark.records.register import changes, queries
from assaymark.records.register.models import BodyChange, Party, PartyName, Source
from tests.records.register.conftest import AT, CAST, Take

MERGED, RENAMED, SUCCEEDED = ChangeKind.MERGED, ChangeKind.RENAMED, ChangeKind.SUCCEEDED
DAY = dt.date(2026, 8, 1)


@pytest.fixture(autouse=True)
def register(take: Take) -> None:
    take("2026-01-10", CAST)


def body(name: str) -> Party:
    """The body of the foreign register with a name."""
    return Party.objects.get(role=Party.BODY, name=name)


def tell(old: str, new: str, kind: ChangeKind = MERGED, on: dt.date = DAY, origin: str = "Notice 7") -> BodyChange:
    """Record a change of a body of the foreign register."""
    told = changes.Told(source_key="foreign", kind=kind, on=on, old_name=old, new_name=new, origin=origin)
    return changes.record(told=told, at=AT)


def refused(*told: object) -> str:
    """The words in which a change is refused."""
    with pytest.raises(Refused) as why:
        tell(*told)  # type: ignore[arg-type]
    return " ".join(refusal.message for refusal in why.value.refusals)


class TestAMerger:
    def test_stands_on_the_time_line_of_both(self) -> None:
        tell("Hanse Cert", "Northfield Certification")
        hanse, northfield = body("Hanse Cert"), body("Northfield Certification")
        (gone,), (joined,) = changes.time_line(hanse), changes.time_line(northfield)
        assert gone.sentence == joined.sentence == "Hanse Cert merged into Northfield Certification on 1 Aug 2026."
        assert (gone.other, joined.other) == (northfield, hanse)

    def test_ends_the_body_from_its_day_on(self) -> None:
        row = tell("Hanse Cert", "Northfield Certification")
        party = body("Hanse Cert").pk
        assert changes.end_of(party, on=DAY - dt.timedelta(days=1)) is None
        assert changes.end_of(party, on=DAY) == row
        assert changes.end_of(body("Northfield Certification").pk, on=DAY) is None

    def test_into_a_body_that_the_register_does_not_name_keeps_its_name(self) -> None:
        row = tell("Hanse Cert", "Baltic Cert", SUCCEEDED)
        assert (row.other, row.new_name) == (None, "Baltic Cert")
        assert str(row) == "Baltic Cert succeeded Hanse Cert on 1 Aug 2026."

    def test_is_one_when_it_is_told_twice(self) -> None:
        assert tell("Hanse Cert", "Baltic Cert") == tell("hanse cert", "Baltic Cert")
        assert BodyChange.objects.count() == 1


class TestARenaming:
    def test_is_found_by_the_new_name_and_by_the_old_one(self) -> None:
        tell("Hanse Cert", "Hanse Assurance", RENAMED)
        assert queries.parties(text="Hanse Assurance", role=Party.BODY) == [body("Hanse Cert")]
        assert changes.end_of(body("Hanse Cert").pk, on=DAY) is None

    def test_that_the_register_has_followed_already_adds_the_former_name(self) -> None:
        tell("Hanse Register", "Hanse Cert", RENAMED, on=dt.date(2020, 1, 1))
        kinds = dict(PartyName.objects.filter(party=body("Hanse Cert")).values_list("name", "kind"))
        assert kinds == {"Hanse Cert": "current", "Hanse Register": "former"}
        assert queries.parties(text="Hanse Register", role=Party.BODY) == [body("Hanse Cert")]

    def test_between_two_entries_of_a_register_joins_their_pages(self) -> None:
        row = tell("Hanse Cert", "Northfield Certification", RENAMED)
        assert (row.party, row.other) == (body("Hanse Cert"), body("Northfield Certification"))


class TestWhatIsRefused:
    def test_is_a_body_that_the_register_does_not_name(self) -> None:
        assert refused("Nobody", "Northfield Certification") == "foreign names no body “Nobody”."

    def test_is_a_second_end(self) -> None:
        tell("Hanse Cert", "Baltic Cert")
        assert "It has ended already" in refused("Hanse Cert", "Nord Cert")
        assert BodyChange.objects.count() == 1

    def test_is_a_change_without_a_source(self) -> None:
        assert refused("Hanse Cert", "Baltic Cert", MERGED, DAY, " ") == "Where this is known from is not said."

    def test_is_a_register_that_is_not_held_here(self) -> None:
        told = changes.Told(source_key="x", kind=MERGED, on=DAY, old_name="A", new_name="B", origin="C")
        with pytest.raises(Source.DoesNotExist):
            changes.record(told=told, at=AT)


class TestWhatWasToldInError:
    def test_is_taken_back_and_both_stay_on_record(self) -> None:
        row = tell("Hanse Cert", "Baltic Cert")
        changes.retract(change_id=row.pk, origin="Notice was withdrawn", at=AT)
        assert changes.changes() == []
        assert changes.end_of(body("Hanse Cert").pk, on=DAY) is None
        assert [one.origin for one in BodyChange.objects.order_by("pk")] == ["Notice 7", "Notice was withdrawn"]

    def test_is_taken_back_once(self) -> None:
        row = tell("Hanse Cert", "Baltic Cert")
        changes.retract(change_id=row.pk, origin="x", at=AT)
        with pytest.raises(BodyChange.DoesNotExist):
            changes.retract(change_id=row.pk, origin="x", at=AT)

    def test_makes_room_for_what_is_true(self) -> None:
        changes.retract(change_id=tell("Hanse Cert", "Baltic Cert").pk, origin="x", at=AT)
        assert tell("Hanse Cert", "Nord Cert").new_name == "Nord Cert"

    def test_is_never_altered(self) -> None:
        tell("Hanse Cert", "Baltic Cert")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            BodyChange.objects.update(new_name="Nord Cert")


class TestTheList:
    def test_of_one_body_holds_what_it_became_and_who_joined_it(self) -> None:
        tell("Hanse Cert", "Northfield Certification")
        tell("Northfield Certification", "Northfield Group", RENAMED, on=dt.date(2026, 9, 1))
        assert [row.on for row in changes.changes(body="northfield certification")] == [DAY, dt.date(2026, 9, 1)]
        assert [row["kind"] for row in changes.as_json(changes.changes(body="Hanse Cert"))] == ["merged-into"]
