"""What readiness looks at: one snapshot of an organisation's live records, as values.

Every fact names its record, so that whoever reads a verdict can open what it rests on. Nothing here was typed in for
readiness; all of it is kept for its own sake elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Record:
    """A record that a check looked at. kind: "registers.risk"; note: why it is named, such as "due 20 Nov 2026"."""

    kind: str
    id: UUID
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What all facts have. owner_id: who answers for it; process_id: where it belongs; on: the day it last changed."""

    record: Record
    owner_id: UUID | None = None
    process_id: UUID | None = None
    on: date | None = None
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Fact):
    """An interested party (4.2)."""

    review_on: date | None = None
    requirements: int = 0
    climate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Fact):
    """A process (4.4). last_audit: last day of the last internal audit of it that was reported."""

    review_on: date | None = None
    measured: bool = False
    clauses: tuple[str, ...] = ()
    last_audit: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(Fact):
    """A risk (6.1). level and residual: likelihood times impact, 1 to 25; residual None while not graded."""

    review_on: date | None = None
    level: int = 0
    residual: int | None = None
    treatment_due: date | None = None
    treated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective(Fact):
    """An objective (6.2). on_target None while target or value is missing."""

    due_on: date | None = None
    latest_on: date | None = None
    on_target: bool | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(Fact):
    """Measuring equipment (7.1.5). out: its latest calibration found it out of tolerance."""

    due_on: date | None = None
    calibrated_on: date | None = None
    out: bool = False
    assessed: bool = True
    certificate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Fact):
    """A document in force (7.5). read, unread, late: confirmations of its reading (7.3)."""

    clauses: tuple[str, ...] = ()
    next_review: date | None = None
    approved: bool = False
    imported: bool = False
    read: int = 0
    unread: int = 0
    late: int = 0

    def serves(self, clause: str) -> bool:
        """Whether it names the clause or a part of it."""
        return any(within(named, clause) for named in self.clauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonconformity(Fact):
    """A finding that is not closed (10.2). grade: major, minor, observation, opportunity."""

    grade: str = "minor"
    clause: str = ""
    raised_on: date | None = None
    due: date | None = None
    answer_due: date | None = None
    check_due: date | None = None
    cause_known: bool = False
    from_audit: bool = False

    @property
    def weighs(self) -> bool:
        """Whether a requirement is not met, rather than something being worth a remark."""
        return self.grade in {"major", "minor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Fact):
    """A corrective action that is not done; its record is the nonconformity."""

    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Fact):
    """An audit by us or of us that is not over. own_work: somebody in the team answers for what it looks at."""

    kind: str = ""
    own: bool = False
    starts: date | None = None
    ends: date | None = None
    own_work: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A clause that does not apply, and why (4.3)."""

    clause: str
    justification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Fact):
    """A certificate held. standard: key of the edition."""

    standard: str = ""
    issuer: str = ""
    valid_until: date | None = None
    statement: str = ""
    exclusions: tuple[Exclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Findings so far, closed ones included: nonconformities, improvements, and the days of the newest."""

    findings: int = 0
    newest: date | None = None
    improvements: int = 0
    newest_improvement: date | None = None


@dataclass(frozen=True, slots=True)
class NextDate:
    """Something that will happen on a day."""

    on: date
    what: str
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The organisation on one day. members: id → name of those who belong to it. audit_months: period of AUD-3."""

    day: date
    parties: tuple[Party, ...] = ()
    processes: tuple[Process, ...] = ()
    risks: tuple[Risk, ...] = ()
    objectives: tuple[Objective, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    documents: tuple[Document, ...] = ()
    findings: tuple[Nonconformity, ...] = ()
    actions: tuple[Action, ...] = ()
    audits: tuple[Audit, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    evidence: Mapping[str, int] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    members: Mapping[UUID, str] = field(default_factory=dict)
    dates: tuple[NextDate, ...] = ()
    audit_months: int = 12

    @property
    def running(self) -> tuple[Process, ...]:
        """Processes in use."""
        return tuple(p for p in self.processes if p.state == "active")

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """What the newest certificate leaves out; nothing while there is none."""
        newest = max(self.certificates, key=lambda c: c.on or date.min, default=None)
        return newest.exclusions if newest else ()


@lru_cache(maxsize=8192)  # asked of every finding for every clause
def within(clause: str, above: str) -> bool:
    """Whether a clause or requirement is the one above or lies in it: "7.1.5.2 a" within "7.1.5"."""
    number = clause.split(" ")[0]
    return number == above or number.startswith(f"{above}.")


def say(day: date) -> str:
    """A date in words, such as "3 Mar 2026"."""
    return f"{day.day} {day:%b %Y}"
