"""Anchors over time: who stood at the top of a chain on a day, and what a predecessor's word is worth afterwards.

Rules that hold here
* On a day within its interval an anchor counts, whoever succeeds it later.
* Afterwards a statement that it made before its end counts on, for as long as the statement itself stands, when an
  anchor that succeeds it holds on the day. This is how the Global Accreditation Cooperation took over the recognitions
  of IAF and ILAC on 1 January 2026 (carried over or revalidated, without a gap: IAF FAQ 2.05 of 12 October 2025).
  Whoever wants less says so: the successor's ``transition_until``, or the policy ``predecessors = never``.
* What a predecessor states after its end counts for nothing.
* To be named as predecessor is not to be trusted: a predecessor counts only where it is in the list itself.
* Nobody succeeds itself, directly or in a circle, and nobody begins before the one it succeeds.

Pure values: no clock, no network, no disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assaymark.core.trust import Anchor

MAX_SUCCESSIONS = 20


class Predecessors(StrEnum):
    """What a verifier makes of statements by an anchor that has ended and was succeeded."""

    TRANSITIONAL = "transitional"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a party stands to a trust list on a day. ``counts``: it may end a chain; ``reason`` says why, or why not.

    ``anchor`` is the party's own entry (None: it has none that matters), ``successor`` who holds in its place.
    """

    counts: bool
    reason: str
    anchor: Anchor | None = None
    successor: Anchor | None = None

    @property
    def holder(self) -> Anchor | None:
        """The anchor that holds on the day: the successor of one that ended."""
        return self.successor or self.anchor


def standing_of(
    did: str,
    *,
    anchors: Sequence[Anchor],
    on: dt.date,
    stated_on: dt.date,
    activities: Collection[str] = (),
    predecessors: Predecessors = Predecessors.TRANSITIONAL,
) -> Standing:
    """Tell whether a party may end a chain on a day with a statement that it made on another.

    ``stated_on`` is the day of the statement that rests on it (the later of its first day and its signature).
    """
    own = [anchor for anchor in anchors if anchor.did == did]
    held = next((anchor for anchor in own if _holds(anchor, on, activities)), None)
    if held is not None:
        return Standing(True, _in_list(held, anchors), held)
    found = [_past(anchor, anchors, on, stated_on, activities, predecessors) for anchor in own]
    return next((one for one in found if one.counts), None) or next(iter(found), Standing(False, ""))


def _holds(anchor: Anchor, on: dt.date, activities: Collection[str]) -> bool:
    return anchor.holds(on=on) and _is_for(anchor, activities)


def _is_for(anchor: Anchor, activities: Collection[str]) -> bool:
    return not anchor.kinds or set(activities) <= anchor.kinds


def _in_list(anchor: Anchor, anchors: Sequence[Anchor]) -> str:
    said = f"{anchor.name} is in your trust list as {anchor.role}"
    if anchor.valid_until is None:
        return f"{said}."
    after = next((other for other in anchors if other.succeeds == anchor.did and other.did != anchor.did), None)
    return f"{said} until {_day(anchor.valid_until)}{f', succeeded by {after.name}' if after else ''}."


def _past(
    anchor: Anchor,
    anchors: Sequence[Anchor],
    on: dt.date,
    stated_on: dt.date,
    activities: Collection[str],
    predecessors: Predecessors,
) -> Standing:
    """Judge an anchor that does not hold on the day."""
    if not _is_for(anchor, activities):
        kinds = ", ".join(sorted(set(activities) - anchor.kinds))
        return Standing(False, f"{anchor.name} is in your trust list, but not for {kinds}.", anchor)
    if anchor.valid_until is None or on <= anchor.valid_until:
        start = _day(anchor.valid_from) if anchor.valid_from else "another day"
        return Standing(False, f"{anchor.name} is in your trust list from {start} only.", anchor)
    heirs = [heir for heir in _heirs(anchor, anchors) if _holds(heir.anchor, on, activities)]
    was = f"{anchor.name} was in your trust list as {anchor.role} until {_day(anchor.valid_until)}"
    if not heirs:
        return Standing(False, f"{was}, and nobody who holds on this day succeeds it.", anchor)
    heir = max(heirs, key=lambda one: one.until or dt.date.max)
    was = f"{was}, succeeded by {heir.anchor.name}"
    if predecessors is Predecessors.NEVER:
        return Standing(False, f"{was}; you count no predecessor after its end.", anchor)
    if stated_on > anchor.valid_until:
        return Standing(False, f"{was}; its statement of {_day(stated_on)} was made after that.", anchor)
    if heir.until is not None and on > heir.until:
        return Standing(False, f"{was}; the transition ended on {_day(heir.until)}.", anchor)
    return Standing(True, f"{was}; what it stated before still counts.", anchor, heir.anchor)


@dataclass(frozen=True, slots=True)
class _Heir:
    """An anchor that succeeds another, directly or through others, and until when all of them let it count."""

    anchor: Anchor
    until: dt.date | None


def _heirs(anchor: Anchor, anchors: Sequence[Anchor]) -> Iterator[_Heir]:
    passed, level = {anchor.did}, [_Heir(anchor, None)]
    for _ in range(MAX_SUCCESSIONS):
        following = []
        for heir in level:
            for other in anchors:
                if other.succeeds == heir.anchor.did and other.did not in passed:
                    ends = [end for end in (heir.until, other.transition_until) if end]
                    following.append(_Heir(other, min(ends, default=None)))
        yield from following
        passed |= {heir.anchor.did for heir in following}
        level = following


def problems(anchors: Sequence[Anchor]) -> list[tuple[int, str]]:
    """Return what cannot be in a list of anchors: number of the entry (from 1) and why, in order."""
    follows: dict[str, set[str]] = {}
    for anchor in anchors:
        if anchor.succeeds:
            follows.setdefault(anchor.did, set()).add(anchor.succeeds)
    begins: dict[str, dt.date] = {}
    for anchor in anchors:
        start = anchor.valid_from or dt.date.min
        begins[anchor.did] = min(start, begins.get(anchor.did, start))
    found = []
    for number, anchor in enumerate(anchors, start=1):
        if anchor.valid_from and anchor.valid_until and anchor.valid_until < anchor.valid_from:
            found.append((number, "it ends before it begins"))
        if anchor.transition_until and not anchor.succeeds:
            found.append((number, "it names an end of the transition, but nobody whom it succeeds"))
        if anchor.succeeds == anchor.did:
            found.append((number, "it succeeds itself"))
        elif anchor.succeeds and _leads_back(anchor.did, follows):
            found.append((number, f"it succeeds {anchor.succeeds}, which in turn succeeds it: a circle"))
        elif anchor.succeeds and anchor.valid_from and anchor.valid_from < begins.get(anchor.succeeds, dt.date.min):
            first = begins[anchor.succeeds]
            found.append((number, f"it begins on {anchor.valid_from}, before the one it succeeds ({first})"))
    return found


def _leads_back(did: str, follows: dict[str, set[str]]) -> bool:
    """Tell whether the successions that begin at a party come back to it."""
    passed: set[str] = set()
    open_ones = list(follows.get(did, ()))
    while open_ones:
        one = open_ones.pop()
        if one == did:
            return True
        if one not in passed:
            passed.add(one)
            open_ones.extend(follows.get(one, ()))
    return False


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
