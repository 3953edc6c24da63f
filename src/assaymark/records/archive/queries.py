"""What is kept, what ought to be, and what is due. Inside the scope of the issuer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from assaymark.adapters.blobs import BlobDamaged, BlobMissing, blobs
from assaymark.core.attestation import AttestationKind
from assaymark.records.archive.models import ArchivedPdf, ArchivedVersion
from assaymark.records.attestations.models import Issue

UNREADABLE = (BlobMissing, BlobDamaged)


def archived() -> QuerySet[ArchivedPdf]:
    """All that the scope's organisation keeps, with every version."""
    versions = Prefetch("versions", queryset=ArchivedVersion.objects.order_by("number"))
    return ArchivedPdf.objects.prefetch_related(versions)


def kept_of(attestation_id: UUID) -> list[ArchivedPdf]:
    """What is kept of one certificate, the newest issue first."""
    return list(archived().filter(attestation_id=attestation_id).order_by("-kept_at"))


def not_kept(organisation_id: UUID, *, at: datetime) -> QuerySet[Issue]:
    """The newest issues of the organisation's certificates that have not expired and of which no PDF is kept."""
    lasting = Q(attestation__valid_until__isnull=True) | Q(attestation__valid_until__gte=at.date())
    return Issue.objects.filter(
        lasting,
        organisation_id=organisation_id,
        attestation__kind=AttestationKind.CERTIFICATE,
        revision=F("attestation__revision"),
    ).exclude(pk__in=ArchivedPdf.objects.values("issue_id"))


def due(*, at: datetime, margin: timedelta) -> list[ArchivedPdf]:
    """Kept PDFs whose last timestamp ends within the margin, or has ended."""
    return [row for row in archived() if row.newest.lasts_until <= at + margin]


def version(version_id: UUID, *, attestation_id: UUID) -> ArchivedVersion:
    """One version of what is kept of a certificate. Raises DoesNotExist outside the scope."""
    return ArchivedVersion.objects.get(pk=version_id, archived__attestation_id=attestation_id)


def content(version: ArchivedVersion) -> bytes:
    """The bytes of a version. Raises one of `UNREADABLE` when the store lost them."""
    return blobs().read(version.sha256)
