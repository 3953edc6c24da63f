"""Writes of all registers: one set of actions, told by the register's slug what it works on.

Each checks what came in (`entry`), asks the rules (`core.registers` and the register's own), saves, and appends to the
journal with what changed. Errors: `Invalid` for fields, `Refused` for rules, `DoesNotExist` outside the scope,
`KeyError` for a register or child that is not declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.registers import add_months, reasons_not_to_be_in, reasons_not_to_move, reasons_not_to_touch
from assaymark.records.actions import action
from assaymark.records.evidence import actions as evidence
from assaymark.records.journal.actions import append
from assaymark.records.parties.actions import next_number
from assaymark.records.registers import declaration, indexing, snapshot
from assaymark.records.registers.declaration import Child, Register
from assaymark.records.registers.entry import Directory, Invalid, check, check_entry
from assaymark.records.registers.row import RegisterEntry, RegisterRow

MOST_AT_ONCE = 500


@action("registers.write")
def create(
    *, register: str, values: Mapping[str, Any], by: Actor, at: datetime, state: str = "", number: str = ""
) -> RegisterRow:
    """Add a row. values: texts or JSON values by field name. state: the first one unless named."""
    declared = declaration.get(register)
    cleaned = check(register=declared, data=values, directory=Directory(at=at)).or_raise()
    row = declared.model(
        organisation_id=by.organisation_id,
        number=number or next_number(declared.prefix),
        state=state or declared.states[0].key,
        created_at=at,
        updated_at=at,
        **cleaned,
    )
    if declared.review_months and row.review_on is None:
        row.review_on = add_months(day=at.date(), months=declared.review_months)
    refuse(_reasons_not_to_be(declared, row, at, entries={}))
    row.save(force_insert=True)
    indexing.keep(declared, row)
    _journal(declared, row, "created", by=by, at=at, after=_filled(declared, row))
    return row


@action("registers.write")
def change(
    *,
    register: str,
    row_id: UUID,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    version: int | None = None,
    reason: str = "",
) -> RegisterRow:
    """Change fields of a row. version: the one that the person saw; None only where nobody looked (an import)."""
    declared = declaration.get(register)
    row = declared.model.for_update(row_id)
    refuse(reasons_not_to_touch(facts=snapshot.facts(register=declared, row=row, entries={}), seen_version=version))
    cleaned = check(register=declared, data=values, directory=Directory(at=at), row=row).or_raise()
    before = snapshot.journal_values(row, declared.fields)
    for name, value in cleaned.items():
        setattr(row, name, value)
    refuse(_reasons_not_to_be(declared, row, at))
    _save(declared, row, "changed", before=before, by=by, at=at, reason=reason)
    return row


@action("registers.write")
def move(
    *, register: str, row_id: UUID, to: str, by: Actor, at: datetime, version: int | None = None, reason: str = ""
) -> RegisterRow:
    """Bring a row into another state. Raises `Refused` with everything that is still missing for it."""
    declared = declaration.get(register)
    row = declared.model.for_update(row_id)
    facts = snapshot.facts(register=declared, row=row)
    stale = reasons_not_to_touch(facts=facts, seen_version=version)
    refuse([*stale, *(r for r in reasons_not_to_go(register=declared, row=row, to=to, at=at) if r not in stale)])
    before = {"state": row.state}
    row.state = to
    _save(declared, row, "moved", before=before, by=by, at=at, reason=reason)
    return row


def reasons_not_to_go(*, register: Register, row: RegisterRow, to: str, at: datetime) -> list[Refusal]:
    """Why the row may not move to that state; what the page writes beside the button. Raises `KeyError`."""
    return reasons_not_to_move(
        facts=snapshot.facts(register=register, row=row),
        to=register.by_state[to],
        states=register.by_state,
        labels=register.labels,
        clause=register.cited,
        at=at,
        rules=register.rules,
    )


@action("registers.write")
def review(
    *, register: str, row_id: UUID, note: str, by: Actor, at: datetime, version: int | None = None
) -> RegisterRow:
    """Record that a row was looked at and still holds; its next review is one interval away."""
    declared = declaration.get(register)
    row = declared.model.for_update(row_id)
    facts = snapshot.facts(register=declared, row=row, entries={})
    refusals = reasons_not_to_touch(facts=facts, seen_version=version)
    if not declared.review_months:
        refusals.append(
            Refusal("register-no-review", declared.cited, "There is no review interval here.", "Change the row.")
        )
    refuse(refusals)
    before = {"review_on": snapshot.as_json(row.review_on)}
    row.review_on = add_months(day=at.date(), months=declared.review_months)
    _save(declared, row, "reviewed", before=before, by=by, at=at, reason=note, always=True)
    return row


@action("registers.write")
def retire(
    *, register: str, row_id: UUID, by: Actor, at: datetime, reason: str, version: int | None = None
) -> RegisterRow:
    """Take a row out of the lists. It stays readable and can be brought back (ISO 9001:2015, 7.5.3.2)."""
    declared = declaration.get(register)
    row = declared.model.for_update(row_id)
    facts = snapshot.facts(register=declared, row=row, entries={})
    refusals = reasons_not_to_touch(facts=facts, seen_version=version)
    if not reason.strip():
        refusals.append(
            Refusal("register-retire-why", declared.cited, "There is no reason given.", "Say why it is retired.")
        )
    refuse(refusals)
    row.retired_at = at
    _save(declared, row, "retired", before={}, by=by, at=at, reason=reason, always=True)
    return row


@action("registers.write")
def bring_back(*, register: str, row_id: UUID, by: Actor, at: datetime) -> RegisterRow:
    """Put a retired row back into the lists."""
    declared = declaration.get(register)
    row = declared.model.for_update(row_id)
    if row.retired_at is not None:
        row.retired_at = None
        _save(declared, row, "brought_back", before={}, by=by, at=at, always=True)
    return row


@action("registers.write")
def change_many(
    *, register: str, row_ids: Iterable[UUID], values: Mapping[str, Any], by: Actor, at: datetime, to: str = ""
) -> int:
    """Change the same fields (and the state) of many rows, all or none. Gives how many there were.

    Raises `DoesNotExist` when one of the rows is outside the scope, `Refused` with the refusals of all rows.
    """
    ids = list(dict.fromkeys(row_ids))
    too_many = Refusal("register-bulk", "", f"More than {MOST_AT_ONCE} rows at once.", "Choose fewer rows.")
    refuse([too_many] if len(ids) > MOST_AT_ONCE else [])
    for row_id in ids:
        if values:
            change(register=register, row_id=row_id, values=values, by=by, at=at)
        if to:
            row = declaration.get(register).model.for_update(row_id)
            if row.state != to:
                move(register=register, row_id=row_id, to=to, by=by, at=at)
    return len(ids)


@action("registers.write")
def add_entry(
    *,
    register: str,
    row_id: UUID,
    child: str,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    file: tuple[str, bytes] | None = None,
) -> RegisterEntry:
    """Enter something under a row (a calibration, a measurement). file: name and content, kept with the entry.

    Raises `Invalid` for a file where the child takes none.
    """
    declared = declaration.get(register)
    kind = declared.child(child)
    if file is not None and not kind.file:
        raise Invalid({"file": [f"No file is kept with a {kind.one}."]})
    row = declared.model.for_update(row_id)
    facts = snapshot.facts(register=declared, row=row, entries={})
    refuse(reasons_not_to_touch(facts=facts, seen_version=None))
    cleaned = check_entry(model=kind.model, names=kind.fields, data=values, directory=Directory(at=at)).or_raise()
    entry = new_entry(kind, row, cleaned, by=by, at=at)
    entry.save(force_insert=True)
    _entered(declared, kind, row, entry, by=by, at=at)
    if file is not None:
        evidence.attach(
            subject_kind=entry.subject_kind(), subject_id=entry.pk, name=file[0], content=file[1], by=by, at=at
        )
    return entry


def new_entry(kind: Child, row: RegisterRow, cleaned: Mapping[str, Any], *, by: Actor, at: datetime) -> RegisterEntry:
    """An entry that is not saved yet."""
    return kind.model(
        organisation_id=by.organisation_id, entered_at=at, entered_by_id=by.person_id, **{kind.parent: row}, **cleaned
    )


def _entered(
    declared: Register, kind: Child, row: RegisterRow, entry: RegisterEntry, *, by: Actor, at: datetime
) -> None:
    """Bring the row up to date with its new entry, and write both into the journal."""
    before = snapshot.journal_values(row, (*declared.fields, "state"))
    if declared.after_entry is not None:
        declared.after_entry(row=row, entry=entry, at=at)
    row.version += 1
    row.updated_at = at
    row.save(force_update=True)
    was, became = snapshot.changes(before, snapshot.journal_values(row, (*declared.fields, "state")))
    entered = {kind.one: {"id": str(entry.pk), **snapshot.journal_values(entry, kind.fields)}}
    _journal(declared, row, f"{kind.one}_added", by=by, at=at, before=was or None, after={**became, **entered})


@action("registers.write")
def remove_entry(
    *, register: str, row_id: UUID, child: str, entry_id: UUID, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Take an entry out again; what it said stays in the journal. Refused for append-only entries."""
    declared = declaration.get(register)
    kind = declared.child(child)
    row = declared.model.for_update(row_id)
    entry = kind.model.objects.select_for_update().get(pk=entry_id, **{kind.parent: row})
    refusals = reasons_not_to_touch(facts=snapshot.facts(register=declared, row=row, entries={}), seen_version=None)
    if kind.append_only:
        refusals.append(
            Refusal(
                "register-append-only",
                "ISO 9001:2015, 7.5.3.2",
                f"{kind.label} are kept as they were entered.",
                "Enter a further one that corrects it.",
            )
        )
    refuse(refusals)
    before = {kind.one: {"id": str(entry.pk), **snapshot.journal_values(entry, kind.fields)}}
    entry.delete()
    row.version += 1
    row.updated_at = at
    row.save(force_update=True)
    _journal(declared, row, f"{kind.one}_removed", by=by, at=at, before=before, reason=reason)


