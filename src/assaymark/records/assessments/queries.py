"""Reads of assessments in the current scope: lists, one record, checklist, decisions, what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from assaymark import catalogue
from assaymark.core import assessment as engine
from assaymark.core import programme
from assaymark.core.parties import Actor
from assaymark.core.programme import Cycle, DecisionKind
from assaymark.core.refusal import Refusal
from assaymark.records.assessments.facts import cycle_and_history, rules_for
from assaymark.records.assessments.models import (
    KINDS,
    Application,
    Assessment,
    AuditedProcess,
    ChecklistLine,
    CompetenceRecord,
    Decision,
    Programme,
    RelationRecord,
    Stage,
    TeamMember,
)
from assaymark.records.assessments.planning import act_of, decision_act
from assaymark.records.registers.models import Process
from assaymark.records.scope import current_scope

__all__ = [
    "KINDS",
    "VIEWS",
    "Application",
    "Assessment",
    "ChecklistLine",
    "Client",
    "Decision",
    "Programme",
    "Record",
    "accepted_applications",
    "application",
    "applications",
    "awaiting_decision",
    "checklist",
    "clients",
    "competences",
    "counts",
    "decisions",
    "in_programme",
    "last_audits",
    "likely_decision",
    "line",
    "listed",
    "next_refusals",
    "not_audited",
    "open_for",
    "programme_of",
    "programmes",
    "record",
    "refusals_to_decide",
    "relations",
    "rules_for",
    "standard_name",
    "surveillance_due",
]

OPEN_STATES = [s for s in engine.State if s not in {engine.State.DECIDED, engine.State.CLOSED, engine.State.CANCELLED}]
VIEWS: dict[str, str] = {"open": "Open", "ended": "Ended", "of-us": "Of us", "all": "All"}


def _own_id() -> UUID:
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    return scope.organisation_id


def _in_view(view: str) -> Q:
    own = _own_id()
    if view == "of-us":
        return Q(client_id=own) & ~Q(organisation_id=own)
    if view == "ended":
        return Q(organisation_id=own) & ~Q(state__in=OPEN_STATES)
    return Q(organisation_id=own) & (Q(state__in=OPEN_STATES) if view == "open" else Q())


def listed(*, view: str = "open", kind: str = "", search: str = "") -> QuerySet[Assessment]:
    """The rows of the list, with client and number of findings, the next first while open."""
    rows = Assessment.objects.filter(_in_view(view)).select_related("client", "organisation", "programme")
    if kind:
        rows = rows.filter(kind=kind)
    if search:
        rows = rows.filter(Q(title__icontains=search) | Q(number__icontains=search) | Q(client__name__icontains=search))
    rows = rows.annotate(finding_count=Count("findings", distinct=True))
    return rows.order_by("starts", "id") if view == "open" else rows.order_by("-starts", "-id")


def counts() -> dict[str, int]:
    """How many rows each view has, in one query."""
    found: dict[str, int] = Assessment.objects.aggregate(**{v: Count("id", filter=_in_view(v)) for v in VIEWS})
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """What the record page of an assessment shows."""

    row: Assessment
    team: Sequence[TeamMember]
    stages: Sequence[Stage]
    processes: Sequence[Process]
    decisions: Sequence[Decision]
    owned: bool


def record(*, assessment_id: UUID) -> Record:
    """One assessment with its parts; DoesNotExist outside the scope. Five queries."""
    rows = Assessment.objects.select_related("client", "organisation", "programme", "application", "reported_by")
    row: Assessment = rows.get(pk=assessment_id)
    owned = row.organisation_id == _own_id()
    audited = AuditedProcess.objects.filter(assessment=row).select_related("process__owner") if row.own else ()
    return Record(
        row=row,
        team=list(TeamMember.objects.filter(assessment=row).select_related("person", "under")),
        stages=list(Stage.objects.filter(assessment=row)),
        processes=[entry.process for entry in audited],
        decisions=list(Decision.objects.filter(assessment=row).select_related("decided_by")),
        owned=owned,
    )


def next_refusals(
    row: Assessment, *, by: Actor, at: datetime, decision: DecisionKind | None = None
) -> tuple[engine.Step | None, tuple[Refusal, ...]]:
    """The next step of an assessment, and every reason why this person cannot take it now; for the page's button."""
    facts = row.facts()
    step = engine.next_step(facts, kind=row.about)
    if step is None:
        return None, ()
    rules = rules_for(row.kind, on=at.date())
    if step is engine.Step.DECIDE:
        return step, refusals_to_decide(facts, by=by, at=at, decision=decision or likely_decision(facts))
    waiting = next((s.kind for s in facts.stages if not s.done), "")
    return step, engine.reasons_not_to(step, facts, act=act_of(by, at, stage=waiting), rules=rules)


