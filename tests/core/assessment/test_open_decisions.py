"""What can be decided follows from the results and from what was granted before."""

from __future__ import annotations

from datetime import date

import pytest

from assaymark.core.assessment import AssessmentFacts, State, open_decisions
from assaymark.core.programme import Cycle, DecisionKind, StageFacts

DAY = date(2026, 3, 3)
GRANTED = Cycle(DAY, DAY, date(2029, 3, 2))
SUSPENDED = Cycle(DAY, DAY, date(2029, 3, 2), suspended_since=date(2026, 9, 1))
WITHDRAWN = Cycle(DAY, DAY, date(2029, 3, 2), withdrawn_on=date(2026, 9, 1))


def decisions(state: State, cycle: Cycle | None, *, stage: str = "surveillance") -> list[DecisionKind]:
    stages = (StageFacts(stage, DAY, DAY),)
    return list(
        open_decisions(AssessmentFacts(kind="certification", number="CA-1", state=state, cycle=cycle, stages=stages))
    )


class TestBeforeAnythingWasGranted:
    @pytest.mark.parametrize("cycle", [None, WITHDRAWN])
    def test_fresh_results_are_granted_or_refused(self, cycle: Cycle | None) -> None:
        assert decisions(State.REVIEWED, cycle) == [DecisionKind.GRANT, DecisionKind.REFUSE]

    @pytest.mark.parametrize("state", [State.PLANNED, State.STARTED, State.REPORTED, State.DECIDED])
    def test_nothing_is_decided_without_them(self, state: State) -> None:
        assert decisions(state, None) == []


class TestWhatStands:
    def test_is_maintained_after_a_surveillance(self) -> None:
        assert decisions(State.REVIEWED, GRANTED)[0] is DecisionKind.MAINTAIN

    @pytest.mark.parametrize("stage", ["recertification", "reassessment"])
    def test_is_renewed_after_a_recertification_or_reassessment(self, stage: str) -> None:
        assert decisions(State.REVIEWED, GRANTED, stage=stage)[0] is DecisionKind.RENEW

    def test_is_suspended_reduced_or_withdrawn_at_any_time(self) -> None:
        expected = [DecisionKind.SUSPEND, DecisionKind.REDUCE, DecisionKind.WITHDRAW]
        assert decisions(State.DECIDED, GRANTED) == expected

    def test_is_restored_while_it_is_suspended(self) -> None:
        found = decisions(State.DECIDED, SUSPENDED)
        assert found[0] is DecisionKind.RESTORE
        assert DecisionKind.SUSPEND not in found

    def test_is_not_granted_a_second_time(self) -> None:
        assert DecisionKind.GRANT not in decisions(State.REVIEWED, GRANTED)
