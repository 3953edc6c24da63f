"""What comes in is checked in one place: the form, the import and the API all pass through here.

`check` takes texts (or JSON values) by field name and gives cleaned values and errors by field name. Rules
* Only declared fields are read; anything else by name is refused, never ignored (mass assignment).
* A reference is found inside the scope only: people by id, e-mail address or name among the members, rows by id,
  number or title. What lies in another organisation is "not found".
* Text is NFC-free (kept as written), without control characters, line breaks as \\n, ends trimmed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from assaymark.records.parties import queries as parties
from assaymark.records.parties.models import Person
from assaymark.records.registers.declaration import Register
from assaymark.records.scope import Owned

YES = frozenset({"yes", "true", "1", "on", "y"})
NO = frozenset({"", "no", "false", "0", "off", "n"})
NEEDED = "This is needed."
FEW = 50  # as many as a list of choices shows; more are searched for
INDEXED = 1000
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


class Invalid(Exception):
    """What came in does not hold. errors: field name ("" for the whole) → messages for people."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name or 'row'}: {' '.join(texts)}" for name, texts in errors.items()))


@dataclass(slots=True)
class Checked:
    """Cleaned values and errors, both by field name; errors that belong to no field under ""."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def fail(self, name: str, *messages: str) -> None:
        """Add errors beside a field."""
        self.errors.setdefault(name, []).extend(messages)

    def or_raise(self) -> dict[str, Any]:
        """The cleaned values. Raises `Invalid` when there is an error."""
        if self.errors:
            raise Invalid(self.errors)
        return self.values


class Directory:
    """Finds what references mean, in the current scope; asks the database once per model however many rows come.

    Of more than `INDEXED` it holds none beforehand and asks once per text that is meant.
    """

    def __init__(self, *, at: datetime) -> None:
        self._at = at
        self._found: dict[type[models.Model], dict[str, Any]] = {}
        self._choices: dict[type[models.Model], list[models.Model]] = {}
        self._searched: set[type[models.Model]] = set()
        self.conditions: dict[Any, ValidationError | None] = {}

    def choices(self, model: type[models.Model]) -> list[models.Model] | None:
        """What may be chosen where that is few enough to be listed (`FEW`); None where it has to be searched for."""
        if model not in self._choices:
            self._choices[model] = self.some(model, most=FEW + 1)
        found = self._choices[model]
        return found if len(found) <= FEW else None

    def some(self, model: type[models.Model], *, most: int, text: str = "", exactly: str = "") -> list[models.Model]:
        """At most so many of what may be chosen, by name; text: what name, address, number or title contain."""
        text, exactly = text.replace("\x00", "")[:200], exactly.replace("\x00", "")[:200]
        if issubclass(model, Person):
            return list(parties.some_people(at=self._at, most=most, text=text, exactly=exactly))
        rows = self._rows(model)
        names = [f.name for f in model._meta.fields if f.name in {"number", "title", "name"}]
        if text or exactly:
            meant = Q(pk=parties.as_key(exactly)) if exactly else Q()
            for name in names:
                meant |= Q(**({f"{name}__iexact": exactly} if exactly else {f"{name}__icontains": text}))
            rows = rows.filter(meant)
        return list(rows.order_by(names[-1], "pk")[:most])

    def _rows(self, model: type[models.Model]) -> Any:
        if not issubclass(model, Owned):
            raise TypeError(f"{model.__name__} belongs to no organisation and cannot be referred to.")
        rows: Any = model.objects.all()
        return rows.filter(retired_at=None) if hasattr(model, "retired_at") else rows

    def options(self, model: type[models.Model]) -> list[models.Model]:
        """What may be chosen, by name: members in force, or rows that are not retired."""
        if issubclass(model, Person):
            return [membership.person for membership in parties.members(at=self._at)]
        return list(self._rows(model))

    def find(self, model: type[models.Model], text: str) -> models.Model | None:
        """The one that is meant by id, e-mail address, number or name; None when there is none or more than one."""
        if model not in self._found:
            options = self.some(model, most=INDEXED + 1)
            self._found[model] = self._index(options if len(options) <= INDEXED else [])
            if len(options) > INDEXED:
                self._searched.add(model)
        wanted = text.strip().casefold()
        if model in self._searched and wanted and wanted not in self._found[model]:
            # Too many to hold: those that the text may mean are asked for, and held then.
            few = self._index(self.some(model, most=FEW, exactly=text.strip()))
            self._found[model][wanted] = few.get(wanted)
        return self._found[model].get(wanted)

    def know(self, model: type[models.Model], options: Iterable[models.Model]) -> None:
        """Let rows be meant that are not in the database yet (an import that refers to its own lines)."""
        self._found[model] = self._index(list(options))
        self._searched.discard(model)

    @staticmethod
    def _index(options: list[models.Model]) -> dict[str, Any]:
        index: dict[str, Any] = {}
        for option in options:
            for name in ("number", "email", "pk"):
                if value := getattr(option, name, None):
                    index[str(value).casefold()] = option
        for option in options:
            names = {str(value).casefold() for n in ("name", "title") if (value := getattr(option, n, ""))}
            for name in names:
                # Two of the same name: neither is meant, unless an id or a number says which.
                index[name] = None if name in index and index[name] is not option else option
        return index


def reference_text(value: models.Model | None) -> str:
    """How a reference is written so that `Directory.find` finds it again: e-mail address or number."""
    if value is None:
        return ""
    return str(getattr(value, "email", "") or getattr(value, "number", "") or value.pk)


def check(
    *,
    register: Register,
    data: Mapping[str, Any],
    directory: Directory,
    row: models.Model | None = None,
    only: Iterable[str] | None = None,
) -> Checked:
    """Check what came in for a row. row: the row as it is, when it is changed. only: fields that are looked at.

    Fields that `data` does not name keep what they hold (or their default).
    """
    asked = tuple(register.fields if only is None else only)
    checked = _fields(model=register.model, names=asked, data=data, directory=directory, allowed=register.fields)
    if row is None:
        _ask_for_what_is_missing(register.model, register.fields, data, checked)
    _whole(register.model, checked, row, directory.conditions)
    return checked


def check_entry(
    *, model: type[models.Model], names: tuple[str, ...], data: Mapping[str, Any], directory: Directory
) -> Checked:
    """Check what came in for an entry under a row."""
    checked = _fields(model=model, names=names, data=data, directory=directory, allowed=names)
    _ask_for_what_is_missing(model, names, data, checked)
    _whole(model, checked, None, directory.conditions)
    return checked


def _ask_for_what_is_missing(
    model: type[models.Model], names: Iterable[str], data: Mapping[str, Any], checked: Checked
) -> None:
    for name in names:
        wanted: Any = model._meta.get_field(name)
        if name not in data and not wanted.blank and not wanted.has_default():
            checked.fail(name, NEEDED)


def _fields(
    *,
    model: type[models.Model],
    names: tuple[str, ...],
    data: Mapping[str, Any],
    directory: Directory,
    allowed: tuple[str, ...],
) -> Checked:
    checked = Checked()
    for unknown in [name for name in data if name not in allowed]:
        checked.fail(unknown, "There is no such field.")
    for name in names:
        if name in data:
            try:
                checked.values[name] = clean(model._meta.get_field(name), data[name], directory)
            except ValidationError as error:
                checked.fail(name, *error.messages)
    return checked


def _whole(
    model: type[models.Model], checked: Checked, row: models.Model | None, known: dict[Any, ValidationError | None]
) -> None:
    """The model's own conditions (CHECK constraints) on the row as it would be.

    known: what was found out before; each condition asks the database, and thousands of rows ask the same few things.
    """
    if checked.errors:
        return
    trial = model()
    if row is not None:
        for concrete in model._meta.concrete_fields:
            setattr(trial, concrete.attname, getattr(row, concrete.attname))
    for name, value in checked.values.items():
        setattr(trial, name, value)
    for constraint, names in _conditions(model):
        key = (constraint.name, *(getattr(trial, name) for name in names))
        if key not in known:
            known[key] = _violation(model, constraint, trial)
        if (error := known[key]) is not None:
            checked.fail(_named(error), *error.messages)


@cache
def _conditions(model: type[models.Model]) -> tuple[tuple[models.CheckConstraint, tuple[str, ...]], ...]:
    """The model's conditions with the fields they are about; without those about number, title and state alone."""
    found = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            names = tuple(sorted({name.partition("__")[0] for name in _names_in(constraint.condition)}))
            if set(names) - {"number", "title", "state"}:
                found.append((constraint, names))
    return tuple(found)


