"""Registers as tables that come in: what left as CSV or XLSX comes back without loss.

Rules
* An import is all or nothing, with every error of every row at once; a dry run does the same and takes it all back.
* A row is known by its number: a known number changes that row, an unknown one is kept for a new row, none asks for
  the next one. A version in the file must be the row's version, else somebody changed it since the file was written.
* A column that no field answers to is an error: nothing is dropped in silence.
* Entries (calibrations, measurements) travel in sheets of their own, by the number of their row; an entry that is
  there already is not entered again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction

from assaymark.core.parties import Actor
from assaymark.core.registers import add_months, reasons_not_to_be_in, reasons_not_to_move, reasons_not_to_touch
from assaymark.formats.table import Sheet, TableError
from assaymark.records.actions import action
from assaymark.records.journal.actions import Change, append_many
from assaymark.records.parties.models import Sequence as NumberSequence
from assaymark.records.registers import declaration, indexing, snapshot
from assaymark.records.registers.actions import new_entry
from assaymark.records.registers.declaration import Child, Register
from assaymark.records.registers.entry import Checked, Directory, check, check_entry
from assaymark.records.registers.exchange import NUMBER, STATE, VERSION
from assaymark.records.registers.row import RegisterRow


@dataclass(slots=True)
class Outcome:
    """What becomes of one line. what: created, changed, unchanged, entered or error. errors: (column, message)."""

    sheet: str
    line: int
    number: str
    what: str
    errors: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """What an import did, or would do."""

    dry_run: bool
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def errors(self) -> list[Outcome]:
        """The lines that stand in the way of all."""
        return [outcome for outcome in self.outcomes if outcome.errors]

    @property
    def done(self) -> bool:
        """Whether the rows are in the register now."""
        return not self.dry_run and not self.errors

    def count(self, what: str) -> int:
        """How many lines came out so."""
        return sum(outcome.what == what for outcome in self.outcomes)


class _Entered(NamedTuple):
    """An entry on its way under a row."""

    child: Child
    row: RegisterRow
    entry: Any


@dataclass(slots=True)
class _Line:
    """A line on its way into the register."""

    outcome: Outcome
    data: dict[str, str]
    row: RegisterRow
    is_new: bool
    before: dict[str, Any]
    state: str = ""
    version: str = ""
    checked: Checked = field(default_factory=Checked)


@action("registers.write")
def import_sheets(*, register: str, sheets: Sequence[Sheet], by: Actor, at: datetime, dry_run: bool = False) -> Report:
    """Bring the sheets into a register. The first sheet (or the one with the register's name) holds the rows.

    With an error anywhere, or as a dry run, nothing is kept. Raises `TableError` when the sheets as such do not fit.
    """
    declared = declaration.get(register)
    report = Report(dry_run=dry_run)
    with transaction.atomic():
        _Import(declared, by, at, report).run(sheets)
        if dry_run or report.errors:
            transaction.set_rollback(True)
    return report


class _Import:
    """One import; the steps in the order of `run`."""

    def __init__(self, register: Register, by: Actor, at: datetime, report: Report) -> None:
        self.register, self.by, self.at, self.report = register, by, at, report
        self.directory = Directory(at=at)
        self.lines: list[_Line] = []
        self.numbers: set[str] = set()
        self.changes: list[Change] = []
        self.counter: NumberSequence | None = None
        self.entries: dict[str, dict[Any, list[Any]]] = {child.name: {} for child in register.children}

    def run(self, sheets: Sequence[Sheet]) -> None:
        rows, children = self._assign(sheets)
        columns = self._columns(rows)
        existing = {row.number.casefold(): row for row in self.register.model.objects.select_for_update(of=("self",))}
        listed = [(line, _by_column(columns, cells)) for line, cells in rows.numbered()]
        taken = set(existing) | {data.get("number", "").strip().casefold() for _, data in listed}
        self.lines = [self._line(rows.name, line, data, existing, taken) for line, data in listed]
        self.directory.know(self.register.model, [*existing.values(), *(line.row for line in self.lines)])
        for line in self.lines:
            self._check(line)
        by_number = existing | {line.row.number.casefold(): line.row for line in self.lines}
        self._load_entries()
        entered = [e for child, sheet in children for e in self._enter(child, sheet, by_number)]
        if not self.report.errors:
            self._carry_forward(entered)
            for line in self.lines:
                self._judge(line)
        if not self.report.errors:
            self._write(entered)

    def _assign(self, sheets: Sequence[Sheet]) -> tuple[Sheet, list[tuple[Child, Sheet]]]:
        """Which sheet is what, by name; a single sheet holds the rows whatever its name."""
        named = {sheet.name.casefold(): sheet for sheet in sheets}
        rows = named.get(self.register.name[:31].casefold(), sheets[0])
        children = {child.label[:31].casefold(): child for child in self.register.children}
        found = []
        for sheet in sheets:
            if sheet is rows:
                continue
            if sheet.name.casefold() not in children:
                raise TableError(f"The sheet “{sheet.name}” belongs to nothing here. Remove it.")
            found.append((children[sheet.name.casefold()], sheet))
        return rows, found

    def _columns(self, sheet: Sheet) -> list[str]:
        known = _names(self.register.labels.items()) | {
            NUMBER.casefold(): "number", STATE.casefold(): "state", VERSION.casefold(): "version",
        }  # fmt: skip
        return _resolve(sheet, known)

    def _line(
        self,
        sheet: str,
        number_of_line: int,
        data: dict[str, str],
        existing: Mapping[str, RegisterRow],
        taken: set[str],
    ) -> _Line:
        number, state, version = (data.pop(name, "").strip() for name in ("number", "state", "version"))
        row = existing.get(number.casefold()) if number else None
        outcome = Outcome(sheet, number_of_line, number, "created" if row is None else "unchanged")
        self.report.outcomes.append(outcome)
        if number and number.casefold() in self.numbers:
            outcome.errors.append((NUMBER, f"{number} stands in the file twice."))
        self.numbers.add(number.casefold())
        if row is not None:
            before = snapshot.journal_values(row, ("state", *self.register.fields))
            return _Line(outcome, data, row, is_new=False, before=before, state=state, version=version)
        if len(number) > 40 or any(ord(c) < 32 for c in number):
            outcome.errors.append((NUMBER, "A number has at most 40 characters, all printable."))
        fresh = self.register.model(
            organisation_id=self.by.organisation_id,
            number=number or self._next_number(taken),
            title=data.get("title", "").strip()[:300],
            state=self.register.states[0].key,
            created_at=self.at,
            updated_at=self.at,
        )
        outcome.number = fresh.number
        return _Line(outcome, data, fresh, is_new=True, before={}, state=state, version=version)

    def _next_number(self, taken: set[str]) -> str:
        """The next number that neither the register nor the file has."""
        counter = self._counter()
        while True:
            counter.value += 1
            number = f"{self.register.prefix}{counter.value:04d}"
            if number.casefold() not in taken:
                return number

    def _counter(self) -> NumberSequence:
        """The register's counter, locked until the import ends; saved when it is known that all is well."""
        if self.counter is None:
            NumberSequence.objects.get_or_create(organisation_id=self.by.organisation_id, prefix=self.register.prefix)
            self.counter = NumberSequence.objects.select_for_update().get(prefix=self.register.prefix)
        return self.counter

    def _check(self, line: _Line) -> None:
        """The line's cells, the version it was written from, the state it names."""
        # A new row that leaves a cell empty takes the field's default; a known row is told to be empty.
        data = {n: v for n, v in line.data.items() if v.strip() or not (line.is_new and self._has_default(n))}
        line.checked = check(
            register=self.register, data=data, directory=self.directory, row=None if line.is_new else line.row
        )
        for name, messages in line.checked.errors.items():
            column = self.register.labels.get(name, name)
            line.outcome.errors.extend((column, message) for message in messages)
        if not line.is_new:
            seen = int(line.version) if line.version.isdigit() else None
            facts = snapshot.facts(register=self.register, row=line.row, entries={})
            changed = self._differs(line)
            touch = reasons_not_to_touch(facts=facts, seen_version=seen) if changed else []
            line.outcome.errors.extend((NUMBER, refusal.message) for refusal in touch)
        if line.state:
            key = self._state_key(line.state)
            if key is None:
                line.outcome.errors.append((STATE, f"“{line.state[:60]}” is no state of this register."))
            line.state = key or line.row.state
        if line.outcome.errors:
            line.outcome.what = "error"

    def _has_default(self, name: str) -> bool:
        return bool(self.register.model._meta.get_field(name).has_default())  # type: ignore[union-attr]

    def _differs(self, line: _Line) -> bool:
        after = {name: snapshot.as_json(value) for name, value in line.checked.values.items()}
        moved = bool(line.state) and self._state_key(line.state) != line.row.state
        return moved or any(line.before[name] != after[name] for name in after)

    def _state_key(self, text: str) -> str | None:
        wanted = text.strip().casefold()
        return next((s.key for s in self.register.states if wanted in {s.key.casefold(), s.label.casefold()}), None)

    def _load_entries(self) -> None:
        """What was entered before, by row; one query per child."""
        for child in self.register.children:
            for entry in child.model.objects.order_by(child.order, "id"):
                self.entries[child.name].setdefault(getattr(entry, f"{child.parent}_id"), []).append(entry)

    def _enter(self, child: Child, sheet: Sheet, rows: Mapping[str, RegisterRow]) -> list[_Entered]:
        """New entries of a sheet; those already there are left alone."""
        labels = {name: declaration.label_of(child.model, name) for name in child.fields}
        columns = _resolve(sheet, _names(labels.items()) | {NUMBER.casefold(): "number"})
        known = {_identity(child, e) for entries in self.entries[child.name].values() for e in entries}
        found: list[_Entered] = []
        for line, cells in sheet.numbered():
            data = _by_column(columns, cells)
            number = data.pop("number", "").strip()
            outcome = Outcome(sheet.name, line, number, "entered")
            self.report.outcomes.append(outcome)
            row = rows.get(number.casefold())
            checked = check_entry(model=child.model, names=child.fields, data=data, directory=self.directory)
            errors = [(labels.get(n, n), m) for n, messages in checked.errors.items() for m in messages]
            if row is None:
                errors.insert(0, (NUMBER, f"“{number[:60]}” is neither in the file nor in the register."))
            if errors or row is None:
                outcome.errors, outcome.what = errors, "error"
                continue
            entry = new_entry(child, row, checked.values, by=self.by, at=self.at)
            if _identity(child, entry) in known:
                outcome.what = "unchanged"
            else:
                found.append(_Entered(child, row, entry))
        return found

    def _carry_forward(self, entered: Sequence[_Entered]) -> None:
        """Let entries change their rows as if they had been entered by hand; what the file says of the row wins."""
        for child, row, entry in entered:
            self.entries[child.name].setdefault(row.pk, []).append(entry)
            if self.register.after_entry is not None:
                self.register.after_entry(row=row, entry=entry, at=self.at)
        for child in self.register.children:
            for entries in self.entries[child.name].values():
                entries.sort(key=lambda entry: getattr(entry, child.order))

    def _judge(self, line: _Line) -> None:
        """Set the values; ask the rules about the state that the row will be in."""
        for name, value in line.checked.values.items():
            setattr(line.row, name, value)
        if line.is_new and self.register.review_months and line.row.review_on is None and "review_on" not in line.data:
            line.row.review_on = add_months(day=self.at.date(), months=self.register.review_months)
        target = self.register.by_state[line.state or line.row.state]
        entries = {name: by_row.get(line.row.pk, []) for name, by_row in self.entries.items()}
        facts = snapshot.facts(register=self.register, row=line.row, entries=entries)
        common: dict[str, Any] = {
            "facts": facts, "labels": self.register.labels, "clause": self.register.cited, "at": self.at,
            "rules": self.register.rules,
        }  # fmt: skip
        moving = not line.is_new and target.key != line.row.state
        refusals = (
            reasons_not_to_move(to=target, states=self.register.by_state, **common)
            if moving
            else reasons_not_to_be_in(state=target, **common)
        )
        line.outcome.errors.extend((STATE, refusal.message) for refusal in refusals)
        line.outcome.what = "error" if line.outcome.errors else line.outcome.what
        line.row.state = target.key

    def _write(self, entered: Sequence[_Entered]) -> None:
        self.register.model.objects.bulk_create([line.row for line in self.lines if line.is_new], batch_size=200)
        for child in self.register.children:
            child.model.objects.bulk_create([e for c, _, e in entered if c is child], batch_size=200)
        touched = {row.pk: row for _, row, _ in entered}
        for line in self.lines:
            after = snapshot.journal_values(line.row, ("state", *self.register.fields))
            was, became = snapshot.changes(line.before, after)
            if line.is_new:
                touched.pop(line.row.pk, None)
                self._journal(
                    line.row, "created", before=None, after={n: v for n, v in became.items() if v not in ("", None)}
                )
            elif became:
                line.outcome.what = "changed"
                touched[line.row.pk] = line.row
                self._journal(line.row, "changed", before=was, after=became)
        for row in touched.values():
            row.version += 1
            row.updated_at = self.at
            row.save(force_update=True)
        for child, row, entry in entered:
            values = {child.one: {"id": str(entry.pk), **snapshot.journal_values(entry, child.fields)}}
            self._journal(row, f"{child.one}_added", before=None, after=values)
        self._raise_sequence()
        indexing.keep_many(self.register, [*(line.row for line in self.lines if line.is_new), *touched.values()])
        append_many(organisation_id=self.by.organisation_id, changes=self.changes, by=self.by)

    def _journal(self, row: RegisterRow, verb: str, *, before: Any, after: Any) -> None:
        """Remember for the journal, which is written last and at once."""
        self.changes.append(
            Change(
                verb=f"registers.{verb}", subject_kind=row.subject_kind(), subject_id=row.pk, subject_label=str(row),
                at=self.at, before=before, after=after, reason="Import",
            )
        )  # fmt: skip

    def _raise_sequence(self) -> None:
        """Numbers that came with the file are used up: the next one given lies above them."""
        pattern = re.compile(re.escape(self.register.prefix) + r"(\d{1,9})", re.IGNORECASE)
        used = [int(m.group(1)) for line in self.lines if line.is_new and (m := pattern.fullmatch(line.row.number))]
        if used:
            counter = self._counter()
            counter.value = max(counter.value, *used)
            counter.save(update_fields=["value"])


def _names(labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Heading in lower case → field name; both label and name are understood."""
    listed = list(labels)
    return {name.casefold(): name for name, _ in listed} | {label.casefold(): name for name, label in listed}


def _resolve(sheet: Sheet, known: Mapping[str, str]) -> list[str]:
    columns = [known.get(heading.casefold(), "") for heading in sheet.headings]
    if "" in columns:
        heading = sheet.headings[columns.index("")]
        raise TableError(f"The column “{heading}” in “{sheet.name}” is no field here. Rename or remove it.")
    twice = next((c for c in columns if columns.count(c) > 1), None)
    if twice:
        raise TableError(f"Two columns in “{sheet.name}” mean {twice}. Keep one.")
    return columns


def _by_column(columns: Sequence[str], cells: Sequence[Any]) -> dict[str, str]:
    return {column: str(cell) for column, cell in zip(columns, cells, strict=True)}


def _identity(child: Child, entry: models.Model) -> tuple[Any, ...]:
    return (getattr(entry, f"{child.parent}_id"), *snapshot.values_of(entry, child.fields).values())
