"""The language of signs: one mapping from a state's name to its tone and icon, used by every page.

Colour is never alone: a state is shown as word, icon and colour (WCAG 2.2, 1.4.1).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state looks. `tone` is one of good, attention, bad, accent, neutral."""

    tone: str
    icon: str
    label: str


_GOOD = ("good", "circle-check")
_ATTENTION = ("attention", "alert-triangle")
_BAD = ("bad", "circle-x")
_NEUTRAL = ("neutral", "circle-minus")
_MOVING = ("accent", "progress")
_WAITING = ("attention", "clock")
_EMPTY = ("neutral", "circle-dashed")

_SIGNS: dict[str, tuple[str, str]] = {
    # clauses (clause matrix) and checks
    "conforming": _GOOD,
    "conforms": _GOOD,
    "attention": _ATTENTION,
    "missing": _BAD,
    "not-applicable": _NEUTRAL,
    "not-recorded": _EMPTY,
    "pass": _GOOD,
    "fail": _BAD,
    # judgements in an audit
    "conform": _GOOD,
    "nonconforming": _BAD,
    "nc": _BAD,
    "major": _BAD,
    "minor": _ATTENTION,
    "observation": ("accent", "eye"),
    "opportunity": ("accent", "bulb"),
    "na": _NEUTRAL,
    # life of a finding, an action, a task
    "open": _ATTENTION,
    "raised": _ATTENTION,
    "contained": _MOVING,
    "analysed": _MOVING,
    "cause-analysed": _MOVING,
    "action-planned": _MOVING,
    "action-done": _MOVING,
    "effectiveness-check": _WAITING,
    "effectiveness-check-due": _WAITING,
    "effective": _GOOD,
    "not-effective": _BAD,
    "closed": _GOOD,
    "done": _GOOD,
    "late": _BAD,
    "overdue": _BAD,
    "due": _WAITING,
    "planned": ("accent", "calendar"),
    "in-progress": _MOVING,
    "running": _MOVING,
    "cancelled": _NEUTRAL,
    # life of a document
    "draft": ("neutral", "pencil"),
    "in-review": ("accent", "eye"),
    "submitted": ("accent", "send"),
    "approved": _GOOD,
    "in-force": _GOOD,
    "superseded": ("neutral", "history"),
    "retired": ("neutral", "archive"),
    "obsolete": ("neutral", "archive"),
    # life of an audit and of a certificate
    "application": ("accent", "mail"),
    "decision-due": _WAITING,
    "granted": _GOOD,
    "refused": _BAD,
    "valid": _GOOD,
    "suspended": ("attention", "player-pause"),
    "withdrawn": _BAD,
    "expired": _BAD,
    "revoked": _BAD,
    "reduced": _ATTENTION,
    # calibration, tests
    "in-tolerance": _GOOD,
    "out-of-tolerance": _BAD,
    "blocked": ("bad", "ban"),
    # answers of a verification
    "yes": _GOOD,
    "no": _BAD,
    "unknown": ("attention", "help-circle"),
    "cannot-tell": ("attention", "help-circle"),
    # people and engagements
    "active": _GOOD,
    "ended": _NEUTRAL,
    "invited": ("accent", "mail"),
    # the rest
    "new": ("accent", "point"),
    "none": _EMPTY,
    "neutral": ("neutral", "point"),
    "info": ("accent", "info-circle"),
}


def key(value: object) -> str:
    """`In review`, `in_review` and `IN-REVIEW` are the same state."""
    return str(value).strip().lower().replace("_", "-").replace(" ", "-")


def sign(value: object, *, label: str = "", tone: str = "") -> Sign:
    """The sign of a state; an unknown one is neutral with its own name as word. `tone` overrides the colour."""
    found_tone, icon = _SIGNS.get(key(value), ("neutral", "point"))
    words = key(value).replace("-", " ")
    return Sign(tone=tone or found_tone, icon=icon, label=label or words[:1].upper() + words[1:])


def states() -> list[str]:
    """Every state that has a sign of its own; the gallery shows them."""
    return list(_SIGNS)
