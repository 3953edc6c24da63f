"""How a register is declared, and the list of all that are.

    RISKS = declare(Register(slug="risks", model=Risk, name="Risks", one="risk", prefix="R-", clause="6.1", …))

Everything else (list, form, record page, import, export, API, tasks, journal) follows from the declaration. Names in
it are names of fields or properties of the model; `declare` checks them at once, so that a wrong one stops the start.
Filtering and sorting happen through these names and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable

from assaymark.core.registers import RowRule, State
from assaymark.core.standards import clause_key
from assaymark.records.evidence import subjects
from assaymark.records.evidence.subjects import Subject
from assaymark.records.registers.row import RegisterEntry, RegisterRow

EDITION = "iso-9001-2015"
STANDARD = "ISO 9001:2015"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. name: a field or property of the model. sort: an expression when name is no field."""

    name: str
    label: str = ""
    sort: Combinable | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A saved view that every organisation has: rows that meet the condition."""

    key: str
    label: str
    condition: Q


@dataclass(frozen=True, slots=True)
class Section:
    """A part of form and record page, in the order of the story."""

    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueField:
    """A date that makes a task. what: what is to be done, such as "Review the risk".

    states  keys of the states in which the date binds; in others it is only a date. Empty: all that lead further.
    """

    name: str
    what: str
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixChart:
    """Rows counted by two numbers from 1 to `size`. The names are fields of the model."""

    title: str
    likelihood: str
    impact: str
    size: int = 5


@dataclass(frozen=True, slots=True)
class TrendChart:
    """The dated values of a row's entries against its target. The names are fields of the entry and of the row."""

    title: str
    child: str
    at: str
    value: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """What is entered under a row. append_only: neither changed nor removed, corrected by a further entry.

    name     name in addresses, sheets and facts, such as "calibrations"
    parent   the entry's foreign key to the row
    columns  fields shown, in order; `fields` those asked for
    file     whether files may be kept with the entry, such as the certificate of a calibration
    """

    name: str
    label: str
    one: str
    model: type[RegisterEntry]
    parent: str
    fields: tuple[str, ...]
    columns: tuple[str, ...] = ()
    order: str = "id"
    append_only: bool = False
    file: bool = False
    help: str = ""
    rules: tuple[RowRule, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns of its table."""
        return self.columns or self.fields


@dataclass(frozen=True)
class Register:
    """The declaration of one register. See docs/guides/add-a-register.md.

    clause     where the standard asks for it, such as "6.1"; clauses further ones that its rows serve
    purpose    what the register is for, one or two sentences, for whoever opens it first
    example    a row as one might write it
    quick_add  fields asked for in the list's own line
    review_months   how long until a row is looked at again; 0 for never
    review_states   keys of the states in which it is; empty for all that lead further
    after_entry     called in the transaction that adds an entry, to bring fields of the row up to date
    """

    slug: str
    model: type[RegisterRow]
    name: str
    one: str
    prefix: str
    clause: str
    purpose: str
    example: str
    states: tuple[State, ...]
    sections: tuple[Section, ...]
    columns: tuple[Column, ...]
    clauses: tuple[str, ...] = ()
    group: str = "Planning"
    icon: str = "list"
    title_label: str = "Title"
    filters: tuple[str, ...] = ("state", "owner")
    search: tuple[str, ...] = ("number", "title")
    views: tuple[View, ...] = ()
    quick_add: tuple[str, ...] = ("title",)
    due: tuple[DueField, ...] = ()
    review_months: int = 0
    review_states: tuple[str, ...] = ()
    children: tuple[Child, ...] = ()
    charts: tuple[MatrixChart | TrendChart, ...] = ()
    rules: tuple[RowRule, ...] = ()
    after_entry: Any = None
    extra_facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_state(self) -> dict[str, State]:
        """State by its key."""
        return {state.key: state for state in self.states}

    @property
    def cited(self) -> str:
        """The clause as it is cited."""
        return f"{STANDARD}, {self.clause}"

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Every field that people fill in, in the order of the story; the state is moved, not filled in."""
        own = [name for section in self.sections for name in section.fields]
        rest = [name for name in ("owner", "review_on") if name not in own]
        return tuple(dict.fromkeys(["title", *own, *rest]))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Field name → what people call it."""
        named = {name: label_of(self.model, name) for name in ("number", *self.fields, "state")}
        return named | {"title": self.title_label}

    @cached_property
    def dates(self) -> tuple[DueField, ...]:
        """The dates that make tasks, each with its states; the review is one where there is an interval."""
        reviewed = self.review_months and all(due.name != "review_on" for due in self.due)
        review = DueField("review_on", f"Review the {self.one}", self.review_states)
        alive = tuple(state.key for state in self.states if state.to)
        return tuple(replace(due, states=due.states or alive) for due in (*self.due, *((review,) if reviewed else ())))

    def binds(self, name: str, *, state: str) -> bool:
        """Whether a row in that state has to keep this date; only then can it be late."""
        return any(due.name == name and state in due.states for due in self.dates)

    def child(self, name: str) -> Child:
        """The child with that name. Raises `KeyError`."""
        return {child.name: child for child in self.children}[name]

    def column_label(self, column: Column) -> str:
        """What stands above the column."""
        return column.label or self.labels.get(column.name) or label_of(self.model, column.name)


def label_of(model: type[models.Model], name: str) -> str:
    """The field's verbose name with a capital; the name itself, spaced, for a property."""
    try:
        text = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


_DECLARED: dict[str, Register] = {}


def declare(register: Register) -> Register:
    """Add the register to those that the house has. Raises `ValueError` naming what does not fit together."""
    faults = list(_faults(register))
    if faults:
        raise ValueError(f"Register {register.slug}: " + "; ".join(faults))
    _DECLARED[register.slug] = register
    subjects.add(
        Subject(
            kind=register.model.subject_kind(),
            read="registers.read",
            write="registers.write",
            page="registers:record",
            page_extra={"register": register.slug},
        )
    )
    for child in register.children:
        if child.file:
            subjects.add(
                replace(
                    subjects.get(register.model.subject_kind()), kind=child.model.subject_kind(), parent=child.parent
                )
            )
    return register


def withdraw(register: Register) -> None:
    """Take a register out again (a test that declared one of its own)."""
    _DECLARED.pop(register.slug, None)


def declared() -> tuple[Register, ...]:
    """All registers, by clause as people read it."""
    return tuple(sorted(_DECLARED.values(), key=lambda r: (clause_key(r.clause), r.slug)))


def get(slug: str) -> Register:
    """The register with this slug. Raises `KeyError`."""
    return _DECLARED[slug]


def for_kind(kind: str) -> Register | None:
    """The register whose rows are of this kind ("registers.risk"), or None."""
    return next((r for r in _DECLARED.values() if r.model.subject_kind() == kind), None)


def _faults(register: Register) -> Iterable[str]:
    model = register.model
    if register.slug in _DECLARED and _DECLARED[register.slug].model is not model:
        yield "the slug is taken"
    fields = {f.name for f in model._meta.fields}
    for name in (*register.fields, *register.filters, *register.search, *register.quick_add):
        if name not in fields:
            yield f"{model.__name__} has no field {name}"
    for column in register.columns:
        if not hasattr(model, column.name):
            yield f"{model.__name__} has neither field nor property {column.name}"
    for due in register.due:
        if not isinstance(model._meta.get_field(due.name), models.DateField):
            yield f"{due.name} is no date"
    for due in register.dates:
        yield from (
            f"{due.name} counts in state {key}, which is none" for key in due.states if key not in register.by_state
        )
    for state in register.states:
        yield from (
            f"state {state.key} leads to {key}, which is none" for key in state.to if key not in register.by_state
        )
        yield from (
            f"state {state.key} requires {n}, no field of the form" for n in state.requires if n not in register.fields
        )
    for child in register.children:
        known = {f.name for f in child.model._meta.fields}
        yield from (f"{child.name} has no field {n}" for n in (child.parent, *child.fields) if n not in known)
