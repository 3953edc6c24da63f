"""Arguments of the public register and of certificates: the house certifies a customer of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from assaymark.adapters.blobs import blobs
from assaymark.core.attestation import AttestationKind
from assaymark.core.trust import ScopeRow
from assaymark.records.archive.models import ArchivedPdf, ArchivedVersion
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.actions import add_organisation
from assaymark.records.scope import organisation_scope
from tests.certification_cast import attest_by_decision
from tests.permission.house import House, arguments_for


@arguments_for(
    "attestation",
    "attestation-pdf",
    "attestation-bundle",
    "attestation-credential",
    "attestation-verdict",
    "attestation-status-log",
    "attestation-badge",
    "attestation-badge-page",
    "attestation-qr",
    "attestation-linkset",
    "status-list",
    "status-log-checkpoint",
    "status-log-leaves",
    "organisation",
    "did-document",
    "api:certificate",
    "api:certificate-bundle",
    "api:decide-certificate",
    "attestations:bundle",
    "attestations:decide",
    "attestations:kept",
    "attestations:listing",
    "attestations:pdf",
    "attestations:record",
)
def certificate(house: House) -> dict[str, Any]:
    now = timezone.now()
    slug = house.organisation.slug
    customer = add_organisation(slug=f"customer-of-{slug}", name=f"{house.word} Customer", at=now)
    row = attest_by_decision(
        house.actors["decision_maker"],
        customer,
        kind="certification",
        attests=AttestationKind.CERTIFICATE,
        at=now,
        edition_key="iso-9001-2015",
        number=f"C-{slug}",
        statement=f"{house.word} turning and milling",
        scope=(ScopeRow("ms-certification", "urn:iso:std:iso-iec:17021:-1", "urn:iso:std:iso:9001"),),
        expires=now.date() + timedelta(days=1095),
    )
    return {
        "issuer": slug,
        "number": row.number,
        "purpose": "revocation",
        "slug": slug,
        "certificate_id": row.pk,
        "attestation_id": row.pk,
        "version_id": kept_version(row, at=now),
        "decision": "suspend",
    }


def kept_version(row: Attestation, *, at: datetime) -> UUID:
    """A PDF that the house keeps of its certificate."""
    content = b"%PDF-1.7 kept"
    with organisation_scope(row.organisation_id):
        kept = ArchivedPdf.objects.create(
            organisation=row.organisation, attestation=row, issue=row.issues.get(), number=row.number, kept_at=at
        )
        version = ArchivedVersion.objects.create(
            organisation=row.organisation,
            archived=kept,
            number=1,
            sha256=blobs().put(content),
            size=len(content),
            level="B-LTA",
            proven_at=at,
            authority="Chronos Time",
            lasts_until=at + timedelta(days=1000),
            made_at=at,
        )
    return version.pk
