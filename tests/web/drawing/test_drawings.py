"""Drawings: well formed, escaped, described in words, and true to their numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.web import drawing

DAY = date(2026, 11, 23)
EVIL = '<script>alert("x")</script>&'
CSS = Path(drawing.__file__).resolve().parents[1] / "static" / "css" / "drawing.css"


def points(*values: float, broke: int | None = None) -> list[drawing.Point]:
    return [
        drawing.Point(DAY + timedelta(days=30 * i), v, broke="below the limit" if i == broke else "")
        for i, v in enumerate(values)
    ]


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def described(picture: str) -> str:
    found = parsed(picture).find("desc")
    assert found is not None
    return found.text or ""


def shapes(picture: str, css: str) -> list[ElementTree.Element]:
    return [e for e in parsed(picture).iter() if css in (e.get("class") or "").split()]


ALL: dict[str, Callable[[str], str]] = {
    "trend": lambda w: drawing.trend([drawing.Point(DAY, 1, broke=w)], title=w, unit=w, events=[(DAY, w)]),
    "empty trend": lambda w: drawing.trend([], title=w),
    "risk matrix": lambda w: drawing.risk_matrix({(1, 1): 1}, title=w, link=lambda a, b: w),
    "fishbone": lambda w: drawing.fishbone(w, {w: [drawing.Cause(w, root=True)]}, title=w),
    "empty fishbone": lambda w: drawing.fishbone(w, {}),
    "counts": lambda w: drawing.counts([(w, 3)], title=w),
    "bars": lambda w: drawing.bars([(w, 3)], title=w, unit=w),
    "pareto": lambda w: drawing.pareto([(w, 3)], title=w),
    "empty pareto": lambda w: drawing.pareto([], title=w),
    "sparkline": lambda w: drawing.sparkline([1, 2], title=w),
    "empty sparkline": lambda w: drawing.sparkline([], title=w),
    "status line": lambda w: drawing.status_line(
        [drawing.Span(DAY, DAY, "good", w)], title=w, start=DAY, end=DAY, today=DAY, marks=[(DAY, w)]
    ),
    "gantt": lambda w: drawing.gantt(
        [drawing.Row(w, (drawing.Span(DAY, DAY, "good", w),), address=w)], title=w, start=DAY, end=DAY, today=DAY
    ),
    "coverage": lambda w: drawing.coverage([w], [w], {(w, w): "done"}, title=w),
}


@pytest.mark.parametrize("name", ALL)
class TestEveryDrawing:
    def test_is_well_formed(self, name: str) -> None:
        assert parsed(ALL[name]("Turning")).tag == "svg"

    def test_escapes_what_users_wrote(self, name: str) -> None:
        picture = ALL[name](EVIL)

        assert "<script" not in picture
        assert parsed(picture) is not None

    def test_has_a_name_and_a_description(self, name: str) -> None:
        root = parsed(ALL[name]("Turning"))

        assert root.get("aria-label") or root.findtext("title")
        assert root.findtext("desc")

    def test_hides_no_link_inside_an_image(self, name: str) -> None:
        root = parsed(ALL[name]("Turning"))

        assert (root.get("role") == "group") == any(e.tag == "a" for e in root.iter())

    def test_carries_no_style_which_the_security_policy_would_stop(self, name: str) -> None:
        assert not any("style" in e.attrib for e in parsed(ALL[name]("Turning")).iter())

    def test_uses_only_classes_that_the_style_sheet_knows(self, name: str) -> None:
        css = CSS.read_text()
        used = {c for e in parsed(ALL[name]("Turning")).iter() for c in (e.get("class") or "").split()}

        assert {c for c in used if f".{c}" not in css} == set()


class TestATrend:
    def test_names_the_points_that_broke_a_rule(self) -> None:
        picture = drawing.trend(points(8, 3, 9, broke=1), title="On time", unit="%", target=9)

        assert len(shapes(picture, "broke")) == 1
        assert "Marked: 23 Dec 2026 below the limit." in described(picture)
        assert "lowest 3, highest 9, last 9 %" in described(picture)

    def test_puts_points_in_the_order_of_their_days(self) -> None:
        shuffled = drawing.trend(list(reversed(points(1, 2, 3))), title="x")

        assert shuffled == drawing.trend(points(1, 2, 3), title="x")

    def test_keeps_limits_inside_the_picture(self) -> None:
        picture = drawing.trend(points(5, 5), title="x", upper=50, lower=-50, height=200)
        lines = [float(e.get("y1") or 0) for e in shapes(picture, "limit")]

        assert len(lines) == 2
        assert all(0 < y < 200 for y in lines)

    def test_keeps_the_words_of_close_levels_apart(self) -> None:
        picture = drawing.trend(points(5, 9), title="x", upper=7.01, centre=7, target=7.02, lower=6.99)
        places = sorted(
            float(e.get("y") or 0)
            for e in parsed(picture).iter("text")
            if (e.text or "") in {"UCL", "LCL", "x̄", "target"}
        )

        assert len(places) == 4
        assert all(b - a >= 12 - 1e-6 for a, b in itertools.pairwise(places))

    def test_of_a_single_measurement_is_a_dot(self) -> None:
        assert len(shapes(drawing.trend(points(4), title="x"), "dot")) == 1

    @settings(max_examples=40)
    @given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40))
    def test_never_draws_outside_its_frame(self, values: list[float]) -> None:
        picture = drawing.trend(points(*values), title="x", width=640, height=200)

        for dot in shapes(picture, "dot"):
            assert 0 <= float(dot.get("cx") or -1) <= 640
            assert -1 <= float(dot.get("cy") or -1) <= 201


class TestTheRiskMatrix:
    def test_shows_counts_where_there_are_any(self) -> None:
        picture = drawing.risk_matrix({(2, 3): 4, (5, 4): 1})

        assert [e.text for e in shapes(picture, "count")] == ["1", "4"]
        assert len(shapes(picture, "cell")) == 25
        assert described(picture) == "5 risks, 1 of them in the red corner."

    def test_links_cells_that_hold_something(self) -> None:
        picture = drawing.risk_matrix({(2, 3): 4}, link=lambda a, b: f"?l={a}&i={b}")
        links = list(parsed(picture).iter("a"))

        assert [(a.get("href"), a.get("aria-label")) for a in links] == [("?l=2&i=3", "4 risks: unlikely, moderate")]

    @pytest.mark.parametrize(
        ("at", "tone"), [((1, 4), "good"), ((3, 3), "attention"), ((2, 5), "bad"), ((5, 5), "bad")]
    )
    def test_colours_by_the_product(self, at: tuple[int, int], tone: str) -> None:
        assert drawing.risk_tone(*at) == tone


class TestTheFishbone:
    def test_marks_the_root_and_says_it(self) -> None:
        picture = drawing.fishbone(
            "Undersize", {"Method": [drawing.Cause("no hold")], "Measurement": [drawing.Cause("worn anvil", root=True)]}
        )

        assert len(shapes(picture, "text-bad")) == 1
        assert described(picture) == "Effect: Undersize. 2 possible causes. Root: worn anvil (measurement)."

    def test_without_a_root_says_so(self) -> None:
        assert "No root cause named yet." in described(drawing.fishbone("x", {"Method": []}))

    def test_grows_with_the_number_of_causes(self) -> None:
        few = parsed(drawing.fishbone("x", {"Method": [drawing.Cause("a")]}))
        many = parsed(drawing.fishbone("x", {"Method": [drawing.Cause(str(i)) for i in range(9)]}))

        assert float(many.get("height") or 0) > float(few.get("height") or 0)


class TestBars:
    def test_are_as_long_as_their_share_of_the_highest(self) -> None:
        picture = drawing.bars([("a", 8), ("b", 4), ("c", 0)], title="x")
        lengths = [float(e.get("width") or 0) for e in shapes(picture, "fill-accent")]

        assert lengths[0] == pytest.approx(2 * lengths[1], abs=0.02)
        assert lengths[2] == 0

    def test_take_their_colours_one_by_one(self) -> None:
        picture = drawing.bars([("a", 8), ("b", 4)], title="x", tones=["bad"])

        assert len(shapes(picture, "fill-bad")) == len(shapes(picture, "fill-accent")) == 1


class TestCounts:
    def test_are_bars_by_their_share_of_the_highest_and_none_for_nothing(self) -> None:
        picture = drawing.counts([("a", 8), ("b", 4), ("c", 0)], title="x", tone="bad")
        assert [e.get("width") for e in shapes(picture, "fill-bad")] == ["100%", "50%"]
        assert described(picture) == "a 8, b 4, c 0."

    def test_of_nothing_at_all_are_said_so(self) -> None:
        assert described(drawing.counts([], title="x")) == "nothing."


class TestThePareto:
    def test_goes_from_most_to_least_with_the_running_share(self) -> None:
        picture = drawing.pareto([("Method", 3), ("Measurement", 6), ("People", 1), ("None", 0)], title="x")

        assert described(picture) == "Measurement 6 (60%); Method 3 (90%); People 1 (100%)."


class TestTheStatusLine:
    def line(self, **more: object) -> str:
        return drawing.status_line(
            [
                drawing.Span(date(2020, 1, 1), date(2021, 1, 1), "good"),
                drawing.Span(date(2021, 1, 1), date(2021, 7, 1), "attention", "suspended"),
            ],
            title="Status",
            start=date(2020, 1, 1),
            end=date(2024, 1, 1),
            **more,  # type: ignore[arg-type]
        )

    def test_places_spans_by_their_share_of_the_time(self) -> None:
        good = shapes(self.line(), "fill-good")[0]

        assert good.get("x") == "0%"
        assert float((good.get("width") or "").rstrip("%")) == pytest.approx(25, abs=0.1)

    def test_names_the_span_that_has_words(self) -> None:
        assert "suspended" in [e.text for e in parsed(self.line()).iter("text")]

    def test_shows_today_only_within(self) -> None:
        assert len(shapes(self.line(today=date(2022, 1, 1)), "today")) == 1
        assert shapes(self.line(today=date(2030, 1, 1)), "today") == []

    def test_gives_marks_that_would_collide_rows_of_their_own(self) -> None:
        near = self.line(marks=[(date(2020, 1, 1), "granted"), (date(2020, 2, 1), "renewed")])
        far = self.line(marks=[(date(2020, 1, 1), "granted"), (date(2024, 1, 1), "ends")])

        assert {e.get("y") for e in parsed(near).iter("text") if "20" in (e.text or "")} == {"52", "68"}
        assert {e.get("y") for e in parsed(far).iter("text") if "20" in (e.text or "")} == {"52"}
        assert float(parsed(near).get("height") or 0) > float(parsed(far).get("height") or 0)


class TestTheProgramme:
    def test_draws_only_what_falls_into_it(self) -> None:
        spans = (
            drawing.Span(date(2025, 3, 1), date(2025, 3, 4), "good", "Stage 1"),
            drawing.Span(date(2031, 3, 1), date(2031, 3, 4), "bad", "Much later"),
        )
        picture = drawing.gantt(
            [drawing.Row("Halden", spans)], title="Programme", start=date(2025, 1, 1), end=date(2027, 12, 31)
        )

        assert len(shapes(picture, "fill-good")) == 1
        assert shapes(picture, "fill-bad") == []

    def test_with_nothing_planned_says_so(self) -> None:
        picture = drawing.gantt([], title="Programme", start=date(2025, 1, 1), end=date(2027, 12, 31))

        assert described(picture) == "Nothing planned."


class TestCoverage:
    def test_counts_what_was_looked_at(self) -> None:
        picture = drawing.coverage(
            ["Turning", "Stores"],
            ["8.5", "8.4"],
            {("Turning", "8.5"): "done", ("Stores", "8.5"): "missing", ("Turning", "8.4"): "found"},
            title="Coverage",
        )

        assert described(picture) == "2 of 3 covered, 0 planned, 1 missing."

    def test_tells_states_apart_by_shape_too(self) -> None:
        cells = {("r", s): s for s in ("done", "found", "planned", "missing")}
        root = parsed(drawing.coverage(["r"], [cells[k] for k in cells], cells, title="x"))
        signs = [
            (e.tag, e.get("class"), e.get("r")) for e in root.iter() if e.find("title") is not None and e is not root
        ]

        assert len(set(signs)) == 4
