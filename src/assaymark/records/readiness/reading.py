"""From rows of the one query to the facts that checks look at."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from assaymark.core import programme
from assaymark.core.programme import DecisionFacts, DecisionKind, StageFacts
from assaymark.core.readiness import facts
from assaymark.core.readiness.facts import Exclusion, NextDate, Record
from assaymark.records.assessments.facts import rules_for
from assaymark.records.assessments.models import KINDS


class Row(NamedTuple):
    """A row in the order of `legs.COLUMNS`."""

    kind: str
    key: UUID
    owner: UUID | None
    process: UUID | None
    number: str | None
    title: str | None
    state: str | None
    changed: date | None
    on_1: date | None
    on_2: date | None
    on_3: date | None
    n_1: int | None
    n_2: int | None
    n_3: int | None
    n_4: int | None
    text_1: str | None
    text_2: str | None

    def record(self, kind: str) -> Record:
        """The record as it is named and opened. kind: the model's label."""
        return Record(kind, self.key, f"{self.number or ''} {self.title or ''}".strip())

    def common(self, kind: str) -> dict[str, Any]:
        """What every fact has."""
        return {
            "record": self.record(kind),
            "owner_id": self.owner,
            "process_id": self.process,
            "on": self.changed,
            "state": self.state or "",
        }


def _party(row: Row) -> facts.Party:
    return facts.Party(
        **row.common("registers.interestedparty"),
        review_on=row.on_1,
        requirements=row.n_1 or 0,
        climate=bool(row.n_2),
    )


def _process(row: Row) -> facts.Process:
    return facts.Process(
        **{**row.common("registers.process"), "process_id": row.key},
        review_on=row.on_1,
        last_audit=row.on_2,
        measured=bool(row.n_1),
        clauses=tuple(filter(None, re.split(r"[,;\s]+", row.text_1 or ""))),
    )


def _risk(row: Row) -> facts.Risk:
    return facts.Risk(
        **row.common("registers.risk"),
        review_on=row.on_1,
        treatment_due=row.on_2,
        level=row.n_1 or 0,
        residual=row.n_2,
        treated=bool(row.n_3),
    )


def _objective(row: Row) -> facts.Objective:
    return facts.Objective(
        **row.common("registers.objective"),
        due_on=row.on_1,
        latest_on=row.on_2,
        on_target=None if row.n_1 is None else bool(row.n_1),
        planned=bool(row.n_2),
    )


def _instrument(row: Row) -> facts.Instrument:
    return facts.Instrument(
        **row.common("registers.measuringequipment"),
        due_on=row.on_1,
        calibrated_on=row.on_2,
        out=bool(row.n_1),
        assessed=not row.n_1 or bool(row.n_2),
        certificate=bool(row.n_3 or row.n_4),
    )


def _document(row: Row) -> facts.Document:
    return facts.Document(
        **row.common("documents.document"),
        next_review=row.on_1,
        approved=row.state == "approved",
        imported=row.state == "imported",
        read=row.n_1 or 0,
        unread=row.n_2 or 0,
        late=row.n_3 or 0,
        clauses=tuple(str(c) for c in json.loads(row.text_1 or "[]")),
    )


def _finding(row: Row) -> facts.Nonconformity:
    return facts.Nonconformity(
        **row.common("findings.nonconformity"),
        raised_on=row.changed,
        due=row.on_1,
        answer_due=row.on_2,
        check_due=row.on_3,
        cause_known=bool(row.n_1),
        from_audit=bool(row.n_2),
        clause=row.text_1 or "",
        grade=row.text_2 or "",
    )


def _action(row: Row) -> facts.Action:
    return facts.Action(**row.common("findings.nonconformity"), due=row.on_1)


def _audit(row: Row) -> facts.Audit:
    return facts.Audit(
        **row.common("assessments.assessment"),
        kind=row.text_1 or "",
        own=bool(row.n_1),
        own_work=bool(row.n_2),
        starts=row.on_1,
        ends=row.on_2,
    )


def _certificate(row: Row) -> facts.Certificate:
    excluded = json.loads(row.text_1 or "[]")
    return facts.Certificate(
        **row.common("attestations.attestation"),
        standard=row.state or "",
        valid_until=row.on_1,
        statement=row.text_2 or "",
        exclusions=tuple(Exclusion(str(e.get("clause", "")), str(e.get("justification", ""))) for e in excluded),
    )


