"""All registers by one set of addresses: what a register is made of follows from its declaration."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Path, Router, Schema, Status
from ninja.errors import HttpError

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber
from assaymark.records.registers import actions, queries, registry, snapshot

router = Router()


class RegisterShape(Schema):
    """A register and the JSON Schema of its rows."""

    slug: str
    name: str
    clause: str
    states: list[str]
    row_schema: dict[str, Any]


class RowChange(Schema):
    """Values by field name; `version` is the one that was read, so that nobody's change is lost."""

    values: dict[str, Any]
    version: int
    reason: str = ""


class RowMove(Schema):
    """The state to go to."""

    to: str
    version: int
    reason: str = ""


class NewRow(Schema):
    """Values by field name."""

    values: dict[str, Any]
    state: str = ""


class Why(Schema):
    """Why."""

    reason: str = ""


class NewEntry(Schema):
    """What is entered under a row (a calibration, a measurement): values by field name."""

    values: dict[str, Any]


class Rows(Schema):
    """A page of rows."""

    count: int
    rows: list[dict[str, Any]]


def _register(slug: str) -> registry.Register:
    try:
        return registry.get(slug)
    except KeyError as missing:
        raise HttpError(404, "Not found.") from missing


def _now() -> datetime:
    return timezone.now()


def _row(register: registry.Register, row_id: UUID) -> dict[str, Any]:
    row = register.model.objects.get(pk=row_id)
    return snapshot.row_as_dict(register=register, row=row)


@router.get("/", auth=may("registers.read"), response={200: list[RegisterShape], **ERRORS}, url_name="registers")
@in_scope
def list_registers(request: ApiRequest, organisation: Path[str]) -> Any:
    """The registers of the house, each with the schema of its rows."""
    return [
        {
            "slug": register.slug,
            "name": register.name,
            "clause": register.clause,
            "states": list(register.by_state),
            "row_schema": snapshot.schema_of(register=register),
        }
        for register in registry.all()
    ]


@router.get("/{slug}/", auth=may("registers.read"), response={200: Rows, **ERRORS}, url_name="rows")
@in_scope
def list_rows(
    request: ApiRequest,
    organisation: Path[str],
    slug: str,
    text: str = "",
    view: str = "all",
    sort: str = "",
    page: PageNumber = 1,
) -> Any:
    """Rows of a register, 25 a page; `sort` is a column's name, "-" in front for descending."""
    declared = _register(slug)
    query = queries.ListQuery(view=view, text=text[: queries.LONGEST_SEARCH], sort=sort, page=page)
    found = queries.rows_for(register=declared, query=query, at=_now(), person_id=request.actor.person_id)
    start = (page - 1) * query.size
    rows = [
        snapshot.row_as_dict(register=declared, row=row, with_entries=False)
        for row in found[start : start + query.size]
    ]
    return {"count": found.count(), "rows": rows}


@router.post("/{slug}/", auth=may("registers.write"), response={201: dict[str, Any], **ERRORS}, url_name="rows")
@in_scope
def add_row(request: ApiRequest, organisation: Path[str], slug: str, row: NewRow) -> Any:
    """Add a row."""
    declared = _register(slug)
    made = actions.create(register=declared.slug, values=row.values, state=row.state, by=request.actor, at=_now())
    return Status(201, _row(declared, made.pk))


@router.get(
    "/{slug}/{uuid:row_id}/", auth=may("registers.read"), response={200: dict[str, Any], **ERRORS}, url_name="row"
)
@in_scope
def get_row(request: ApiRequest, organisation: Path[str], slug: str, row_id: UUID) -> Any:
    """One row with what was entered under it."""
    return _row(_register(slug), row_id)


@router.patch(
    "/{slug}/{uuid:row_id}/", auth=may("registers.write"), response={200: dict[str, Any], **ERRORS}, url_name="row"
)
@in_scope
def change_row(request: ApiRequest, organisation: Path[str], slug: str, row_id: UUID, change: RowChange) -> Any:
    """Change fields of a row."""
    declared = _register(slug)
    actions.change(
        register=declared.slug,
        row_id=row_id,
        values=change.values,
        version=change.version,
        reason=change.reason,
        by=request.actor,
        at=_now(),
    )
    return _row(declared, row_id)


@router.post(
    "/{slug}/{uuid:row_id}/move/",
    auth=may("registers.write"),
    response={200: dict[str, Any], **ERRORS},
    url_name="move-row",
)
@in_scope
def move_row(request: ApiRequest, organisation: Path[str], slug: str, row_id: UUID, move: RowMove) -> Any:
    """Bring a row into another state."""
    declared = _register(slug)
    if move.to not in declared.by_state:
        raise HttpError(422, f"There is no state {move.to!r}. States: {', '.join(declared.by_state)}.")
    actions.move(
        register=declared.slug,
        row_id=row_id,
        to=move.to,
        version=move.version,
        reason=move.reason,
        by=request.actor,
        at=_now(),
    )
    return _row(declared, row_id)


@router.post(
    "/{slug}/{uuid:row_id}/{child}/",
    auth=may("registers.write"),
    response={201: dict[str, Any], **ERRORS},
    url_name="row-entries",
)
@in_scope
def add_entry(
    request: ApiRequest, organisation: Path[str], slug: str, row_id: UUID, child: str, entry: NewEntry
) -> Any:
    """Enter something under a row; answers the row with all that was entered."""
    declared = _register(slug)
    if child not in {kind.name for kind in declared.children}:
        raise HttpError(404, "Not found.")
    actions.add_entry(
        register=declared.slug, row_id=row_id, child=child, values=entry.values, by=request.actor, at=_now()
    )
    return Status(201, _row(declared, row_id))


@router.post(
    "/{slug}/{uuid:row_id}/{child}/{uuid:entry_id}/remove/",
    auth=may("registers.write"),
    response={200: dict[str, Any], **ERRORS},
    url_name="remove-row-entry",
)
@in_scope
def remove_entry(
    request: ApiRequest, organisation: Path[str], slug: str, row_id: UUID, child: str, entry_id: UUID, why: Why
) -> Any:
    """Take an entry out again; what it said stays in the journal."""
    declared = _register(slug)
    if child not in {kind.name for kind in declared.children}:
        raise HttpError(404, "Not found.")
    actions.remove_entry(
        register=declared.slug, row_id=row_id, child=child, entry_id=entry_id, reason=why.reason,
        by=request.actor, at=_now(),
    )  # fmt: skip
    return _row(declared, row_id)