def standard_name(key: str) -> str:
    """An edition as it is cited; its key when it does not ship."""
    try:
        return catalogue.edition(key).name
    except KeyError:
        return key


def likely_decision(facts: engine.AssessmentFacts) -> DecisionKind:
    """What the audit leads to when all is well: a grant, a renewal, or that all stays as it is."""
    if facts.cycle is None or facts.cycle.withdrawn_on is not None:
        return DecisionKind.GRANT
    renewing = any(stage.kind in engine.RENEWALS for stage in facts.stages)
    return DecisionKind.RENEW if renewing else DecisionKind.MAINTAIN


def refusals_to_decide(
    facts: engine.AssessmentFacts,
    *,
    by: Actor,
    at: datetime,
    decision: DecisionKind,
    effective: date | None = None,
    expires: date | None = None,
    until: date | None = None,
    part: str = "whole",
    reason: str = "-",
) -> tuple[Refusal, ...]:
    """Every reason why this person cannot take that decision now; content not given is taken as in order."""
    rules = rules_for(facts.kind, on=at.date())
    start = effective or at.date()
    if expires is None and decision in {DecisionKind.GRANT, DecisionKind.RENEW}:
        cycle = facts.cycle if decision is DecisionKind.RENEW else None
        expires = programme.expiry(rules=rules, effective_from=start, cycle=cycle)
    act = decision_act(
        by, at, decision=decision, effective=start, expires=expires, until=until, part=part, reason=reason
    )
    return engine.reasons_not_to_decide(facts, act=act, rules=rules)


def checklist(*, assessment_id: UUID) -> QuerySet[ChecklistLine]:
    """The lines in their order with what was raised from them; empty for the client. Two queries."""
    rows = ChecklistLine.objects.filter(assessment_id=assessment_id).select_related("process")
    return rows.prefetch_related("findings").order_by("position")


def line(*, line_id: UUID) -> ChecklistLine:
    """One line with its assessment; DoesNotExist outside the scope."""
    rows = ChecklistLine.objects.select_related("assessment", "process").prefetch_related("findings")
    row: ChecklistLine = rows.get(pk=line_id)
    return row


def applications(*, state: str = "") -> QuerySet[Application]:
    """Applications to and from the scope's organisation, newest first."""
    rows = Application.objects.select_related("client", "organisation")
    return rows.filter(state=state) if state else rows


def application(*, application_id: UUID) -> Application:
    """One application; DoesNotExist outside the scope."""
    row: Application = Application.objects.select_related("client", "organisation").get(pk=application_id)
    return row


def accepted_applications(*, kind: str) -> QuerySet[Application]:
    """Accepted applications to the scope's organisation for a kind of assessment, newest first."""
    rows = Application.objects.filter(organisation_id=_own_id(), kind=kind, state=Application.State.ACCEPTED)
    return rows.select_related("client")


def decisions(*, client_id: UUID | None = None) -> QuerySet[Decision]:
    """Decisions of and about the scope's organisation, newest first."""
    rows = Decision.objects.select_related("client", "organisation", "decided_by", "assessment").order_by("-decided_at")
    return rows.filter(client_id=client_id) if client_id else rows


def awaiting_decision() -> QuerySet[Assessment]:
    """Reviewed assessments of the scope's organisation, the longest waiting first."""
    rows = Assessment.objects.filter(organisation_id=_own_id(), state=engine.State.REVIEWED)
    return rows.select_related("client").order_by("reported_at")


def programmes(*, kind: str = "") -> QuerySet[Programme]:
    """Programmes with the number of their audits, the newest first."""
    rows = Programme.objects.annotate(audits=Count("assessments"))
    return rows.filter(kind=kind) if kind else rows


def programme_of(*, programme_id: UUID) -> Programme:
    """One programme; DoesNotExist outside the scope."""
    row: Programme = Programme.objects.get(pk=programme_id)
    return row


