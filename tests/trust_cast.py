"""The standing cast of the chain of trust: an arrangement, an accreditation body, two certification bodies, a client.

*Meridian* recognises *Nordwerk Accreditation*, which accredits *Hanse Cert* for ISO 9001 in sectors 17 and 18 in
Germany; Hanse Cert certifies *Brinkmann*. *Quick Cert* is accredited by nobody. Keys follow from names, so that
every run has the same identifiers. Time is an argument everywhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import (
    AttestationKind,
    AttestationPointer,
    CertificateContent,
    Party,
    RecognitionContent,
    Site,
    StatusEvent,
    StatusEventKind,
    StatusPointer,
)
from assaymark.core.trust import Anchor, ScopeRow
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.credential import issue_certificate_credential, issue_recognition_credential
from assaymark.formats.status_list import issue_status_list
from assaymark.formats.status_log import issue_status_log

NOW = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


def key(name: str) -> SigningKey:
    """Return the key of a cast member."""
    return SigningKey.from_seed(hashlib.sha256(name.encode()).digest())


MERIDIAN, NORDWERK, HANSE, QUICK, STRANGER = (key(n) for n in ("meridian", "nordwerk", "hanse", "quick", "stranger"))
ROW = ScopeRow(
    activity="ms-certification",
    competence="urn:iso:std:iso-iec:17021:-1",
    standard="urn:iso:std:iso:9001",
    editions=frozenset({"2015"}),
    iaf=frozenset({"17", "18"}),
    countries=frozenset({"DE"}),
    row="r17",
)
ANCHORS = (Anchor(MERIDIAN.did, "Meridian Arrangement"),)


def pointer(host: str, index: int) -> StatusPointer:
    """Say where a cast member publishes status."""
    base = f"https://{host}.example/status"
    return StatusPointer(f"{base}/suspension", f"{base}/revocation", index, f"{base}/log/{index}")


RECOGNITION = RecognitionContent(
    credential_id="https://meridian.example/recognitions/1",
    kind=AttestationKind.RECOGNITION,
    number="MRA-007",
    issuer=Party(MERIDIAN.did, "Meridian Arrangement"),
    subject=Party(NORDWERK.did, "Nordwerk Accreditation", country="DE"),
    scope=(ScopeRow("ms-certification", "urn:iso:std:iso-iec:17021:-1", "*", row="m1"),),
    registered_on=dt.date(2020, 1, 1),
    valid_from=dt.date(2020, 1, 1),
    status=pointer("meridian", 11),
)
ACCREDITATION = RecognitionContent(
    credential_id="https://nordwerk.example/accreditations/1",
    kind=AttestationKind.ACCREDITATION,
    number="NA-0042",
    issuer=Party(NORDWERK.did, "Nordwerk Accreditation", country="DE"),
    subject=Party(HANSE.did, "Hanse Cert GmbH", country="DE"),
    scope=(ROW,),
    registered_on=dt.date(2021, 5, 1),
    valid_from=dt.date(2021, 5, 1),
    valid_until=dt.date(2027, 4, 30),
    status=pointer("nordwerk", 22),
    recognised_in=AttestationPointer(RECOGNITION.credential_id, "Meridian Arrangement", MERIDIAN.did),
)
CERTIFICATE = CertificateContent(
    credential_id="https://hanse.example/certificates/0192a",
    number="HC-2026-0042",
    issuer=Party(HANSE.did, "Hanse Cert GmbH", address="Kehrwieder 2, 20457 Hamburg", country="DE"),
    holder=Party("https://brinkmann.example/", "Brinkmann Machining GmbH", address="Werkstraße 4", country="DE"),
    standard_id="urn:iso:std:iso:9001:ed-5",
    standard_label="ISO 9001:2015",
    edition="2015",
    statement="Design and manufacture of turned and milled precision components",
    scope=(ROW,),
    original_issue=dt.date(2023, 5, 2),
    valid_from=dt.date(2026, 5, 1),
    valid_until=dt.date(2029, 4, 30),
    decided_on=dt.date(2026, 4, 20),
    status=pointer("hanse", 33),
    sites=(Site("Main works", "Werkstraße 4, 33098 Paderborn", "DE"),),
    recognised_in=AttestationPointer(
        ACCREDITATION.credential_id, "Nordwerk Accreditation", NORDWERK.did, number="NA-0042"
    ),
    public_url="https://hanse.example/c/HC-2026-0042",
)
UNACCREDITED = replace(
    CERTIFICATE,
    credential_id="https://quick.example/certificates/1",
    number="QC-1",
    issuer=Party(QUICK.did, "Quick Cert Ltd"),
    status=pointer("quick", 44),
    recognised_in=None,
)


def event(
    seq: int, kind: StatusEventKind, day: dt.date, *, reason: str = "", recorded: dt.date | None = None
) -> StatusEvent:
    """Return an event effective at the start of a day, recorded then or on another day."""
    midnight = dt.time(tzinfo=dt.UTC)
    return StatusEvent(
        seq, kind, dt.datetime.combine(day, midnight), dt.datetime.combine(recorded or day, midnight), reason
    )


@dataclass
class Issuer:
    """One issuer's published status: which indices are set, and what happened."""

    signer: SigningKey
    content: CertificateContent | RecognitionContent
    suspended: bool = False
    withdrawn: bool = False
    events: list[StatusEvent] = field(default_factory=list)

    def lists(self, when: dt.datetime) -> list[str]:
        """Sign both status lists as they stand."""
        status = self.content.status
        states = (
            ("suspension", status.suspension_list, self.suspended or self.withdrawn),
            ("revocation", status.revocation_list, self.withdrawn),
        )
        return [
            issue_status_list(
                list_id=url,
                purpose=purpose,
                indices=[status.index] if is_set else [],
                key=self.signer,
                written=when,
                valid_until=when + WEEK,
            )
            for purpose, url, is_set in states
        ]

    def log(self, when: dt.datetime) -> str:
        """Sign the events as they stand."""
        return issue_status_log(target=self.content.credential_id, events=self.events, key=self.signer, as_of=when)


