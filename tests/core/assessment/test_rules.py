"""Each rule against all five kinds: in force where its data say so, silent elsewhere.

For every rule there is one assessment that breaks it. The same facts are given to every kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from assaymark.catalogue import kinds, rule_book
from assaymark.core.assessment import (
    Act,
    ApplicationFacts,
    AssessmentFacts,
    FindingFacts,
    LineFacts,
    Member,
    Process,
    ReviewFacts,
    State,
    Step,
    reasons_not_to,
)
from assaymark.core.assessment.rules import CHECKS
from assaymark.core.competence import Competence, Relation, RelationKind, TeamRole
from assaymark.core.findings import Grade
from assaymark.core.programme import Cycle, DecisionKind, StageFacts
from assaymark.core.refusal import Refusal

KOWALSKA, LIND, REVIEWER, DECIDER = (UUID(int=n) for n in range(1, 5))
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
KINDS = [kind.key for kind in kinds()]

LEAD = Member(KOWALSKA, "M. Kowalska", TeamRole.LEAD)
AUDITOR = Member(LIND, "A. Lind", TeamRole.AUDITOR)


def competence(person: UUID) -> Competence:
    return Competence(person, "iso-9001-2015", frozenset({17}), frozenset({"en"}), date(2020, 1, 1))


def stage(kind: str, day: date, **more: object) -> StageFacts:
    held = StageFacts(kind, day, day, done=True, concluded_on=day, reported=True)
    return replace(held, **more)  # type: ignore[arg-type]


SOUND = AssessmentFacts(
    kind="certification",
    number="A-0001",
    state=State.PLANNED,
    standard="iso-9001-2015",
    criteria="ISO 9001:2015",
    scope="Turning of shafts",
    sectors=frozenset({17}),
    languages=frozenset({"en"}),
    application=ApplicationFacts(accepted_on=date(2026, 8, 1)),
    team=(LEAD, AUDITOR),
    processes=(Process("Turning", UUID(int=77)),),
    stages=(stage("stage_1", date(2026, 9, 1)), stage("stage_2", date(2026, 10, 1))),
    checklist=LineFacts(10, 10),
    findings=(
        FindingFacts(
            "NC-0001",
            Grade.MAJOR,
            "ISO 9001:2015, 8.6",
            "IR-2291",
            accepted_on=date(2026, 10, 20),
            verified_on=date(2026, 11, 1),
        ),
    ),
    competences=(competence(KOWALSKA), competence(LIND)),
    review=ReviewFacts(REVIEWER, "R. Reviewer", DAY, "Grant", application_confirmed=True, objectives_reached=True),
    told=date(2026, 8, 20),
)
CYCLE = Cycle(date(2025, 12, 1), date(2025, 12, 1), date(2028, 11, 30))
GRANT = Act(
    by=DECIDER,
    by_name="D. Decider",
    at=NOW,
    decision=DecisionKind.GRANT,
    effective=DAY,
    expires=date(2029, 11, 23),
    part="whole",
    reason="All requirements are met.",
)
STATE_AT = {
    Step.PLAN: State.PLANNED,
    Step.START: State.AGREED,
    Step.REPORT: State.STARTED,
    Step.REVIEW: State.REPORTED,
    Step.DECIDE: State.REVIEWED,
    Step.CLOSE: State.REPORTED,
}


def body_tie(kind: RelationKind, until: date | None = date(2025, 6, 1)) -> AssessmentFacts:
    return replace(SOUND, relations=(Relation(kind, None, "the body", until),))


def person_tie(kind: RelationKind, until: date | None = date(2025, 6, 1)) -> AssessmentFacts:
    return replace(SOUND, relations=(Relation(kind, LIND, "A. Lind", until),))


def with_finding(**change: object) -> AssessmentFacts:
    return replace(SOUND, findings=(replace(SOUND.findings[0], **change),))  # type: ignore[arg-type]


def decide(kind: str, **change: object) -> Act:
    return replace(GRANT, decision=DecisionKind(kind), **change)  # type: ignore[arg-type]


def in_cycle(cycle: Cycle, **change: object) -> AssessmentFacts:
    return replace(SOUND, cycle=cycle, **change)  # type: ignore[arg-type]


LATE = Cycle(date(2021, 1, 1), date(2021, 1, 1), date(2026, 12, 31))
EXPIRED = Cycle(date(2023, 1, 1), date(2023, 1, 1), date(2025, 12, 31))
SUSPENDED = replace(CYCLE, suspended_since=date(2026, 5, 1))

# rule → (step, facts that break it, act)
BROKEN: dict[str, tuple[Step, AssessmentFacts, Act]] = {
    "IMP-2": (Step.PLAN, body_tie(RelationKind.CONSULTANCY, None), GRANT),
    "IMP-3": (Step.PLAN, body_tie(RelationKind.INTERNAL_AUDIT), GRANT),
    "IMP-4": (Step.PLAN, body_tie(RelationKind.RELATED_CONSULTANCY), GRANT),
    "IMP-5": (Step.PLAN, person_tie(RelationKind.CONSULTANCY), GRANT),
    "IMP-8": (Step.PLAN, person_tie(RelationKind.CONFLICT, None), GRANT),
    "AC-14": (Step.PLAN, body_tie(RelationKind.CONSULTANCY, None), GRANT),
    "AC-14P": (Step.PLAN, person_tie(RelationKind.EMPLOYMENT), GRANT),
    "APP-1": (Step.PLAN, replace(SOUND, application=ApplicationFacts(missing=("sites",), accepted_on=DAY)), GRANT),
    "APP-2": (Step.PLAN, replace(SOUND, application=ApplicationFacts()), GRANT),
    "AUD-1": (Step.PLAN, replace(SOUND, processes=(Process("Turning", LIND),)), GRANT),
    "AUD-2": (Step.PLAN, replace(SOUND, scope=""), GRANT),
    "TEA-1": (Step.PLAN, replace(SOUND, sectors=frozenset({17, 33})), GRANT),
    "AC-TEA": (Step.PLAN, replace(SOUND, languages=frozenset({"de"})), GRANT),
    "TEA-1E": (Step.PLAN, replace(SOUND, team=(LEAD, replace(AUDITOR, role=TeamRole.EXPERT))), GRANT),
    "TEA-2": (Step.PLAN, replace(SOUND, competences=(competence(KOWALSKA),)), GRANT),
    "PLN-1": (Step.START, replace(SOUND, objection="Ms Lind worked here."), GRANT),
    "AC-OBJ": (Step.START, replace(SOUND, told=None), GRANT),
    "S1-1": (
        Step.START,
        replace(SOUND, stages=(stage("stage_1", date(2026, 9, 1), concluded_on=None), SOUND.stages[1])),
        replace(GRANT, stage="stage_2"),
    ),
    "S1-3": (
        Step.START,
        replace(SOUND, stages=(stage("stage_1", date(2026, 1, 5)), SOUND.stages[1])),
        replace(GRANT, stage="stage_2"),
    ),
    "NC-1": (Step.REPORT, with_finding(evidence=""), GRANT),
    "AUD-5": (Step.REPORT, with_finding(requirement=""), GRANT),
    "RPT-1": (Step.REVIEW, replace(SOUND, stages=(stage("stage_2", DAY, reported=False),)), GRANT),
    "AUD-4": (Step.CLOSE, replace(SOUND, stages=(stage("audit", DAY, reported=False),)), GRANT),
    "NC-3": (Step.REVIEW, with_finding(answer_due=date(2026, 11, 1), accepted_on=None), GRANT),
    "SUP-1": (Step.CLOSE, replace(SOUND, criteria=""), GRANT),
    "DEC-1": (Step.DECIDE, SOUND, replace(GRANT, by=LIND, by_name="A. Lind")),
    "AC-11": (Step.DECIDE, SOUND, replace(GRANT, by=KOWALSKA, by_name="M. Kowalska")),
    "DEC-2": (Step.DECIDE, with_finding(verified_on=None), GRANT),
    "AC-11F": (Step.DECIDE, with_finding(accepted_on=None), GRANT),
    "DEC-3": (
        Step.DECIDE,
        replace(with_finding(verified_on=date(2026, 11, 1)), stages=(stage("stage_2", date(2026, 4, 30)),)),
        GRANT,
    ),
    "DEC-4": (Step.DECIDE, replace(SOUND, review=replace(SOUND.review, recommendation="")), GRANT),  # type: ignore[type-var]
    "DEC-5": (Step.DECIDE, SOUND, replace(GRANT, effective=date(2026, 11, 23))),
    "DEC-6": (
        Step.DECIDE,
        replace(with_finding(verified_on=None), cycle=CYCLE, review=None),
        decide("maintain"),
    ),
    "PRG-3": (
        Step.DECIDE,
        in_cycle(
            Cycle(date(2023, 12, 15), date(2023, 12, 15), date(2026, 12, 14)),
            history=(stage("surveillance", date(2024, 11, 1)),),
        ),
        decide("maintain"),
    ),
    "PRG-4": (Step.DECIDE, in_cycle(replace(CYCLE, began=date(2025, 11, 1))), decide("maintain")),
    "REC-2": (Step.DECIDE, replace(with_finding(verified_on=None), cycle=CYCLE), decide("renew")),
    "REC-3": (Step.DECIDE, in_cycle(CYCLE), decide("renew", expires=date(2029, 11, 23))),
    "REC-4": (Step.DECIDE, in_cycle(EXPIRED), decide("renew")),
    "REC-5": (Step.DECIDE, in_cycle(EXPIRED), decide("restore")),
    "SUS-1": (Step.DECIDE, in_cycle(CYCLE), decide("suspend", reason="")),
    "SUS-3": (Step.DECIDE, in_cycle(SUSPENDED), decide("maintain")),
    "AC-1": (Step.DECIDE, SOUND, replace(GRANT, expires=date(2031, 11, 25))),
    "AC-3": (Step.DECIDE, in_cycle(LATE, stages=(stage("witness", date(2024, 11, 23)),)), decide("maintain")),
    "AC-4": (
        Step.DECIDE,
        in_cycle(replace(LATE, suspended_since=date(2026, 8, 1)), stages=(stage("witness", date(2024, 11, 23)),)),
        decide("restore"),
    ),
    "AC-5": (Step.DECIDE, in_cycle(CYCLE), decide("suspend", part="")),
    "AC-6": (Step.DECIDE, in_cycle(EXPIRED), decide("renew")),
}


def asked(kind: str, step: Step, facts: AssessmentFacts, act: Act) -> tuple[Refusal, ...]:
    rules = rule_book().for_kind(kind, on=act.day)
    return reasons_not_to(step, replace(facts, kind=kind, state=STATE_AT[step]), act=act, rules=rules)


def names(refusals: Iterable[Refusal]) -> set[str]:
    return {refusal.rule for refusal in refusals}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule_id", sorted(CHECKS))
def test_a_broken_rule_speaks_for_its_kinds_and_is_silent_for_the_others(rule_id: str, kind: str) -> None:
    step, facts, act = BROKEN[rule_id]
    in_force = kind in rule_book().rule(rule_id).kinds
    assert (rule_id in names(asked(kind, step, facts, act))) == in_force


@pytest.mark.parametrize("rule_id", sorted(CHECKS))
def test_a_refusal_carries_the_clause_and_leaves_no_blank(rule_id: str) -> None:
    step, facts, act = BROKEN[rule_id]
    rule = rule_book().rule(rule_id)
    for refusal in asked(sorted(rule.kinds)[0], step, facts, act):
        if refusal.rule == rule_id:
            assert refusal.clause == rule.citation
            assert refusal.blocks == rule.blocks
            assert "[" not in refusal.message + refusal.next_step


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", list(Step))
def test_a_sound_assessment_passes_every_step_of_every_kind(kind: str, step: Step) -> None:
    assert asked(kind, step, SOUND, GRANT) == ()


@pytest.mark.parametrize("rule_id", sorted(CHECKS))
def test_every_check_belongs_to_a_rule_that_ships(rule_id: str) -> None:
    assert rule_book().rule(rule_id).kinds


def test_a_rule_may_be_tightened_by_its_body() -> None:
    step, facts, act = Step.PLAN, body_tie(RelationKind.INTERNAL_AUDIT, date(2024, 6, 1)), GRANT
    assert "IMP-3" not in names(asked("certification", step, facts, act))
    rules = rule_book().with_parameters({"IMP-3": {"years": 3}}).for_kind("certification", on=DAY)
    assert "IMP-3" in names(reasons_not_to(step, facts, act=act, rules=rules))


class TestDecidingOnACertificate:
    def test_gives_all_reasons_at_once(self) -> None:
        facts = replace(with_finding(verified_on=None, accepted_on=None), review=None)
        refused = names(asked("certification", Step.DECIDE, facts, replace(GRANT, by=LIND, effective=date(2026, 1, 1))))
        assert {"DEC-1", "DEC-2", "DEC-4", "DEC-5"} <= refused

    def test_lets_a_minor_pass_with_an_accepted_plan(self) -> None:
        facts = with_finding(grade=Grade.MINOR, verified_on=None)
        assert asked("certification", Step.DECIDE, facts, GRANT) == ()

    def test_counts_six_months_from_the_last_day_of_the_second_stage(self) -> None:
        facts = replace(with_finding(verified_on=date(2026, 10, 30)), stages=(stage("stage_2", date(2026, 4, 30)),))
        assert "DEC-3" not in names(asked("certification", Step.DECIDE, facts, GRANT))

    def test_lets_a_suspension_of_six_months_pass_and_refuses_a_day_more(self) -> None:
        allowed = decide("suspend", until=date(2027, 5, 24))
        assert asked("certification", Step.DECIDE, in_cycle(CYCLE), allowed) == ()
        longer = decide("suspend", until=date(2027, 5, 25))
        (refusal,) = asked("certification", Step.DECIDE, in_cycle(CYCLE), longer)
        assert (refusal.rule, refusal.message) == ("SUS-3", "The suspension would last longer than 6 months.")

    def test_after_half_a_year_of_suspension_leaves_restoring_reducing_and_withdrawing(self) -> None:
        facts = in_cycle(SUSPENDED)
        for way_out in ("restore", "reduce", "withdraw"):
            assert asked("certification", Step.DECIDE, facts, decide(way_out)) == ()
        assert names(asked("certification", Step.DECIDE, facts, decide("suspend"))) == {"SUS-3"}

    def test_restores_within_six_months_after_expiry(self) -> None:
        facts = in_cycle(replace(EXPIRED, expires=date(2026, 5, 24)))
        assert asked("certification", Step.DECIDE, facts, decide("restore")) == ()

    def test_may_suspend_while_the_audit_is_not_reviewed_but_not_grant(self) -> None:
        rules = rule_book().for_kind("certification", on=DAY)
        started = in_cycle(CYCLE, state=State.STARTED)
        assert reasons_not_to(Step.DECIDE, started, act=decide("suspend"), rules=rules) == ()
        fresh = replace(SOUND, state=State.STARTED)
        assert names(reasons_not_to(Step.DECIDE, fresh, act=GRANT, rules=rules)) == {"step-order"}

    def test_cannot_change_what_was_never_granted_or_is_withdrawn(self) -> None:
        assert names(asked("certification", Step.DECIDE, SOUND, decide("suspend"))) == {"nothing-granted"}
        assert names(asked("certification", Step.DECIDE, SOUND, decide("maintain"))) == {"nothing-granted"}
        gone = in_cycle(replace(CYCLE, withdrawn_on=date(2026, 6, 1)))
        assert names(asked("certification", Step.DECIDE, gone, decide("restore"))) == {"withdrawn-already"}
