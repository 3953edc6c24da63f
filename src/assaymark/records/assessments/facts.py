"""Builds the facts that the engine decides by: from rows to one frozen value, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Q

from assaymark import catalogue
from assaymark.core import assessment as engine
from assaymark.core.competence import Competence, Relation, RelationKind
from assaymark.core.findings import Grade
from assaymark.core.programme import Cycle, StageFacts, cycle_of
from assaymark.core.refusal import Refusal
from assaymark.core.rules import Rule
from assaymark.records.assessments.models import (
    Application,
    Assessment,
    AuditedProcess,
    CompetenceRecord,
    Decision,
    RelationRecord,
    Review,
    Stage,
    TeamMember,
)
from assaymark.records.findings.models import Nonconformity


def rules_for(kind: str, *, on: date) -> dict[str, Rule]:
    """The rules in force for that kind on that day."""
    return catalogue.rule_book().for_kind(kind, on=on)


def reasons_not_to_accept(row: Application, *, on: date) -> tuple[Refusal, ...]:
    """Why an application cannot be accepted: reviewed already, or not complete (APP-1)."""
    found: list[Refusal] = []
    if row.state != Application.State.SUBMITTED:
        found.append(Refusal("reviewed-already", "ISO/IEC 17021-1:2015, 9.1.2", "It has been reviewed already."))
    rule, missing = rules_for(row.kind, on=on).get("APP-1"), row.facts().missing
    if rule is not None and missing:
        found.append(rule.refusal(missing=list(missing)))
    return tuple(found)


def cycle_and_history(row: Assessment) -> tuple[Cycle | None, tuple[StageFacts, ...]]:
    """The client's attestation of this kind and standard so far, and the stages of its other assessments."""
    decisions = Decision.objects.filter(
        organisation_id=row.organisation_id,
        client_id=row.client_id,
        assessment_kind=row.kind,
        standard=row.standard,
    ).order_by("decided_at", "id")
    stages = Stage.objects.filter(
        organisation_id=row.organisation_id,
        assessment__client_id=row.client_id,
        assessment__kind=row.kind,
        assessment__standard=row.standard,
    ).exclude(assessment_id=row.pk)
    return cycle_of(decision.facts() for decision in decisions), tuple(stage.facts() for stage in stages)


def facts_of(row: Assessment) -> engine.AssessmentFacts:
    """Everything that bears on the next step. At most eleven queries, whatever the size of the assessment."""
    team = tuple(m.facts() for m in TeamMember.objects.select_related("person").filter(assessment=row))
    cycle, history = cycle_and_history(row) if row.about.attests else (None, ())
    review = Review.objects.select_related("by").filter(assessment=row).first() if row.about.separate_decision else None
    processes = AuditedProcess.objects.select_related("process").filter(assessment=row) if row.own else []
    return engine.AssessmentFacts(
        kind=row.kind,
        number=row.number,
        state=engine.State(row.state),
        standard=row.standard,
        criteria=row.criteria,
        scope=row.scope,
        sectors=frozenset(row.sectors),
        languages=frozenset(row.languages),
        application=row.application.facts() if row.application else None,
        team=team,
        processes=tuple(engine.Process(a.process.title, a.process.owner_id) for a in processes),
        stages=tuple(stage.facts() for stage in Stage.objects.filter(assessment=row)),
        history=history,
        checklist=_checklist(row),
        findings=_findings(row),
        competences=_competences(m.person_id for m in team) if not row.own else (),
        relations=_relations(row) if not row.own else (),
        review=review.facts() if review else None,
        cycle=cycle,
        told=_day(row.told_at),
        objection=row.objection,
        own=row.own,
    )


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _checklist(row: Assessment) -> engine.LineFacts:
    counts = row.lines.aggregate(
        lines=Count("id", distinct=True),
        judged=Count("id", filter=~Q(judgement=""), distinct=True),
        unraised=Count("id", filter=Q(judgement="nonconform", findings__isnull=True), distinct=True),
    )
    return engine.LineFacts(counts["lines"], counts["judged"], counts["unraised"])


def _findings(row: Assessment) -> tuple[engine.FindingFacts, ...]:
    return tuple(
        engine.FindingFacts(
            number=finding.number,
            grade=Grade(finding.grade),
            requirement=finding.citation,
            evidence=finding.evidence,
            answer_due=finding.answer_due,
            accepted_on=_day(finding.answer_accepted_at),
            verified_on=_day(finding.verified_at),
            closed_on=_day(finding.closed_at),
        )
        for finding in Nonconformity.objects.filter(assessment=row).order_by("raised_at")
    )


def _competences(people: Iterable[object]) -> tuple[Competence, ...]:
    records = CompetenceRecord.objects.filter(person_id__in=list(people))
    return tuple(
        Competence(
            person_id=record.person_id,
            standard=record.standard,
            sectors=frozenset(record.sectors),
            languages=frozenset(record.languages),
            since=record.since,
            until=record.until,
        )
        for record in records
    )


def _relations(row: Assessment) -> tuple[Relation, ...]:
    records = RelationRecord.objects.select_related("person").filter(client_id=row.client_id)
    return tuple(
        Relation(
            kind=RelationKind(record.kind),
            person_id=record.person_id,
            person_name=record.person.name if record.person else "",
            until=record.until,
        )
        for record in records
    )
