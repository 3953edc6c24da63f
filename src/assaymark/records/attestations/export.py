"""What leaves the house: bundles, certificates as PDF, status lists and logs, always with today's knowledge."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from assaymark.adapters import timestamping
from assaymark.core.attestation import (
    AttestationKind,
    AttestationPointer,
    CertificateContent,
    RecognitionContent,
    Site,
)
from assaymark.core.trust import ScopeRow
from assaymark.formats.bundle import MAX_CARRIED, Bundle, write_bundle
from assaymark.formats.credential import issue_certificate_credential, issue_recognition_credential
from assaymark.formats.status_list import issue_status_list
from assaymark.formats.status_log import issue_proven_log
from assaymark.formats.timestamp_authorities import with_timestamp_authorities
from assaymark.formats.trust_list import write_trust_list
from assaymark.formats.trusted_witnesses import with_witnesses
from assaymark.records.attestations import identity, log, past, queries
from assaymark.records.attestations.models import Attestation, StatusCheckpoint, StatusLeaf
from assaymark.records.attestations.printing import print_certificate
from assaymark.records.identifiers.queries import looked_up_once
from assaymark.records.parties.models import Organisation

LIST_LIFE = dt.timedelta(days=7)


def content_of(
    row: Attestation, *, scope: tuple[ScopeRow, ...], index: int, decided_on: dt.date
) -> CertificateContent | RecognitionContent:
    """The attestation as the credential states it."""
    issuer = identity.issuer_party(row.organisation)
    address = identity.address_of(row)
    status = identity.status_pointer(row, index=index)
    above = _above(row)
    if row.kind == AttestationKind.CERTIFICATE:
        assert row.valid_until is not None
        return CertificateContent(
            credential_id=address,
            number=row.number,
            issuer=issuer,
            holder=identity.holder_party(row.holder, attests=False),
            standard_id=scope[0].standard,
            standard_label=row.standard_label,
            edition=row.edition_key,
            statement=row.statement,
            scope=scope,
            original_issue=row.original_issue,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            status=status,
            decided_on=decided_on,
            revision=row.revision,
            sites=tuple(Site(s["name"], s["address"], s["country"]) for s in row.sites),
            recognised_in=above,
            public_url=address,
            pdf_url=f"{address}certificate.pdf",
        )
    known = past.of(row.holder)
    return RecognitionContent(
        credential_id=address,
        kind=AttestationKind(row.kind),
        number=row.number,
        issuer=issuer,
        subject=identity.holder_party(row.holder, attests=True),
        scope=scope,
        registered_on=row.original_issue,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        status=status,
        recognised_in=above,
        public_url=address,
        competence=row.edition_key,
        former_names=known.former_names,
        predecessors=known.predecessors,
    )


def sign(content: CertificateContent | RecognitionContent, *, issuer: Organisation) -> str:
    """The signed credential."""
    key = identity.key_of(issuer)
    if isinstance(content, CertificateContent):
        return issue_certificate_credential(content, key=key)
    return issue_recognition_credential(content, key=key)


def _above(row: Attestation) -> AttestationPointer | None:
    """The accreditation of a certificate's issuer, the recognition of an accreditation's: what it claims to rest on.

    Not pinned by digest: accreditations are renewed and certificates stay.
    """
    kind = {
        AttestationKind.CERTIFICATE: AttestationKind.ACCREDITATION,
        AttestationKind.ACCREDITATION: AttestationKind.RECOGNITION,
    }.get(AttestationKind(row.kind))
    if kind is None:
        return None
    above = queries.current_above(organisation_id=row.organisation_id, kind=kind, on=row.valid_from)
    if above is None:
        return None
    return AttestationPointer(
        id=identity.address_of(above),
        issuer_name=above.organisation.name,
        issuer_id=identity.key_of(above.organisation).did,
        number=above.number,
    )


def credential(row: Attestation, *, on: dt.date) -> str:
    """The signed credential (`vc+jwt`) that counts on a day."""
    return queries.issue_on(row, on=on).credential


def status_list(issuer: Organisation, purpose: str, *, at: dt.datetime) -> str:
    """The issuer's signed status list of that purpose, written now."""
    suspended, revoked = queries.status_bits(organisation_id=issuer.pk, at=at)
    return issue_status_list(
        list_id=identity.status_list_address(issuer, purpose),
        purpose=purpose,
        indices=suspended if purpose == identity.SUSPENSION else revoked,
        key=identity.key_of(issuer),
        written=at,
        valid_until=at + LIST_LIFE,
        issuer_name=issuer.name,
    )


def status_log(row: Attestation, *, at: dt.datetime) -> str:
    """The attestation's signed events, complete up to now, each proven to be in the issuer's log."""
    head = log.head_of(row.organisation)
    return _proven_log(row, log.leaves_of([row], at=at)[row.pk], under=head, at=at)


