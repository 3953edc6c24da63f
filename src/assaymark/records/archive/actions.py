"""Keeping certificates' PDFs, and renewing their archive timestamps. Acts of the system, with an entry in the journal.

Rules that hold here (ETSI EN 319 142-1 5.5: an archive timestamp is renewed while the last one holds)
* The authority is asked outside of any transaction; a row is written only for bytes that were read again and hold.
* What the new version proves must be what the old one proved: the same signing time, for longer.
* One that failed does not keep the others from being renewed; why is kept beside it and told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from assaymark.adapters import timestamping
from assaymark.adapters.blobs import BlobDamaged, BlobMissing, blobs
from assaymark.formats.moments import in_words
from assaymark.records.archive import queries
from assaymark.records.archive.models import ArchivedPdf, ArchivedVersion
from assaymark.records.attestations import export
from assaymark.records.attestations import queries as attestations
from assaymark.records.attestations.models import Issue
from assaymark.records.journal.actions import append
from assaymark.records.parties import queries as parties
from assaymark.records.scope import organisation_scope

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one certificate's PDF: "kept", "renewed", "waits", "ended" (too late) or "failed", and why."""

    number: str
    issuer: str
    outcome: str
    reason: str = ""
    lasts_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Proof:
    """What was read from bytes that are to be kept."""

    level: str
    proven_at: datetime
    authority: str
    lasts_until: datetime


def round_of(*, at: datetime) -> list[Outcome]:
    """Keep what is not kept yet and renew what is due, for every organisation. Without an authority: nothing."""
    if not settings.TSA_URL:
        return []
    found: list[Outcome] = []
    for organisation in parties.organisations():
        found.extend(keep_missing(organisation_id=organisation.pk, at=at))
        found.extend(renew_due(organisation_id=organisation.pk, at=at))
    return found


def keep_missing(*, organisation_id: UUID, at: datetime) -> list[Outcome]:
    """Keep a PDF of each newest issue of which none is kept; stops at the first failure of the authority."""
    found: list[Outcome] = []
    with organisation_scope(organisation_id):
        for issue in list(queries.not_kept(organisation_id, at=at).select_related("attestation")):
            found.append(_keep(issue, at=at))
            if found[-1].outcome == "failed":
                break
    return found


def renew_due(*, organisation_id: UUID, at: datetime) -> list[Outcome]:
    """Add an archive timestamp to each kept PDF whose last one ends within the margin (`ASSAYMARK_TSA_RENEW_DAYS`)."""
    with organisation_scope(organisation_id):
        due = queries.due(at=at, margin=_margin())
        return [_renew(row, at=at) for row in due]


def _margin() -> timedelta:
    return timedelta(days=settings.TSA_RENEW_DAYS)


def _keep(issue: Issue, *, at: datetime) -> Outcome:
    row = attestations.attestation(attestation_id=issue.attestation_id)
    issuer = row.organisation.name
    try:
        data = export.pdf(row, at=at, must_last=True)
        proof = _read(data, at=at)
    except (OSError, ValueError) as error:
        return Outcome(row.number, issuer, "failed", str(error))
    digest = blobs().put(data)
    try:
        with transaction.atomic():
            kept = ArchivedPdf.objects.create(
                organisation_id=issue.organisation_id,
                attestation_id=row.pk,
                issue=issue,
                number=row.number,
                kept_at=at,
            )
            _add_version(kept, number=1, digest=digest, size=len(data), proof=proof, at=at)
    except IntegrityError:  # another worker was quicker
        return Outcome(row.number, issuer, "kept")
    return Outcome(row.number, issuer, "kept", lasts_until=proof.lasts_until)


def _renew(row: ArchivedPdf, *, at: datetime) -> Outcome:
    last = row.newest
    issuer = row.organisation.name
    if last.lasts_until < at:
        reason = f"its last timestamp ended on {in_words(last.lasts_until)}, before it was renewed"
        return _failed(row, Outcome(row.number, issuer, "ended", reason), at=at)
    try:
        data = _renewed(queries.content(last), at=at)
        proof = _read(data, at=at)
        if proof.proven_at != last.proven_at:
            raise ValueError("the new timestamp would prove another signing time")
        if proof.lasts_until <= last.lasts_until:
            if last.lasts_until - at > _margin() / 3:
                return Outcome(row.number, issuer, "waits", "the authority has no longer certificate yet")
            raise ValueError("the authority still has no longer certificate than that of the last timestamp")
    except (OSError, ValueError, BlobMissing, BlobDamaged) as error:
        reason = f"its file is damaged or missing ({error})" if isinstance(error, LookupError) else str(error)
        return _failed(row, Outcome(row.number, issuer, "failed", reason), at=at)
    digest = blobs().put(data)
    try:
        with transaction.atomic():
            _add_version(row, number=last.number + 1, digest=digest, size=len(data), proof=proof, at=at)
            ArchivedPdf.objects.filter(pk=row.pk).update(tried_at=at, problem="")
    except IntegrityError:  # another worker was quicker
        return Outcome(row.number, issuer, "renewed")
    return Outcome(row.number, issuer, "renewed", lasts_until=proof.lasts_until)


def _renewed(data: bytes, *, at: datetime) -> bytes:
    from assaymark.formats.pdf_signature import renew_timestamp  # pyHanko takes a second to import

    authority = timestamping.chosen()
    if authority is None:
        raise ValueError("no timestamp authority is set")
    return renew_timestamp(data, timestamps=authority.stamper(), roots=authority.roots, at=at)


def _read(data: bytes, *, at: datetime) -> _Proof:
    """Read what was just made as a verifier would a moment later; raises `ValueError` when it proves no time."""
    from assaymark.formats.pdf_signature import read_signed_pdf

    found = read_signed_pdf(data, roots=timestamping.trusted_roots(), now=at + _MINUTE)
    if found.problem or found.proven_at is None or found.lasts_until is None:
        raise ValueError(found.problem or found.undated or "its timestamps prove nothing")
    return _Proof(found.level, found.proven_at, found.proven_by, found.lasts_until)


def _add_version(row: ArchivedPdf, *, number: int, digest: str, size: int, proof: _Proof, at: datetime) -> None:
    ArchivedVersion.objects.create(
        organisation_id=row.organisation_id,
        archived=row,
        number=number,
        sha256=digest,
        size=size,
        level=proof.level,
        proven_at=proof.proven_at,
        authority=proof.authority,
        lasts_until=proof.lasts_until,
        made_at=at,
    )
    append(
        organisation_id=row.organisation_id,
        verb="archive.kept" if number == 1 else "archive.renewed",
        subject_kind=ArchivedPdf.subject_kind(),
        subject_id=row.pk,
        subject_label=row.number,
        by=None,
        at=at,
        after={"version": number, "sha256": digest, "level": proof.level, "lasts_until": proof.lasts_until.isoformat()},
    )


def _failed(row: ArchivedPdf, outcome: Outcome, *, at: datetime) -> Outcome:
    with transaction.atomic():
        ArchivedPdf.objects.filter(pk=row.pk).update(tried_at=at, problem=outcome.reason[:400])
    return outcome
