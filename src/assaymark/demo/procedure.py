"""One assessment told from application to attestation: the same parts for certification, accreditation, recognition.

Each part is a story's part: it yields its moments, and acts through the actions of `records.assessments`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from assaymark.core.assessment import Judgement
from assaymark.core.attestation import Site
from assaymark.core.competence import TeamRole
from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.trust import ScopeRow
from assaymark.demo.timeline import Calendar, Part
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.actions import ApplicationContent, StagePlan
from assaymark.records.scope import organisation_scope

if TYPE_CHECKING:
    from assaymark.records.assessments.models import Assessment, Decision
    from assaymark.records.attestations.models import Attestation


@dataclass(frozen=True, slots=True)
class Body:
    """The people of the body who take part. No two of lead, reviewer and decider are the same person."""

    office: Actor
    lead: Actor
    reviewer: Actor
    decider: Actor


@dataclass(frozen=True, slots=True)
class Visit:
    """One stage as it was carried out. start: day counted from today; notes: what was seen, by clause."""

    stage: str
    start: int
    days: int
    conclusion: str
    on_site: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is assessed, by whom, for whom."""

    calendar: Calendar
    title: str
    content: ApplicationContent
    client: Actor
    body: Body
    team: tuple[tuple[Actor, TeamRole], ...] = ()


def applied(case: Case, *, offset: int, verdict: str) -> Part[UUID]:
    """The client applies; a week later the body accepts. Gives the application's id."""
    at = yield case.calendar.at(offset, 10)
    office = case.body.office
    row = actions.apply(body_id=office.organisation_id, content=case.content, by=case.client, at=at)
    at = yield case.calendar.at(offset + 7, 11)
    actions.review_application(application_id=row.pk, accept=True, verdict=verdict, by=office, at=at)
    return row.pk


def planned(
    case: Case, visits: Sequence[Visit], *, offset: int, application_id: UUID | None, accepted: bool = True
) -> Part[Assessment]:
    """The body plans and tells the client, who accepts two days later."""
    calendar, office = case.calendar, case.body.office
    at = yield calendar.at(offset, 10)
    content = case.content
    audit = actions.plan_assessment(
        kind=content.kind,
        title=case.title,
        standard=content.standard,
        client_id=case.client.organisation_id,
        application_id=application_id,
        scope=content.scope,
        sectors=content.sectors,
        languages=content.languages,
        objectives="Conformity with the criteria, and whether the system is able to keep to them.",
        stages=[_stage(calendar, visit) for visit in visits],
        by=office,
        at=at,
    )
    lead = case.body.lead.person_id
    actions.add_member(assessment_id=audit.pk, person_id=lead, role=TeamRole.LEAD, by=office, at=at)
    for person, role in case.team:
        under = None if role in {TeamRole.AUDITOR, TeamRole.OBSERVER} else lead
        actions.add_member(
            assessment_id=audit.pk, person_id=person.person_id, role=role, under_id=under, by=office, at=at
        )
    at = yield calendar.at(offset + 1, 15)
    audit = actions.send_plan(assessment_id=audit.pk, by=office, at=at)
    if accepted:
        at = yield calendar.at(offset + 3, 10)
        audit = actions.accept_plan(assessment_id=audit.pk, by=case.client, at=at)
    return audit


def _stage(calendar: Calendar, visit: Visit) -> StagePlan:
    first = calendar.day(visit.start)
    last = calendar.day(visit.start + visit.days - 1)
    return StagePlan(visit.stage, first, last, Decimal(visit.days), on_site=visit.on_site)


