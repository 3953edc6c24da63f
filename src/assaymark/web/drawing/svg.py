"""The few SVG words that the drawings are written in. Everything is escaped here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

CHARACTER = 6.1  # average width of a character at 11 px, for cutting labels


def number(value: float) -> str:
    """A coordinate: at most two decimals, no trailing zeros, never `nan` or `inf`."""
    if not math.isfinite(value):
        raise ValueError(f"A drawing needs finite numbers, not {value}.")
    return f"{value:.2f}".rstrip("0").rstrip(".")


def figure(value: float) -> str:
    """A value as people read it: 1200, 0.05, 19.968."""
    if value == int(value) and abs(value) < 1e12:
        return str(int(value))
    return f"{value:.4g}" if abs(value) < 1 else f"{value:.3f}".rstrip("0").rstrip(".")


def element(tag: str, content: SafeString | str = "", /, **attributes: object) -> SafeString:
    """`element("line", x1=0, css="axis")`: floats are shortened, `css` is class, `_` is `-`, None is left out."""
    parts = []
    for name, value in attributes.items():
        if value is None or value == "":
            continue
        shown = number(value) if isinstance(value, int | float) else str(value)
        key = {"css": "class", "view_box": "viewBox", "aspect": "preserveAspectRatio"}.get(name, name.replace("_", "-"))
        parts.append((key, shown))
    name = mark_safe(tag)  # noqa: S308 names of elements are written in this folder
    return format_html("<{}{}>{}</{}>", name, format_html_join("", ' {}="{}"', parts), content, name)


def join(parts: Iterable[SafeString]) -> SafeString:
    """Elements one after the other."""
    return mark_safe("".join(conditional_escape(part) for part in parts))  # noqa: S308 escaped on the same line


def text(words: object, *, x: float | str, y: float, css: str = "", anchor: str = "") -> SafeString:
    """A line of text."""
    return element("text", conditional_escape(str(words)), x=x, y=y, css=css, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> SafeString:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, css=css)


def cut(words: str, width: float) -> str:
    """The words, shortened with … to about that many pixels."""
    fits = max(int(width / CHARACTER), 1)
    return words if len(words) <= fits else words[: max(fits - 1, 1)].rstrip() + "…"


def wrap(words: str, width: float, lines: int = 2) -> list[str]:
    """The words over at most so many lines of about that many pixels; the last one is cut."""
    fits = max(int(width / CHARACTER), 4)
    made: list[str] = [""]
    for word in words.split():
        candidate = f"{made[-1]} {word}".strip()
        if len(candidate) <= fits or not made[-1]:
            made[-1] = candidate
        else:
            made.append(word)
    if len(made) > lines:
        made = [*made[: lines - 1], " ".join(made[lines - 1 :])]
    return [cut(part, width) for part in made]


def drawing(
    body: Iterable[SafeString],
    *,
    title: str,
    description: str,
    width: float,
    height: float,
    css: str = "",
    interactive: bool = False,
) -> SafeString:
    """The <svg> around a drawing. `interactive` when it holds links: a group then, as an image hides what is in it."""
    named = {"aria_label": title} if interactive else {}
    head = [] if interactive else [element("title", title)]
    return element(
        "svg",
        join([*head, element("desc", description), *body]),
        css=f"drawing {'wide' if width >= 480 else ''} {css}".replace("  ", " ").strip(),
        role="group" if interactive else "img",
        view_box=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        **named,
    )


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers that cover the range: steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high <= low:
        low, high = low - 1, high + 1
    rough = (high - low) / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough), 10 * power)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]
