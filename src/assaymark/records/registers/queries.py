"""Reads of all registers in the current scope: lists, records, charts, choices.

A list costs a constant number of queries whatever its size: count, page, saved views, one per reference that can be
filtered by, one per matrix. Filter, order, columns and search go through the names of the declaration only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Count, F, Q

from assaymark.core.refusal import Refusal
from assaymark.core.registers import State
from assaymark.records.evidence import queries as evidence
from assaymark.records.parties.models import Person
from assaymark.records.registers import due, snapshot
from assaymark.records.registers.actions import reasons_not_to_go
from assaymark.records.registers.declaration import (
    Child,
    Column,
    MatrixChart,
    Register,
    TrendChart,
    View,
    declared,
    get,
)
from assaymark.records.registers.entry import FEW, Directory, reference_text
from assaymark.records.registers.row import RegisterRow, SavedView

SIZES = (25, 50, 100)
SOON = timedelta(days=30)
LONGEST_SEARCH = 200
OFFERED = 20

# Their conditions depend on who asks and when: see `_of_view`.
ALL = View("all", "All", Q())
MINE = View("mine", "Mine", Q())
OVERDUE = View("overdue", "Overdue", Q())
RETIRED = View("retired", "Retired", Q())


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list is asked for. Names that the register does not declare are left out, numbers are brought in range."""

    view: str = "all"
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    due: str = ""
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with its choices: (value, label, chosen). search: what further ones are searched among, if any."""

    name: str
    label: str
    choices: tuple[tuple[str, str, bool], ...]
    search: str = ""

    @property
    def active(self) -> bool:
        """Whether something is chosen."""
        return any(chosen for _, _, chosen in self.choices)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list. kind: text, state, person, date, due, number, yes_no, reference, choice."""

    name: str
    kind: str
    value: Any
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list."""

    row: RegisterRow
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a register."""

    register: Register
    query: ListQuery
    lines: tuple[Line, ...]
    count: int
    pages: int
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    views: tuple[View, ...]
    saved: tuple[SavedView, ...]
    matrices: tuple[tuple[MatrixChart, dict[tuple[int, int], int]], ...] = ()


def views_of(register: Register) -> tuple[View, ...]:
    """The tabs that every organisation has."""
    overdue = (OVERDUE,) if register.dates else ()
    return (ALL, MINE, *overdue, *register.views, RETIRED)


def rows_for(*, register: Register, query: ListQuery, at: datetime, person_id: UUID) -> models.QuerySet[Any]:
    """The rows that a list (and its export) is about, in order."""
    rows: models.QuerySet[RegisterRow] = register.model.objects.filter(retired_at__isnull=query.view != "retired")
    rows = rows.filter(_of_view(register, query.view, at, person_id))
    for name, values in query.filters.items():
        rows = rows.filter(_chosen(register, name, values))
    if query.due:
        rows = rows.filter(_due_within(register, query.due, at.date()))
    # SQLite cannot look for a zero byte, and nothing holds one.
    if text := query.text.replace("\x00", "").strip()[:LONGEST_SEARCH]:
        found = Q()
        for name in register.search:
            found |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(found)
    return rows.order_by(*_order(register, query.sort))


def _of_view(register: Register, key: str, at: datetime, person_id: UUID) -> Q:
    if key == "mine":
        return Q(owner_id=person_id)
    if key == "overdue":
        return _due_within(register, "late", at.date())
    return next((view.condition for view in register.views if view.key == key), Q())


def _due_within(register: Register, which: str, day: date) -> Q:
    """Rows with a date that is past ("late") or within 30 days ("soon"), in a state in which that date binds."""
    reached = Q(pk__in=[])
    for dated in register.dates:
        if which == "late":
            reached |= due.binding(dated, lt=day)
        elif which == "soon":
            reached |= due.binding(dated, range=(day, day + SOON))
    return reached


def _chosen(register: Register, name: str, values: Sequence[str]) -> Q:
    model_field = register.model._meta.get_field(name)
    if isinstance(model_field, models.ForeignKey):
        ids = [found for value in values if (found := _uuid(value))]
        meant = Q(**{f"{name}__in": ids}) | (Q(**{f"{name}__isnull": True}) if "none" in values else Q(pk__in=[]))
        # Where there are too many to tick, one is named as it is written elsewhere: by address or number.
        key = "email" if any(f.name == "email" for f in _related(model_field)._meta.fields) else "number"
        for value in values:
            if value != "none" and not _uuid(value) and "\x00" not in value:
                meant |= Q(**{f"{name}__{key}__iexact": value[:200]})
        return meant
    if isinstance(model_field, models.BooleanField):
        return Q(**{f"{name}__in": [value == "yes" for value in values]})
    known = {str(value): value for value, _ in _choices(register, name)}
    return Q(**{f"{name}__in": [known[value] for value in values if value in known]})


