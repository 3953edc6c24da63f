"""Words of a register's declaration for templates. Built in: no template loads them."""

from __future__ import annotations

from django import template

from assaymark.records.registers.declaration import Child, Column, Register, label_of
from assaymark.records.registers.intake import Report
from assaymark.records.registers.queries import Cell

register = template.Library()


@register.simple_tag
def column_label(declared: Register, column: Column) -> str:
    """What stands above a column."""
    return declared.column_label(column)


@register.simple_tag
def cell_label(declared: Register, cell: Cell) -> str:
    """What a cell is called when it stands alone (a phone's card, a record's fact)."""
    column = next((c for c in declared.columns if c.name == cell.name), None)
    if column is not None:
        return declared.column_label(column)
    return declared.labels.get(cell.name) or label_of(declared.model, cell.name)


@register.simple_tag
def entry_label(child: Child, name: str) -> str:
    """What a field of an entry is called."""
    return label_of(child.model, name)


@register.simple_tag
def import_counts(report: Report) -> str:
    """ "3 new, 1 changed, 12 unchanged, 2 entries"."""
    words = {"created": "new", "changed": "changed", "unchanged": "unchanged", "entered": "entries"}
    return ", ".join(f"{report.count(what)} {word}" for what, word in words.items() if report.count(what)) or "no rows"
