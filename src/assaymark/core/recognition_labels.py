"""Recognition labels and marks by date: what an arrangement was called, for which activities, and which marks ended.

Rules that hold here
* A label is a fact with an interval, the activities that it covers and a source. Here are both kinds: labels of
  arrangements (they stand above accreditation bodies) and marks of accreditation bodies that ended.
* A label proves nothing. Bodies outside these arrangements print words that look the same; recognition rests on the
  verifier's trust list, whose anchors may say under which label they recognise.
* The label of a day is the one that was in use on that day: after the end of one, its successor. A *mark* on paper may
  stay in use longer than the arrangement that it names; ``mark_until`` is empty while no end is announced.

Sources
* IAF MLA since 22 January 1998: message of the IAF chair, World Accreditation Day 2018.
* ILAC MRA signed on 2 November 2000, in effect since January 2001: R. Robinson, "The ILAC Arrangement", ASTM
  Standardization News, December 2004.
* Both ended with 31 December 2025, the Global Accreditation Cooperation MRA began on 1 January 2026; recognitions are
  carried over or revalidated, marks stay under temporary arrangements: IAF FAQ 2.05 of 12 October 2025; NATA,
  12 January 2026. The end of the marks is not announced (November 2026).

Pure values: no clock, no network, no disk.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from assaymark.core.trust import within

_CERTIFYING = frozenset(
    {"ms-certification", "product-certification", "person-certification", "validation-verification"}
)
_MEASURING = frozenset(
    {
        "testing",
        "medical-testing",
        "calibration",
        "inspection",
        "proficiency-testing",
        "reference-material-production",
        "biobanking",
    }
)


@dataclass(frozen=True, slots=True)
class RecognitionLabel:
    """What an arrangement is called. Dates are inclusive; no ``activities``: all; ``successor`` names a label."""

    name: str
    arrangement: str
    valid_from: dt.date
    valid_until: dt.date | None
    activities: frozenset[str]
    source: str
    successor: str = ""
    mark_until: dt.date | None = None

    def covers(self, activities: Collection[str]) -> bool:
        """Tell whether it is for all of these activities."""
        return not self.activities or set(activities) <= self.activities


GLOBAL = "Global Accreditation Cooperation MRA"
LABELS: dict[str, RecognitionLabel] = {
    label.name: label
    for label in (
        RecognitionLabel(
            name="IAF MLA",
            arrangement="International Accreditation Forum",
            valid_from=dt.date(1998, 1, 22),
            valid_until=dt.date(2025, 12, 31),
            activities=_CERTIFYING,
            source="IAF chair, World Accreditation Day 2018; IAF FAQ 2.05, 12 Oct 2025",
            successor=GLOBAL,
        ),
        RecognitionLabel(
            name="ILAC MRA",
            arrangement="International Laboratory Accreditation Cooperation",
            valid_from=dt.date(2001, 1, 31),
            valid_until=dt.date(2025, 12, 31),
            activities=_MEASURING,
            source="ASTM Standardization News, December 2004; IAF FAQ 2.05, 12 Oct 2025",
            successor=GLOBAL,
        ),
        RecognitionLabel(
            name=GLOBAL,
            arrangement="Global Accreditation Cooperation Incorporated",
            valid_from=dt.date(2026, 1, 1),
            valid_until=None,
            activities=_CERTIFYING | _MEASURING,
            source="IAF FAQ 2.05, 12 Oct 2025; NATA, 12 Jan 2026",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class EndedMark:
    """The mark of an accreditation body that ended: the year of its end, and who followed."""

    name: str
    ended: int
    successor: str


ENDED_MARKS: dict[str, EndedMark] = {
    mark.name: mark
    for mark in (
        EndedMark("SINCERT", 2009, "ACCREDIA"),
        EndedMark("NACCB", 1995, "UKAS"),
        EndedMark("CNAB", 2006, "CNAS"),
        EndedMark("TGA", 2009, "DAkkS"),
        EndedMark("ANSI-RAB", 2005, "ANAB"),
    )
}


def label_on(name: str, *, on: dt.date, activities: Collection[str] = ()) -> str:
    """Return the label that was right on a day, following successions; empty when there was none yet.

    ``name`` is that of a label, or an arrangement's own word, which is returned as it is. A label that does not cover
    the activities gives none.
    """
    known = LABELS.get(name)
    if known is None:
        return name
    if not known.covers(activities):
        return ""
    while not within(known.valid_from, known.valid_until, on):
        if known.valid_until is None or on <= known.valid_until or not known.successor:
            return ""
        known = LABELS[known.successor]
    return known.name


def label_sentence(name: str, *, on: dt.date, activities: Collection[str] = ()) -> str:
    """Say under which label an arrangement recognised on a day; empty when it carries none."""
    right = label_on(name, on=on, activities=activities)
    if not right:
        return ""
    ended = LABELS[name].valid_until if name in LABELS and right != name else None
    told = f" (until {ended.day} {ended:%b %Y}: {name})" if ended else ""
    return f"Label on {on.day} {on:%b %Y}: {right}{told}"


def ended_marks(text: str) -> tuple[EndedMark, ...]:
    """Return the marks in a text whose accreditation body no longer exists."""
    return tuple(mark for name, mark in ENDED_MARKS.items() if _stands_in(name, text))


def labels_for_others(text: str, *, activity: str) -> tuple[RecognitionLabel, ...]:
    """Return the labels in a text that are not for an activity."""
    return tuple(label for name, label in LABELS.items() if not label.covers([activity]) and _stands_in(name, text))


def labels_too_early(text: str, *, on: dt.date) -> tuple[RecognitionLabel, ...]:
    """Return the labels in a text that did not exist yet on a day: nobody can have printed them then."""
    return tuple(label for name, label in LABELS.items() if _stands_in(name, text) and on < label.valid_from)


def labels_out_of_use(text: str, *, on: dt.date) -> tuple[RecognitionLabel, ...]:
    """Return the labels in a text whose mark may no longer be used on a day; none while no end is announced."""
    return tuple(
        label
        for name, label in LABELS.items()
        if label.mark_until is not None and on > label.mark_until and _stands_in(name, text)
    )


def _stands_in(mark: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(mark)}(?![\w-])", text) is not None
