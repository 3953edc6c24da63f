"""Loading standards: whole, repeatable, and without moving what others point at."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from assaymark import catalogue
from assaymark.core.refusal import Refused
from assaymark.core.standards import Clause, Edition, Requirement, Standard
from assaymark.formats.oscal import NotACatalog
from assaymark.records.standards import actions, queries
from assaymark.records.standards.models import ClauseNode, RequirementNode, StandardEdition

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def house_rules(*clauses: Clause) -> Edition:
    """A small standard of an invented maker."""
    return Edition(
        key="house-rules",
        label="2026",
        standard=Standard(key="house-rules", designation="House rules", title="How we work"),
        clauses=clauses
        or (
            Clause("1", "Order"),
            Clause(
                "1.1",
                "Tools",
                parent="1",
                requirements=(
                    Requirement("1.1 a", "1.1", "Tools hang in their place."),
                    Requirement("1.1 b", "1.1", "Broken tools are replaced."),
                ),
            ),
        ),
        published=date(2026, 1, 1),
    )


def oscal(*controls: str) -> bytes:
    inside = {
        "metadata": {"title": "Controls of Halden", "version": "1"},
        "controls": [
            {"id": c, "title": f"Control {c}", "parts": [{"name": "statement", "prose": f"Do {c}."}]} for c in controls
        ],
    }
    return json.dumps({"catalog": inside}).encode()


class TestLoadingTheCatalogue:
    def test_brings_every_edition_with_all_its_clauses_and_requirements(self) -> None:
        loaded = {one.key: one for one in actions.load_catalogue(at=AT)}
        for edition in catalogue.standards():
            assert loaded[edition.key].outcome == "added"
            row = StandardEdition.objects.get(key=edition.key)
            assert row.clauses.count() == len(edition.clauses) == row.clause_count
            assert row.requirements.count() == sum(1 for _ in edition.requirements()) == row.requirement_count

    def test_keeps_the_order_of_the_standard(self) -> None:
        actions.load_catalogue(at=AT)
        numbers = [row.number for row in queries.clauses_of("iso-9001-2015")]
        assert numbers == [clause.number for clause in catalogue.edition("iso-9001-2015").clauses]
        assert numbers.index("10") > numbers.index("9.3.3")

    def test_puts_each_clause_below_its_parent(self) -> None:
        actions.load_catalogue(at=AT)
        clause = ClauseNode.objects.select_related("parent").get(edition__key="iso-9001-2015", number="7.1.5.2")
        assert clause.parent is not None
        assert (clause.parent.number, clause.depth) == ("7.1.5", 3)

    def test_again_changes_nothing(self) -> None:
        actions.load_catalogue(at=AT)
        before = list(RequirementNode.objects.values_list("id", "number"))
        again = actions.load_catalogue(at=LATER)
        assert {one.outcome for one in again} == {"unchanged"}
        assert list(RequirementNode.objects.values_list("id", "number")) == before
        assert set(StandardEdition.objects.values_list("loaded_at", flat=True)) == {AT}

    def test_costs_the_same_queries_however_long_the_standard(self, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(14):
            actions.load_edition(edition=house_rules(), position=1, at=AT)
        with django_assert_max_num_queries(14):
            actions.load_edition(edition=catalogue.edition("iso-9001-2015"), position=2, at=AT)


class TestLoadingAChangedEdition:
    def test_keeps_the_ids_of_what_stays(self) -> None:
        actions.load_edition(edition=house_rules(), position=1, at=AT)
        before = dict(RequirementNode.objects.values_list("number", "id"))
        changed = house_rules(
            Clause("1", "Order"),
            Clause("1.1", "Tools", parent="1", requirements=(Requirement("1.1 b", "1.1", "Tools are whole."),)),
            Clause("2", "Safety", requirements=(Requirement("2 a", "2", "Nobody is hurt."),)),
        )
        assert actions.load_edition(edition=changed, position=1, at=LATER).outcome == "updated"
        after = dict(RequirementNode.objects.values_list("number", "id"))
        assert set(after) == {"1.1 b", "2 a"}
        assert after["1.1 b"] == before["1.1 b"]
        assert RequirementNode.objects.get(number="1.1 b").text == "Tools are whole."

    def test_removes_clauses_that_are_gone(self) -> None:
        actions.load_edition(edition=house_rules(), position=1, at=AT)
        actions.load_edition(edition=house_rules(Clause("3", "Only this")), position=1, at=LATER)
        assert list(ClauseNode.objects.values_list("number", flat=True)) == ["3"]

    def test_moves_a_clause_below_another_parent(self) -> None:
        actions.load_edition(edition=house_rules(), position=1, at=AT)
        moved = house_rules(Clause("2", "New home"), Clause("1.1", "Tools", parent="2"))
        actions.load_edition(edition=moved, position=1, at=LATER)
        row = ClauseNode.objects.select_related("parent").get(number="1.1")
        assert row.parent is not None and row.parent.number == "2"


class TestDates:
    def test_are_the_operators_to_set(self) -> None:
        actions.load_catalogue(at=AT)
        row = actions.set_dates(
            key="iso-9001-2026",
            published=date(2026, 10, 1),
            transition_ends=None,
            last_audit=None,
            confirmed=True,
        )
        assert (row.published, row.confirmed, row.dates_set) == (date(2026, 10, 1), True, True)

    def test_stay_when_the_catalogue_brings_something_new(self) -> None:
        actions.load_edition(edition=house_rules(), position=1, at=AT)
        actions.set_dates(
            key="house-rules",
            published=date(2026, 2, 2),
            transition_ends=date(2029, 2, 2),
            last_audit=None,
            confirmed=True,
        )
        actions.load_edition(edition=replace(house_rules(), licence="Ours"), position=1, at=LATER)
        row = queries.edition_by_key("house-rules")
        assert (row.published, row.transition_ends, row.licence) == (date(2026, 2, 2), date(2029, 2, 2), "Ours")

    def test_that_contradict_each_other_are_refused_together(self) -> None:
        actions.load_edition(edition=house_rules(), position=1, at=AT)
        with pytest.raises(Refused) as refused:
            actions.set_dates(
                key="house-rules",
                published=date(2026, 1, 1),
                transition_ends=date(2025, 6, 1),
                last_audit=date(2025, 12, 1),
                confirmed=True,
            )
        assert len(refused.value.refusals) == 3

    def test_of_an_unknown_edition_cannot_be_set(self) -> None:
        with pytest.raises(StandardEdition.DoesNotExist):
            actions.set_dates(key="none", published=None, transition_ends=None, last_audit=None, confirmed=True)


class TestImportingACatalog:
    def test_brings_groups_and_controls(self) -> None:
        done = actions.import_oscal(raw=oscal("a", "b"), at=AT)
        assert (done.groups, done.controls, done.loaded.outcome) == (0, 2, "added")
        assert queries.edition_by_key("controls-of-halden-1").source == "imported"

    def test_again_makes_no_duplicate(self) -> None:
        actions.import_oscal(raw=oscal("a", "b"), at=AT)
        assert actions.import_oscal(raw=oscal("a", "b"), at=LATER).loaded.outcome == "unchanged"
        assert StandardEdition.objects.count() == 1

    def test_is_listed_after_what_ships(self) -> None:
        actions.import_oscal(raw=oscal("a"), at=AT)
        actions.load_catalogue(at=AT)
        assert queries.editions()[-1].key == "controls-of-halden-1"

    def test_with_a_fault_leaves_everything_as_it_was(self) -> None:
        actions.import_oscal(raw=oscal("a", "b"), at=AT)
        with pytest.raises(NotACatalog):
            actions.import_oscal(raw=oscal("a", "b", "b"), at=LATER)
        assert list(ClauseNode.objects.values_list("number", flat=True)) == ["A", "B"]

    def test_cannot_take_the_place_of_a_standard_that_ships(self) -> None:
        with pytest.raises(Refused, match="belongs to a standard that ships"):
            actions.import_oscal(raw=oscal("a"), at=AT, key="iso-9001-2015")
