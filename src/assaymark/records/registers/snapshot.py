"""A row as facts, as JSON and as texts: the three forms in which it leaves the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from assaymark.core.registers import RowFacts
from assaymark.records.registers.declaration import Child, Register
from assaymark.records.registers.entry import reference_text
from assaymark.records.registers.row import RegisterEntry, RegisterRow


def facts(*, register: Register, row: RegisterRow, entries: Mapping[str, list[Any]] | None = None) -> RowFacts:
    """A snapshot for the rules. entries: child name → rows when they are at hand; else one query per child."""
    at_hand = (
        entries if entries is not None else {c.name: list(entries_of(child=c, row=row)) for c in register.children}
    )
    return RowFacts(
        number=row.number,
        title=row.title,
        state=row.state,
        version=row.version,
        retired=row.retired_at is not None,
        values=values_of(row, register.fields),
        entries={
            child.name: tuple(values_of(e, child.fields) for e in at_hand.get(child.name, ()))
            for child in register.children
        },
    )


def values_of(instance: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Field name → value; of a reference its id."""
    return {name: getattr(instance, instance._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]


def entries_of(*, child: Child, row: RegisterRow) -> models.QuerySet[Any]:
    """The entries under a row, in the child's order, with who entered them."""
    found: models.QuerySet[RegisterEntry] = child.model.objects.filter(**{child.parent: row})
    return found.select_related("entered_by").order_by(child.order, "id")


def as_json(value: Any) -> Any:
    """A value as JSON without floats: dates in ISO form, decimals and ids as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # 5 and 5.0000 are the same value
    if isinstance(value, models.Model):
        return str(value.pk)
    return str(value) if isinstance(value, UUID) else value


def journal_values(instance: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """What the journal remembers of the fields."""
    return {name: as_json(value) for name, value in values_of(instance, names).items()}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def row_as_dict(*, register: Register, row: RegisterRow, with_entries: bool = True) -> dict[str, Any]:
    """The row as the API gives it. References as {"id", "name"}, state as its key, dates as ISO text."""
    result: dict[str, Any] = {
        "id": str(row.pk),
        "register": register.slug,
        "number": row.number,
        "state": row.state,
        "version": row.version,
        "retired": row.retired_at is not None,
        "created_at": as_json(row.created_at),
        "updated_at": as_json(row.updated_at),
    }
    result.update({name: _json_field(row, name) for name in register.fields})
    if with_entries:
        for child in register.children:
            result[child.name] = [entry_as_dict(child=child, entry=e) for e in entries_of(child=child, row=row)]
    return result


def entry_as_dict(*, child: Child, entry: RegisterEntry) -> dict[str, Any]:
    """An entry as the API gives it."""
    named = {name: _json_field(entry, name) for name in child.fields}
    return {"id": str(entry.pk), "entered_at": as_json(entry.entered_at), **named}


def _json_field(instance: models.Model, name: str) -> Any:
    value = getattr(instance, name)
    if isinstance(value, models.Model):
        return {"id": str(value.pk), "name": str(getattr(value, "name", "") or value)}
    return as_json(value)


def text_of(instance: models.Model, name: str) -> Any:
    """The field as it travels in a table: what `entry.clean` reads back as the same value."""
    value = getattr(instance, name)
    return reference_text(value) if isinstance(value, models.Model) else value


def schema_of(*, register: Register) -> dict[str, Any]:
    """JSON Schema (2020-12) of what the API takes for a row; made from the model, so that it cannot disagree."""
    properties = {name: _schema_field(register.model._meta.get_field(name)) for name in register.fields}
    for name, label in register.labels.items():
        if name in properties:
            properties[name]["title"] = label
    needed = [n for n in register.fields if _is_needed(register.model._meta.get_field(n))]
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": needed}


def _is_needed(model_field: Any) -> bool:
    return not model_field.blank and not model_field.has_default()


def _schema_field(model_field: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string"}
    if isinstance(model_field, models.ForeignKey):
        described = {"type": "string", "description": "Id, e-mail address, number or name"}
    elif isinstance(model_field, models.BooleanField):
        described = {"type": "boolean"}
    elif isinstance(model_field, models.IntegerField):
        described = {"type": "integer"}
    elif isinstance(model_field, models.DecimalField):
        described = {"type": "string", "format": "decimal"}
    elif isinstance(model_field, models.DateField):
        described = {"type": "string", "format": "date"}
    if model_field.choices:
        described["enum"] = [value for value, _ in model_field.flatchoices]
    if getattr(model_field, "max_length", None) and described == {"type": "string"}:
        described["maxLength"] = model_field.max_length
    if model_field.null:
        described["type"] = [described["type"], "null"]
    if model_field.help_text and "description" not in described:
        described["description"] = str(model_field.help_text)
    return described