@dataclass
class Chain:
    """The cast's attestations and their status, to be changed by a test before it writes a bundle."""

    certificate: CertificateContent = CERTIFICATE
    accreditation: RecognitionContent | None = ACCREDITATION
    recognition: RecognitionContent | None = RECOGNITION
    body: SigningKey = HANSE
    accreditor: SigningKey = NORDWERK
    arrangement: SigningKey = MERIDIAN

    def __post_init__(self) -> None:
        self.of_certificate = Issuer(self.body, self.certificate)
        self.of_accreditation = Issuer(self.accreditor, self.accreditation) if self.accreditation else None
        self.of_recognition = Issuer(self.arrangement, self.recognition) if self.recognition else None

    @property
    def token(self) -> str:
        """The signed certificate."""
        return issue_certificate_credential(self.certificate, key=self.body)

    def issuers(self) -> list[Issuer]:
        """Everybody whose status belongs into the bundle."""
        return [i for i in (self.of_certificate, self.of_accreditation, self.of_recognition) if i]

    def parents(self) -> tuple[str, ...]:
        """The signed attestations above the certificate."""
        found = []
        if self.accreditation:
            found.append(issue_recognition_credential(self.accreditation, key=self.accreditor))
        if self.recognition:
            found.append(issue_recognition_credential(self.recognition, key=self.arrangement))
        return tuple(found)

    def bundle(
        self, when: dt.datetime = NOW, *, sealed_by: SigningKey | None = None, extra: Iterable[str] = ()
    ) -> bytes:
        """Write a bundle with the knowledge of a moment."""
        content = Bundle(
            certificate=self.token,
            chain=(*self.parents(), *extra),
            status_lists=tuple(one for i in self.issuers() for one in i.lists(when)),
            status_logs=tuple(i.log(when) for i in self.issuers()),
            generated_at=when,
        )
        return write_bundle(content, key=sealed_by or self.body)
