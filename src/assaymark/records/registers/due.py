"""What the registers say is due: one query per register that has dates, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from assaymark.core.work import Due
from assaymark.records.registers.declaration import DueField, Register, declared
from assaymark.records.registers.row import RegisterRow

AHEAD = timedelta(days=90)


def due_items(*, day: date, person_id: UUID | None) -> Iterator[Due]:
    """Rows of all registers with a date up to `AHEAD` from the day, of a person or of everybody."""
    for register in declared():
        if dates := dates_of(register):
            yield from _of_register(register, dates, day, person_id)


def dates_of(register: Register) -> tuple[DueField, ...]:
    """The register's dates that make tasks; the review is one of them where there is an interval."""
    reviewed = register.review_months and all(due.name != "review_on" for due in register.due)
    return (*register.due, *((DueField("review_on", f"Review the {register.one}"),) if reviewed else ()))


def open_states(register: Register) -> list[str]:
    """States in which dates count: all that lead further."""
    return [state.key for state in register.states if state.to]


def _of_register(register: Register, dates: tuple[DueField, ...], day: date, person_id: UUID | None) -> Iterator[Due]:
    near = Q()
    for due in dates:
        near |= Q(**{f"{due.name}__lte": day + AHEAD})
    rows = register.model.objects.select_related("owner").filter(near, retired_at=None)
    rows = rows.filter(state__in=open_states(register))
    if person_id is not None:
        rows = rows.filter(owner_id=person_id)
    for row in rows:
        yield from (item for due in dates if (item := _item(register, due, row, day)))


def _item(register: Register, due: DueField, row: RegisterRow, day: date) -> Due | None:
    on = getattr(row, due.name)
    if on is None or on > day + AHEAD:
        return None
    return Due(
        what=due.what,
        label=str(row),
        on=on,
        person_id=row.owner_id,
        person_name=row.owner.name if row.owner else "",
        page="registers:record",
        arguments={"register": register.slug, "row_id": str(row.pk)},
        kind=row.subject_kind(),
        subject_id=row.pk,
    )
