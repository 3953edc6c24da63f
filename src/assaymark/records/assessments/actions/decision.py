"""Review and decision (ISO/IEC 17000:2020, 7.1 and 7.2), and the end of audits that decide nothing.

Rules that hold here
* The assessment is locked while somebody decides: two people deciding at once yield one decision.
* Whoever decides was not in the team (DEC-1, AC-11); the team is read under the lock.
* A decision about what stands (suspend, restore, withdraw, reduce, maintain) takes effect with the decision; a grant,
  an extension and a renewal are carried out by `attest`, which says what the attestation states.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from assaymark.core import assessment as engine
from assaymark.core import programme
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.trust import ScopeRow
from assaymark.records.actions import action
from assaymark.records.assessments.actions.attestation import carry_out_at_once
from assaymark.records.assessments.facts import rules_for
from assaymark.records.assessments.models import Assessment, Decision, DecisionNote, Review
from assaymark.records.assessments.planning import act_of, decision_act, move, tell, tell_client
from assaymark.records.parties.actions import next_number


@action("assessments.review")
def review(
    *,
    assessment_id: UUID,
    recommendation: str,
    by: Actor,
    at: datetime,
    application_confirmed: bool = False,
    objectives_reached: bool = False,
    notes: str = "",
) -> Review:
    """Review the results before the decision. notes stay with the body. A second review replaces the first."""
    row = Assessment.for_update(assessment_id)
    rules = rules_for(row.kind, on=at.date())
    refuse(engine.reasons_not_to_review(row.facts(), act=act_of(by, at), rules=rules))
    reviewed: Review = Review.objects.update_or_create(
        organisation_id=row.organisation_id,
        assessment=row,
        defaults={
            "by_id": by.person_id,
            "at": at,
            "recommendation": recommendation.strip(),
            "application_confirmed": application_confirmed,
            "objectives_reached": objectives_reached,
            "notes": notes.strip(),
        },
    )[0]
    move(row, engine.State.REVIEWED, "reviewed", by=by, at=at, after={"recommendation": reviewed.recommendation})
    return reviewed


@action("assessments.decide")
def decide(
    *,
    assessment_id: UUID,
    decision: DecisionKind,
    by: Actor,
    at: datetime,
    reasons: str = "",
    effective: date | None = None,
    expires: date | None = None,
    until: date | None = None,
    part: str = "",
    scope: str = "",
    notes: str = "",
    remaining: tuple[ScopeRow, ...] | None = None,
    statement: str | None = None,
) -> Decision:
    """Decide. Raises `Refused` with every rule that stands in the way.

    effective   first day; the day of the decision when not given
    expires     last day of a grant or a renewal; what the rules give when not given (`core.programme.expiry`)
    until       last day of a suspension; part: the part of the scope it concerns, all of it when not given
    notes       for the body alone
    remaining   of a reduction: the rows that remain in the scope; statement: the scope in words from then on
    """
    row = Assessment.for_update(assessment_id)
    rules, facts = rules_for(row.kind, on=at.date()), row.facts()
    start = effective or at.date()
    if expires is None and decision in {DecisionKind.GRANT, DecisionKind.RENEW}:
        cycle = facts.cycle if decision is DecisionKind.RENEW else None
        expires = programme.expiry(rules=rules, effective_from=start, cycle=cycle)
    part = part.strip() or "whole"
    act = decision_act(
        by, at, decision=decision, effective=start, expires=expires, until=until, part=part, reason=reasons.strip()
    )
    refuse([*engine.reasons_not_to_decide(facts, act=act, rules=rules), *_reasons_missing(decision, reasons)])
    taken: Decision = Decision.objects.create(
        organisation_id=row.organisation_id,
        client_id=row.client_id,
        number=next_number("D-"),
        assessment=row,
        kind=decision,
        assessment_kind=row.kind,
        standard=row.standard,
        scope=scope.strip() or row.scope,
        sectors=row.sectors,
        decided_at=at,
        decided_by_id=by.person_id,
        effective_from=start,
        expires=expires,
        until=until,
        part=part,
        reasons=reasons.strip(),
    )
    if notes.strip():
        DecisionNote.objects.create(organisation_id=row.organisation_id, decision=taken, text=notes.strip())
    _tell_decision(row, taken, by=by, at=at)
    carry_out_at_once(taken, by=by, at=at, rows=remaining, statement=statement)
    return taken


def _tell_decision(row: Assessment, taken: Decision, *, by: Actor, at: datetime) -> None:
    after = {"decision": taken.kind, "effective_from": str(taken.effective_from), "number": taken.number}
    if DecisionKind(taken.kind) in engine.STANDING and row.state != engine.State.REVIEWED:
        tell(row, "decided", by=by, at=at, after=after, reason=taken.reasons)
    else:
        move(row, engine.State.DECIDED, "decided", by=by, at=at, after=after)
    tell_client(row, "decision_received", by=by, at=at, after=after)


def _reasons_missing(decision: DecisionKind, reasons: str) -> list[Refusal]:
    against = {DecisionKind.REFUSE, DecisionKind.SUSPEND, DecisionKind.WITHDRAW, DecisionKind.REDUCE}
    if decision not in against or reasons.strip():
        return []
    return [Refusal("reasons-missing", "ISO/IEC 17000:2020, 7.2", "The reasons are missing.", "Say why.")]


@action("assessments.plan")
def close(*, assessment_id: UUID, by: Actor, at: datetime) -> Assessment:
    """Close an audit that needs no separate decision (internal and supplier audits)."""
    row = Assessment.for_update(assessment_id)
    wrong = Refusal("decision-needed", "ISO/IEC 17000:2020, 7.2", "This ends with a decision.", "Decide instead.")
    rules = rules_for(row.kind, on=at.date())
    refuse(
        [
            *engine.reasons_not_to_close(row.facts(), act=act_of(by, at), rules=rules),
            *([wrong] if row.about.separate_decision else []),
        ]
    )
    row.closed_at = at
    move(row, engine.State.CLOSED, "closed", by=by, at=at, after={})
    return row
