"""Gathers what the report of an assessment says, for `formats.audit_report`. The checklist is the body's own: the
client's copy tells conclusion and findings."""

from __future__ import annotations

from assaymark.core.assessment import JUDGEMENT_NAMES, Judgement
from assaymark.formats.audit_report import Report, ReportedFinding, ReportedLine
from assaymark.records.assessments.models import Assessment, AuditedProcess, ChecklistLine, Stage, TeamMember
from assaymark.records.findings.models import Nonconformity


def _day(value: object) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""  # type: ignore[attr-defined]


def report_of(row: Assessment) -> Report:
    """The report of an assessment whose report is issued. Five queries; the scope decides whether lines are in it."""
    team = TeamMember.objects.filter(assessment=row).select_related("person")
    stages = Stage.objects.filter(assessment=row)
    audited = AuditedProcess.objects.filter(assessment=row).select_related("process") if row.own else ()
    facts = [
        ("Organisation", row.client.name),
        ("Criteria", row.criteria or row.standard_name),
        ("Scope", row.scope),
        ("Processes", ", ".join(entry.process.title for entry in audited)),
        ("Objectives", row.objectives),
        ("Dates", "\n".join(f"{stage.name}: {_day(stage.starts)} to {_day(stage.ends)}" for stage in stages)),
        ("Team", ", ".join(f"{member.person.name} ({member.get_role_display().lower()})" for member in team)),
    ]
    findings = Nonconformity.objects.filter(assessment=row).order_by("raised_at", "id")
    lines = ChecklistLine.objects.filter(assessment=row).exclude(judgement="")
    return Report(
        body=row.organisation.name,
        number=row.number,
        kind=row.about.title,
        title=row.title,
        facts=tuple((name, value) for name, value in facts if value),
        summary=row.summary,
        recommendation=row.recommendation,
        findings=tuple(
            ReportedFinding(f.number, f.title, f.get_grade_display(), f.citation, f.happened, f.evidence)
            for f in findings
        ),
        checklist=tuple(
            ReportedLine(
                requirement=line.requirement,
                text=line.text,
                key=line.judgement,
                judgement=JUDGEMENT_NAMES[Judgement(line.judgement)],
                note=" ".join(part for part in (line.note, line.evidence) if part),
            )
            for line in lines
        ),
        issued=_day(row.reported_at),
        issued_by=row.reported_by.name if row.reported_by else "",
    )
