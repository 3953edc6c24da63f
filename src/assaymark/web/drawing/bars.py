"""Bars for counts, beside their names or below them; the Pareto of causes (most frequent first, with the running
share), and a sparkline for a cell."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from assaymark.web.drawing import svg

ROW = 28.0
TALL_ROW = 38.0


def bars(
    items: Sequence[tuple[str, float]],
    *,
    title: str,
    unit: str = "",
    tones: Sequence[str] = (),
    width: float = 520,
    label_width: float = 150,
) -> SafeString:
    """Horizontal bars in the given order; `tones` colours them one by one (good, attention, bad, accent)."""
    highest = max((value for _, value in items), default=0) or 1
    room = width - label_width - 56
    body = []
    for index, (name, value) in enumerate(items):
        top = index * ROW
        tone = tones[index] if index < len(tones) else "accent"
        body.append(svg.text(svg.cut(name, label_width - 10), x=label_width - 10, y=top + 18, anchor="end", css="ink"))
        length = max(room * max(value, 0) / highest, 2 if value > 0 else 0)
        body.append(svg.element("rect", x=label_width, y=top + 6, width=length, height=16, rx=3, css=f"fill-{tone}"))
        body.append(svg.text(svg.figure(value), x=label_width + length + 7, y=top + 18, css="bold"))
    words = ", ".join(f"{name} {svg.figure(value)}" for name, value in items) or "nothing"
    height = max(len(items), 1) * ROW
    description = f"{words}{f' ({unit})' if unit else ''}."
    return svg.drawing(body, title=title, description=description, width=width, height=height)


def counts(items: Sequence[tuple[str, int]], *, title: str, tone: str = "attention") -> SafeString:
    """Counts in the given order, each a line of words with its bar below; as wide as there is room."""
    highest = max((value for _, value in items), default=0) or 1
    body = []
    for index, (name, value) in enumerate(items):
        top = index * TALL_ROW
        body.append(svg.text(name, x=0, y=top + 13, css="ink"))
        body.append(svg.text(value, x="100%", y=top + 13, anchor="end", css="bold"))
        body.append(svg.element("rect", x=0, y=top + 20, width="100%", height=6, rx=3, css="fill-none"))
        if value > 0:
            share = f"{svg.number(max(value * 100 / highest, 2))}%"
            body.append(svg.element("rect", x=0, y=top + 20, width=share, height=6, rx=3, css=f"fill-{tone}"))
    told = ", ".join(f"{name} {value}" for name, value in items) or "nothing"
    return svg.element(
        "svg",
        svg.join([svg.element("title", title), svg.element("desc", f"{told}."), *body]),
        css="drawing fluid",
        role="img",
        width="100%",
        height=max(len(items), 1) * TALL_ROW,
    )


def pareto(items: Sequence[tuple[str, float]], *, title: str, width: float = 600, height: float = 240) -> SafeString:
    """Columns from the most frequent to the least, and the running share of the whole as a line."""
    ordered = sorted((item for item in items if item[1] > 0), key=lambda item: -item[1])
    total = sum(value for _, value in ordered)
    if not ordered:
        body = [svg.text("Nothing to count yet", x=width / 2, y=height / 2, anchor="middle")]
        return svg.drawing(body, title=title, description="Nothing to count yet.", width=width, height=height)
    left, right, top, bottom = 36.0, 44.0, 14.0, 44.0
    floor, step = height - bottom, (width - left - right) / len(ordered)
    marks = svg.ticks(0, ordered[0][1])
    body, line, running, shares = [], [], 0.0, []
    for mark in marks:
        y = floor - (floor - top) * mark / marks[-1]
        body += [
            svg.line(left, y, width - right, y, "grid"),
            svg.text(svg.figure(mark), x=left - 7, y=y + 4, anchor="end"),
        ]
    for index, (name, value) in enumerate(ordered):
        tall, x = (floor - top) * value / marks[-1], left + index * step
        running += value
        share = running / total
        shares.append(f"{name} {svg.figure(value)} ({share:.0%})")
        box = svg.element("title", shares[-1])
        body.append(
            svg.element(
                "rect", box, x=x + step * 0.14, y=floor - tall, width=step * 0.72, height=tall, rx=3, css="fill-accent"
            )
        )
        for row, words in enumerate(svg.wrap(name, step - 6)):
            body.append(svg.text(words, x=x + step / 2, y=floor + 16 + row * 13, anchor="middle"))
        line.append(f"{svg.number(x + step / 2)},{svg.number(floor - (floor - top) * share)}")
    for share in (0.5, 0.8, 1.0):
        body.append(svg.text(f"{share:.0%}", x=width - right + 8, y=floor - (floor - top) * share + 4))
    body.append(svg.line(left, floor - (floor - top) * 0.8, width - right, floor - (floor - top) * 0.8, "limit"))
    body.append(svg.element("polyline", points=" ".join(line), css="share"))
    body.append(svg.line(left, floor, width - right, floor, "axis"))
    return svg.drawing(body, title=title, description="; ".join(shares) + ".", width=width, height=height)


def sparkline(values: Sequence[float], *, title: str, width: float = 96, height: float = 24) -> SafeString:
    """A run of values in the size of a word; the last one has a dot."""
    if not values:
        return svg.drawing([], title=title, description="No value yet.", width=width, height=height, css="inline")
    low, high = min(values), max(values)
    span, step = (high - low) or 1.0, (width - 8) / max(len(values) - 1, 1)
    places = [(4 + i * step, height - 4 - (height - 8) * (v - low) / span) for i, v in enumerate(values)]
    path = " ".join(f"{svg.number(x)},{svg.number(y)}" for x, y in places)
    body = [svg.element("polyline", points=path, css="curve")]
    body.append(svg.element("circle", cx=places[-1][0], cy=places[-1][1], r=2.5, css="fill-accent"))
    words = f"{len(values)} values, from {svg.figure(values[0])} to {svg.figure(values[-1])}."
    return svg.drawing(body, title=title, description=words, width=width, height=height, css="inline")