def _reasons_not_to_be(
    declared: Register, row: RegisterRow, at: datetime, entries: Mapping[str, list[Any]] | None = None
) -> list[Refusal]:
    return reasons_not_to_be_in(
        state=_state(declared, row.state),
        facts=snapshot.facts(register=declared, row=row, entries=entries),
        labels=declared.labels,
        clause=declared.cited,
        at=at,
        rules=declared.rules,
    )


def _state(declared: Register, key: str) -> Any:
    if key not in declared.by_state:
        known = ", ".join(declared.by_state)
        refuse([Refusal("register-state", declared.cited, f"There is no state {key}.", f"Use one of {known}.")])
    return declared.by_state[key]


def _filled(declared: Register, row: RegisterRow) -> dict[str, Any]:
    values = snapshot.journal_values(row, ("number", "state", *declared.fields))
    return {name: value for name, value in values.items() if value not in ("", None)}


def _save(
    declared: Register,
    row: RegisterRow,
    verb: str,
    *,
    before: Mapping[str, Any],
    by: Actor,
    at: datetime,
    reason: str = "",
    always: bool = False,
) -> None:
    """Save when something changed (or always), and say so in the journal. before: the fields that may have changed."""
    was, became = snapshot.changes(before, snapshot.journal_values(row, before))
    if not became and not always:
        return
    row.version += 1
    row.updated_at = at
    row.save(force_update=True)
    indexing.keep(declared, row)
    _journal(declared, row, verb, by=by, at=at, before=was or None, after=became or None, reason=reason)


def _journal(
    declared: Register,
    row: RegisterRow,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    append(
        organisation_id=by.organisation_id,
        verb=f"registers.{verb}",
        subject_kind=row.subject_kind(),
        subject_id=row.pk,
        subject_label=str(row),
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )
