"""What the registers say is due: one query, whatever the number of registers and rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, DateField, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from assaymark.core.work import Due
from assaymark.records.registers.declaration import DueField, Register, declared

AHEAD = timedelta(days=90)
Rows = QuerySet[Any, Any]


def due_items(*, day: date, person_id: UUID | None) -> Iterator[Due]:
    """Rows of all registers with a date up to `AHEAD` from the day, of a person or of everybody."""
    dated = {register.slug: (register, register.dates) for register in declared() if register.dates}
    if not dated:
        return
    width = max(len(dates) for _, dates in dated.values())
    first, *others = (_leg(register, dates, day, person_id, width) for register, dates in dated.values())
    for row in first.union(*others, all=True) if others else first:
        register, dates = dated[row[0]]
        yield from _items(row, dates, register.model.subject_kind(), day)


def waiting(*, until: date, person_id: UUID) -> Iterator[Rows]:
    """The person's rows with a date that binds and is reached by then, once for each such date."""
    for register in declared():
        for due in register.dates:
            rows: Rows = register.model.objects.filter(binding(due, lte=until), retired_at=None, owner_id=person_id)
            yield rows


def binding(due: DueField, **lookups: date | tuple[date, date]) -> Q:
    """Rows in a state in which the date binds, with these lookups on the date: `binding(due, lt=day)`."""
    wanted = Q(state__in=due.states)
    for lookup, value in lookups.items():
        wanted &= Q(**{f"{due.name}__{lookup}": value})
    return wanted


def _leg(register: Register, dates: tuple[DueField, ...], day: date, person_id: UUID | None, width: int) -> Rows:
    """The register's rows in the common columns: slug, row, its owner, and as many dates as the widest register has."""
    near = Q()
    for due in dates:
        near |= binding(due, lte=day + AHEAD)
    rows = register.model.objects.filter(near, retired_at=None).order_by()
    if person_id is not None:
        rows = rows.filter(owner_id=person_id)
    columns: dict[str, Combinable] = {
        "leg_slug": Value(register.slug, output_field=CharField()),
        "leg_row": F("pk"),
        "leg_number": F("number"),
        "leg_title": F("title"),
        "leg_owner": F("owner_id"),
        "leg_name": F("owner__name"),
    }
    for place in range(width):
        # PostgreSQL wants the types of all legs to agree, also where one has no date.
        given: Combinable = _when_it_binds(dates[place]) if place < len(dates) else Value(None)
        columns[f"leg_on_{place}"] = Cast(given, DateField())
    found: Rows = rows.annotate(**columns).values_list(*columns)
    return found


def _when_it_binds(due: DueField) -> Case:
    """The date where the row's state makes it due, else NULL: one date may count while another of the row does not."""
    return Case(When(state__in=due.states, then=F(due.name)), default=Value(None), output_field=DateField())


def _items(row: tuple[Any, ...], dates: tuple[DueField, ...], kind: str, day: date) -> Iterator[Due]:
    slug, pk, number, title, owner_id, owner_name, *days = row
    for due, on in zip(dates, days, strict=False):
        if on is not None and on <= day + AHEAD:
            yield Due(
                what=due.what,
                label=f"{number} {title}",
                on=on,
                person_id=owner_id,
                person_name=owner_name or "",
                page="registers:record",
                arguments={"register": slug, "row_id": str(pk)},
                kind=kind,
                subject_id=pk,
            )
