"""What the engine knows about an assessment when it decides whether a step is allowed. Frozen values, no behaviour
beyond reading.

Rules that hold here:
- One shape for every kind: an internal audit leaves parts empty, it has no shape of its own.
- Days are days of the calendar where the client is; the engine knows no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from assaymark.core.competence import AUDITING, Competence, Relation, TeamRole
from assaymark.core.findings import Grade
from assaymark.core.programme import Cycle, DecisionKind, StageFacts


class State(StrEnum):
    """Where an assessment stands in the functional approach (ISO/IEC 17000:2020, Annex A)."""

    PLANNED = "planned"  # selection
    AGREED = "agreed"  # plan and team are known to the client
    STARTED = "started"  # determination
    REPORTED = "reported"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    CLOSED = "closed"  # an audit that attests nothing ends with its report
    CANCELLED = "cancelled"


STATE_NAMES: dict[State, str] = {
    State.PLANNED: "Planned",
    State.AGREED: "Plan agreed",
    State.STARTED: "Under way",
    State.REPORTED: "Reported",
    State.REVIEWED: "Reviewed",
    State.DECIDED: "Decided",
    State.CLOSED: "Closed",
    State.CANCELLED: "Cancelled",
}


class Step(StrEnum):
    """What somebody wants to do."""

    PLAN = "plan"
    START = "start"
    REPORT = "report"
    REVIEW = "review"
    DECIDE = "decide"
    CLOSE = "close"


class Judgement(StrEnum):
    """What an auditor found on a line of the checklist."""

    CONFORM = "conform"
    NONCONFORM = "nonconform"
    OBSERVATION = "observation"
    NOT_APPLICABLE = "not_applicable"


JUDGEMENT_NAMES: dict[Judgement, str] = {
    Judgement.CONFORM: "Conforms",
    Judgement.NONCONFORM: "Does not conform",
    Judgement.OBSERVATION: "Observation",
    Judgement.NOT_APPLICABLE: "Not applicable",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the team. under: the auditor who answers for an expert, a trainee or an interpreter."""

    person_id: UUID
    name: str
    role: TeamRole
    under: UUID | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """A process within the audit, and who answers for it."""

    name: str
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding as the body sees it. accepted_on: plan accepted; verified_on: correction seen to work."""

    number: str
    grade: Grade
    requirement: str = ""
    evidence: str = ""
    answer_due: date | None = None
    accepted_on: date | None = None
    verified_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """How far the checklist is."""

    lines: int = 0
    judged: int = 0
    nonconform_without_finding: int = 0


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What the client applied for. missing: facts of the application that are still empty, in words."""

    missing: tuple[str, ...] = ()
    accepted_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The review of the results before a decision (ISO/IEC 17000:2020, 7.1)."""

    by: UUID
    by_name: str
    on: date
    recommendation: str = ""
    application_confirmed: bool = False
    objectives_reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentFacts:
    """An assessment as it stands.

    kind            key of a `core.rules.Kind`
    standard        key of the edition assessed against, "iso-9001-2015"
    criteria        what is audited against, in words; scope: how far
    competences     of everybody in the team; relations: of team, reviewer, decision maker and of the body itself
    processes       processes of the client within the audit
    cycle, history  the client's attestation so far, and the stages of all earlier assessments of this kind
    told            day on which the client was told plan and team; objection: an open objection, "" when none
    """

    kind: str
    number: str
    state: State
    standard: str = ""
    criteria: str = ""
    scope: str = ""
    sectors: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    application: ApplicationFacts | None = None
    team: tuple[Member, ...] = ()
    processes: tuple[Process, ...] = ()
    stages: tuple[StageFacts, ...] = ()
    history: tuple[StageFacts, ...] = ()
    checklist: LineFacts = LineFacts()
    findings: tuple[FindingFacts, ...] = ()
    competences: tuple[Competence, ...] = ()
    relations: tuple[Relation, ...] = ()
    review: ReviewFacts | None = None
    cycle: Cycle | None = None
    told: date | None = None
    objection: str = ""
    own: bool = False

    @property
    def first_day(self) -> date | None:
        """The day on which the first stage starts."""
        return min((stage.starts for stage in self.stages if stage.starts), default=None)

    @property
    def auditors(self) -> tuple[Member, ...]:
        """Who judges conformity: leader and auditors."""
        return tuple(member for member in self.team if member.role in AUDITING)

    def stages_of(self, kind: str) -> tuple[StageFacts, ...]:
        """The stages of one kind, such as "stage_2"."""
        return tuple(stage for stage in self.stages if stage.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody wants to do, and with which content.

    decision, effective, expires, until, part, reason   of a decision; until: last day of a suspension;
    part: which part of the scope it concerns, "whole" for all of it
    """

    by: UUID
    by_name: str
    at: datetime
    decision: DecisionKind | None = None
    effective: date | None = None
    expires: date | None = None
    until: date | None = None
    part: str = ""
    reason: str = ""
    stage: str = ""

    @property
    def day(self) -> date:
        """The day of the act."""
        return self.at.date()