def _related(model_field: Any) -> Any:
    return model_field.related_model


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _choices(register: Register, name: str) -> list[tuple[Any, str]]:
    if name == "state":
        return [(state.key, state.label) for state in register.states]
    model_field: Any = register.model._meta.get_field(name)
    return [(value, str(label)) for value, label in model_field.flatchoices]


def _order(register: Register, sort: str) -> list[Any]:
    """The order for a column's name, "-" in front for descending; empty values last; the number decides ties."""
    name = sort.removeprefix("-")
    column = next((c for c in register.columns if c.name == name), None)
    expression = _sort_expression(register, column) if column else None
    if expression is None:
        return ["number", "pk"]
    ordered = expression.desc(nulls_last=True) if sort.startswith("-") else expression.asc(nulls_last=True)
    return [ordered, "number", "pk"]


def _sort_expression(register: Register, column: Column) -> Any:
    if column.sort is not None:
        return models.ExpressionWrapper(column.sort, output_field=models.IntegerField())
    try:
        model_field = register.model._meta.get_field(column.name)
    except FieldDoesNotExist:
        return None
    if isinstance(model_field, models.ForeignKey):
        related: Any = model_field.related_model
        return F(f"{column.name}__{'name' if any(f.name == 'name' for f in related._meta.fields) else 'title'}")
    return F(column.name)


def sortable(register: Register, column: Column) -> bool:
    """Whether a list can be ordered by the column."""
    return _sort_expression(register, column) is not None


