"""The risk matrix: likelihood upwards, impact to the right, each cell with its count and a link (ISO 9001, 6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.safestring import SafeString

from assaymark.web.dates import count
from assaymark.web.drawing import svg

CELL_WIDTH, CELL_HEIGHT, LEFT, BOTTOM = 76.0, 44.0, 104.0, 46.0
LIKELIHOOD = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain")
IMPACT = ("Negligible", "Minor", "Moderate", "Major", "Severe")


def risk_tone(likelihood: int, impact: int) -> str:
    """Good up to 4, attention up to 9, bad from 10: product of two steps from 1 to 5."""
    product = likelihood * impact
    return "good" if product <= 4 else "attention" if product <= 9 else "bad"


def risk_matrix(
    counts: Mapping[tuple[int, int], int],
    *,
    title: str = "Risks by likelihood and impact",
    link: Callable[[int, int], str] | None = None,
    tone: Callable[[int, int], str] = risk_tone,
    likelihood: tuple[str, ...] = LIKELIHOOD,
    impact: tuple[str, ...] = IMPACT,
) -> SafeString:
    """`counts` by (likelihood, impact), both from 1; `link(likelihood, impact)` gives the address of a cell."""
    width, height = LEFT + CELL_WIDTH * len(impact), CELL_HEIGHT * len(likelihood) + BOTTOM
    body = []
    for row, step in enumerate(range(len(likelihood), 0, -1)):
        top = row * CELL_HEIGHT
        body.append(svg.text(likelihood[step - 1], x=LEFT - 10, y=top + CELL_HEIGHT / 2 + 4, anchor="end"))
        for column in range(1, len(impact) + 1):
            found = counts.get((step, column), 0)
            cell = _cell(LEFT + (column - 1) * CELL_WIDTH, top, found, tone(step, column))
            words = f"{count(found, 'risk')}: {likelihood[step - 1].lower()}, {impact[column - 1].lower()}"
            address = link(step, column) if link and found else ""
            body.append(svg.element("a", cell, href=address, aria_label=words) if address else cell)
    for column, words in enumerate(impact):
        body.append(svg.text(words, x=LEFT + (column + 0.5) * CELL_WIDTH, y=height - BOTTOM + 17, anchor="middle"))
    body.append(svg.text("Impact →", x=width, y=height - 8, anchor="end", css="bold"))
    body.append(svg.text("↑ Likelihood", x=LEFT - 10, y=height - 8, anchor="end", css="bold"))
    total = sum(counts.values())
    worst = sum(n for (l, i), n in counts.items() if tone(l, i) == "bad")  # noqa: E741
    description = f"{count(total, 'risk')}, {worst} of them in the red corner."
    return svg.drawing(body, title=title, description=description, width=width, height=height, interactive=bool(link))


def _cell(x: float, y: float, found: int, tone: str) -> SafeString:
    box = svg.element("rect", x=x, y=y, width=CELL_WIDTH, height=CELL_HEIGHT, rx=5, css=f"cell soft-{tone}")
    if not found:
        return box
    place = svg.text(found, x=x + CELL_WIDTH / 2, y=y + CELL_HEIGHT / 2 + 5, anchor="middle", css=f"count text-{tone}")
    return svg.join([box, place])
