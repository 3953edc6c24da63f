"""What was looked at where: rows (processes, sites) by columns (clauses, audits), one sign per cell.

Each sign differs in shape, not only in colour, and names itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from assaymark.web.drawing import svg

WORDS = {
    "done": "covered",
    "planned": "planned",
    "found": "covered, with a finding",
    "missing": "not covered",
    "none": "not applicable",
}


def coverage(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], str],
    *,
    title: str,
    label_width: float = 170,
    cell: float = 34,
) -> SafeString:
    """`cells[(row, column)]` is done, found, planned, missing or none (also when there is no entry)."""
    width, height = label_width + cell * len(columns), 26 + 28 * max(len(rows), 1)
    body = [
        svg.text(svg.cut(name, cell + 6), x=label_width + (i + 0.5) * cell, y=14, anchor="middle", css="bold")
        for i, name in enumerate(columns)
    ]
    for index, row in enumerate(rows):
        y = 26 + index * 28
        body.append(svg.line(0, y, width, y, "grid"))
        body.append(svg.text(svg.cut(row, label_width - 10), x=0, y=y + 18, css="ink"))
        for place, column in enumerate(columns):
            state = cells.get((row, column), "none")
            body.append(_sign(state, label_width + (place + 0.5) * cell, y + 14, f"{row}, {column}: {WORDS[state]}"))
    found = [cells.get((r, c), "none") for r in rows for c in columns]
    looked, asked = sum(s in {"done", "found"} for s in found), sum(s != "none" for s in found)
    description = f"{looked} of {asked} covered, {found.count('planned')} planned, {found.count('missing')} missing."
    return svg.drawing(body, title=title, description=description, width=width, height=height)


def _sign(state: str, x: float, y: float, words: str) -> SafeString:
    name = svg.element("title", words)
    if state == "done":
        return svg.element("circle", name, cx=x, cy=y, r=7, css="fill-good")
    if state == "found":
        corners = [(x, y - 8), (x + 8, y), (x, y + 8), (x - 8, y)]
        path = " ".join(f"{svg.number(a)},{svg.number(b)}" for a, b in corners)
        return svg.element("polygon", name, points=path, css="fill-attention")
    if state == "planned":
        return svg.element("circle", name, cx=x, cy=y, r=6, css="today")
    if state == "missing":
        d = f"M{svg.number(x - 5)} {svg.number(y - 5)}l10 10m0 -10l-10 10"
        return svg.element("path", name, d=d, css="missing")
    return svg.element("circle", name, cx=x, cy=y, r=1.5, css="fill-neutral")
