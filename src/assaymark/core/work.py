"""What is due: one value for everything that somebody has to do by a day.

Rules that hold here
- A task is no record of its own: it is a view of a record that has a due date, so that it is done when the record is.
- Late counts from the day after the due date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that somebody has to do.

    what        the act, with a verb: "Review the risk"
    label       the record: "R-0007 Supplier of castings fails"
    on          the day by which it is done, both included; None when there is no day but somebody waits
    person_id   who has to do it; None when nobody is named
    page        URL name and arguments of the record, without the organisation
    kind        kind of the record, such as "registers.risk"
    """

    what: str
    label: str
    on: date | None
    person_id: UUID | None
    page: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    subject_id: UUID | None = None
    person_name: str = ""

    def days_late(self, *, day: date) -> int:
        """How many days late; 0 when it is not."""
        return max((day - self.on).days, 0) if self.on else 0


@dataclass(frozen=True, slots=True)
class WorkList:
    """Due things by urgency, each part by date."""

    late: tuple[Due, ...]
    soon: tuple[Due, ...]
    later: tuple[Due, ...]
    undated: tuple[Due, ...]

    @property
    def count(self) -> int:
        """How many things wait for somebody now: late, soon, or without a date."""
        return len(self.late) + len(self.soon) + len(self.undated)

    def __len__(self) -> int:
        return self.count + len(self.later)


def sorted_by_urgency(*, items: Iterable[Due], day: date, soon: timedelta = SOON) -> WorkList:
    """The items as a list to work from: late first, then due within `soon` (both days included), then the rest."""
    listed = list(items)
    dated = sorted((i for i in listed if i.on), key=lambda item: (item.on or day, item.label))
    return WorkList(
        late=tuple(i for i in dated if i.on and i.on < day),
        soon=tuple(i for i in dated if i.on and day <= i.on <= day + soon),
        later=tuple(i for i in dated if i.on and i.on > day + soon),
        undated=tuple(sorted((i for i in listed if not i.on), key=lambda item: item.label)),
    )
