"""A nonconformity of Halden Precision: shafts below tolerance, from raising to closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from assaymark.core.findings import (
    ActionFacts,
    Grade,
    NonconformityFacts,
    Sketch,
    State,
    due_date,
    is_overdue,
    reasons_not_to_change,
    reasons_not_to_check,
    reasons_not_to_close,
    reasons_not_to_plan,
    similar,
    state_of,
    words_of,
)

OSEI, BRANDT, NOVAK = UUID(int=1), UUID(int=2), UUID(int=3)
RAISED = date(2026, 10, 2)
AFTER_CHECK = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)

FRESH = NonconformityFacts(number="NC-0042", title="Shaft below tolerance", grade=Grade.MINOR, raised_on=RAISED)
ACTION = ActionFacts(
    description="Interval by number of measurements",
    owner_id=OSEI,
    owner_name="J. Osei",
    due=date(2026, 10, 20),
    done_on=date(2026, 10, 18),
    done_by=OSEI,
)
DONE = replace(
    FRESH,
    happened="11 of 80 shafts measured 19.968 mm.",
    requirement="ISO 9001:2015, 8.6",
    containment="Lot blocked the same day.",
    correction="11 scrapped, 69 inspected again.",
    cause="The interval went by the calendar, not by use.",
    similar="The two other micrometers have the same interval.",
    actions=(ACTION,),
    criterion="No undersize shaft in 20 lots",
    check_due=date(2026, 11, 27),
    checked_on=date(2026, 11, 27),
    checked_by=NOVAK,
    effective=True,
    risks="R-0007 raised to 3 × 4.",
    changes="WI-014 revision 3.",
)


def rules(refusals: object) -> list[str]:
    return [refusal.rule for refusal in refusals]  # type: ignore[attr-defined]


class TestClosing:
    def test_is_allowed_when_every_step_is_on_record(self) -> None:
        assert reasons_not_to_close(DONE, by=BRANDT, at=AFTER_CHECK) == ()

    def test_says_everything_that_is_missing_at_once_in_the_order_of_the_clause(self) -> None:
        refusals = reasons_not_to_close(FRESH, by=BRANDT, at=AFTER_CHECK)
        assert rules(refusals) == [
            "nature-missing",
            "requirement-missing",
            "containment-missing",
            "correction-missing",
            "cause-missing",
            "similar-missing",
            "action-missing",
            "criterion-missing",
            "check-date-missing",
            "check-missing",
            "risks-missing",
            "changes-missing",
        ]
        assert all(refusal.clause.startswith("ISO 9001:2015, 10.2") for refusal in refusals)
        assert all(refusal.next_step for refusal in refusals)

    @pytest.mark.parametrize(
        ("field", "rule", "clause"),
        [
            ("happened", "nature-missing", "10.2.2 a"),
            ("requirement", "requirement-missing", "10.2.2 a"),
            ("containment", "containment-missing", "10.2.1 a"),
            ("correction", "correction-missing", "10.2.1 a"),
            ("cause", "cause-missing", "10.2.1 b"),
            ("similar", "similar-missing", "10.2.1 b"),
            ("risks", "risks-missing", "10.2.1 e"),
            ("changes", "changes-missing", "10.2.1 f"),
        ],
    )
    def test_names_the_one_thing_that_is_missing(self, field: str, rule: str, clause: str) -> None:
        (refusal,) = reasons_not_to_close(replace(DONE, **{field: ""}), by=BRANDT, at=AFTER_CHECK)
        assert (refusal.rule, refusal.clause) == (rule, f"ISO 9001:2015, {clause}")

    def test_waits_for_each_open_action_and_names_its_owner(self) -> None:
        open_action = replace(ACTION, description="Lot hold in the router", done_on=None, done_by=None)
        refusals = reasons_not_to_close(replace(DONE, actions=(ACTION, open_action)), by=BRANDT, at=AFTER_CHECK)
        assert [refusal.message for refusal in refusals] == [
            "“Lot hold in the router” is not done. It was due on 20 Oct 2026."
        ]
        assert "J. Osei" in refusals[0].next_step

    def test_is_not_for_whoever_carried_out_an_action(self) -> None:
        (refusal,) = reasons_not_to_close(DONE, by=OSEI, at=AFTER_CHECK)
        assert refusal.message == "You carried out an action; someone else must close."
        assert refusal.clause == "ISO 9001:2015, 5.3"

    def test_needs_the_check_to_be_made_on_its_day_or_later(self) -> None:
        early = replace(DONE, checked_on=date(2026, 11, 20))
        assert rules(reasons_not_to_close(early, by=BRANDT, at=AFTER_CHECK)) == ["check-too-early"]
        unchecked = replace(DONE, checked_on=None, effective=None)
        (refusal,) = reasons_not_to_close(unchecked, by=BRANDT, at=AFTER_CHECK)
        assert refusal.message == "The effectiveness check has not been made. It is due on 27 Nov 2026."

    def test_needs_the_check_to_have_found_that_the_action_works(self) -> None:
        assert rules(reasons_not_to_close(replace(DONE, effective=False), by=BRANDT, at=AFTER_CHECK)) == [
            "not-effective"
        ]

    def test_happens_once(self) -> None:
        closed = replace(DONE, closed_on=date(2026, 11, 28))
        assert rules(reasons_not_to_close(closed, by=BRANDT, at=AFTER_CHECK)) == ["finding-closed"]

    def test_of_an_observation_needs_an_answer_and_no_more(self) -> None:
        observation = replace(FRESH, grade=Grade.OBSERVATION)
        assert rules(reasons_not_to_close(observation, by=BRANDT, at=AFTER_CHECK)) == ["answer-missing"]
        answered = replace(observation, containment="The label is larger now.")
        assert reasons_not_to_close(answered, by=BRANDT, at=AFTER_CHECK) == ()


class TestWhatAnotherBodyRaised:
    body = replace(DONE, raised_by_body="Northgate Certification")

    def test_is_closed_after_the_body_accepted_the_answer(self) -> None:
        (refusal,) = reasons_not_to_close(self.body, by=BRANDT, at=AFTER_CHECK)
        assert refusal.message == "Northgate Certification has not accepted the answer."
        assert refusal.clause == "ISO/IEC 17021-1:2015, 9.4.10"
        accepted = replace(self.body, answer_accepted_on=date(2026, 11, 1))
        assert reasons_not_to_close(accepted, by=BRANDT, at=AFTER_CHECK) == ()

    def test_needs_a_verified_correction_when_it_is_major(self) -> None:
        major = replace(self.body, grade=Grade.MAJOR, answer_accepted_on=date(2026, 11, 1))
        assert rules(reasons_not_to_close(major, by=BRANDT, at=AFTER_CHECK)) == ["correction-not-verified"]
        verified = replace(major, verified_on=date(2026, 11, 20))
        assert reasons_not_to_close(verified, by=BRANDT, at=AFTER_CHECK) == ()


class TestTheEffectivenessCheck:
    ready = replace(DONE, checked_on=None, checked_by=None, effective=None)

    def test_is_made_from_its_day_on_by_somebody_who_did_not_act(self) -> None:
        assert reasons_not_to_check(self.ready, by=NOVAK, at=AFTER_CHECK) == ()
        assert rules(reasons_not_to_check(self.ready, by=OSEI, at=AFTER_CHECK)) == ["own-action"]

    def test_is_refused_before_its_day(self) -> None:
        refusals = reasons_not_to_check(self.ready, by=NOVAK, at=datetime(2026, 11, 26, 23, 59, tzinfo=UTC))
        assert rules(refusals) == ["check-too-early"]

    def test_needs_criterion_day_and_done_actions(self) -> None:
        bare = replace(self.ready, criterion="", check_due=None, actions=())
        assert rules(reasons_not_to_check(bare, by=NOVAK, at=AFTER_CHECK)) == [
            "criterion-missing",
            "check-date-missing",
            "check-before-actions",
        ]


class TestItsLife:
    def test_walks_through_its_states_as_facts_arrive(self) -> None:
        steps: list[tuple[dict[str, object], State]] = [
            ({}, State.RAISED),
            ({"containment": "Lot blocked."}, State.CONTAINED),
            ({"cause": "Worn anvil."}, State.CAUSE_KNOWN),
            ({"actions": (replace(ACTION, done_on=None),)}, State.PLANNED),
            ({"actions": (ACTION,)}, State.CHECK_DUE),
            ({"checked_on": date(2026, 11, 27), "effective": False}, State.CHECK_DUE),
            ({"effective": True}, State.CHECKED),
            ({"closed_on": date(2026, 11, 28)}, State.CLOSED),
        ]
        facts = FRESH
        for change, state in steps:
            facts = replace(facts, **change)  # type: ignore[arg-type]
            assert state_of(facts) is state

    def test_plans_no_action_against_an_unknown_cause(self) -> None:
        assert rules(reasons_not_to_plan(FRESH)) == ["cause-missing"]
        assert reasons_not_to_plan(replace(FRESH, cause="Worn anvil.")) == ()
        assert reasons_not_to_plan(replace(FRESH, grade=Grade.OPPORTUNITY)) == ()

    def test_cannot_change_once_closed(self) -> None:
        (refusal,) = reasons_not_to_change(replace(DONE, closed_on=date(2026, 11, 28)))
        assert refusal.message == "It was closed on 28 Nov 2026."

    def test_is_due_by_its_grade_and_overdue_the_day_after(self) -> None:
        assert due_date(grade=Grade.MAJOR, raised_on=RAISED) == date(2026, 11, 1)
        due = replace(FRESH, due=date(2026, 11, 1))
        assert not is_overdue(due, on=date(2026, 11, 1))
        assert is_overdue(due, on=date(2026, 11, 2))
        assert not is_overdue(replace(due, closed_on=RAISED), on=date(2027, 1, 1))


class TestRecurrence:
    turning = UUID(int=9)
    shaft = Sketch(UUID(int=42), "NC-0042", "8.6", turning, words_of("Shaft diameter below tolerance in lot 2291"))

    def test_finds_what_shares_words_clause_and_process(self) -> None:
        twin = Sketch(UUID(int=31), "NC-0031", "8.6", self.turning, words_of("Diameter of shaft below tolerance"))
        cousin = Sketch(UUID(int=18), "NC-0018", "7.1.5", self.turning, words_of("Shaft diameter out of tolerance"))
        stranger = Sketch(UUID(int=5), "NC-0005", "7.5.3", None, words_of("Old revision of a form in use"))
        found = similar(self.shaft, [stranger, cousin, twin])
        assert [(likeness.number, likeness.percent) for likeness in found] == [("NC-0031", 100), ("NC-0018", 62)]

    def test_does_not_find_itself_nor_more_than_asked(self) -> None:
        twins = [replace(self.shaft, key=UUID(int=n), number=f"NC-{n:04}") for n in range(100, 110)]
        assert len(similar(self.shaft, [self.shaft, *twins], most=3)) == 3

    def test_ignores_figures_and_everyday_words(self) -> None:
        assert words_of("The shaft was not in 2291") == {"shaft"}
