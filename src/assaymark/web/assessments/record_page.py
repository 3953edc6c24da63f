"""What the record page of an assessment shows: where it stands, what is next, and all that stands in the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from assaymark.core import assessment as engine
from assaymark.core.assessment import State, Step
from assaymark.core.parties import Actor
from assaymark.records.assessments import queries
from assaymark.records.assessments.dossier import review_of
from assaymark.records.findings import queries as findings
from assaymark.records.journal.queries import history
from assaymark.web.assessments.forms import MemberForm
from assaymark.web.evidence.panel import panel_of
from assaymark.web.findings.record_page import Entry, sign_of

# Step → (word on the button, icon, permission, URL name, whether it opens a page rather than acting at once).
BUTTONS: dict[Step, tuple[str, str, str, str, bool]] = {
    Step.PLAN: ("Send the plan", "send", "assessments.plan", "assessments:send", False),
    Step.START: ("Start the audit", "player-play", "assessments.perform", "assessments:start", False),
    Step.REPORT: ("Write the report", "report", "assessments.perform", "assessments:report", True),
    Step.REVIEW: ("Review", "eye", "assessments.review", "assessments:review", True),
    Step.DECIDE: ("Decide", "scale", "assessments.decide", "assessments:decide", True),
    Step.CLOSE: ("Close the audit", "check", "assessments.plan", "assessments:close", False),
}
SIGNS: dict[State, str] = {
    State.PLANNED: "planned",
    State.AGREED: "planned",
    State.STARTED: "in-progress",
    State.REPORTED: "in-review",
    State.REVIEWED: "decision-due",
    State.DECIDED: "done",
    State.CLOSED: "closed",
    State.CANCELLED: "cancelled",
}


def context_of(*, assessment_id: UUID, actor: Actor, at: datetime) -> dict[str, Any]:
    """Everything the page needs; a constant number of queries."""
    found = queries.record(assessment_id=assessment_id)
    row = found.row
    raised = list(findings.raised_in(assessment_id=row.pk))
    for finding in raised:
        finding.sign = sign_of(finding.state)  # type: ignore[arg-type,attr-defined]
    context: dict[str, Any] = {
        "found": found,
        "row": row,
        "owned": found.owned,
        "section": "audits",
        "sign": SIGNS[State(row.state)],
        "findings": raised,
        "editable": found.owned and row.state in {State.PLANNED, State.AGREED} and actor.may("assessments.plan"),
        "running": found.owned and row.state == State.STARTED and actor.may("assessments.perform"),
    }
    if found.owned:
        context |= _inside(row, actor=actor, at=at, found=found)
    return context


def _inside(row: Any, *, actor: Actor, at: datetime, found: queries.Record) -> dict[str, Any]:
    """What the body alone sees: the next step, the checklist's progress, history, files."""
    step, refusals = queries.next_refusals(row, by=actor, at=at)
    button = BUTTONS[step] if step else None
    waiting = next((stage for stage in found.stages if stage.started_at is None), None)
    if step is Step.REPORT and waiting is not None:  # a further stage comes before the report
        step, button = Step.START, ("Start " + waiting.name.lower(), *BUTTONS[Step.START][1:])
        act = engine.Act(by=actor.person_id, by_name=actor.name, at=at, stage=waiting.kind)
        rules = queries.rules_for(row.kind, on=at.date())
        refusals = engine.reasons_not_to(Step.START, row.facts(), act=act, rules=rules)
    entries = history(subject_kind=row.subject_kind(), subject_id=row.pk)
    team = [(str(m.person_id), m.person.name) for m in found.team]
    return {
        "review": review_of(assessment_id=row.pk) if row.about.separate_decision else None,
        "button": button if button and actor.may(button[2]) else None,
        "refusals": refusals,
        "blocked": any(refusal.blocks for refusal in refusals),
        "progress": row.facts().checklist if step is Step.REPORT or step is Step.START else None,
        "entries": [Entry(_words(e.verb), e.at, e.actor_name.name) for e in entries[:5]],
        "panel": panel_of(kind=row.subject_kind(), subject_id=row.pk, actor=actor),
        "member_form": MemberForm(team=team),
    }


def _words(verb: str) -> str:
    return verb.partition(".")[2].replace("_", " ").capitalize()
