"""What can be decided about an attestation that stands, by its own state and scope."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.core.attestation import Status
from assaymark.core.programme import DecisionKind
from assaymark.core.standing import STANDING, reasons_not_to_change, reasons_not_to_reduce
from assaymark.core.trust import EVERYTHING, ScopeRow

TODAY = dt.date(2026, 11, 24)
SUSPEND, RESTORE, REDUCE, WITHDRAW = STANDING


def row(*sectors: str, countries: frozenset[str] = frozenset({"GB"})) -> ScopeRow:
    return ScopeRow("ms-certification", "17021-1", "iso-9001", iaf=frozenset(sectors), countries=countries)


def rules(decision: DecisionKind, status: Status) -> list[str]:
    return [r.rule for r in reasons_not_to_change(decision=decision, status=status, since=dt.date(2026, 3, 3))]


class TestByItsState:
    @pytest.mark.parametrize(
        ("status", "suspend", "restore", "reduce", "withdraw"),
        [
            (Status.VALID, [], ["in-force-already"], [], []),
            (Status.SUSPENDED, ["suspended-already"], [], [], []),
            (Status.EXPIRED, ["expired-already"], [], [], []),
            (Status.WITHDRAWN, *[["withdrawn-already"]] * 4),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, status: Status, suspend: list[str], restore: list[str], reduce: list[str], withdraw: list[str]
    ) -> None:
        assert [rules(d, status) for d in STANDING] == [suspend, restore, reduce, withdraw]

    def test_the_refusal_says_since_when_and_what_to_do(self) -> None:
        (refusal,) = reasons_not_to_change(decision=SUSPEND, status=Status.SUSPENDED, since=dt.date(2026, 3, 3))
        assert refusal.message == "It is suspended since 3 Mar 2026."
        assert refusal.next_step == "Restore, reduce or withdraw it."
        assert refusal.clause == "ISO/IEC 17021-1:2015, 9.6.5"


class TestByItsScope:
    @pytest.mark.parametrize(
        ("remaining", "rule"),
        [
            ([row("17")], None),
            ([], "nothing-remains"),
            ([row("17", "18")], "nothing-reduced"),
            ([row("17", "33")], "not-a-reduction"),
            ([row("17", countries=frozenset({"GB", "IE"}))], "not-a-reduction"),
            ([row("17", countries=EVERYTHING)], "not-a-reduction"),
            ([row("17"), row("18")], "nothing-reduced"),
        ],
    )
    def test_a_reduction_leaves_less_but_not_nothing(self, remaining: list[ScopeRow], rule: str | None) -> None:
        found = reasons_not_to_reduce(scope=[row("17", "18")], remaining=remaining, on=TODAY)
        assert [refusal.rule for refusal in found] == ([rule] if rule else [])

    def test_a_row_less_is_a_reduction(self) -> None:
        scope = [row("17"), row("18", countries=frozenset({"IE"}))]
        assert reasons_not_to_reduce(scope=scope, remaining=scope[:1], on=TODAY) == ()

    def test_what_goes_beyond_names_the_dimension(self) -> None:
        (refusal,) = reasons_not_to_reduce(scope=[row("17")], remaining=[row("33")], on=TODAY)
        assert "IAF sector" in refusal.message
