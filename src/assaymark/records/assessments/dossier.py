"""What a body knows of a client: attestations with their cycles, assessments, applications, decisions, ties.

Read by the body in its own scope; what the client keeps in its own system is not in here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet, Value

from assaymark.core.assessment import State
from assaymark.records.assessments import queries
from assaymark.records.assessments.models import (
    Application,
    Assessment,
    CompetenceRecord,
    Decision,
    DecisionNote,
    RelationRecord,
    Review,
)
from assaymark.records.assessments.queries import Client
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import current_scope


def _own_id() -> UUID:
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    return scope.organisation_id


@dataclass(frozen=True, slots=True)
class Dossier:
    """One client as its body sees it. standing: one entry per kind and standard."""

    client: Organisation
    standing: Sequence[Client]
    assessments: Sequence[Assessment]
    applications: Sequence[Application]
    decisions: Sequence[Decision]
    relations: Sequence[RelationRecord]


def dossier(*, client_id: UUID, day: date) -> Dossier:
    """What the scope's organisation knows of a client; DoesNotExist when it has had no dealing with it."""
    own = _own_id()
    mine = {"organisation_id": own, "client_id": client_id}
    assessments = list(
        Assessment.objects.filter(**mine).annotate(finding_count=Count("findings")).order_by("-starts", "-id")
    )
    applications = list(Application.objects.filter(**mine))
    if client_id == own or not (assessments or applications):
        raise Organisation.DoesNotExist
    return Dossier(
        client=Organisation.objects.get(pk=client_id),
        standing=[entry for entry in queries.clients(day=day) if entry.client_id == client_id],
        assessments=assessments,
        applications=applications,
        decisions=list(Decision.objects.filter(**mine).select_related("decided_by").order_by("-decided_at")),
        relations=list(RelationRecord.objects.filter(client_id=client_id).select_related("person")),
    )


def review_of(*, assessment_id: UUID) -> Review | None:
    """The review of an assessment; None for the client, who does not see it."""
    return Review.objects.select_related("by").filter(assessment_id=assessment_id).first()


def decision(*, decision_id: UUID) -> Decision:
    """One decision with client, body, assessment; DoesNotExist outside the scope."""
    rows = Decision.objects.select_related("client", "organisation", "decided_by", "assessment__application")
    row: Decision = rows.get(pk=decision_id)
    return row


def note_on(row: Decision) -> str:
    """What the body noted for itself on a decision; empty for the client."""
    note = DecisionNote.objects.filter(decision=row).first()
    return note.text if note else ""


def attested_by(row: Assessment) -> UUID | None:
    """The attestation that stands for the client, kind and standard of an assessment; None before the first."""
    same = {"client_id": row.client_id, "assessment_kind": row.kind, "standard": row.standard}
    made = Decision.objects.filter(organisation_id=row.organisation_id, attestation_id__isnull=False, **same)
    return made.order_by("-decided_at", "-id").values_list("attestation_id", flat=True).first()


def waiting() -> dict[str, int]:
    """How many applications wait for review, and how many assessments for a decision. One query."""
    own = _own_id()
    applications = Application.objects.filter(organisation_id=own, state=Application.State.SUBMITTED)
    reviewed = Assessment.objects.filter(organisation_id=own, state=State.REVIEWED)
    legs = applications.order_by().annotate(of=Value("applications")).values_list("of")
    rows = legs.union(reviewed.order_by().annotate(of=Value("decisions")).values_list("of"), all=True)
    return dict(Counter(of for (of,) in rows))


def to_attest() -> QuerySet[Decision]:
    """Own grants, extensions and renewals that nobody has carried out yet, the oldest first."""
    rows = Decision.objects.filter(organisation_id=_own_id(), attestation_id__isnull=True)
    return rows.filter(kind__in=["grant", "extend", "renew"]).select_related("client", "assessment")


def competence(*, competence_id: UUID) -> CompetenceRecord:
    """One record of competence; DoesNotExist outside the scope."""
    row: CompetenceRecord = CompetenceRecord.objects.select_related("person").get(pk=competence_id)
    return row
