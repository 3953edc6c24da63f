"""Audit time by the number of people: what the table gives, and the least that it lets a body plan (IAF MD 5).

Rules that hold here
* The table's figure is for stage 1 and stage 2 together; the other audits take a share of what an initial audit would
  need now (5 and 6). Which shares, and how much may be taken off at most, are values of the catalogue, never constants.
* Days are planned in half days (2.2.3). Where rounding would raise the least above the exact figure, the exact one
  counts: nothing is called too short that a calculation by the book allows.
* What the table does not say is None, never a guess: nobody, or more people than its last band has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction


class Reading(StrEnum):
    """How a band of the table is read: one figure for all of it, or rising to it from that of the band before."""

    STEPS = "steps"
    PROGRESSION = "progression"


@dataclass(frozen=True, slots=True)
class Band:
    """People up to this number take so many days."""

    up_to: int
    days: Fraction


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the table says of one audit, in days.

    table    for that number of people, rounded to half days
    least    after every reduction that is allowed
    """

    people: int
    table: Decimal
    least: Decimal
    share: Fraction
    reduction: Fraction
    citation: str


@dataclass(frozen=True, slots=True)
class TimeTable:
    """A table of audit time.

    standards   the standards it is for, such as {"iso-9001"}
    shares      by kind of stage: its share of the days of an initial audit; stage 1 and 2 have one together
    reduction   the largest share that may be taken off
    """

    norm: str
    edition: str
    clause: str
    standards: frozenset[str]
    bands: tuple[Band, ...]
    shares: Mapping[str, Fraction]
    reduction: Fraction
    reading: Reading = Reading.STEPS
    source: str = ""
    confirmed: bool = False

    @property
    def citation(self) -> str:
        """Norm, edition and table."""
        return f"{self.norm}, {self.edition}, {self.clause}"

    def days(self, people: int) -> Fraction | None:
        """Days of an initial audit, not rounded; None for nobody and beyond the last band."""
        before = Band(0, Fraction(0))
        for band in self.bands:
            if 0 < people <= band.up_to:
                if self.reading is Reading.STEPS or not before.up_to:
                    return band.days
                rise = Fraction(people - before.up_to, band.up_to - before.up_to)
                return before.days + rise * (band.days - before.days)
            before = band
        return None

    def allowed(self, *, people: int | None, stages: frozenset[str]) -> Allowed | None:
        """What the table says of an audit of these stages (kinds of the catalogue); None when it says nothing.

        Stages that have no share, such as a special audit, and audits that mix kinds of time have no figure.
        """
        shares = {self.shares.get(stage) for stage in stages}
        full = self.days(people) if people is not None else None
        share = shares.pop() if len(shares) == 1 else None
        if people is None or full is None or share is None:
            return None
        exact = full * share
        low = exact * (1 - self.reduction)
        least = min(hundredths(low), half_days(low))
        return Allowed(people, half_days(exact), least, share, self.reduction, self.citation)


def half_days(days: Fraction) -> Decimal:
    """Rounded to the nearest half day, a quarter upwards: 5.3 is 5.5, 5.2 is 5 (IAF MD 5, 2.2.3)."""
    halves = _decimal(days * 2).quantize(Decimal(1), ROUND_HALF_UP)
    return (halves / 2).normalize() + 0


def hundredths(days: Fraction) -> Decimal:
    """Cut to the two places in which days are recorded."""
    return (Decimal(int(days * 100)) / 100).normalize() + 0


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
