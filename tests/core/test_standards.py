"""Standards as values: order, tree, names, and what is in force when."""

from __future__ import annotations

from datetime import date

import pytest

from assaymark.core.standards import (
    Clause,
    Documented,
    Edition,
    Malformed,
    Requirement,
    Standard,
    anchor,
    clause_key,
    parent_number,
    reasons_malformed,
    tree,
)

ISO_9001 = Standard(key="iso-9001", designation="ISO 9001", title="Quality management systems", attestation="certified")


def edition(*clauses: Clause, **more: object) -> Edition:
    return Edition(key="x-1", label="2015", standard=ISO_9001, clauses=clauses, **more)  # type: ignore[arg-type]


class TestOrder:
    def test_ten_comes_after_nine(self) -> None:
        assert sorted(["10", "9.10", "9.2", "4"], key=clause_key) == ["4", "9.2", "9.10", "10"]

    def test_letters_come_after_the_clause_they_belong_to(self) -> None:
        found = sorted(["4.4.1 b", "4.4.1", "4.4.1 a", "4.4.2 a"], key=clause_key)
        assert found == ["4.4.1", "4.4.1 a", "4.4.1 b", "4.4.2 a"]

    def test_counted_letters_sort_by_their_count(self) -> None:
        assert sorted(["9.3.2 c10", "9.3.2 c2", "9.3.2 d"], key=clause_key) == ["9.3.2 c2", "9.3.2 c10", "9.3.2 d"]

    def test_control_numbers_sort_by_family_and_number(self) -> None:
        assert sorted(["AC-10", "AC-2(1)", "AC-2", "AT-1"], key=clause_key) == ["AC-2", "AC-2(1)", "AC-10", "AT-1"]

    def test_any_two_keys_compare(self) -> None:
        assert sorted(["A", "1", "", "1a", "a1"], key=clause_key)[0] == ""


class TestNumbers:
    def test_the_clause_above_is_found_by_its_dots(self) -> None:
        assert (parent_number("7.1.5.2"), parent_number("7.1"), parent_number("7")) == ("7.1.5", "7", "")

    def test_an_anchor_is_fit_for_an_address(self) -> None:
        assert anchor("4.4.1 a") == "c-4.4.1-a"
        assert anchor("AC-2(1)") == "c-AC-2-1"
        assert anchor("4.1 (2)") == "c-4.1-2"


class TestTree:
    clauses = (
        Clause("4", "Context"),
        Clause("4.1", "Issues", parent="4", requirements=(Requirement("4.1 (1)", "4.1", "Issues are known."),)),
        Clause("4.2", "Parties", parent="4", requirements=(Requirement("4.2 a", "4.2", "Parties are known."),)),
        Clause("5", "Leadership"),
    )

    def test_puts_clauses_below_their_parents_in_reading_order(self) -> None:
        roots = tree(self.clauses)
        assert [root.clause.number for root in roots] == ["4", "5"]
        assert [node.clause.number for node in roots[0].walk()] == ["4", "4.1", "4.2"]
        assert [node.depth for node in roots[0].walk()] == [0, 1, 1]

    def test_counts_requirements_below(self) -> None:
        assert [root.requirement_count for root in tree(self.clauses)] == [2, 0]

    def test_a_missing_parent_is_named_with_what_to_do(self) -> None:
        with pytest.raises(Malformed, match=r"4\.1 stands under 4, which is missing\. Add clause 4"):
            tree((Clause("4.1", "Issues", parent="4"),))


class TestFaults:
    def test_a_well_formed_edition_has_none(self) -> None:
        assert reasons_malformed(edition(*TestTree.clauses)) == ()

    def test_all_faults_are_told_together(self) -> None:
        twice = Requirement("4 a", "4", "Something.")
        faults = reasons_malformed(
            edition(
                Clause("4", "Context", requirements=(twice, twice, Requirement("5 a", "5", ""))),
                Clause("4", ""),
                Clause("9.1", "Monitoring", parent="9"),
            )
        )
        assert len(faults) == 6
        text = " ".join(faults)
        for part in ("no title", "4 occurs twice", "parent 9", "4 a occurs twice", "not its own", "says nothing"):
            assert part in text


class TestEdition:
    def test_is_cited_with_its_year(self) -> None:
        assert edition().name == "ISO 9001:2015"

    def test_a_version_that_is_no_year_is_set_apart_by_a_space(self) -> None:
        assert Edition(key="k", label="5.1.1", standard=ISO_9001, clauses=()).name == "ISO 9001 5.1.1"

    def test_finds_clause_and_requirement(self) -> None:
        found = edition(*TestTree.clauses)
        assert found.clause("4.2").title == "Parties"
        assert found.requirement("4.2 a").text == "Parties are known."
        with pytest.raises(KeyError):
            found.clause("11")
        with pytest.raises(KeyError):
            found.requirement("4.2 z")

    def test_documented_information_is_a_document_or_a_record(self) -> None:
        assert [Documented("maintain"), Documented("retain")] == [Documented.MAINTAIN, Documented.RETAIN]


class TestInForce:
    dated = edition(published=date(2015, 9, 15), transition_ends=date(2029, 9, 30), last_audit=date(2029, 3, 31))

    @pytest.mark.parametrize(
        ("day", "answer"),
        [
            (date(2015, 9, 14), False),
            (date(2015, 9, 15), True),
            (date(2029, 9, 30), True),
            (date(2029, 10, 1), False),
        ],
    )
    def test_from_publication_to_the_end_of_the_transition(self, day: date, answer: bool) -> None:
        assert self.dated.in_force_on(day) is answer

    def test_without_a_successor_it_stays_in_force(self) -> None:
        assert edition(published=date(2015, 9, 15)).in_force_on(date(2090, 1, 1)) is True

    def test_without_a_date_nobody_knows(self) -> None:
        assert edition().in_force_on(date(2026, 1, 1)) is None
        assert edition().auditable_on(date(2026, 1, 1)) is None

    def test_audits_end_before_the_transition_does(self) -> None:
        assert self.dated.auditable_on(date(2029, 3, 31)) is True
        assert self.dated.auditable_on(date(2029, 4, 1)) is False
        assert self.dated.in_force_on(date(2029, 4, 1)) is True
