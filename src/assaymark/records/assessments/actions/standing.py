"""Decisions about an attestation that stands: by its number, without a fresh audit (ISO/IEC 17021-1:2015, 9.6.5).

Assessment and attestation are locked in that order, as `decide` does, so that two people deciding at once yield one
decision and one refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import refuse
from assaymark.core.trust import ScopeRow
from assaymark.records.actions import action
from assaymark.records.assessments import standing
from assaymark.records.assessments.actions.decision import decide
from assaymark.records.assessments.models import Assessment, Decision
from assaymark.records.attestations.models import Attestation


@action("assessments.decide")
def decide_about(
    *,
    attestation_id: UUID,
    decision: DecisionKind,
    reasons: str,
    by: Actor,
    at: datetime,
    effective: date | None = None,
    until: date | None = None,
    remaining: Sequence[ScopeRow] | None = None,
    statement: str | None = None,
) -> Decision:
    """Suspend, restore, withdraw or reduce what was attested. Rules and refusals of `decide`, and those of its state.

    remaining   of a reduction: the rows of the scope that remain; statement: the scope in words from then on
    Raises `Decision.DoesNotExist` when the actor's organisation did not attest it.
    """
    row = Assessment.for_update(standing.latest_decision(attestation_id=attestation_id).assessment_id)
    attested = Attestation.for_update(attestation_id)
    wrong = standing.reasons_of_state(attested, decision=decision, at=at, remaining=remaining)
    if wrong:
        refuse([*wrong, *standing.reasons_of_rules(row, decision=decision, by=by, at=at, until=until, reasons=reasons)])
    return decide(
        assessment_id=row.pk,
        decision=decision,
        by=by,
        at=at,
        reasons=reasons,
        effective=effective,
        until=until,
        remaining=tuple(remaining) if remaining is not None else None,
        statement=statement,
    )