def _proven_log(row: Attestation, leaves: Sequence[StatusLeaf], *, under: log.Head, at: dt.datetime) -> str:
    return issue_proven_log(
        target=identity.address_of(row),
        leaves=log.proven(leaves, under=under),
        checkpoint=under.checkpoint.note,
        key=identity.key_of(row.organisation),
        as_of=at,
    )


def _first_sighting(
    row: Attestation, leaves: Sequence[StatusLeaf], *, head: log.Head, on: dt.date
) -> tuple[str, StatusCheckpoint] | None:
    """Who saw the document that counts on a day first: the events up to then under that checkpoint, and it itself.

    A later checkpoint proves a later time, which may lie after the key was replaced.
    """
    digest = queries.issue_on(row, on=on).digest
    index = next((one.index for one in leaves if log.told_by(one).get("credentialDigest") == digest), None)
    seen = log.first_sighting(row.organisation, index=index) if index is not None else None
    if seen is None or seen.size >= head.checkpoint.size:
        return None
    return _proven_log(row, leaves, under=log.Head(head.tree, seen), at=seen.at), seen


def _told(
    rows: Sequence[Attestation], heads: Mapping[UUID, log.Head], *, on: dt.date, at: dt.datetime
) -> tuple[tuple[str, ...], list[StatusCheckpoint]]:
    """The logs of attestations as they stand, and as they stood when somebody else saw them first, with checkpoints."""
    leaves = log.leaves_of(rows, at=at)
    now = [_proven_log(row, leaves[row.pk], under=heads[row.organisation_id], at=at) for row in rows]
    found = (_first_sighting(row, leaves[row.pk], head=heads[row.organisation_id], on=on) for row in rows)
    sighted = [one for one in found if one]
    checkpoints = [head.checkpoint for head in heads.values()] + [seen for _, seen in sighted]
    each = {checkpoint.note: checkpoint for checkpoint in checkpoints}
    return (*now, *(token for token, _ in sighted)), list(each.values())[:MAX_CARRIED]


@looked_up_once()
def bundle(row: Attestation, *, at: dt.datetime, on: dt.date | None = None) -> bytes:
    """Everything a stranger needs offline: the credential, the chain above it, and the status of each as known at `at`.

    on: the day to be asked about, whose issues go in; the day of `at` when not given. A renewed certificate says
    nothing about the years before its renewal: for those the issue of that time counts.
    """
    day = on or at.date()
    above = queries.chain_above(row)
    issuers = queries.organisations_of([row, *above])
    logs, checkpoints = _told([row, *above], {one.pk: log.head_of(one) for one in issuers}, on=day, at=at)
    return write_bundle(
        Bundle(
            certificate=credential(row, on=day),
            chain=tuple(credential(one, on=day) for one in above),
            status_lists=tuple(
                status_list(issuer, purpose, at=at)
                for issuer in issuers
                for purpose in (identity.SUSPENSION, identity.REVOCATION)
            ),
            status_logs=logs,
            generated_at=at,
            did_logs=tuple(text for issuer in issuers if (text := identity.did_log(issuer))),
            checkpoints=tuple(log.cosigned(one) for one in checkpoints),
            timestamps=tuple(base64.b64encode(one.timestamp).decode() for one in checkpoints if one.timestamp),
        ),
        key=identity.key_of(row.organisation),
    )


@looked_up_once()
def pdf(row: Attestation, *, at: dt.datetime, must_last: bool = False) -> bytes:
    """The certificate as signed PDF with today's bundle inside. Raises `ValueError` for what is no certificate.

    must_last: without a timestamp there is none (see `printing`).
    """
    issue = queries.newest_issue(row)
    content = content_of(
        row,
        scope=tuple(scope.facts() for scope in row.scopes.all()),
        index=issue.status_index,
        decided_on=issue.decided_on,
    )
    if not isinstance(content, CertificateContent):
        raise ValueError(f"{row.number} is an {row.kind}; only certificates are printed. Export it as bundle.")
    enclosed = bundle(row, at=at, on=max(at.date(), issue.effective_from or row.original_issue))
    return print_certificate(
        content, bundle=enclosed, key=identity.key_of(row.organisation), at=at, must_last=must_last
    )


def file_name(row: Attestation, ending: str) -> str:
    """A name for a file about the attestation: its number, with what file systems dislike replaced."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in row.number)
    return f"{kept}.{ending}"


def trust_list() -> bytes:
    """The anchors of this installation, the bodies that witness here and the timestamp authorities of its settings.

    A file for `verify --trust`.
    """
    anchors = with_witnesses(write_trust_list(queries.anchors()), identity.trusted_witnesses())
    return with_timestamp_authorities(anchors, timestamping.trusted_certificates())
