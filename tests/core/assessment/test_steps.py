"""The order of the steps, and what each needs whatever the kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from assaymark.catalogue import kinds
from assaymark.core.assessment import (
    Act,
    AssessmentFacts,
    LineFacts,
    Member,
    State,
    Step,
    next_step,
    reasons_not_to_attest,
    reasons_not_to_close,
    reasons_not_to_plan,
    reasons_not_to_report,
    reasons_not_to_review,
    reasons_not_to_start,
)
from assaymark.core.competence import TeamRole
from assaymark.core.programme import DecisionKind, StageFacts
from assaymark.core.rules import Kind

OSEI, NOVAK = UUID(int=1), UUID(int=2)
ACT = Act(by=NOVAK, by_name="P. Novak", at=datetime(2026, 11, 24, tzinfo=UTC))
KIND: dict[str, Kind] = {kind.key: kind for kind in kinds()}
AUDIT = AssessmentFacts(
    kind="internal_audit",
    number="IA-0007",
    state=State.PLANNED,
    team=(Member(OSEI, "J. Osei", TeamRole.LEAD),),
    stages=(StageFacts("audit", date(2026, 11, 3), date(2026, 11, 4)),),
    checklist=LineFacts(12, 12),
)


def at(state: State, **change: object) -> AssessmentFacts:
    return replace(AUDIT, state=state, **change)  # type: ignore[arg-type]


class TestPlanning:
    def test_needs_a_leader_and_dates(self) -> None:
        bare = at(State.PLANNED, team=(), stages=())
        assert [r.rule for r in reasons_not_to_plan(bare, act=ACT, rules={})] == ["leader-missing", "dates-missing"]
        assert reasons_not_to_plan(AUDIT, act=ACT, rules={}) == ()

    def test_is_over_once_the_audit_has_begun(self) -> None:
        (refusal,) = reasons_not_to_plan(at(State.STARTED), act=ACT, rules={})
        assert refusal.message == "The audit has begun; its plan stands."


class TestReporting:
    def test_needs_every_line_judged(self) -> None:
        (refusal,) = reasons_not_to_report(at(State.STARTED, checklist=LineFacts(12, 9)), act=ACT, rules={})
        assert refusal.message == "3 of 12 lines are not judged."

    def test_needs_a_checklist_and_a_finding_for_each_line_that_does_not_conform(self) -> None:
        assert [r.rule for r in reasons_not_to_report(at(State.STARTED, checklist=LineFacts()), act=ACT, rules={})] == [
            "checklist-empty"
        ]
        unraised = at(State.STARTED, checklist=LineFacts(12, 12, 2))
        assert [r.rule for r in reasons_not_to_report(unraised, act=ACT, rules={})] == ["finding-missing"]


class TestReviewing:
    def test_is_not_for_the_team(self) -> None:
        team = at(State.REPORTED, team=(*AUDIT.team, Member(NOVAK, "P. Novak", TeamRole.OBSERVER)))
        (refusal,) = reasons_not_to_review(team, act=ACT, rules={})
        assert refusal.message == "P. Novak was in the team and cannot review its results."
        assert reasons_not_to_review(at(State.REPORTED), act=ACT, rules={}) == ()


class TestTheOrder:
    @pytest.mark.parametrize(
        ("ask", "state"),
        [
            (reasons_not_to_start, State.PLANNED),
            (reasons_not_to_report, State.AGREED),
            (reasons_not_to_review, State.STARTED),
            (reasons_not_to_close, State.STARTED),
        ],
    )
    def test_lets_no_step_be_skipped(self, ask: object, state: State) -> None:
        refusals = ask(at(state), act=ACT, rules={})  # type: ignore[operator]
        assert [(r.rule, r.clause) for r in refusals] == [("step-order", "ISO/IEC 17000:2020, Annex A")]

    @pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
    def test_ends_when_the_assessment_has_ended(self, state: State) -> None:
        (refusal,) = reasons_not_to_start(at(state), act=ACT, rules={})
        assert refusal.message == "IA-0007 has ended."

    def test_differs_by_kind_only_in_whether_a_decision_is_separate(self) -> None:
        reported = at(State.REPORTED)
        steps = {key: next_step(reported, kind=kind) for key, kind in KIND.items()}
        assert steps == {
            "internal_audit": Step.CLOSE,
            "supplier_audit": Step.CLOSE,
            "certification": Step.REVIEW,
            "accreditation": Step.REVIEW,
            "peer_assessment": Step.REVIEW,
        }
        assert [next_step(at(s), kind=KIND["certification"]) for s in State] == [
            Step.PLAN,
            Step.START,
            Step.REPORT,
            Step.REVIEW,
            Step.DECIDE,
            None,
            None,
            None,
        ]


class TestAttesting:
    def attest(self, kind: str = "certification", decision: str | None = "grant", attested: bool = False) -> list[str]:
        chosen = DecisionKind(decision) if decision else None
        refusals = reasons_not_to_attest(kind=KIND[kind], decision=chosen, decided_by="D. Decider", attested=attested)
        return [refusal.rule for refusal in refusals]

    def test_rests_on_a_favourable_decision(self) -> None:
        assert self.attest() == []
        assert self.attest(decision=None) == ["decision-missing"]
        assert self.attest(decision="refuse") == ["decision-refused"]

    def test_happens_once_per_decision(self) -> None:
        assert self.attest(attested=True) == ["attested-already"]

    def test_is_nothing_an_internal_audit_does(self) -> None:
        assert self.attest(kind="internal_audit") == ["nothing-attested"]