def _names_in(condition: Any) -> Iterable[str]:
    """Every field that a condition speaks of, on either side."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from _names_in(child)
        else:
            name, value = child
            yield name
            if isinstance(value, models.F):
                yield str(cast(Any, value).name)


def _violation(
    model: type[models.Model], constraint: models.CheckConstraint, trial: models.Model
) -> ValidationError | None:
    try:
        constraint.validate(model, trial, exclude={"number", "state"})
    except ValidationError as error:
        return error
    return None


def _named(error: ValidationError) -> str:
    """A violated constraint may name its field in its code ("field:due_on"); else it is about the whole row."""
    code = str(getattr(error, "code", "") or "")
    return code.removeprefix("field:") if code.startswith("field:") else ""


def clean(model_field: Any, value: Any, directory: Directory) -> Any:
    """One value for one field. Raises `ValidationError` with messages for people."""
    if isinstance(model_field, models.ForeignKey):
        return _reference(model_field, value, directory)
    if isinstance(model_field, models.BooleanField):
        return _yes_or_no(value)
    if isinstance(value, str):
        value = tidy(value)
    elif isinstance(value, float):
        value = repr(value)
    elif not isinstance(value, int | Decimal | date | type(None)):
        raise ValidationError("This is not one value.")
    if value in ("", None):
        return _nothing(model_field)
    if model_field.choices:
        return _choice(model_field, str(value))
    form_field: forms.Field = model_field.formfield()
    cleaned = form_field.clean(value)
    if isinstance(cleaned, date) and not EARLIEST <= _day(cleaned) <= LATEST:
        raise ValidationError(f"The date lies outside {EARLIEST.year} to {LATEST.year}.")
    return cleaned


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def tidy(text: str) -> str:
    """Line breaks as \\n, ends trimmed. Raises `ValidationError` for signs that no text needs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        raise ValidationError("This holds control characters. Type it again instead of pasting it.")
    return text


def _nothing(model_field: Any) -> Any:
    if not model_field.blank:
        raise ValidationError(NEEDED)
    return None if model_field.null else model_field.get_default()


def _choice(model_field: Any, text: str) -> Any:
    for value, label in model_field.flatchoices:
        if text.casefold() in {str(value).casefold(), str(label).casefold()}:
            return value
    offered = ", ".join(str(label) for _, label in model_field.flatchoices)
    raise ValidationError(f"“{text[:60]}” is none of: {offered}.")


def _yes_or_no(value: Any) -> bool:
    text = str(value if value is not None else "").strip().casefold()
    if text in YES or text in NO:
        return text in YES
    raise ValidationError("Write yes or no.")


def _reference(model_field: Any, value: Any, directory: Directory) -> models.Model | None:
    if value in ("", None):
        if not model_field.null:
            raise ValidationError(NEEDED)
        return None
    if not isinstance(value, str | UUID):
        raise ValidationError("Name it by id or number.")
    found = directory.find(model_field.related_model, str(value))
    if found is None:
        raise ValidationError(f"“{str(value)[:60]}” was not found.")
    return found
