"""Reading standards: the tree, one chapter of a large one, search within, and how each edition stands."""

from __future__ import annotations

import lzma
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assaymark.records.standards import actions, queries
from assaymark.records.standards.models import RequirementNode, StandardEdition

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NIST = Path(__file__).parent.parent.parent / "data" / "catalogues" / "nist-sp-800-53-rev5-moderate.json.xz"

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue_loaded(db: None) -> None:
    actions.load_catalogue(at=AT)


@pytest.fixture
def nist(db: None) -> str:
    return actions.import_oscal(raw=lzma.decompress(NIST.read_bytes()), at=AT).loaded.key


@pytest.mark.usefixtures("catalogue_loaded")
class TestReadingAStandard:
    def test_gives_chapters_with_their_clauses_in_order(self) -> None:
        reading = queries.read("iso-9001-2015")
        assert [chapter[0].number for chapter in reading.chapters] == ["4", "5", "6", "7", "8", "9", "10"]
        assert [line.number for line in reading.chapters[0]] == ["4", "4.1", "4.2", "4.3", "4.4", "4.4.1", "4.4.2"]

    def test_gives_every_clause_an_address_of_its_own(self) -> None:
        reading = queries.read("iso-9001-2015")
        anchors = [line.anchor for chapter in reading.chapters for line in chapter]
        anchors += [r.anchor for chapter in reading.chapters for line in chapter for r in line.requirements]
        assert len(anchors) == len(set(anchors))
        assert "c-7.1.5.2" in anchors and "c-4.4.1-a" in anchors

    def test_gives_contents_down_to_the_second_level(self) -> None:
        numbers = [entry.number for entry in queries.read("iso-9001-2015").contents]
        assert numbers[:5] == ["4", "4.1", "4.2", "4.3", "4.4"]
        assert "4.4.1" not in numbers

    def test_shows_what_a_new_edition_changes(self) -> None:
        lines = [line for chapter in queries.read("iso-9001-2026").chapters for line in chapter]
        changed = {line.number for line in lines if line.changes}
        assert {"4.1", "4.2", "5.1.1", "6.1.3", "7.3"} <= changed

    def test_costs_three_queries(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(3):
            queries.read("iso-9001-2015")
        with django_assert_num_queries(3):
            queries.read("iso-iec-5230-2020")

    def test_of_an_unknown_key_is_not_possible(self) -> None:
        with pytest.raises(StandardEdition.DoesNotExist):
            queries.read("iso-9001-1987")


@pytest.mark.usefixtures("catalogue_loaded")
class TestSearchingWithin:
    def test_finds_requirements_that_hold_every_word(self) -> None:
        reading = queries.read("iso-9001-2015", search="calibrated Traceable")
        lines = [line for chapter in reading.chapters for line in chapter]
        assert [r.number for line in lines for r in line.requirements if r.found] == ["7.1.5.2 a"]

    def test_keeps_the_chapter_above_what_was_found(self) -> None:
        reading = queries.read("iso-9001-2015", search="calibrated traceable")
        assert [line.number for line in reading.chapters[0]] == ["7", "7.1.5.2"]

    def test_finds_a_clause_by_its_number_or_title(self) -> None:
        for words in ("9.3.2", "inputs of the review"):
            numbers = [
                line.number for chapter in queries.read("iso-9001-2015", search=words).chapters for line in chapter
            ]
            assert "9.3.2" in numbers

    def test_shows_all_requirements_of_a_clause_that_was_found_itself(self) -> None:
        reading = queries.read("iso-9001-2015", search="design inputs")
        clause = next(line for chapter in reading.chapters for line in chapter if line.number == "8.3.3")
        assert len(clause.requirements) == 8

    def test_of_what_is_not_there_finds_nothing(self) -> None:
        reading = queries.read("iso-9001-2015", search="zeppelin")
        assert (reading.found, reading.chapters) == (0, ())

    def test_of_blanks_is_no_search(self) -> None:
        assert len(queries.read("iso-9001-2015", search="   ").chapters) == 7


class TestALargeStandard:
    def test_shows_one_chapter_at_a_time(self, nist: str) -> None:
        reading = queries.read(nist)
        assert (len(reading.chapters), reading.chapter) == (1, "AC")
        assert queries.read(nist, chapter="SI").chapter == "SI"

    def test_lists_all_chapters_and_the_controls_of_the_one_shown(self, nist: str) -> None:
        contents = queries.read(nist, chapter="AT").contents
        assert sum(1 for entry in contents if entry.depth == 0) == 18
        assert {entry.chapter for entry in contents if entry.depth == 1} == {"AT"}

    def test_falls_back_to_the_first_chapter_for_an_unknown_one(self, nist: str) -> None:
        assert queries.read(nist, chapter="ZZ").chapter == "AC"

    def test_is_searched_as_a_whole(self, nist: str) -> None:
        reading = queries.read(nist, search="wireless")
        assert {chapter[0].number for chapter in reading.chapters} >= {"AC", "AU"}


@pytest.mark.usefixtures("catalogue_loaded")
class TestStanding:
    def standing(self, key: str, on: date) -> str:
        return next(row.standing for row in queries.listed(on=on) if row.edition.key == key)

    def test_an_edition_is_in_force_from_its_publication(self) -> None:
        assert self.standing("iso-9001-2015", date(2026, 11, 1)) == "in force"
        assert self.standing("iso-9001-2015", date(2015, 1, 1)) == "not yet in force"

    def test_an_edition_without_dates_is_to_be_confirmed(self) -> None:
        assert self.standing("iso-9001-2026", date(2026, 11, 1)) == "to be confirmed"

    def test_an_edition_past_its_transition_is_replaced(self) -> None:
        actions.set_dates(
            key="iso-9001-2015",
            published=date(2015, 9, 15),
            transition_ends=date(2029, 9, 30),
            last_audit=date(2029, 3, 31),
            confirmed=True,
        )
        assert self.standing("iso-9001-2015", date(2029, 9, 30)) == "in force"
        assert self.standing("iso-9001-2015", date(2029, 10, 1)) == "replaced"

    def test_the_edition_in_force_is_the_newest_with_dates(self) -> None:
        on = date(2026, 11, 1)
        found = queries.edition_in_force("iso-9001", on=on)
        assert found is not None and found.key == "iso-9001-2015"
        actions.set_dates(
            key="iso-9001-2026", published=date(2026, 10, 1), transition_ends=None, last_audit=None, confirmed=True
        )
        found = queries.edition_in_force("iso-9001", on=on)
        assert found is not None and found.key == "iso-9001-2026"
        assert queries.edition_in_force("iso-9001", on=date(2000, 1, 1)) is None


@pytest.mark.usefixtures("catalogue_loaded")
class TestRequirementsForAChecklist:
    def test_come_in_reading_order_with_their_clause(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            found = queries.requirements_of("iso-9001-2015", under=("9.2", "10"))
            assert {r.clause.number for r in found} == {"9.2.1", "9.2.2", "10.1", "10.2.1", "10.2.2", "10.3"}
        assert found[0].number == "9.2.1 a1"

    def test_clause_1_does_not_draw_in_clause_10(self) -> None:
        assert queries.requirements_of("iso-9001-2015", under=("1",)) == []

    def test_one_is_found_by_its_number(self) -> None:
        assert queries.requirement("iso-9001-2015", "10.2.1 d").question.startswith("When and how")
        with pytest.raises(RequirementNode.DoesNotExist):
            queries.requirement("iso-9001-2015", "10.2.1 z")
