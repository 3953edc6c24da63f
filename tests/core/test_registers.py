"""How rows live: states, what they ask for, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.refusal import Refusal
from assaymark.core.registers import (
    RowFacts,
    State,
    add_months,
    filled,
    reasons_not_to_be_in,
    reasons_not_to_move,
    reasons_not_to_touch,
)

AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
OPEN = State("open", "Open", to=("done",))
DONE = State("done", "Done", requires=("result", "owner"))
STATES = {"open": OPEN, "done": DONE}


def facts(state: str = "open", **changes: Any) -> RowFacts:
    """A row in that state."""
    return RowFacts(number="X-1", title="x", state=state, **changes)


def move(row: RowFacts, to: State, **changes: Any) -> list[Refusal]:
    """The reasons not to move."""
    labels = {"result": "Result"}
    return reasons_not_to_move(facts=row, to=to, states=STATES, labels=labels, clause="6.1", at=AT, **changes)


class TestMoving:
    def test_is_free_when_everything_is_there(self) -> None:
        assert move(facts(values={"result": "good", "owner": 1}), DONE) == []

    def test_names_every_empty_field(self) -> None:
        refusals = move(facts(values={"result": " "}), DONE)
        assert [(r.rule, r.message, r.clause) for r in refusals] == [
            ("register-requires-result", "Result is empty; done asks for it.", "6.1"),
            ("register-requires-owner", "owner is empty; done asks for it.", "6.1"),
        ]

    def test_goes_only_where_the_state_leads(self) -> None:
        (refusal,) = move(facts("done"), OPEN)
        assert refusal.message == "From done it cannot become open."
        assert "this is its end" in refusal.next_step

    def test_asks_the_registers_own_rules_about_the_state_to_come(self) -> None:
        def only_on_monday(row: RowFacts, state: str, at: dt.datetime) -> Iterator[Refusal]:
            yield Refusal("monday", "x", f"{row.number} becomes {state} on a {at:%A}.")

        assert move(facts(values={"result": "x", "owner": 1}), DONE, rules=[only_on_monday])[0].message == (
            "X-1 becomes done on a Tuesday."
        )

    def test_of_a_retired_row_is_refused(self) -> None:
        assert "register-retired" in {r.rule for r in move(facts(retired=True), DONE)}


class TestBeing:
    def test_does_not_ask_for_a_way(self) -> None:
        row = facts("done", values={"result": 0, "owner": False})
        assert reasons_not_to_be_in(state=DONE, facts=row, labels={}, clause="", at=AT) == []


class TestTouching:
    @pytest.mark.parametrize(("seen", "refused"), [(None, False), (3, False), (2, True), (4, True)])
    def test_takes_only_the_version_that_is_there(self, seen: int | None, refused: bool) -> None:
        refusals = reasons_not_to_touch(facts=facts(version=3), seen_version=seen)
        assert [r.rule for r in refusals] == (["register-version"] if refused else [])


class TestFilled:
    @pytest.mark.parametrize(
        ("value", "says"), [(None, False), ("", False), (" \n", False), (0, True), (False, True), ("x", True)]
    )
    def test_counts_zero_and_no(self, value: Any, says: bool) -> None:
        assert filled(value) is says


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "months", "then"),
        [
            ("2026-01-31", 1, "2026-02-28"),
            ("2027-12-31", 2, "2028-02-29"),
            ("2026-11-24", 12, "2027-11-24"),
            ("2026-11-24", 0, "2026-11-24"),
            ("2026-12-01", 1, "2027-01-01"),
        ],
    )
    def test_end_on_the_same_day_or_the_last(self, day: str, months: int, then: str) -> None:
        assert add_months(day=dt.date.fromisoformat(day), months=months) == dt.date.fromisoformat(then)

    @given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 120))
    def test_count_as_the_calendar_does(self, day: dt.date, months: int) -> None:
        then = add_months(day=day, months=months)
        assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
        assert then.day == day.day or (then.day < day.day and (then + dt.timedelta(days=1)).day == 1)
