"""The catalogue files: complete, whole, and in words of our own."""

from __future__ import annotations

from datetime import date

import pytest

from assaymark import catalogue
from assaymark.core.standards import Documented, Edition, Malformed, tree

TODAY = date(2026, 11, 1)
OWN_WORDS = [e for e in catalogue.standards() if e.source == "secondary"]


class TestWhatShips:
    def test_five_editions_iso_9001_first(self) -> None:
        assert [edition.name for edition in catalogue.standards()] == [
            "ISO 9001:2015",
            "ISO 9001:2026",
            "ISO/IEC 17021-1:2015",
            "ISO/IEC 17011:2017",
            "ISO/IEC 5230:2020",
        ]

    def test_an_unknown_key_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            catalogue.edition("iso-9001-1987")

    @pytest.mark.parametrize("edition", catalogue.standards(), ids=lambda e: e.key)
    def test_every_edition_grows_into_a_tree_without_losing_a_clause(self, edition: Edition) -> None:
        walked = [node.clause.number for root in tree(edition.clauses) for node in root.walk()]
        assert walked == [clause.number for clause in edition.clauses]

    @pytest.mark.parametrize("edition", OWN_WORDS, ids=lambda e: e.key)
    def test_every_requirement_carries_its_clause_in_its_id(self, edition: Edition) -> None:
        wrong = [r.id for r in edition.requirements() if r.id.rpartition(" ")[0] != r.clause]
        assert wrong == []

    @pytest.mark.parametrize("edition", OWN_WORDS, ids=lambda e: e.key)
    def test_every_requirement_says_what_must_be_true_and_what_to_ask(self, edition: Edition) -> None:
        for requirement in edition.requirements():
            assert requirement.text.endswith(".") and len(requirement.text) > 15, requirement.id
            assert requirement.question.endswith(("?", ".")) and len(requirement.question) > 10, requirement.id

    @pytest.mark.parametrize("edition", OWN_WORDS, ids=lambda e: e.key)
    def test_no_sentence_uses_the_auxiliary_that_marks_the_standards_own_wording(self, edition: Edition) -> None:
        """Our paraphrases state what is the case; "shall" would be a sign that wording had been taken over."""
        marked = [r.id for r in edition.requirements() if "shall" in r.text.lower().split()]
        assert marked == []


class TestIso9001:
    edition = catalogue.edition("iso-9001-2015")

    def test_goes_from_4_to_10_3(self) -> None:
        assert self.edition.clauses[0].number == "4"
        assert self.edition.clauses[-1].number == "10.3"
        assert [c.number for c in self.edition.clauses if not c.parent] == ["4", "5", "6", "7", "8", "9", "10"]

    def test_goes_as_deep_as_an_auditor_works(self) -> None:
        assert sum(1 for _ in self.edition.requirements()) >= 200

    @pytest.mark.parametrize(
        ("clause", "letters"),
        [
            ("4.4.1", "abcdefgh"),
            ("5.1.1", "abcdefghij"),
            ("6.2.1", "abcdefg"),
            ("7.2", "abcd"),
            ("8.3.2", "abcdefghij"),
            ("8.4.3", "acdef"),
            ("8.5.1", "bcdefgh"),
            ("9.1.3", "abcdefg"),
            ("9.2.2", "abcdef"),
            ("10.2.1", "cdef"),
        ],
    )
    def test_lettered_requirements_stand_by_themselves(self, clause: str, letters: str) -> None:
        ids = {r.id for r in self.edition.clause(clause).requirements}
        assert {f"{clause} {letter}" for letter in letters} <= ids

    def test_climate_change_is_in_4_1_and_4_2(self) -> None:
        for clause in ("4.1", "4.2"):
            assert any("climate" in r.text.lower() for r in self.edition.clause(clause).requirements)

    def test_asks_for_the_documents_that_auditors_ask_for(self) -> None:
        maintained = {r.clause for r in self.edition.requirements() if r.documented is Documented.MAINTAIN}
        assert {"4.3", "4.4.2", "5.2.2", "6.2.1", "8.5.1"} <= maintained
        retained = {r.clause for r in self.edition.requirements() if r.documented is Documented.RETAIN}
        assert {"4.4.2", "7.1.5.1", "7.2", "8.2.3.2", "8.3.3", "8.4.1", "8.6", "8.7.2", "9.1.1"} <= retained
        assert {"9.2.2", "9.3.3", "10.2.2"} <= retained

    def test_every_clause_with_requirements_says_what_shows_it(self) -> None:
        silent = [c.number for c in self.edition.clauses if c.requirements and not c.shown_by]
        assert silent == []

    def test_is_in_force(self) -> None:
        assert self.edition.in_force_on(TODAY) is True


