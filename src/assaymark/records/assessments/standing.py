"""Reads about what an organisation attested: the decisions behind it, what can be decided next, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refusal
from assaymark.core.standing import STANDING, reasons_not_to_change, reasons_not_to_reduce
from assaymark.core.trust import ScopeRow
from assaymark.records.assessments import queries
from assaymark.records.assessments.models import Assessment, Decision
from assaymark.records.attestations.models import Attestation
from assaymark.records.attestations.queries import status_on
from assaymark.records.scope import current_scope


def latest_decision(*, attestation_id: UUID) -> Decision:
    """The last decision carried out on an attestation of the scope's organisation. Raises DoesNotExist for others'."""
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    rows = Decision.objects.filter(organisation_id=scope.organisation_id, attestation_id=attestation_id)
    latest: Decision | None = rows.order_by("decided_at", "id").last()
    if latest is None:
        raise Decision.DoesNotExist(f"Your organisation attested nothing with the id {attestation_id}.")
    return latest


def decisions_about(*, attestation_id: UUID) -> list[Decision]:
    """All decisions about an attestation that the scope's organisation sees, oldest first. One query."""
    rows = Decision.objects.filter(attestation_id=attestation_id).select_related("decided_by", "assessment")
    return list(rows.order_by("decided_at", "id"))


def reasons_of_state(
    row: Attestation, *, decision: DecisionKind, at: datetime, remaining: Sequence[ScopeRow] | None = None
) -> tuple[Refusal, ...]:
    """Why state and scope of an attestation forbid a standing decision. remaining None: not asked about yet."""
    status, cause = status_on(row, at=at)
    since = cause.effective_from.date() if cause else None
    found = reasons_not_to_change(decision=decision, status=status, since=since)
    if decision is DecisionKind.REDUCE and remaining is not None:
        scope = tuple(line.facts() for line in row.scopes.all())
        found += reasons_not_to_reduce(scope=scope, remaining=remaining, on=at.date())
    return found


def reasons_of_rules(
    row: Assessment, *, decision: DecisionKind, by: Actor, at: datetime, until: date | None, reasons: str = "-"
) -> tuple[Refusal, ...]:
    """Why the rules of deciding forbid it (DEC-1, SUS-3 and their kin)."""
    return queries.refusals_to_decide(row.facts(), by=by, at=at, decision=decision, until=until, reason=reasons)


@dataclass(frozen=True, slots=True)
class Choice:
    """A standing decision as the page offers it: with all that stands in its way for this person now."""

    decision: DecisionKind
    refusals: tuple[Refusal, ...]

    @property
    def blocked(self) -> bool:
        """Whether anything of it is in the way."""
        return any(refusal.blocks for refusal in self.refusals)


def choices(row: Attestation, *, by: Actor, at: datetime) -> tuple[Choice, ...]:
    """What can be decided about an attestation by its issuer; empty when no decision of the engine stands behind it."""
    try:
        facts = latest_decision(attestation_id=row.pk).assessment.facts()
    except Decision.DoesNotExist:
        return ()
    found = []
    for decision in STANDING:
        state = reasons_of_state(row, decision=decision, at=at)
        rules = queries.refusals_to_decide(facts, by=by, at=at, decision=decision)
        known = {refusal.rule for refusal in state}
        found.append(Choice(decision, (*state, *(refusal for refusal in rules if refusal.rule not in known))))
    return tuple(found)


def surveillance_due(*, attestation_id: UUID, day: date) -> date | None:
    """When the next surveillance is due, for the issuer; None without a decision of the engine. Four queries."""
    try:
        latest = latest_decision(attestation_id=attestation_id)
    except Decision.DoesNotExist:
        return None
    return queries.surveillance_due(latest.assessment, day=day)
