"""Determination: checklist, judgements, findings, report (ISO 19011:2018, 6.4 and 6.5; ISO/IEC 17021-1:2015, 9.3, 9.4).

Rules that hold here
* The checklist comes from the requirements of the edition; a line carries its requirement into what is raised from it.
* Judging, raising and reporting are for the auditors of the team: whoever judged must not review or decide.
* A nonconformity is raised in the client's own system, where it is answered.
* The report is issued once every line is judged; afterwards lines stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from assaymark.core import assessment as engine
from assaymark.core.assessment import Judgement
from assaymark.core.competence import TeamRole, reasons_not_to_judge
from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.standards import Requirement
from assaymark.records.actions import action
from assaymark.records.assessments.facts import rules_for
from assaymark.records.assessments.models import Assessment, AuditedProcess, ChecklistLine, Stage, TeamMember
from assaymark.records.assessments.planning import act_of, move, tell, tell_client
from assaymark.records.findings import actions as findings
from assaymark.records.findings.models import Nonconformity, Source


@action("assessments.perform")
def make_checklist(*, assessment_id: UUID, clauses: Sequence[str] = (), by: Actor, at: datetime) -> int:
    """Add a line for each requirement of these clauses and those below them; of all when none are named.

    Requirements that have a line already are left alone. Answers how many lines were added.
    """
    row = Assessment.for_update(assessment_id)
    refuse(_over(row))
    have = set(row.lines.values_list("requirement", flat=True))
    position: int = row.lines.aggregate(last=Max("position"))["last"] or 0
    process = AuditedProcess.objects.filter(assessment=row).values_list("process_id", flat=True)
    only = process[0] if len(process) == 1 else None
    wanted = [r for r in row.edition.requirements() if r.id not in have and _within(r, clauses)]
    ChecklistLine.objects.bulk_create(
        ChecklistLine(
            organisation_id=row.organisation_id,
            assessment=row,
            position=position + number,
            clause=requirement.clause,
            requirement=requirement.id,
            text=requirement.text,
            question=requirement.question,
            process_id=only,
        )
        for number, requirement in enumerate(wanted, start=1)
    )
    tell(row, "checklist_made", by=by, at=at, after={"clauses": list(clauses), "lines": len(wanted)})
    return len(wanted)


def _within(requirement: Requirement, clauses: Sequence[str]) -> bool:
    return not clauses or any(requirement.clause == c or requirement.clause.startswith(f"{c}.") for c in clauses)


@action("assessments.perform")
def add_line(
    *, assessment_id: UUID, clause: str, question: str, by: Actor, at: datetime, process_id: UUID | None = None
) -> ChecklistLine:
    """Add a question of one's own."""
    row = Assessment.for_update(assessment_id)
    empty = (
        [] if question.strip() else [Refusal("question-missing", "ISO 19011:2018, 6.3.4", "The question is missing.")]
    )
    refuse([*_over(row), *empty])
    position: int = row.lines.aggregate(last=Max("position"))["last"] or 0
    line: ChecklistLine = ChecklistLine.objects.create(
        organisation_id=row.organisation_id,
        assessment=row,
        position=position + 1,
        clause=clause,
        requirement=clause,
        text=question.strip(),
        question=question.strip(),
        process_id=process_id,
    )
    tell(row, "line_added", by=by, at=at, after={"clause": clause, "question": line.question})
    return line


@action("assessments.perform")
def start(*, assessment_id: UUID, by: Actor, at: datetime, stage_id: UUID | None = None) -> Assessment:
    """Begin the audit, or its next stage. stage_id None: the first that has not begun."""
    row = Assessment.for_update(assessment_id)
    waiting = Stage.objects.filter(assessment=row, started_at__isnull=True)
    stage = waiting.filter(pk=stage_id).first() if stage_id else waiting.first()
    act = act_of(by, at, stage=stage.kind if stage else "")
    none_left = [] if stage else [Refusal("stage-missing", "ISO 19011:2018, 6.4", "Every stage has begun.")]
    refuse([*engine.reasons_not_to_start(row.facts(), act=act, rules=rules_for(row.kind, on=at.date())), *none_left])
    assert stage is not None
    stage.started_at = at
    stage.save()
    move(row, engine.State.STARTED, "started", by=by, at=at, after={"stage": stage.kind})
    return row


@action("assessments.perform")
def judge(
    *, line_id: UUID, judgement: Judgement | None, by: Actor, at: datetime, note: str = "", evidence: str = ""
) -> ChecklistLine:
    """Judge a line, or take the judgement back (None). Allowed from the start to the report."""
    line = ChecklistLine.for_update(line_id)
    row = Assessment.objects.get(pk=line.assessment_id)
    early = Refusal("not-started", "ISO 19011:2018, 6.4", "The audit has not begun.", "Start it first.")
    begun = [] if row.state not in {engine.State.PLANNED, engine.State.AGREED} else [early]
    refuse([*_over(row), *begun, *_outsider(row, by)])
    before = {"judgement": line.judgement, "note": line.note, "evidence": line.evidence}
    line.judgement = judgement.value if judgement else ""
    line.note, line.evidence = note.strip(), evidence.strip()
    line.judged_at, line.judged_by_id = (at, by.person_id) if judgement else (None, None)
    line.save()
    after = {"judgement": line.judgement, "note": line.note, "evidence": line.evidence}
    tell(line, "judged", by=by, at=at, before=before, after=after)
    return line