class TestIso9001Of2026:
    edition = catalogue.edition("iso-9001-2026")

    def test_is_to_be_confirmed_and_claims_no_date(self) -> None:
        assert self.edition.confirmed is False
        assert self.edition.in_force_on(TODAY) is None

    def test_splits_risks_from_opportunities(self) -> None:
        assert [c.number for c in self.edition.clauses if c.parent == "6.1"] == ["6.1.1", "6.1.2", "6.1.3"]

    def test_every_change_names_a_clause_it_has(self) -> None:
        assert {change.clause for change in self.edition.changes} <= {c.number for c in self.edition.clauses}
        assert self.edition.replaces == "iso-9001-2015"

    def test_what_a_clause_was_before_is_a_clause_of_the_edition_it_replaces(self) -> None:
        before = {c.number for c in catalogue.edition(self.edition.replaces).clauses}
        assert {change.was for change in self.edition.changes if change.was} <= before


class TestNormsOfBodies:
    @pytest.mark.parametrize(("key", "least"), [("iso-iec-17021-1-2015", 150), ("iso-iec-17011-2017", 120)])
    def test_go_as_deep_as_an_assessor_works(self, key: str, least: int) -> None:
        assert sum(1 for _ in catalogue.edition(key).requirements()) >= least

    def test_surveillance_has_its_eight_topics(self) -> None:
        topics = catalogue.edition("iso-iec-17021-1-2015").clause("9.6.2.2").requirements
        assert [r.id[-1] for r in topics] == list("abcdefgh")

    def test_their_words_for_the_outcome_are_kept_apart(self) -> None:
        words = {e.standard.key: e.standard.attestation for e in catalogue.standards()}
        assert words["iso-9001"] == "certified"
        assert words["iso-iec-17021-1"] == "accredited"
        assert words["iso-iec-17011"] == "recognised"


class TestIso5230:
    edition = catalogue.edition("iso-iec-5230-2020")

    def test_every_verification_material_is_a_requirement_with_a_question(self) -> None:
        found = list(self.edition.requirements())
        assert len(found) == 25
        assert found[0].id == "3.1.1.1" and found[-1].id == "3.6.2.1"
        assert all(r.question for r in found)

    def test_the_text_is_there_in_full(self) -> None:
        assert self.edition.clause("3.1.1").text.startswith("A written open source policy shall exist")
        assert "funding" in self.edition.clause("3.2.2").text
        assert self.edition.clause("3.1.1").guidance.startswith("To ensure steps are taken")
        assert self.edition.clause("2.8").text.startswith("software that an organization distributes")

    def test_a_condition_before_the_materials_is_not_lost(self) -> None:
        assert "If an organization permits contributions" in self.edition.clause("3.5.1").text

    def test_no_markdown_is_left_in_it(self) -> None:
        texts = " ".join(c.text + c.guidance for c in self.edition.clauses)
        assert "](" not in texts and "####" not in texts and "![" not in texts

    def test_says_whose_it_is(self) -> None:
        assert self.edition.licence == "CC BY 4.0"
        assert "OpenChain" in self.edition.attribution


class TestReadingTheSpecification:
    def test_a_text_without_materials_is_refused(self) -> None:
        from assaymark.catalogue.openchain import read_specification

        with pytest.raises(Malformed, match="No numbered verification material"):
            read_specification("# 1 - Scope\n\nNothing.", questions={})

    def test_a_question_without_its_material_is_refused(self) -> None:
        from assaymark.catalogue.openchain import read_specification

        text = "### 3.1.1 - Policy\n#### Verification material(s):\n- 3.1.1.1 - A policy.\n"
        with pytest.raises(Malformed, match=r"9\.9\.9\.9"):
            read_specification(text, questions={"9.9.9.9": "Really?"})
