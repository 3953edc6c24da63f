"""What attestations say: certificate (ISO 9001 and its kin), accreditation, recognition, and the events in their lives.

Rules that hold here
* Organisations are certified, certification bodies accredited, accreditation bodies recognised: three kinds of
  attestation, one shape (ISO/IEC 17000:2020 5.2, 7.6, 7.7).
* A certificate carries what ISO/IEC 17021-1:2015 8.2.2 asks for: holder and place, dates of grant and expiry,
  a unique number, standard with edition, scope, the body's name and address.
* Status is never stored in the attestation; it follows from dated events, read *as of* a date and *as known at*
  another (ISO/IEC 17021-1:2015 9.6.5; ISO/IEC 17011:2017 7.11).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from assaymark.core.body_changes import FormerName, Predecessor
from assaymark.core.trust import ScopeRow


class AttestationKind(StrEnum):
    """The three links of the chain, from the bottom up."""

    CERTIFICATE = "certificate"
    ACCREDITATION = "accreditation"
    RECOGNITION = "recognition"


class Status(StrEnum):
    """What an attestation is worth on a date, as far as its events tell."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class StatusEventKind(StrEnum):
    """What may happen to an attestation after it was granted."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    WITHDRAWN = "withdrawn"
    SCOPE_REDUCED = "scope-reduced"
    EXPIRED = "expired"
    RESTORED = "restored"
    TRANSFERRED = "transferred"
    REISSUED = "reissued"


# Told in the issuer's status log only: it changes which document counts, and no status.
OF_THE_LOG = frozenset({StatusEventKind.REISSUED})

_BECOMES = {
    StatusEventKind.ISSUED: Status.VALID,
    StatusEventKind.SUSPENDED: Status.SUSPENDED,
    StatusEventKind.REINSTATED: Status.VALID,
    StatusEventKind.WITHDRAWN: Status.WITHDRAWN,
    StatusEventKind.EXPIRED: Status.EXPIRED,
    StatusEventKind.RESTORED: Status.VALID,
    StatusEventKind.TRANSFERRED: Status.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """One dated event; ``effective_from`` may lie before ``recorded_at`` (retroactive) or after (announced).

    ``revision`` and ``digest`` name the signed document that counts from the event on; 0 and empty: the event names
    none, and the one before it stays.
    """

    seq: int
    event: StatusEventKind
    effective_from: dt.datetime
    recorded_at: dt.datetime
    reason: str = ""
    revision: int = 0
    digest: str = ""


def status_as_of(
    events: Iterable[StatusEvent], *, at: dt.datetime, known_at: dt.datetime
) -> tuple[Status | None, StatusEvent | None]:
    """Return the status on a date as known on another, with the event that made it so.

    Later facts win: among the events effective by ``at`` and recorded by ``known_at``, the one with the latest
    effective date, then the highest sequence number. A withdrawal is final except for a recorded restoration.
    """
    relevant = sorted(
        (e for e in events if e.effective_from <= at and e.recorded_at <= known_at),
        key=lambda e: (e.effective_from, e.seq),
    )
    status: Status | None = None
    cause: StatusEvent | None = None
    for event in relevant:
        becomes = _BECOMES.get(event.event)
        if becomes is None or becomes is status:
            continue
        final = status is Status.WITHDRAWN and event.event is not StatusEventKind.RESTORED
        if not final:
            status, cause = becomes, event
    return status, cause


def replacement_of(
    events: Iterable[StatusEvent], *, digest: str, revision: int, at: dt.datetime, known_at: dt.datetime
) -> StatusEvent | None:
    """Return the event that put a newer document in the place of this one, or None when it counts on the date.

    ``digest`` finds the document among those that the events name; ``revision`` (0: unknown) is what it says of itself,
    for a twin in another format. A document that says nothing of either is not compared.
    """
    known = [e for e in events if e.revision and e.recorded_at <= known_at]
    own = next((e.revision for e in known if e.digest and e.digest == digest), revision)
    if not own:
        return None
    newer = [e for e in known if e.revision > own and e.effective_from <= at]
    return min(newer, key=lambda e: (e.effective_from, e.revision), default=None)


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as an attestation names it. ``id`` is a DID or an absolute URL."""

    id: str
    name: str
    registered_id: str = ""
    address: str = ""
    country: str = ""
    also_known_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the certified activities happen."""

    name: str
    address: str
    country: str


@dataclass(frozen=True, slots=True)
class StatusPointer:
    """Where the status of an attestation is published: one index in two lists, and a log of events (absolute URLs)."""

    suspension_list: str
    revocation_list: str
    index: int
    log: str = ""


@dataclass(frozen=True, slots=True)
class AttestationPointer:
    """A reference to the attestation one link up, optionally pinned by the digest of its signed form."""

    id: str
    issuer_name: str
    issuer_id: str = ""
    digest: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """What a certification body attests of its client. Dates are inclusive days in UTC."""

    credential_id: str
    number: str
    issuer: Party
    holder: Party
    standard_id: str
    standard_label: str
    edition: str
    statement: str
    scope: tuple[ScopeRow, ...]
    original_issue: dt.date
    valid_from: dt.date
    valid_until: dt.date
    status: StatusPointer
    decided_on: dt.date | None = None
    revision: int = 1
    sites: tuple[Site, ...] = ()
    recognised_in: AttestationPointer | None = None
    scheme_id: str = ""
    scheme_name: str = ""
    public_url: str = ""
    pdf_url: str = ""


@dataclass(frozen=True, slots=True)
class RecognitionContent:
    """What an accreditation body attests of a certification body, or an arrangement of an accreditation body."""

    credential_id: str
    kind: AttestationKind
    number: str
    issuer: Party
    subject: Party
    scope: tuple[ScopeRow, ...]
    registered_on: dt.date
    valid_from: dt.date
    status: StatusPointer
    valid_until: dt.date | None = None
    scheme_id: str = ""
    scheme_name: str = ""
    recognised_in: AttestationPointer | None = None
    public_url: str = ""
    scope_url: str = ""
    competence: str = field(default="")
    former_names: tuple[FormerName, ...] = ()
    predecessors: tuple[Predecessor, ...] = ()