def in_programme(programme: Programme) -> QuerySet[Assessment]:
    """Audits planned in the programme, and others of its kind within its period, by date."""
    within = Q(programme__isnull=True, kind=programme.kind, starts__range=(programme.starts, programme.ends))
    rows = Assessment.objects.filter(organisation_id=programme.organisation_id)
    return rows.filter(Q(programme=programme) | within).select_related("client").order_by("starts", "id")


def competences(*, person_id: UUID | None = None) -> QuerySet[CompetenceRecord]:
    """Evaluated competence, by person."""
    rows = CompetenceRecord.objects.select_related("person", "evaluated_by").order_by("person__name", "standard")
    return rows.filter(person_id=person_id) if person_id else rows


def relations(*, client_id: UUID | None = None) -> QuerySet[RelationRecord]:
    """Ties with clients."""
    rows = RelationRecord.objects.select_related("person", "client").order_by("client__name")
    return rows.filter(client_id=client_id) if client_id else rows


@dataclass(frozen=True, slots=True)
class Client:
    """A client with the state of what was attested to it. due: day by which the next surveillance has to happen."""

    client_id: UUID
    name: str
    kind: str
    standard: str
    cycle: Cycle | None
    due: date | None
    attestation_id: UUID | None
    latest_id: UUID


def clients(*, day: date) -> list[Client]:
    """Clients of the scope's organisation by name, one entry per kind and standard. Two queries."""
    decided: dict[tuple[UUID, str, str], list[Decision]] = {}
    own = _own_id()
    for decision in Decision.objects.filter(organisation_id=own).order_by("decided_at", "id"):
        decided.setdefault((decision.client_id, decision.assessment_kind, decision.standard), []).append(decision)
    stages: dict[tuple[UUID, str, str], list[Stage]] = {}
    for stage in Stage.objects.filter(organisation_id=own).select_related("assessment__client"):
        about = stage.assessment
        stages.setdefault((about.client_id, about.kind, about.standard), []).append(stage)
    found = []
    for key, rows in stages.items():
        about = max((s.assessment for s in rows), key=lambda a: (a.starts or day, a.number))
        if about.own:
            continue
        taken = decided.get(key, [])
        cycle = programme.cycle_of(d.facts() for d in taken)
        rules = rules_for(key[1], on=day)
        facts = [s.facts() for s in rows]
        due = programme.surveillance_due(rules=rules, cycle=cycle, stages=facts) if cycle else None
        made = next((d.attestation_id for d in reversed(taken) if d.attestation_id), None)
        found.append(Client(key[0], about.client.name, key[1], key[2], cycle, due, made, about.pk))
    return sorted(found, key=lambda client: (client.name, client.kind))


def surveillance_due(row: Assessment, *, day: date) -> date | None:
    """When the next surveillance of this client is due. Two queries."""
    cycle, history = cycle_and_history(row)
    if cycle is None:
        return None
    stages = [*history, *(stage.facts() for stage in Stage.objects.filter(assessment=row))]
    return programme.surveillance_due(rules=rules_for(row.kind, on=day), cycle=cycle, stages=stages)


def last_audits() -> dict[str, date | None]:
    """Active processes of the scope's organisation with the last day of their last internal audit. Two queries."""
    last = dict(
        AuditedProcess.objects.filter(assessment__reported_at__isnull=False)
        .values_list("process_id")
        .annotate(last=Max("assessment__ends"))
    )
    active = Process.objects.filter(state="active", retired_at__isnull=True)
    return {process.title: last.get(process.pk) for process in active}


def not_audited(*, day: date) -> tuple[str, ...]:
    """Active processes not audited within the period of AUD-3; for readiness and the programme."""
    months = rules_for("internal_audit", on=day)["AUD-3"].number("months")
    return programme.not_audited(last_audited=last_audits(), months=months, on=day)


def open_for(*, person_id: UUID | None) -> QuerySet[TeamMember]:
    """Open assessments in whose team somebody is."""
    rows = TeamMember.objects.filter(organisation_id=_own_id(), assessment__state__in=OPEN_STATES)
    rows = rows.select_related("assessment__client", "person")
    return rows.filter(person_id=person_id) if person_id else rows.filter(role="lead")
