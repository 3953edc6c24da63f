"""Decisions about an attestation that stands: by its number, without a fresh audit (ISO/IEC 17021-1:2015, 9.6.5)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments.actions.decision import decide
from assaymark.records.assessments.models import Decision
from assaymark.records.scope import organisation_scope


def decide_about(
    *,
    attestation_id: UUID,
    decision: DecisionKind,
    reasons: str,
    by: Actor,
    at: datetime,
    effective: date | None = None,
    until: date | None = None,
) -> Decision:
    """Suspend, restore, withdraw or reduce what was attested. Same permission, rules and refusals as `decide`.

    Raises `Decision.DoesNotExist` when the actor's organisation did not attest it.
    """
    with organisation_scope(by.organisation_id):
        latest = (
            Decision.objects.filter(organisation_id=by.organisation_id, attestation_id=attestation_id)
            .order_by("decided_at", "id")
            .last()
        )
    if latest is None:
        raise Decision.DoesNotExist(f"Your organisation attested nothing with the id {attestation_id}.")
    return decide(
        assessment_id=latest.assessment_id,
        decision=decision,
        by=by,
        at=at,
        reasons=reasons,
        effective=effective,
        until=until,
    )
