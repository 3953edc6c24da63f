"""Creating, changing, moving and retiring rows: the same for every register."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from assaymark.core.refusal import Forbidden, Refused
from assaymark.records.journal.queries import history
from assaymark.records.registers import actions, queries, registry, snapshot
from assaymark.records.registers.declared.processes import Process
from assaymark.records.registers.declared.risks import Risk
from assaymark.records.registers.entry import Invalid
from tests.register_cast import NOW, TODAY, Company

LATER = NOW + dt.timedelta(days=1)


def rules(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    """The identifiers of all refusals."""
    return {refusal.rule for refusal in error.value.refusals}


def journal(row: Any) -> list[dict[str, Any]]:
    """The bodies of the row's journal entries, newest first."""
    entries = history(subject_kind=row.subject_kind(), subject_id=row.pk)
    return [json.loads(bytes(entry.body)) for entry in entries]


class TestCreating:
    def test_gives_a_number_a_first_state_and_a_review_date(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        assert (risk.number, risk.state, risk.version) == ("R-0001", "open", 1)
        assert risk.review_on == dt.date(2027, 5, 24)

    def test_counts_each_register_for_itself(self, halden: Company) -> None:
        assert [halden.add("risks", "a").number, halden.add("risks", "b").number] == ["R-0001", "R-0002"]
        assert halden.add("processes", "Casting").number == "P-0001"

    def test_is_journalled_with_what_was_filled_in(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails", likelihood="4")
        entry = journal(risk)[0]
        assert entry["verb"] == "registers.created"
        assert entry["after"]["title"] == "The furnace fails"
        assert entry["after"]["likelihood"] == 4
        assert "cause" not in entry["after"]

    def test_asks_for_what_is_needed_beside_the_field(self, halden: Company) -> None:
        with pytest.raises(Invalid) as error:
            actions.create(register="risks", values={"likelihood": "9", "impact": "x"}, by=halden.anna, at=NOW)
        assert set(error.value.errors) == {"title", "likelihood", "impact"}

    def test_refuses_fields_that_nobody_fills_in(self, halden: Company) -> None:
        """Mass assignment: what is not declared is refused by name, not ignored."""
        for name in ("organisation", "organisation_id", "state", "version", "retired_at", "number", "id", "nonsense"):
            with pytest.raises(Invalid) as error:
                halden.add("risks", "The furnace fails", **{name: "x"})
            assert name in error.value.errors

    def test_needs_the_permission(self, halden: Company) -> None:
        for actor in (halden.vera, halden.carl):
            with pytest.raises(Forbidden):
                halden.add("risks", "The furnace fails", by=actor)
        assert Risk.objects.count() == 0

    def test_may_start_in_a_later_state_when_that_state_is_satisfied(self, halden: Company) -> None:
        values = {"title": "Casting", "owner": halden.anna.person_id, "inputs": "Iron", "outputs": "Castings"}
        row = actions.create(register="processes", values=values, state="active", by=halden.anna, at=NOW)
        assert row.state == "active"
        with pytest.raises(Refused) as error:
            actions.create(register="processes", values={"title": "x"}, state="active", by=halden.anna, at=NOW)
        assert rules(error) == {"register-requires-owner", "register-requires-inputs", "register-requires-outputs"}

    def test_names_the_states_when_told_another(self, halden: Company) -> None:
        with pytest.raises(Refused) as error:
            actions.create(register="risks", values={"title": "x"}, state="eternal", by=halden.anna, at=NOW)
        assert "open, treated" in error.value.refusals[0].next_step


class TestReferences:
    def test_are_found_by_id_address_name_and_number(self, halden: Company) -> None:
        process = halden.add("processes", "Casting")
        for said in (str(process.pk), "P-0001", "p-0001", "Casting"):
            assert halden.add("risks", "x", process=said).process == process
        anna = halden.people["anna"]
        for said in (str(anna.pk), anna.email, anna.email.upper(), anna.name):
            assert halden.add("risks", "x", owner=said).owner == anna

    def test_of_another_organisation_are_not_found(self, halden: Company, elsewhere: Company) -> None:
        theirs = elsewhere.add("processes", "Their casting")
        stranger = elsewhere.people["anna"]
        for field, said in (
            ("process", theirs.pk),
            ("process", "Their casting"),
            ("owner", stranger.pk),
            ("owner", stranger.email),
        ):
            with pytest.raises(Invalid) as error:
                halden.add("risks", "x", **{field: str(said)})
            assert "was not found" in error.value.errors[field][0]

    def test_with_a_name_that_two_have_are_not_guessed(self, halden: Company) -> None:
        halden.add("processes", "Casting")
        halden.add("processes", "Casting")
        with pytest.raises(Invalid):
            halden.add("risks", "x", process="Casting")
        assert halden.add("risks", "x", process="P-0002").process.number == "P-0002"

    def test_to_retired_rows_are_not_offered(self, halden: Company) -> None:
        process = halden.add("processes", "Casting")
        actions.retire(register="processes", row_id=process.pk, by=halden.anna, at=NOW, reason="Sold")
        with pytest.raises(Invalid):
            halden.add("risks", "x", process="P-0001")


class TestTexts:
    @pytest.mark.parametrize("hostile", ["a\x00b", "a\x1bb", "bell\x07", "\ud800"])
    def test_with_control_characters_are_refused(self, halden: Company, hostile: str) -> None:
        with pytest.raises(Invalid) as error:
            halden.add("risks", hostile)
        assert "title" in error.value.errors

    def test_keep_what_people_write(self, halden: Company) -> None:
        said = "<svg onload=alert(1)> {{7*7}} =1+1 \u202eabc 漢字 'quoted' \"double\""
        assert halden.add("risks", said).title == said

    def test_have_line_breaks_of_one_kind_and_no_blanks_at_their_ends(self, halden: Company) -> None:
        assert halden.add("risks", " x ", cause="one\r\ntwo\rthree\n").cause == "one\ntwo\nthree"

    def test_have_a_limit(self, halden: Company) -> None:
        with pytest.raises(Invalid) as error:
            halden.add("risks", "x" * 301, cause="x" * 10_001)
        assert set(error.value.errors) == {"title", "cause"}

    @pytest.mark.parametrize("value", [{"a": 1}, ["x"], 10**400])
    def test_are_one_value(self, halden: Company, value: Any) -> None:
        with pytest.raises(Invalid):
            halden.add("risks", "x", likelihood=value)

    @pytest.mark.parametrize("said", ["0000-01-01", "9999-12-31", "2027-02-29", "tomorrow"])
    def test_that_are_no_sensible_date_are_refused(self, halden: Company, said: str) -> None:
        with pytest.raises(Invalid):
            halden.add("risks", "x", treatment_due=said)


class TestChanging:
    def test_says_in_the_journal_what_was_and_what_became(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails", likelihood=2)
        changed = actions.change(
            register="risks", row_id=risk.pk, values={"likelihood": "4"}, version=1, by=halden.anna, at=LATER
        )
        assert (changed.likelihood, changed.version, changed.updated_at) == (4, 2, LATER)
        entry = journal(risk)[0]
        assert (entry["before"], entry["after"]) == ({"likelihood": 2}, {"likelihood": 4})

    def test_to_the_same_is_no_change(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.change(register="risks", row_id=risk.pk, values={"title": risk.title}, by=halden.anna, at=LATER)
        assert Risk.objects.get(pk=risk.pk).version == 1
        assert len(journal(risk)) == 1

    def test_of_what_somebody_else_changed_meanwhile_is_refused(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.change(register="risks", row_id=risk.pk, values={"cause": "Age"}, version=1, by=halden.anna, at=LATER)
        with pytest.raises(Refused) as error:
            actions.change(register="risks", row_id=risk.pk, values={"cause": "?"}, version=1, by=halden.anna, at=LATER)
        assert rules(error) == {"register-version"}
        assert Risk.objects.get(pk=risk.pk).cause == "Age"

    def test_may_not_empty_what_the_state_asks_for(self, halden: Company) -> None:
        row = actions.create(
            register="processes",
            values={"title": "Casting", "owner": halden.anna.person_id, "inputs": "Iron", "outputs": "Castings"},
            state="active",
            by=halden.anna,
            at=NOW,
        )
        with pytest.raises(Refused) as error:
            actions.change(register="processes", row_id=row.pk, values={"inputs": ""}, by=halden.anna, at=LATER)
        assert rules(error) == {"register-requires-inputs"}

    def test_of_another_organisations_row_finds_nothing(self, halden: Company, elsewhere: Company) -> None:
        theirs = elsewhere.add("risks", "Their risk")
        acts: list[Any] = [
            lambda: actions.change(register="risks", row_id=theirs.pk, values={"title": "x"}, by=halden.anna, at=NOW),
            lambda: actions.move(register="risks", row_id=theirs.pk, to="gone", by=halden.anna, at=NOW),
            lambda: actions.retire(register="risks", row_id=theirs.pk, reason="x", by=halden.anna, at=NOW),
            lambda: actions.bring_back(register="risks", row_id=theirs.pk, by=halden.anna, at=NOW),
            lambda: actions.review(register="risks", row_id=theirs.pk, note="", by=halden.anna, at=NOW),
            lambda: actions.change_many(
                register="risks", row_ids=[theirs.pk], values={}, to="gone", by=halden.anna, at=NOW
            ),
            lambda: queries.record(register=registry.get("risks"), row_id=theirs.pk, at=NOW),
        ]  # fmt: skip
        for act in acts:
            with pytest.raises(ObjectDoesNotExist):
                act()
        assert len(journal(theirs)) == 0  # nothing of it is visible from here either


class TestMoving:
    def test_names_every_reason_at_once(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        with pytest.raises(Refused) as error:
            actions.move(register="risks", row_id=risk.pk, to="treated", by=halden.anna, at=NOW)
        assert rules(error) == {
            "register-requires-owner",
            "register-requires-strategy",
            "register-requires-treatment",
            "register-requires-treatment_due",
        }
        assert {refusal.clause for refusal in error.value.refusals} == {"ISO 9001:2015, 6.1"}

    def test_goes_only_along_the_declared_ways(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.move(register="risks", row_id=risk.pk, to="gone", by=halden.anna, at=NOW)
        with pytest.raises(Refused) as error:
            actions.move(register="risks", row_id=risk.pk, to="open", by=halden.anna, at=NOW)
        assert "register-way" in rules(error)

    def test_is_journalled_with_its_reason(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.move(register="risks", row_id=risk.pk, to="gone", by=halden.anna, at=NOW, reason="Furnace sold")
        entry = journal(risk)[0]
        assert (entry["verb"], entry["reason"]) == ("registers.moved", "Furnace sold")
        assert (entry["before"], entry["after"]) == ({"state": "open"}, {"state": "gone"})

    def test_is_offered_on_the_page_with_the_same_refusals(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        steps = {s.state.key: s for s in queries.record(register=registry.get("risks"), row_id=risk.pk, at=NOW).steps}
        assert set(steps) == {"treated", "accepted", "gone"}
        assert len(steps["treated"].refusals) == 4
        assert steps["gone"].refusals == ()


class TestReviewing:
    def test_moves_the_next_review_by_one_interval(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails", review_on="2026-11-01")
        actions.review(register="risks", row_id=risk.pk, note="Still so", by=halden.anna, at=NOW)
        assert Risk.objects.get(pk=risk.pk).review_on == dt.date(2027, 5, 24)
        assert journal(risk)[0]["reason"] == "Still so"

    def test_is_refused_where_there_is_no_interval(self, halden: Company) -> None:
        row = halden.add("measuring-equipment", "Caliper")
        with pytest.raises(Refused) as error:
            actions.review(register="measuring-equipment", row_id=row.pk, note="", by=halden.anna, at=NOW)
        assert rules(error) == {"register-no-review"}


class TestRetiring:
    def test_takes_a_row_out_of_the_lists_and_keeps_it_readable(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.retire(register="risks", row_id=risk.pk, by=halden.anna, at=NOW, reason="Furnace sold")
        register = registry.get("risks")
        shown = queries.listing(register=register, query=queries.ListQuery(), at=NOW, person_id=halden.anna.person_id)
        retired = queries.ListQuery(view="retired")
        assert shown.count == 0
        assert queries.listing(register=register, query=retired, at=NOW, person_id=halden.anna.person_id).count == 1
        assert queries.record(register=register, row_id=risk.pk, at=NOW).row == risk

    def test_asks_why(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        with pytest.raises(Refused):
            actions.retire(register="risks", row_id=risk.pk, by=halden.anna, at=NOW, reason="  ")

    def test_ends_changing_until_it_is_brought_back(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.retire(register="risks", row_id=risk.pk, by=halden.anna, at=NOW, reason="Furnace sold")
        with pytest.raises(Refused) as error:
            actions.change(register="risks", row_id=risk.pk, values={"cause": "x"}, by=halden.anna, at=NOW)
        assert rules(error) == {"register-retired"}
        actions.bring_back(register="risks", row_id=risk.pk, by=halden.anna, at=LATER)
        actions.change(register="risks", row_id=risk.pk, values={"cause": "x"}, by=halden.anna, at=LATER)
        assert [e["verb"] for e in journal(risk)] == [
            "registers.changed", "registers.brought_back", "registers.retired", "registers.created",
        ]  # fmt: skip


class TestChangingMany:
    def test_is_all_or_nothing(self, halden: Company) -> None:
        risks = [halden.add("risks", f"Risk {n}") for n in range(3)]
        with pytest.raises(Refused):
            actions.change_many(
                register="risks", row_ids=[r.pk for r in risks], values={"owner": str(halden.anna.person_id)},
                to="treated", by=halden.anna, at=NOW,
            )  # fmt: skip
        assert not Risk.objects.exclude(owner=None).exists()
        done = actions.change_many(
            register="risks", row_ids=[r.pk for r in risks], values={"owner": str(halden.anna.person_id)},
            to="accepted", by=halden.anna, at=NOW,
        )  # fmt: skip
        assert done == 3
        assert set(Risk.objects.values_list("owner_id", "state")) == {(halden.anna.person_id, "accepted")}

    def test_has_a_limit(self, halden: Company) -> None:
        ids = [UUID(int=n) for n in range(1, 502)]
        with pytest.raises(Refused):
            actions.change_many(register="risks", row_ids=ids, values={"cause": "x"}, by=halden.anna, at=NOW)


class TestTheDatabase:
    """Each invariant is a constraint too: it holds for whoever writes past the actions."""

    @pytest.mark.parametrize(
        "change",
        [{"state": "eternal"}, {"title": ""}, {"number": ""}, {"likelihood": 6}, {"impact": 0}, {"residual_impact": 3}],
    )
    def test_refuses_what_the_register_does_not_know(self, halden: Company, change: dict[str, Any]) -> None:
        risk = halden.add("risks", "The furnace fails")
        with pytest.raises(IntegrityError), transaction.atomic():
            Risk.objects.filter(pk=risk.pk).update(**change)

    def test_gives_a_number_once(self, halden: Company) -> None:
        halden.add("risks", "a")
        other = halden.add("risks", "b")
        with pytest.raises(IntegrityError), transaction.atomic():
            Risk.objects.filter(pk=other.pk).update(number="R-0001")


class TestAsJson:
    def test_holds_no_float_and_names_references(self, halden: Company) -> None:
        process = halden.add("processes", "Casting")
        objective = halden.add("objectives", "On time", target="97.5", process="P-0001", due_on="2026-12-31")
        said = snapshot.row_as_dict(register=registry.get("objectives"), row=objective)
        assert said["target"] == "97.5"
        assert said["due_on"] == "2026-12-31"
        assert said["process"] == {"id": str(process.pk), "name": "Casting"}
        assert said["measurements"] == []
        json.dumps(said)

    def test_comes_back_through_the_same_check(self, halden: Company) -> None:
        """What the API gives, its schema describes, and the action takes."""
        for register in registry.all():
            schema = snapshot.schema_of(register=register)
            assert set(schema["properties"]) == set(register.fields)
            assert "title" in schema["required"]
            row = halden.add(register.slug, "A row")
            said = snapshot.row_as_dict(register=register, row=row)
            values = {n: v["id"] if isinstance(v, dict) else v for n, v in said.items() if n in register.fields}
            actions.change(register=register.slug, row_id=row.pk, values=values, version=1, by=halden.anna, at=LATER)
            assert type(row).objects.get(pk=row.pk).version == 1


def test_a_process_answers_to_its_name(halden: Company) -> None:
    """Audits and findings speak of `process.name` and `process.active`."""
    process = halden.add("processes", "Casting")
    assert (process.name, process.active) == ("Casting", False)
    assert Process.objects.get(pk=process.pk).created_at.date() == TODAY
