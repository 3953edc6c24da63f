"""Spans of time: the life of a certificate as one line, and a programme of several years as rows.

The status line scales by percentages, so its words keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from assaymark.web.dates import day
from assaymark.web.drawing import svg


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day (both counted). `tone`: good, attention, bad, accent, neutral. `words` say what it is."""

    start: date
    end: date
    tone: str = "accent"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a programme: its name, its spans, and the address behind the name."""

    name: str
    spans: tuple[Span, ...] = ()
    address: str = ""


def _share(at: date, start: date, end: date) -> float:
    days = (end - start).days or 1
    return min(max((at - start).days / days * 100, 0.0), 100.0)


def _anchor(percent: float) -> str:
    return "start" if percent < 9 else "end" if percent > 91 else "middle"


def status_line(
    spans: Sequence[Span],
    *,
    title: str,
    start: date,
    end: date,
    today: date | None = None,
    marks: Sequence[tuple[date, str]] = (),
) -> SafeString:
    """One bar from `start` to `end`. Spans with words are named above it, marks below it, today by a short line."""
    body = [svg.element("rect", x="0%", y=24, width="100%", height=10, rx=5, css="fill-none")]
    for span in spans:
        left, right = _share(span.start, start, end), _share(span.end, start, end)
        words = f"{span.words or span.tone}: {day(span.start)} – {day(span.end)}"
        width = f"{svg.number(max(right - left, 0.4))}%"
        shape = svg.element("title", words)
        body.append(
            svg.element(
                "rect", shape, x=f"{svg.number(left)}%", y=24, width=width, height=10, rx=5, css=f"fill-{span.tone}"
            )
        )
        if span.words:
            middle = (left + right) / 2
            body.append(svg.text(span.words, x=f"{svg.number(middle)}%", y=15, anchor=_anchor(middle)))
    named, rows_below = _marks(marks, start, end)
    body += named
    if today is not None and start <= today <= end:
        place = _share(today, start, end)
        body.append(
            svg.element("line", x1=f"{svg.number(place)}%", x2=f"{svg.number(place)}%", y1=20, y2=38, css="today")
        )
        body.append(svg.text("today", x=f"{svg.number(place)}%", y=15, anchor=_anchor(place), css="text-accent"))
    told = "; ".join(f"{s.words or s.tone} {day(s.start)} to {day(s.end)}" for s in spans) or "nothing recorded"
    return svg.element(
        "svg",
        svg.join([svg.element("title", title), svg.element("desc", f"{told}."), *body]),
        css="drawing fluid",
        role="img",
        width="100%",
        height=40 + 18 * max(rows_below, 1),
    )


def _marks(marks: Sequence[tuple[date, str]], start: date, end: date) -> tuple[list[SafeString], int]:
    """Words below the bar, each in the first row where it meets no other; also how many rows that took."""
    body: list[SafeString] = []
    ends: list[float] = []
    for at, words in sorted(marks):
        place, shown = _share(at, start, end), f"{day(at)} {words}".strip()
        anchor = _anchor(place)
        length = len(shown) * 1.9  # percent of a bar on a phone held upright, the narrowest case
        left = place if anchor == "start" else place - length if anchor == "end" else place - length / 2
        row = next((n for n, reach in enumerate(ends) if reach < left), len(ends))
        ends[row : row + 1] = [left + length]
        body.append(svg.text(shown, x=f"{svg.number(place)}%", y=52 + 16 * row, anchor=anchor))
    return body, len(ends)


def gantt(
    rows: Sequence[Row],
    *,
    title: str,
    start: date,
    end: date,
    today: date | None = None,
    width: float = 860,
    label_width: float = 190,
) -> SafeString:
    """A programme: rows with spans over months, quarters named on top, today as a line (ISO 19011, 5.3)."""
    row_height, top = 30.0, 34.0
    height = top + max(len(rows), 1) * row_height + 4
    days = (end - start).days or 1

    def x(at: date) -> float:
        clipped = min(max(at, start), end)
        return label_width + (width - label_width - 8) * (clipped - start).days / days

    body = _quarters(start, end, x, height)
    for index, row in enumerate(rows):
        y = top + index * row_height
        name = svg.text(svg.cut(row.name, label_width - 12), x=0, y=y + 19, css="ink")
        body.append(svg.element("a", name, href=row.address) if row.address else name)
        body.append(svg.line(0, y + row_height, width, y + row_height, "grid"))
        for span in (s for s in row.spans if s.end >= start and s.start <= end):
            words = svg.element("title", f"{row.name}: {span.words} {day(span.start)} – {day(span.end)}")
            long = max(x(span.end) - x(span.start), 6)
            body.append(
                svg.element(
                    "rect", words, x=x(span.start), y=y + 8, width=long, height=14, rx=4, css=f"fill-{span.tone}"
                )
            )
    if today is not None and start <= today <= end:
        body += [svg.line(x(today), 18, x(today), height, "today")]
        body += [svg.text("today", x=x(today), y=height + 10, anchor="middle", css="text-accent")]
    told = "; ".join(
        f"{row.name}: " + ", ".join(f"{s.words} {day(s.start)}".strip() for s in row.spans) for row in rows if row.spans
    )
    linked = any(row.address for row in rows)
    description = f"{told or 'Nothing planned'}."
    return svg.drawing(body, title=title, description=description, width=width, height=height + 14, interactive=linked)


def _quarters(start: date, end: date, place: Callable[[date], float], height: float) -> list[SafeString]:
    """A light line at each quarter; years are named, quarters too when there are at most eight."""
    body: list[SafeString] = []
    quarters = [date(y, m, 1) for y in range(start.year, end.year + 1) for m in (1, 4, 7, 10)]
    shown = [q for q in quarters if start <= q <= end]
    for quarter in shown:
        body.append(svg.line(place(quarter), 22, place(quarter), height, "grid"))
        if quarter.month == 1 or quarter == shown[0]:
            body.append(svg.text(quarter.year, x=place(quarter) + 3, y=10, css="bold"))
        if len(shown) <= 12:
            body.append(svg.text(f"Q{(quarter.month + 2) // 3}", x=place(quarter) + 3, y=22))
    return body
