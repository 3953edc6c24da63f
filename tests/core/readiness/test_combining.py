"""How checks make a clause, and clauses a matrix."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from assaymark import catalogue
from assaymark.core.readiness import (
    Check,
    Finding,
    Outcome,
    Readiness,
    check,
    combine,
    missing,
    not_applicable,
    readiness,
    rows_of,
    unrecorded,
)
from assaymark.core.readiness.checks import ISO_9001
from assaymark.core.readiness.facts import (
    Certificate,
    Exclusion,
    NextDate,
    Nonconformity,
    Process,
    Record,
    Snapshot,
    say,
    within,
)

TODAY = date(2026, 11, 24)
EDITION = catalogue.edition("iso-9001-2015")
CONFORMS = Finding(Outcome.CONFORMING, "Good.")
ASKS = Finding(Outcome.ATTENTION, "Late.", open=1, open_words="late")


def deciding(*findings: Finding) -> list[tuple[Check, Finding]]:
    """Findings of checks that decide about their clause."""
    return [(Check(f"c{n}", "4.1", "Title", lambda _: CONFORMS), finding) for n, finding in enumerate(findings)]


def supporting(finding: Finding) -> tuple[Check, Finding]:
    """A finding of a check that is asked of every clause."""
    return Check("everywhere", "", "Title", lambda *_: finding, decides=False), finding


def matrix(**parts: object) -> Readiness:
    """The matrix of a snapshot."""
    return readiness(edition=EDITION, snapshot=Snapshot(day=TODAY, **parts), checks=ISO_9001)  # type: ignore[arg-type]


class TestAClause:
    def test_conforms_when_all_that_decide_say_so(self) -> None:
        assert combine(deciding(CONFORMS, CONFORMS)) is Outcome.CONFORMING

    def test_needs_attention_as_soon_as_one_check_asks_for_it(self) -> None:
        assert combine(deciding(CONFORMS, ASKS)) is Outcome.ATTENTION

    def test_is_missing_when_there_is_nothing_in_the_place_for_it(self) -> None:
        assert combine(deciding(missing("None."), not_applicable("No question."))) is Outcome.MISSING

    def test_needs_attention_when_one_part_is_there_and_another_missing(self) -> None:
        assert combine(deciding(CONFORMS, missing("None."))) is Outcome.ATTENTION

    def test_is_not_recorded_when_nothing_records_it(self) -> None:
        assert combine(deciding(unrecorded())) is Outcome.UNRECORDED
        assert combine([]) is Outcome.UNRECORDED

    def test_does_not_conform_because_something_names_it(self) -> None:
        assert combine([supporting(CONFORMS)]) is Outcome.UNRECORDED

    def test_needs_attention_when_something_weighs_against_it_though_nothing_records_it(self) -> None:
        assert combine([supporting(ASKS)]) is Outcome.ATTENTION

    def test_is_not_applicable_when_excluded_with_a_reason(self) -> None:
        assert combine(deciding(ASKS), excluded="We design nothing.") is Outcome.NOT_APPLICABLE

    def test_needs_attention_when_excluded_without_one(self) -> None:
        assert combine(deciding(CONFORMS), excluded="") is Outcome.ATTENTION


class TestTheRows:
    def test_go_from_4_1_to_10_3(self) -> None:
        numbers = [clause.number for clause in rows_of(EDITION)]
        assert (numbers[0], numbers[-1], len(numbers)) == ("4.1", "10.3", 35)

    def test_show_resources_and_measurement_by_their_parts(self) -> None:
        numbers = {clause.number for clause in rows_of(EDITION)}
        assert {"7.1.5", "9.1.2"} <= numbers
        assert not {"7.1", "9.1", "7.1.5.2"} & numbers

    def test_hold_every_clause_that_a_check_is_about(self) -> None:
        assert {c.clause for c in ISO_9001 if c.clause} <= {clause.number for clause in rows_of(EDITION)}


class TestTheMatrix:
    def test_stands_by_chapter(self) -> None:
        assert [chapter[0] for chapter, _ in matrix().chapters] == ["4", "5", "6", "7", "8", "9", "10"]

    def test_of_an_empty_system_claims_nothing(self) -> None:
        found = matrix()
        assert found.count(Outcome.CONFORMING) == 0
        assert found.headline == "0 of 11 recorded clauses conform."

    def test_leaves_out_what_the_scope_excludes(self) -> None:
        held = Certificate(
            record=Record("x", UUID(int=1), "C-1"), on=TODAY, exclusions=(Exclusion("8.3", "No design"),)
        )
        row = next(c for c in matrix(certificates=(held,)).clauses if c.number == "8.3")
        assert (row.state, row.shown_by) == (Outcome.NOT_APPLICABLE, "Excluded in the scope: No design")

    def test_names_whoever_runs_the_process_that_serves_the_clause(self) -> None:
        osei = UUID(int=7)
        buying = Process(
            record=Record("registers.process", UUID(int=1), "P-1"), owner_id=osei, state="active", clauses=("8.4",)
        )
        row = next(c for c in matrix(processes=(buying,), members={osei: "J. Osei"}).clauses if c.number == "8.4")
        assert (row.owner, row.shown_by) == ("J. Osei", "named by 1 process")

    def test_shows_a_major_nonconformity_at_its_clause(self) -> None:
        against = Nonconformity(record=Record("x", UUID(int=1), "NC-1"), grade="major", clause="8.5.1 c")
        row = next(c for c in matrix(findings=(against,)).clauses if c.number == "8.5")
        assert (row.state, row.open_words) == (Outcome.ATTENTION, "1 against it")

    def test_puts_the_next_dates_in_order(self) -> None:
        record = Record("x", UUID(int=1), "A")
        dates = (NextDate(date(2027, 2, 1), "later", record), NextDate(date(2026, 12, 3), "sooner", record))
        assert [d.what for d in matrix(dates=dates).dates] == ["sooner", "later"]

    def test_says_in_words_what_is_left(self) -> None:
        assert matrix().rest == "Eleven have nothing to show yet. 24 are not recorded here yet."


class TestNamingACheck:
    def test_takes_its_key_and_explanation_from_the_function(self) -> None:
        @check("4.1", "Something holds")
        def something_holds(snapshot: Snapshot) -> Finding:
            """What it looks at."""
            return CONFORMS

        assert (something_holds.key, something_holds.about) == ("something-holds", "What it looks at.")
        assert something_holds(Snapshot(day=TODAY)) is CONFORMS


class TestWords:
    def test_a_clause_lies_within_itself_and_what_is_above(self) -> None:
        assert within("7.1.5.2 a", "7.1.5")
        assert within("8.3", "8.3")
        assert not within("8.30", "8.3")
        assert not within("8", "8.3")

    def test_a_date_is_said_as_people_say_it(self) -> None:
        assert say(date(2026, 3, 2)) == "2 Mar 2026"
