"""A certificate in the form in which `credential_claims` writes it: read and written again faster than as plain JSON.

Rules that hold here
* Every member that the writer may write has its place and its type here; a member more, or one of another type, is not
  the usual form. Nothing is decided about it: the caller reads it some other way.
* Written again it must give the same bytes. So no member can stand twice, in no object, and none can hide in an escape.
* Three parts stay as they are (`context`, `type`, `issuer`, `scope`): few differ in a register, and the caller checks
  each spelling once.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

_Text = str | UnsetType
ABSENT = Raw()


class _Form(msgspec.Struct, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """No member but those that are named."""


class _Party(_Form):
    type: tuple[Literal["Party"]]
    id: str
    name: str
    registeredId: _Text = UNSET


class _Criterion(_Form):
    type: tuple[Literal["Criterion"]]
    id: str
    name: str
    conformityTopic: Raw


class _Assessment(_Form):
    type: tuple[Literal["ConformityAssessment"]]
    id: str
    name: str
    assessmentCriteria: tuple[_Criterion]
    assessmentDate: str
    assessedPerformance: tuple[()]
    assessedOrganisation: _Party
    conformityTopic: Raw
    conformance: bool


class _Site(_Form):
    type: tuple[Literal["CertifiedSite"]]
    name: str
    address: str
    country: str


class _Link(_Form):
    linkURL: str
    linkName: str
    mediaType: str
    digestMultibase: _Text = UNSET


class Subject(_Form):
    """What is attested; a verdict needs its scope."""

    type: tuple[Literal["ConformityAttestation"]]
    id: str
    name: str
    description: str
    assessorLevel: Literal["3rdParty"]
    assessmentLevel: str
    attestationType: Literal["certification"]
    issuedToParty: _Party
    referenceScheme: Raw
    certificateNumber: str
    revision: int
    originalIssueDate: str
    standardLabel: str
    scopeStatement: str
    scope: Raw
    certifiedSite: list[_Site]
    conformityAssessment: tuple[_Assessment]
    address: _Text = UNSET
    country: _Text = UNSET
    decisionDate: _Text = UNSET
    publicPage: _Text = UNSET
    conformityCertificate: _Link | UnsetType = UNSET
    authorisation: Raw = ABSENT


_Index = Annotated[int, Meta(ge=0)]


class _Suspension(_Form):
    id: str
    type: Literal["BitstringStatusListEntry"]
    statusPurpose: Literal["suspension"]
    statusListIndex: _Index
    statusListCredential: str


class _Revocation(_Form):
    id: str
    type: Literal["BitstringStatusListEntry"]
    statusPurpose: Literal["revocation"]
    statusListIndex: _Index
    statusListCredential: str


class Certificate(_Form, rename={"context": "@context"}):
    """The whole."""

    context: Raw
    type: Raw
    id: str
    issuer: Raw
    validFrom: str
    validUntil: str
    name: str
    credentialSubject: Subject
    credentialStatus: _Suspension
    withdrawalStatus: _Revocation
    statusLog: _Text = UNSET


_decode = msgspec.json.Decoder(Certificate).decode
_encode = msgspec.json.Encoder().encode_into
_decode_sites = msgspec.json.Decoder(list[_Site]).decode
_again = bytearray(8192)


class OtherForm(ValueError):
    """Not of the usual form or spelling, for whatever reason."""


def read(content: bytes) -> Certificate:
    """The certificate, of the usual form and spelling; raises :class:`OtherForm`."""
    try:
        found = _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OtherForm from error
    _encode(found, _again)
    if _again != content:
        raise OtherForm
    return found


def are_sites(part: bytes) -> bool:
    """Tell whether a part is a list of sites in its one spelling."""
    try:
        return msgspec.json.encode(_decode_sites(part)) == part
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def repeated(found: Certificate) -> bytes:
    """The parts that stand in many certificates of a register alike: they were not looked into."""
    subject = found.credentialSubject
    assessment = subject.conformityAssessment[0]
    criterion = assessment.assessmentCriteria[0]
    return b"\n".join(
        (
            found.context,
            found.type,
            found.issuer,
            subject.referenceScheme,
            subject.authorisation,
            assessment.conformityTopic,
            criterion.conformityTopic,
        )
    )
