"""What planning actions take: an application's content, a stage's plan; and how assessments tell the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assaymark.core import assessment as engine
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments.models import Assessment
from assaymark.records.journal.actions import append
from assaymark.records.scope import Owned, organisation_scope


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One audit to be planned. kind: one of the kind's stages. days: audit days, in quarters."""

    kind: str
    starts: date
    ends: date
    days: Decimal | None = None
    on_site: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationContent:
    """What an application says (ISO/IEC 17021-1:2015, 9.1.1). standard: key of an edition; sectors: IAF codes."""

    kind: str
    standard: str
    scope: str = ""
    sectors: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    sites: str = ""
    processes: str = ""
    personnel: int | None = None
    consultancy: str = ""


# How the numbers of each kind begin.
PREFIXES: dict[str, str] = {
    "internal_audit": "IA-",
    "supplier_audit": "SA-",
    "certification": "CA-",
    "accreditation": "AA-",
    "peer_assessment": "PA-",
}


def act_of(by: Actor, at: datetime, **more: Any) -> engine.Act:
    """The act as the core takes it."""
    return engine.Act(by=by.person_id, by_name=by.name, at=at, **more)


def decision_act(
    by: Actor,
    at: datetime,
    *,
    decision: DecisionKind,
    effective: date | None,
    expires: date | None,
    until: date | None,
    part: str,
    reason: str,
) -> engine.Act:
    """A decision as the core takes it."""
    return act_of(
        by, at, decision=decision, effective=effective, expires=expires, until=until, part=part, reason=reason
    )


def tell(
    row: Owned,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write to the journal of the row's organisation."""
    append(
        organisation_id=row.organisation_id,
        verb=f"assessments.{verb}",
        subject_kind=row.subject_kind(),
        subject_id=row.pk,
        subject_label=str(row),
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )


def tell_client(row: Assessment, verb: str, *, by: Actor, at: datetime, after: Mapping[str, Any] | None = None) -> None:
    """Write to the client's journal too, what concerns the client."""
    if row.own:
        return
    with organisation_scope(row.client_id):
        append(
            organisation_id=row.client_id,
            verb=f"assessments.{verb}",
            subject_kind=row.subject_kind(),
            subject_id=row.pk,
            subject_label=str(row),
            by=by,
            at=at,
            after=after,
        )


def move(row: Assessment, state: engine.State, verb: str, *, by: Actor, at: datetime, after: dict[str, Any]) -> None:
    """Save the assessment in its new state and tell the journal."""
    before = {"state": row.state} if row.state != state else None
    row.state = state
    row.save()
    tell(row, verb, by=by, at=at, before=before, after={"state": state.value, **after} if before else after)
