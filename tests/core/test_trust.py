"""Scope rows: what covers what, what two rows share, and how an exceedance is named."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.trust import (
    Anchor,
    Containment,
    Dimension,
    ScopeRow,
    containment,
    covers,
    effective_scope,
    evaluate_scope,
    failing_dimensions,
    intersect,
)

DAY = dt.date(2026, 11, 24)
ROW = ScopeRow(
    "ms-certification",
    "17021-1",
    "9001",
    frozenset({"2015"}),
    frozenset({"17", "18"}),
    frozenset({"DE", "AT"}),
    dt.date(2024, 5, 1),
    None,
    row="r17",
)


class TestARowCovers:
    def test_itself(self) -> None:
        assert covers(outer=ROW, inner=ROW, on=DAY)

    def test_a_part_of_itself(self) -> None:
        part = replace(ROW, iaf=frozenset({"18"}), countries=frozenset({"AT"}))
        assert covers(outer=ROW, inner=part, on=DAY)

    def test_everything_when_its_dimensions_are_open(self) -> None:
        assert covers(outer=ScopeRow("*", "*", "*"), inner=ROW, on=DAY)

    @pytest.mark.parametrize(
        ("change", "dimension"),
        [
            ({"activity": "product-certification"}, Dimension.ACTIVITY),
            ({"competence": "17065"}, Dimension.COMPETENCE),
            ({"standard": "14001"}, Dimension.STANDARD),
            ({"editions": frozenset({"2026"})}, Dimension.EDITION),
            ({"iaf": frozenset({"17", "28"})}, Dimension.IAF),
            ({"iaf": frozenset({"*"})}, Dimension.IAF),
            ({"countries": frozenset({"FR"})}, Dimension.COUNTRY),
        ],
    )
    def test_nothing_that_exceeds_it_in_one_dimension(self, change: dict[str, object], dimension: Dimension) -> None:
        wider = replace(ROW, **change)  # type: ignore[arg-type]
        assert failing_dimensions(outer=ROW, inner=wider, on=DAY) == (dimension,)

    @pytest.mark.parametrize(("day", "inside"), [((2024, 4, 30), False), ((2024, 5, 1), True)])
    def test_only_from_its_first_day(self, day: tuple[int, int, int], inside: bool) -> None:
        assert covers(outer=ROW, inner=ROW, on=dt.date(*day)) is inside

    def test_until_the_end_of_its_last_day(self) -> None:
        ending = replace(ROW, valid_until=DAY)
        assert covers(outer=ending, inner=ROW, on=DAY)
        assert not covers(outer=ending, inner=ROW, on=DAY + dt.timedelta(days=1))


class TestIntersection:
    def test_keeps_what_both_rows_allow(self) -> None:
        met = intersect(ROW, replace(ROW, iaf=frozenset({"18", "28"}), countries=frozenset({"*"})))
        assert met is not None
        assert met.iaf == {"18"}
        assert met.countries == {"DE", "AT"}

    def test_of_rows_without_common_sector_is_nothing(self) -> None:
        assert intersect(ROW, replace(ROW, iaf=frozenset({"28"}))) is None

    def test_of_rows_whose_intervals_do_not_meet_is_nothing(self) -> None:
        assert intersect(ROW, replace(ROW, valid_from=None, valid_until=dt.date(2024, 4, 30))) is None

    def test_never_widens_a_row_beyond_its_parent(self) -> None:
        greedy = replace(ROW, iaf=frozenset({"*"}))
        (left,) = effective_scope(rows=[greedy], parent=[ROW])
        assert left.iaf == {"17", "18"}

    sets = st.frozensets(st.sampled_from(["1", "2", "3", "*"]), max_size=3)
    rows = st.builds(
        ScopeRow,
        st.sampled_from(["a", "*"]),
        st.sampled_from(["b", "*"]),
        st.sampled_from(["c", "d", "*"]),
        sets,
        sets,
        sets,
    )

    @given(rows, rows, rows)
    def test_covers_exactly_what_both_cover(self, a: ScopeRow, b: ScopeRow, claim: ScopeRow) -> None:
        met = intersect(a, b)
        both = covers(outer=a, inner=claim, on=DAY) and covers(outer=b, inner=claim, on=DAY)
        if met is not None:
            assert covers(outer=met, inner=claim, on=DAY) == both
        elif both:  # nothing in common covers only a claim that states nothing in some dimension
            assert not (claim.editions and claim.iaf and claim.countries)


class TestEvaluation:
    few = st.frozensets(st.sampled_from(["1", "2", "", "*"]), max_size=3)
    claims = st.builds(
        ScopeRow, st.sampled_from(["a", "*"]), st.just("b"), st.sampled_from(["c", "d", "*"]), few, few, few
    )

    @given(st.lists(claims, max_size=2), st.lists(claims, max_size=2))
    def test_answers_the_same_without_its_gaps(self, asked: list[ScopeRow], held: list[ScopeRow]) -> None:
        told = evaluate_scope(claims=asked, scope=held, on=DAY)
        assert containment(claims=asked, scope=held, on=DAY) is told.containment

    def test_lets_several_rows_cover_one_claim_together(self) -> None:
        seventeen, eighteen = (replace(ROW, iaf=frozenset({code}), row=f"r{code}") for code in ("17", "18"))
        result = evaluate_scope(claims=[ROW], scope=[seventeen, eighteen], on=DAY)
        assert result.containment is Containment.COVERED
        assert result.rows == ("r17", "r18")

    def test_names_the_nearest_row_and_the_dimension_that_failed(self) -> None:
        far = replace(ROW, standard="14001", activity="x", row="far")
        claim = replace(ROW, iaf=frozenset({"28"}), countries=frozenset({"DE"}))
        result = evaluate_scope(claims=[claim], scope=[far, ROW], on=DAY)
        assert result.containment is Containment.EXCEEDED
        (gap,) = result.gaps
        assert (gap.row, gap.dimensions) == ("r17", (Dimension.IAF,))
        assert gap.sentence() == "Nearest scope row r17: IAF sector: the claim is 28, the row allows 17, 18."

    def test_reports_every_combination_that_is_outside(self) -> None:
        claim = replace(ROW, iaf=frozenset({"17", "28", "29"}), countries=frozenset({"DE"}))
        gaps = evaluate_scope(claims=[claim], scope=[ROW], on=DAY).gaps
        assert [sorted(gap.claim.iaf) for gap in gaps] == [["28"], ["29"]]

    def test_of_an_empty_scope_says_that_there_is_no_row(self) -> None:
        result = evaluate_scope(claims=[ROW], scope=[], on=DAY)
        assert result.containment is Containment.EXCEEDED
        assert result.gaps[0].sentence() == "The scope has no row at all."

    def test_of_a_claim_without_sectors_is_unknown_under_a_row_with_sectors(self) -> None:
        silent = replace(ROW, iaf=frozenset())
        assert evaluate_scope(claims=[silent], scope=[ROW], on=DAY).containment is Containment.NOT_STATED

    def test_of_a_claim_without_sectors_is_covered_by_a_row_for_all_sectors(self) -> None:
        silent = replace(ROW, iaf=frozenset())
        open_row = replace(ROW, iaf=frozenset({"*"}))
        assert evaluate_scope(claims=[silent], scope=[open_row], on=DAY).containment is Containment.COVERED

    def test_of_no_claim_at_all_is_unknown(self) -> None:
        assert evaluate_scope(claims=[], scope=[ROW], on=DAY).containment is Containment.NOT_STATED

    def test_says_until_when_a_row_held(self) -> None:
        past = replace(ROW, valid_until=dt.date(2025, 12, 31))
        sentence = evaluate_scope(claims=[ROW], scope=[past], on=DAY).gaps[0].sentence()
        assert sentence == "Nearest scope row r17: date: the row holds from 2024-05-01 until 2025-12-31."

    def test_stops_before_a_hostile_claim_costs_millions_of_comparisons(self) -> None:
        many = frozenset(str(number) for number in range(400))
        claim = replace(ROW, editions=many, iaf=many, countries=many)
        result = evaluate_scope(claims=[claim], scope=[ROW], on=DAY)
        assert result.containment is Containment.NOT_STATED


class TestAnAnchor:
    anchor = Anchor("did:key:zA", "A", valid_from=dt.date(2026, 1, 1), kinds=frozenset({"ms-certification"}))

    def test_holds_from_its_first_day(self) -> None:
        assert self.anchor.holds(on=dt.date(2026, 1, 1))
        assert not self.anchor.holds(on=dt.date(2025, 12, 31))

    def test_holds_for_its_kinds_only(self) -> None:
        assert self.anchor.holds(on=DAY, activity="ms-certification")
        assert not self.anchor.holds(on=DAY, activity="testing")

    def test_without_kinds_holds_for_all(self) -> None:
        assert replace(self.anchor, kinds=frozenset()).holds(on=DAY, activity="testing")
