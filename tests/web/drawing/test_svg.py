"""The words that drawings are written in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.web.drawing import svg


class TestAnElement:
    def test_escapes_attributes_and_content(self) -> None:
        assert svg.element("a", "<&", href='x"y') == '<a href="x&quot;y">&lt;&amp;</a>'

    def test_leaves_out_what_is_not_given(self) -> None:
        assert svg.element("rect", x=0, css="", href=None) == '<rect x="0"></rect>'

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    def test_refuses_a_coordinate_that_is_no_number(self, bad: float) -> None:
        with pytest.raises(ValueError, match="finite"):
            svg.element("rect", x=bad)


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "shown"), [(1200.0, "1200"), (0.05, "0.05"), (19.968, "19.968"), (-3, "-3"), (0.123456, "0.1235")]
    )
    def test_are_shown_as_people_read_them(self, value: float, shown: str) -> None:
        assert svg.figure(value) == shown


class TestTicks:
    def test_are_round(self) -> None:
        assert svg.ticks(3.2, 9.7) == [2, 4, 6, 8, 10]

    def test_of_a_flat_run_stand_around_it(self) -> None:
        found = svg.ticks(5, 5)

        assert found[0] < 5 < found[-1]

    @given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
    def test_cover_the_range_with_few_steps(self, low: float, size: float) -> None:
        found = svg.ticks(low, low + size)

        assert found[0] <= low + size * 1e-6 + 1e-6
        assert found[-1] >= low + size - size * 1e-6 - 1e-6
        assert 2 <= len(found) <= 8
        assert found == sorted(found)


class TestWords:
    def test_too_long_for_their_place_are_cut(self) -> None:
        assert svg.cut("Measurement system analysis", 60) == "Measurem…"

    def test_are_wrapped_between_words(self) -> None:
        assert svg.wrap("Basic metals and products", 90) == ["Basic metals", "and products"]

    @given(st.text(max_size=80), st.integers(10, 300))
    def test_never_take_more_lines_than_allowed(self, words: str, width: int) -> None:
        assert len(svg.wrap(words, width, 3)) <= 3
