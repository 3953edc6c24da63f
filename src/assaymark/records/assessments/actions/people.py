"""People of a body: evaluated competence, and ties with clients (ISO/IEC 17021-1:2015, 5.2, 7.1 and 7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.assessments.models import CompetenceRecord, RelationRecord
from assaymark.records.assessments.planning import tell


@action("assessments.plan")
def record_competence(
    *,
    person_id: UUID,
    standard: str,
    role: TeamRole,
    since: date,
    by: Actor,
    at: datetime,
    sectors: Iterable[int] = (),
    languages: Iterable[str] = (),
    until: date | None = None,
    basis: str = "",
) -> CompetenceRecord:
    """Record what somebody was evaluated to be able to do. sectors: IAF codes; languages: ISO 639-1."""
    own = Refusal(
        "own-evaluation", "ISO/IEC 17021-1:2015, 7.2", "Nobody evaluates their own competence.", "Ask another."
    )
    refuse([own] if person_id == by.person_id else [])
    row: CompetenceRecord = CompetenceRecord.objects.create(
        organisation_id=by.organisation_id,
        person_id=person_id,
        standard=standard,
        role=role,
        sectors=sorted(sectors),
        languages=sorted(languages),
        since=since,
        until=until,
        basis=basis,
        evaluated_by_id=by.person_id,
        evaluated_at=at,
    )
    after = {"person": str(person_id), "standard": standard, "sectors": row.sectors, "languages": row.languages}
    tell(row, "competence_recorded", by=by, at=at, after=after)
    return row


@action("assessments.plan")
def record_relation(
    *,
    client_id: UUID,
    kind: RelationKind,
    by: Actor,
    at: datetime,
    person_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    note: str = "",
) -> RelationRecord:
    """Record a tie with a client. person_id None: of the body itself. until None: it goes on."""
    row: RelationRecord = RelationRecord.objects.create(
        organisation_id=by.organisation_id,
        person_id=person_id,
        client_id=client_id,
        kind=kind,
        since=since,
        until=until,
        note=note,
        recorded_at=at,
        recorded_by_id=by.person_id,
    )
    after = {"client": str(client_id), "kind": kind.value, "person": str(person_id) if person_id else None}
    tell(row, "relation_recorded", by=by, at=at, after=after)
    return row


@action("assessments.plan")
def end_relation(*, relation_id: UUID, until: date, by: Actor, at: datetime, note: str = "") -> RelationRecord:
    """Say until when a tie went on; of a conflict: since when it is settled."""
    row = RelationRecord.for_update(relation_id)
    row.until = until
    row.save()
    tell(row, "relation_ended", by=by, at=at, after={"until": until.isoformat()}, reason=note)
    return row