def carried_out(
    case: Case,
    audit: Assessment,
    visits: Sequence[Visit],
    *,
    clauses: Sequence[str],
    notes: Mapping[str, str],
    raised: Iterable[Finding] = (),
) -> Part[dict[str, UUID]]:
    """Stage by stage; lines are judged on the last one. Gives the ids of what was raised, by requirement."""
    calendar, lead = case.calendar, case.body.lead
    at = yield calendar.at(visits[0].start - 3, 14)
    actions.make_checklist(assessment_id=audit.pk, clauses=clauses, by=lead, at=at)
    with organisation_scope(lead.organisation_id):
        stages = list(queries.record(assessment_id=audit.pk).stages)
    for stage, visit in zip(stages[:-1], visits[:-1], strict=True):
        at = yield calendar.at(visit.start, 8, 30)
        actions.start(assessment_id=audit.pk, stage_id=stage.pk, by=lead, at=at)
        at = yield calendar.at(visit.start + visit.days - 1, 16)
        actions.conclude_stage(stage_id=stage.pk, conclusion=visit.conclusion, by=lead, at=at)
    last = visits[-1]
    at = yield calendar.at(last.start, 8, 30)
    actions.start(assessment_id=audit.pk, stage_id=stages[-1].pk, by=lead, at=at)
    at = yield calendar.at(last.start + last.days - 1, 15)
    found = judged(audit.pk, by=lead, at=at, notes=notes, raised=raised)
    actions.conclude_stage(stage_id=stages[-1].pk, conclusion=last.conclusion, by=lead, at=at)
    return found


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is raised from the line of this requirement."""

    requirement: str
    grade: Grade
    title: str
    happened: str
    evidence: str


def judged(
    audit_id: UUID, *, by: Actor, at: datetime, notes: Mapping[str, str], raised: Iterable[Finding] = ()
) -> dict[str, UUID]:
    """Judge every line that is open: conforming, with the note of its clause, unless something is raised from it."""
    wanted = {finding.requirement: finding for finding in raised}
    found: dict[str, UUID] = {}
    with organisation_scope(by.organisation_id):
        lines = [line for line in queries.checklist(assessment_id=audit_id) if not line.judgement]
    for line in lines:
        finding = wanted.pop(line.requirement, None)
        if finding is None:
            actions.judge(line_id=line.pk, judgement=Judgement.CONFORM, note=_note(notes, line.clause), by=by, at=at)
            continue
        row = actions.raise_from_line(
            line_id=line.pk,
            grade=finding.grade,
            title=finding.title,
            happened=finding.happened,
            evidence=finding.evidence,
            by=by,
            at=at,
        )
        found[finding.requirement] = row.pk
    if wanted:
        raise LookupError(f"The checklist has no line for {', '.join(sorted(wanted))}.")
    return found


def _note(notes: Mapping[str, str], clause: str) -> str:
    """The note of the clause or of the nearest clause above it."""
    while clause:
        if clause in notes:
            return notes[clause]
        clause = clause.rpartition(".")[0]
    return notes.get("", "Seen.")


def reported(case: Case, audit: Assessment, *, offset: int, summary: str, recommendation: str) -> Part[None]:
    """The team leader issues the report."""
    at = yield case.calendar.at(offset, 16)
    actions.issue_report(
        assessment_id=audit.pk, summary=summary, recommendation=recommendation, by=case.body.lead, at=at
    )


def reviewed(case: Case, audit: Assessment, *, offset: int, recommendation: str) -> Part[None]:
    """Somebody outside the team reviews the results."""
    at = yield case.calendar.at(offset, 11)
    actions.review(
        assessment_id=audit.pk,
        recommendation=recommendation,
        application_confirmed=True,
        objectives_reached=True,
        by=case.body.reviewer,
        at=at,
    )


def decided(
    case: Case, audit: Assessment, *, offset: int, decision: DecisionKind, reasons: str, scope: str = ""
) -> Part[Decision]:
    """Somebody outside the team decides."""
    at = yield case.calendar.at(offset, 14)
    return actions.decide(
        assessment_id=audit.pk, decision=decision, reasons=reasons, scope=scope, by=case.body.decider, at=at
    )


def attested(
    case: Case,
    decision: Decision,
    *,
    offset: int,
    number: str,
    scope: Sequence[ScopeRow] = (),
    statement: str = "",
    sites: Sequence[Site] = (),
    exclusions: Sequence[tuple[str, str]] = (),
) -> Part[Attestation]:
    """The office carries the decision out."""
    at = yield case.calendar.at(offset, 15)
    return actions.attest(
        decision_id=decision.pk,
        scope=scope,
        statement=statement,
        sites=sites,
        exclusions=exclusions,
        number=number,
        by=case.body.office,
        at=at,
    )


def competent(
    person: Actor,
    *,
    standard: str,
    sectors: Iterable[int],
    languages: Iterable[str],
    since: date,
    by: Actor,
    at: datetime,
    basis: str,
) -> None:
    """The person is evaluated for standard, sectors and languages."""
    actions.record_competence(
        person_id=person.person_id,
        standard=standard,
        role=TeamRole.LEAD,
        sectors=sectors,
        languages=languages,
        since=since,
        basis=basis,
        by=by,
        at=at,
    )
