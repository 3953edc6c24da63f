"""A run of measurements against its target and limits, with the points that broke a rule marked and named.

ISO 9001, 9.1.3: results are analysed. Limits and broken rules are computed by the caller (core); this only draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from assaymark.web.dates import day
from assaymark.web.drawing import svg

LEFT, RIGHT, TOP, BOTTOM = 46.0, 48.0, 20.0, 24.0


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement. `broke` names the rule it broke; empty when it broke none."""

    at: date
    value: float
    broke: str = ""


Scale = Callable[[float], float]


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    width = (high - low) or 1.0
    return lambda value: start + (value - low) / width * (end - start)


def _describe(points: Sequence[Point], unit: str, target: float | None) -> str:
    if not points:
        return "No measurement yet."
    ordered = [p.value for p in points]
    words = f"{len(points)} measurements from {day(points[0].at)} to {day(points[-1].at)}; "
    words += f"lowest {svg.figure(min(ordered))}, highest {svg.figure(max(ordered))}, last {svg.figure(ordered[-1])}"
    words += f" {unit}." if unit else "."
    if target is not None:
        words += f" Target {svg.figure(target)}."
    if broken := [p for p in points if p.broke]:
        words += " Marked: " + "; ".join(f"{day(p.at)} {p.broke}" for p in broken) + "."
    return words


def trend(
    points: Sequence[Point],
    *,
    title: str,
    unit: str = "",
    target: float | None = None,
    centre: float | None = None,
    upper: float | None = None,
    lower: float | None = None,
    events: Sequence[tuple[date, str]] = (),
    width: float = 640,
    height: float = 200,
) -> SafeString:
    """Draw the points in order of date. Limits are dashed, the target dotted, events are vertical lines with a word."""
    points = sorted(points, key=lambda p: p.at)
    if not points:
        body = [svg.text("No measurement yet", x=width / 2, y=height / 2, anchor="middle")]
        return svg.drawing(body, title=title, description=_describe(points, unit, target), width=width, height=height)
    given = [p.value for p in points] + [v for v in (target, centre, upper, lower) if v is not None]
    marks = svg.ticks(min(given), max(given))
    days = [p.at.toordinal() for p in points] + [at.toordinal() for at, _ in events]
    x = _scale(min(days), max(days), LEFT, width - RIGHT)
    y = _scale(marks[0], marks[-1], height - BOTTOM, TOP)
    if min(days) == max(days):
        x = _scale(min(days) - 1, max(days) + 1, LEFT, width - RIGHT)
    body = [*_grid(marks, y, unit, width), *_levels(y, width, centre=centre, upper=upper, lower=lower, target=target)]
    body += _events(events, x, height)
    path = " ".join(f"{svg.number(x(p.at.toordinal()))},{svg.number(y(p.value))}" for p in points)
    body.append(svg.element("polyline", points=path, css="curve"))
    body += [_dot(p, x(p.at.toordinal()), y(p.value), unit) for p in points]
    body += _days(points, x, width, height)
    return svg.drawing(body, title=title, description=_describe(points, unit, target), width=width, height=height)


def _grid(marks: Sequence[float], y: Scale, unit: str, width: float) -> list[SafeString]:
    lines = [svg.line(LEFT, y(m), width - RIGHT, y(m), "grid") for m in marks]
    labels = [svg.text(svg.figure(m), x=LEFT - 8, y=y(m) + 4, anchor="end") for m in marks]
    return [*lines, *labels, *([svg.text(unit, x=0, y=11)] if unit else [])]


def _levels(y: Scale, width: float, **levels: float | None) -> list[SafeString]:
    """UCL, LCL and x̄ as on a control chart; the words stand in the right margin and never on top of each other."""
    words = {
        "upper": ("UCL", "limit"),
        "lower": ("LCL", "limit"),
        "centre": ("x̄", "axis"),
        "target": ("target", "target"),
    }
    given = sorted(((y(value), *words[name]) for name, value in levels.items() if value is not None), reverse=True)
    body: list[SafeString] = []
    free = float("inf")  # the lowest place where the next word may stand; y grows downwards
    for place, word, css in given:
        body.append(svg.line(LEFT, place, width - RIGHT, place, css))
        free = min(place + 4, free - 12)
        body.append(svg.text(word, x=width - RIGHT + 6, y=free))
    return body


def _events(events: Sequence[tuple[date, str]], x: Scale, height: float) -> list[SafeString]:
    body: list[SafeString] = []
    for at, words in events:
        place = x(at.toordinal())
        body.append(svg.line(place, TOP - 8, place, height - BOTTOM, "mark-line"))
        body.append(svg.text(words, x=place + 5, y=TOP - 4))
    return body


def _dot(point: Point, x: float, y: float, unit: str) -> SafeString:
    words = f"{day(point.at)}: {svg.figure(point.value)} {unit}".strip() + (f", {point.broke}" if point.broke else "")
    css = "dot broke" if point.broke else "dot"
    return svg.element("circle", svg.element("title", words), cx=x, cy=y, r=4.5 if point.broke else 3.5, css=css)


def _days(points: Sequence[Point], x: Scale, width: float, height: float) -> list[SafeString]:
    """The first and the last day, and one between when there is room."""
    body = [svg.text(day(points[0].at), x=x(points[0].at.toordinal()), y=height - 6)]
    if len(points) > 1:
        body.append(svg.text(day(points[-1].at), x=x(points[-1].at.toordinal()), y=height - 6, anchor="end"))
    middle = points[len(points) // 2]
    place = x(middle.at.toordinal())
    if len(points) > 2 and 0.3 * width < place < 0.7 * width:
        body.append(svg.text(day(middle.at), x=place, y=height - 6, anchor="middle"))
    return body