def listing(*, register: Register, query: ListQuery, at: datetime, person_id: UUID) -> Listing:
    """One page of the list with everything around it."""
    rows = rows_for(register=register, query=query, at=at, person_id=person_id)
    count = rows.count()
    size = query.size if query.size in SIZES else SIZES[0]
    pages = max(-(-count // size), 1)
    query = replace(query, size=size, page=min(max(query.page, 1), pages))
    columns = _columns(register, query.columns)
    start = (query.page - 1) * size
    directory = Directory(at=at)
    page = rows.select_related(*_references(register))[start : start + size]
    return Listing(
        register=register,
        query=query,
        lines=tuple(Line(row, tuple(cell(register, row, c.name) for c in columns)) for row in page),
        count=count,
        pages=pages,
        columns=columns,
        filters=tuple(_filter(register, name, query, directory) for name in register.filters),
        views=views_of(register),
        saved=tuple(saved_views(register=register, person_id=person_id)),
        matrices=tuple((chart, _matrix(rows, chart)) for chart in register.charts if isinstance(chart, MatrixChart)),
    )


def _columns(register: Register, names: Sequence[str]) -> tuple[Column, ...]:
    chosen = tuple(column for column in register.columns if column.name in names)
    return chosen or tuple(column for column in register.columns if column.shown)


def _references(register: Register) -> list[str]:
    names = [column.name for column in register.columns]
    fields = register.model._meta.fields
    return [f.name for f in fields if isinstance(f, models.ForeignKey) and f.name in names and f.name != "organisation"]


def _filter(register: Register, name: str, query: ListQuery, directory: Directory) -> Filter:
    model_field: Any = register.model._meta.get_field(name)
    chosen = query.filters.get(name, ())
    kind = ""
    if isinstance(model_field, models.ForeignKey):
        few = directory.choices(model_field.related_model)
        options = few if few is not None else _named(directory, model_field.related_model, chosen)
        offered = [(str(option.pk), str(getattr(option, "name", option))) for option in options]
        offered += [("none", "Nobody" if name == "owner" else "None")]
        if few is None:
            kind = kind_of(model_field.related_model)
            known = {value for value, _ in offered}
            offered += [(value, value[:60]) for value in chosen if value not in known]
    elif isinstance(model_field, models.BooleanField):
        offered = [("yes", "Yes"), ("no", "No")]
    else:
        offered = [(str(value), label) for value, label in _choices(register, name)]
    label = "State" if name == "state" else register.labels.get(name, name)
    return Filter(name, label, tuple((value, text, value in chosen) for value, text in offered), kind)


def _named(directory: Directory, model: Any, chosen: Sequence[str]) -> list[Any]:
    """Those of the chosen that are named by id; a few, as an address can hold no more."""
    found = [directory.find(model, value) for value in chosen[:FEW] if _uuid(value)]
    return [option for option in found if option is not None]


def kind_of(model: Any) -> str:
    """What choices of a model are called in addresses: people, or the slug of a register; empty for others."""
    return "people" if issubclass(model, Person) else next((r.slug for r in declared() if r.model is model), "")


def choices_of(*, kind: str, text: str, at: datetime) -> list[tuple[str, str]]:
    """At most `OFFERED` of what may be chosen: (how it is written, what it is called). Raises `KeyError`."""
    model: Any = Person if kind == "people" else get(kind).model
    found = Directory(at=at).some(model, most=OFFERED, text=text.strip())
    return [(reference_text(option), str(getattr(option, "name", "") or option)) for option in found]


def cell(register: Register, row: models.Model, name: str) -> Cell:
    """A field or property of a row or entry, ready to be shown."""
    value = getattr(row, name)
    if name == "state":
        state = register.by_state[value]
        return Cell(name, "state", state.sign, state.label)
    try:
        model_field: Any = type(row)._meta.get_field(name)
    except FieldDoesNotExist:
        model_field = None
    if isinstance(value, models.Model):
        is_person = bool(getattr(value, "email", ""))
        return Cell(name, "person" if is_person else "reference", value, str(getattr(value, "name", value)))
    if isinstance(value, bool):
        return Cell(name, "yes_no", value, "Yes" if value else "No")
    if isinstance(value, date):
        alive = isinstance(row, RegisterRow) and row.retired_at is None and register.binds(name, state=row.state)
        return Cell(name, "due" if alive else "date", value)
    if model_field is not None and model_field.flatchoices and value not in ("", None):
        return Cell(name, "choice", value, str(dict(model_field.flatchoices).get(value, value)))
    if value is None:
        return Cell(name, "text", "")
    is_number = not isinstance(value, str)
    return Cell(name, "number" if is_number else "text", value, _plain(value) if is_number else value)


def _plain(value: Any) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _matrix(rows: models.QuerySet[Any], chart: MatrixChart) -> dict[tuple[int, int], int]:
    """(likelihood, impact) → number of rows."""
    counted = rows.order_by().values_list(chart.likelihood, chart.impact).annotate(n=Count("pk"))
    return {(likelihood, impact): n for likelihood, impact, n in counted}


def saved_views(*, register: Register, person_id: UUID) -> models.QuerySet[SavedView]:
    """Arrangements of the list that the person, or everybody, kept."""
    return SavedView.objects.filter(Q(person=None) | Q(person_id=person_id), register=register.slug)


@dataclass(frozen=True, slots=True)
class Step:
    """A state that may follow, with everything that stands in the way."""

    state: State
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """Dated values of a row against its target, oldest first."""

    chart: TrendChart
    points: tuple[tuple[date, Any], ...]
    target: Any


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry under a row with what its table shows. files: attachments kept with it, oldest first."""

    entry: Any
    cells: tuple[Cell, ...]
    files: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A row with everything its page shows, apart from evidence and history."""

    register: Register
    row: RegisterRow
    sections: tuple[tuple[str, tuple[Cell, ...]], ...]
    children: tuple[tuple[Child, tuple[Entered, ...]], ...]
    steps: tuple[Step, ...]
    trends: tuple[Trend, ...]

    @property
    def state(self) -> State:
        """The row's state."""
        return self.register.by_state[self.row.state]

    @property
    def review_binds(self) -> bool:
        """Whether its review can be late: not when it is retired or in a state that is not reviewed."""
        return self.row.retired_at is None and self.register.binds("review_on", state=self.row.state)


def record(*, register: Register, row_id: UUID, at: datetime) -> Record:
    """One row. Raises `DoesNotExist` outside the scope."""
    row = register.model.objects.select_related(*references(register)).get(pk=row_id)
    entries = {child.name: list(snapshot.entries_of(child=child, row=row)) for child in register.children}
    steps = () if row.retired_at else _steps(register, row, at)
    return Record(
        register=register,
        row=row,
        sections=tuple(
            (section.title, tuple(cell(register, row, name) for name in section.fields))
            for section in register.sections
        ),
        children=tuple((child, _entered(register, child, entries[child.name])) for child in register.children),
        steps=steps,
        trends=tuple(_trend(row, entries, chart) for chart in register.charts if isinstance(chart, TrendChart)),
    )


def _entered(register: Register, child: Child, entries: Sequence[Any]) -> tuple[Entered, ...]:
    files: dict[UUID, list[Any]] = {}
    if child.file and entries:
        files = evidence.files_of(subject_kind=child.model.subject_kind(), subject_ids=[e.pk for e in entries])
    return tuple(
        Entered(e, tuple(cell(register, e, n) for n in child.shown), tuple(files.get(e.pk, ()))) for e in entries
    )


def references(register: Register) -> list[str]:
    """The references that a form or an export follows, for `select_related`."""
    fields = register.model._meta.fields
    return [f.name for f in fields if isinstance(f, models.ForeignKey) and f.name in register.fields]


def _steps(register: Register, row: RegisterRow, at: datetime) -> tuple[Step, ...]:
    return tuple(
        Step(register.by_state[key], tuple(reasons_not_to_go(register=register, row=row, to=key, at=at)))
        for key in register.by_state[row.state].to
    )


def _trend(row: RegisterRow, entries: Mapping[str, list[Any]], chart: TrendChart) -> Trend:
    # Of several values of one day the one entered last counts: it corrects the others.
    by_day = {getattr(entry, chart.at): getattr(entry, chart.value) for entry in entries[chart.child]}
    return Trend(chart, tuple(sorted(by_day.items())), getattr(row, chart.target) if chart.target else None)


def counts(registers: Sequence[Register]) -> dict[str, int]:
    """How many rows each register has; one query per register."""
    return {r.slug: r.model.objects.filter(retired_at=None).count() for r in registers}