@action("assessments.perform")
def raise_from_line(
    *,
    line_id: UUID,
    by: Actor,
    at: datetime,
    grade: Grade = Grade.MINOR,
    title: str = "",
    happened: str = "",
    evidence: str = "",
) -> Nonconformity:
    """Raise a finding from a line of the checklist, in the client's own system.

    Clause, process and evidence come along; what is not given is taken from the line.
    """
    line = ChecklistLine.for_update(line_id)
    row = Assessment.objects.get(pk=line.assessment_id)
    early = Refusal("not-started", "ISO 19011:2018, 6.4", "The audit has not begun.", "Start it first.")
    begun = [] if row.state not in {engine.State.PLANNED, engine.State.AGREED} else [early]
    refuse([*_over(row), *begun, *_outsider(row, by)])
    said = happened.strip() or line.note
    rule = rules_for(row.kind, on=at.date()).get("NC-3")
    process = line.process if row.own and line.process_id else None
    raised = findings.raise_at(
        organisation_id=row.client_id,
        title=title.strip() or (said.split(". ")[0] if said else line.text)[:200],
        grade=grade,
        by=by,
        at=at,
        happened=said or line.text,
        evidence=evidence.strip() or line.evidence or line.note,
        standard=row.standard,
        requirement=line.requirement,
        process_id=process.pk if process else None,
        owner_id=process.owner_id if process else None,
        source=Source.AUDIT,
        assessment_id=row.pk,
        line_id=line.pk,
        answer_days=rule.number(f"{grade.value}_days") if rule is not None and grade.is_nonconformity else None,
    )
    line.judgement = Judgement.NONCONFORM if grade.is_nonconformity else Judgement.OBSERVATION
    line.note = line.note or said
    line.judged_at, line.judged_by_id = at, by.person_id
    line.save()
    tell(line, "finding_raised", by=by, at=at, after={"finding": raised.number, "grade": grade.value})
    return raised


@action("assessments.perform")
def conclude_stage(*, stage_id: UUID, conclusion: str, by: Actor, at: datetime) -> Stage:
    """Conclude a stage: what was found, and whether the next can follow (ISO/IEC 17021-1:2015, 9.3.1.2)."""
    stage = Stage.for_update(stage_id)
    row = Assessment.for_update(stage.assessment_id)
    refusals = [*_over(row), *_outsider(row, by)]
    if stage.started_at is None:
        refusals.append(Refusal("not-started", "ISO 19011:2018, 6.4", "This stage has not begun.", "Start it first."))
    if not conclusion.strip():
        refusals.append(
            Refusal("conclusion-missing", "ISO 19011:2018, 6.4.9", "The conclusion is missing.", "Write it.")
        )
    refuse(refusals)
    stage.conclusion, stage.concluded_at = conclusion.strip(), at
    stage.save()
    tell(row, "stage_concluded", by=by, at=at, after={"stage": stage.kind, "conclusion": stage.conclusion})
    return stage


@action("assessments.perform")
def issue_report(*, assessment_id: UUID, summary: str, by: Actor, at: datetime, recommendation: str = "") -> Assessment:
    """Issue the report. Stages that are still open are concluded with the report's summary."""
    row = Assessment.for_update(assessment_id)
    rules = rules_for(row.kind, on=at.date())
    silent = Refusal("summary-missing", "ISO 19011:2018, 6.5.1", "The conclusion is missing.", "Write the conclusion.")
    unstarted = Stage.objects.filter(assessment=row, started_at__isnull=True)
    left = [
        Refusal("stage-open", "ISO 19011:2018, 6.5.1", f"{stage.name} has not been carried out.", "Carry it out.")
        for stage in unstarted
    ]
    refuse(
        [
            *engine.reasons_not_to_report(row.facts(), act=act_of(by, at), rules=rules),
            *left,
            *_outsider(row, by),
            *([] if summary.strip() else [silent]),
        ]
    )
    for stage in Stage.objects.filter(assessment=row):
        stage.concluded_at = stage.concluded_at or at
        stage.conclusion = stage.conclusion or summary.strip()
        stage.reported_at = at
        stage.save()
    row.summary, row.recommendation = summary.strip(), recommendation.strip()
    row.reported_at, row.reported_by_id = at, by.person_id
    move(row, engine.State.REPORTED, "reported", by=by, at=at, after={"recommendation": row.recommendation})
    tell_client(row, "report_received", by=by, at=at)
    return row


def _outsider(row: Assessment, by: Actor) -> tuple[Refusal, ...]:
    """Why the actor is not one of those who judge here."""
    held = TeamMember.objects.filter(assessment=row, person_id=by.person_id).values_list("role", flat=True)
    return reasons_not_to_judge(TeamRole(role) for role in held)


def _over(row: Assessment) -> list[Refusal]:
    if row.state in {engine.State.PLANNED, engine.State.AGREED, engine.State.STARTED}:
        return []
    return [Refusal("reported-already", "ISO 19011:2018, 6.5", "The report is issued; the checklist stands.")]
