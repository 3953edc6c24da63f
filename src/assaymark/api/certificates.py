"""Attestations that an organisation issued or holds: list, record with status, the file, standing decisions."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http.response import HttpResponse
from django.utils import timezone
from ninja import Path, Router, Schema

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber, page_of
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments import actions
from assaymark.records.attestations import export, queries

router = Router()
SIZE = 50


class CertificateShape(Schema):
    """A certificate, accreditation or recognition with its status now."""

    id: UUID
    number: str
    kind: str
    issuer: str
    holder: str
    standard: str
    statement: str
    valid_from: date
    valid_until: date | None
    status: str


class Certificates(Schema):
    """A page of attestations."""

    count: int
    certificates: list[CertificateShape]


class StandingDecision(Schema):
    """Why, for the record and for the status log."""

    decision: Literal["suspend", "restore", "withdraw"]
    reasons: str


def _shape(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "kind": row.kind,
        "issuer": row.organisation.name,
        "holder": row.holder.name,
        "standard": row.standard_label,
        "statement": row.statement,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "status": queries.status_on(row, at=timezone.now())[0].value,
    }


@router.get("/", auth=may("attestations.read"), response={200: Certificates, **ERRORS}, url_name="certificates")
@in_scope
def list_certificates(request: ApiRequest, organisation: Path[str], page: PageNumber = 1) -> Any:
    """Attestations issued and held, by number, 50 a page."""
    count, found = page_of(queries.attestations().order_by("number"), page=page, size=SIZE)
    return {"count": count, "certificates": [_shape(row) for row in found]}


@router.get(
    "/{uuid:certificate_id}/",
    auth=may("attestations.read"),
    response={200: CertificateShape, **ERRORS},
    url_name="certificate",
)
@in_scope
def get_certificate(request: ApiRequest, organisation: Path[str], certificate_id: UUID) -> Any:
    """One attestation with its status now."""
    return _shape(queries.attestation(attestation_id=certificate_id))


@router.get(
    "/{uuid:certificate_id}/bundle/",
    auth=may("attestations.read"),
    response={200: Any, **ERRORS},
    url_name="certificate-bundle",
)
@in_scope
def get_bundle(request: ApiRequest, organisation: Path[str], certificate_id: UUID) -> Any:
    """Everything a stranger needs to verify it offline, with the status of today."""
    row = queries.attestation(attestation_id=certificate_id)
    return HttpResponse(export.bundle(row, at=timezone.now()), content_type="application/json")


@router.post(
    "/{uuid:certificate_id}/decide/",
    auth=may("attestations.decide"),
    response={200: CertificateShape, **ERRORS},
    url_name="decide-certificate",
)
@in_scope
def decide_certificate(
    request: ApiRequest, organisation: Path[str], certificate_id: UUID, decision: StandingDecision
) -> Any:
    """Suspend, restore or withdraw by a decision (ISO/IEC 17021-1:2015, 9.6.5)."""
    actions.decide_about(
        attestation_id=certificate_id,
        decision=DecisionKind(decision.decision),
        reasons=decision.reasons,
        by=request.actor,
        at=timezone.now(),
    )
    return _shape(queries.attestation(attestation_id=certificate_id))
