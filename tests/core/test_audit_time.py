"""Audit time: what a table gives for so many people, and the least that is left after every allowed reduction."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pytest

from assaymark.core.audit_time import Band, Reading, TimeTable, half_days, hundredths

INITIAL = frozenset({"stage_1", "stage_2"})
TABLE = TimeTable(
    norm="IAF MD 5",
    edition="Issue 4",
    clause="table QMS 1",
    standards=frozenset({"iso-9001"}),
    bands=(Band(5, Fraction("1.5")), Band(10, Fraction(2)), Band(15, Fraction("2.5"))),
    shares=MappingProxyType(
        {"stage_1": Fraction(1), "stage_2": Fraction(1)}
        | {"surveillance": Fraction(1, 3), "recertification": Fraction(2, 3)}
    ),
    reduction=Fraction("0.3"),
)


class TestTheTable:
    @pytest.mark.parametrize(
        ("people", "days"), [(1, "1.5"), (5, "1.5"), (6, "2"), (10, "2"), (11, "2.5"), (15, "2.5")]
    )
    def test_gives_a_band_one_figure_when_read_in_steps(self, people: int, days: str) -> None:
        assert TABLE.days(people) == Fraction(days)

    @pytest.mark.parametrize(
        ("people", "days"), [(1, "1.5"), (5, "1.5"), (6, "1.6"), (8, "1.8"), (10, "2"), (15, "2.5")]
    )
    def test_rises_along_a_band_when_read_as_a_progression(self, people: int, days: str) -> None:
        assert replace(TABLE, reading=Reading.PROGRESSION).days(people) == Fraction(days)

    @pytest.mark.parametrize("people", [-1, 0, 16])
    def test_says_nothing_of_nobody_and_beyond_its_end(self, people: int) -> None:
        assert TABLE.days(people) is None
        assert TABLE.allowed(people=people, stages=INITIAL) is None


class TestWhatAnAuditIsAllowed:
    def test_is_the_table_and_what_a_third_less_at_most_leaves(self) -> None:
        allowed = TABLE.allowed(people=8, stages=INITIAL)
        assert allowed is not None
        assert (allowed.people, allowed.table, allowed.least) == (8, Decimal("2"), Decimal("1.4"))
        assert allowed.citation == "IAF MD 5, Issue 4, table QMS 1"

    def test_is_never_raised_by_rounding_to_half_days(self) -> None:
        """2.5 days less 30 % are 1.75: rounding makes 2 of it, but 1.75 is what the calculation allows."""
        allowed = TABLE.allowed(people=12, stages=INITIAL)
        assert allowed is not None and allowed.least == Decimal("1.75")

    def test_falls_with_rounding_where_half_days_lie_below(self) -> None:
        allowed = replace(TABLE, bands=(Band(5, Fraction(6)),)).allowed(people=3, stages=INITIAL)
        assert allowed is not None and allowed.least == Decimal("4")  # 4.2, in half days 4

    @pytest.mark.parametrize(
        ("stage", "table", "least"), [("surveillance", "1", "0.5"), ("recertification", "1.5", "1")]
    )
    def test_of_a_later_audit_is_a_share_of_an_initial_one(self, stage: str, table: str, least: str) -> None:
        allowed = TABLE.allowed(people=12, stages=frozenset({stage}))
        assert allowed is not None
        assert (allowed.table, allowed.least) == (Decimal(table), Decimal(least))

    @pytest.mark.parametrize(
        "stages", [frozenset(), {"special"}, {"surveillance", "recertification"}, {"stage_2", "special"}]
    )
    def test_is_unknown_for_stages_without_one_share(self, stages: set[str]) -> None:
        assert TABLE.allowed(people=12, stages=frozenset(stages)) is None

    def test_is_unknown_when_nobody_counted_the_people(self) -> None:
        assert TABLE.allowed(people=None, stages=INITIAL) is None


@pytest.mark.parametrize(
    ("exact", "halves"),
    [("5.3", "5.5"), ("5.2", "5"), ("5.25", "5.5"), ("5.75", "6"), ("0.2", "0"), ("10", "10"), ("22", "22")],
)
def test_days_are_rounded_to_the_nearest_half(exact: str, halves: str) -> None:
    assert str(half_days(Fraction(exact))) == halves


def test_the_least_is_cut_to_two_places_never_rounded_up() -> None:
    assert hundredths(Fraction(2, 3)) == Decimal("0.66")
    assert str(hundredths(Fraction(100))) == "100"
