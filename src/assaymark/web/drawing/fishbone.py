"""The cause-and-effect drawing: categories as bones, causes beside them, the root cause in red (ISO 9001, 10.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from assaymark.web.dates import count
from assaymark.web.drawing import svg

BONE, LINE_HEIGHT, HEAD = 216.0, 19.0, 130.0


@dataclass(frozen=True, slots=True)
class Cause:
    """One possible cause; `root` when the analysis came to it."""

    words: str
    root: bool = False


def fishbone(
    effect: str, causes: Mapping[str, Sequence[Cause]], *, title: str = "Causes by category", width: float = 0
) -> SafeString:
    """Categories go above and below the spine in turn, so the order of `causes` is the order of reading."""
    names = list(causes)
    pairs = max((len(names) + 1) // 2, 1)
    most = max((len(found) for found in causes.values()), default=0)
    arm = max(64.0, 26 + most * LINE_HEIGHT)
    width = width or pairs * BONE + HEAD
    spine = arm + 20
    step = (width - HEAD) / pairs
    body = [svg.line(4, spine, width - HEAD + 14, spine, "bone")]
    for index, name in enumerate(names):
        foot = (index // 2 + 1) * step
        body += _bone(name, causes[name], foot=foot, spine=spine, arm=arm, up=index % 2 == 0, room=step - 44)
    for row, words in enumerate(svg.wrap(effect, HEAD - 22, 3)):
        body.append(svg.text(words, x=width - HEAD + 22, y=spine + 4 + row * 14, css="bold"))
    roots = [f"{c.words} ({name.lower()})" for name, found in causes.items() for c in found if c.root]
    description = f"Effect: {effect}. {count(sum(map(len, causes.values())), 'possible cause')}."
    description += f" Root: {'; '.join(roots)}." if roots else " No root cause named yet."
    return svg.drawing(body, title=title, description=description, width=width, height=spine * 2)


def _bone(
    name: str, found: Sequence[Cause], *, foot: float, spine: float, arm: float, up: bool, room: float
) -> list[SafeString]:
    side = -1 if up else 1
    slant = arm * 0.62
    tip_x, tip_y = foot - slant, spine + side * arm
    body = [svg.line(tip_x, tip_y, foot, spine, "bone")]
    body.append(svg.text(name, x=tip_x - 4, y=tip_y - 7 if up else tip_y + 15, anchor="middle", css="ink"))
    for index, cause in enumerate(found):
        y = spine + side * (18 + index * LINE_HEIGHT)
        x = foot - slant * abs(y - spine) / arm
        css = "text-bad" if cause.root else "ink"
        shown = svg.element("title", cause.words)
        body.append(svg.line(x - 14, y, x, y, "grid"))
        body.append(
            svg.element(
                "text",
                svg.join([conditional_escape(svg.cut(cause.words, room)), shown]),
                x=x - 18,
                y=y + 4,
                text_anchor="end",
                css=css,
            )
        )
    return body