@dataclass(slots=True)
class Table:
    """Rows by kind."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, raw: Iterable[tuple[Any, ...]]) -> Table:
        """Sorted by kind; within a kind by number, so that what is named first does not change from call to call."""
        table = cls()
        for values in raw:
            row = Row(*values)
            table.rows[row.kind].append(row)
        for rows in table.rows.values():
            rows.sort(key=lambda r: (r.number or "", str(r.key)))
        return table

    def facts(self, standard: str) -> dict[str, Any]:
        """What `Snapshot` takes from the rows. standard: the edition whose certificates count."""
        made: dict[str, list[Any]] = {
            "parties": [_party(r) for r in self.rows["party"]],
            "processes": [_process(r) for r in self.rows["process"]],
            "risks": [_risk(r) for r in self.rows["risk"]],
            "objectives": [_objective(r) for r in self.rows["objective"]],
            "instruments": [_instrument(r) for r in self.rows["instrument"]],
            "documents": [_document(r) for r in self.rows["document"]],
            "findings": sorted((_finding(r) for r in self.rows["finding"]), key=lambda f: f.due or date.max),
            "actions": sorted((_action(r) for r in self.rows["action"]), key=lambda a: a.due or date.max),
            "audits": [_audit(r) for r in self.rows["audit"]],
            "certificates": [_certificate(r) for r in self.rows["certificate"] if r.state == standard],
        }
        links = Counter(r.state or "" for r in self.rows["link"])
        return {name: tuple(values) for name, values in made.items()} | {"evidence": dict(links)}

    def dates(self, day: date) -> tuple[NextDate, ...]:
        """What is to come: stages of audits, surveillance that is due, certificates that end, objectives."""
        return (*self._stages(), *self._surveillance(day), *self._endings(day))

    def _stages(self) -> Iterable[NextDate]:
        for row in self.rows["stage"]:
            words = (row.state or "").replace("_", " ").capitalize()
            what = f"Internal audit: {row.title}" if row.n_1 else f"{words} by {row.text_2}"
            if not row.n_1 and row.state in {"surveillance", "recertification"}:
                what = f"{words} audit by {row.text_2}"
            if row.on_1:
                yield NextDate(row.on_1, what, row.record("assessments.assessment"))

    def _surveillance(self, day: date) -> Iterable[NextDate]:
        """By the rules of the body's kind of assessment, unless a stage is planned for it already."""
        planned = {r.text_1 for r in self.rows["stage"]}
        decided: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in sorted(self.rows["decision"], key=lambda r: r.changed or day):
            decided[row.state or "", row.text_1 or ""].append(row)
        for (kind, standard), rows in decided.items():
            cycle = programme.cycle_of(_decision(r) for r in rows)
            if cycle is None or kind in planned or kind not in KINDS:
                continue
            held = [_stage(r) for r in self.rows["held"] if r.state == kind and r.text_1 == standard]
            due = programme.surveillance_due(rules=rules_for(kind, on=day), cycle=cycle, stages=held)
            attested = next((r for r in reversed(rows) if r.key), None)
            if due and attested:
                word = "Assessment" if kind == "accreditation" else "Surveillance audit"
                what = f"{word} by {attested.number}, at latest"
                yield NextDate(due, what, Record("attestations.attestation", attested.key, attested.number or ""))

    def _endings(self, day: date) -> Iterable[NextDate]:
        for row in self.rows["certificate"]:
            if row.on_1 and row.on_1 >= day:
                yield NextDate(row.on_1, f"{row.number} ends", row.record("attestations.attestation"))
        for row in self.rows["objective"]:
            if row.on_1 and row.on_1 >= day and row.state == "pursued":
                yield NextDate(row.on_1, f"Objective to be reached: {row.title}", row.record("registers.objective"))


def _decision(row: Row) -> DecisionFacts:
    assert row.changed is not None and row.on_1 is not None
    return DecisionFacts(DecisionKind(row.title or ""), row.changed, row.on_1, row.on_2)


def _stage(row: Row) -> StageFacts:
    return StageFacts(row.title or "", row.on_1, row.on_2, on_site=bool(row.n_1), done=True)
