"""Attestations as JSON: UNTP 0.7.0 shapes with this project's terms beside them.

A certificate is a DigitalConformityCredential; an accreditation or recognition is at once a DigitalIdentityAnchor
and a RecognizedEntityCredential. UNTP 0.7.0 allows one integer-indexed status entry: it points to the suspension
list (a withdrawn attestation is set there too); ``withdrawalStatus`` names the same index in the revocation list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from assaymark.core.attestation import (
    AttestationKind,
    AttestationPointer,
    CertificateContent,
    Party,
    RecognitionContent,
    StatusPointer,
)
from assaymark.core.trust import ScopeRow
from assaymark.formats import schemas
from assaymark.formats.moments import first_second, last_second
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.strict_json import Json

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://vocabulary.uncefact.org/untp/0.7.0/context/",
    "https://w3id.org/assaymark/trust/v1",
]
_TOPIC = {
    "type": ["ConformityTopic"],
    "id": "https://vocabulary.uncefact.org/conformity-topic/quality-performance",
    "name": "Quality performance",
}
_SCHEMA_URL = "https://untp.unece.org/artefacts/schema/v0.7.0/"


def _party(party: Party) -> dict[str, Json]:
    found: dict[str, Json] = {"type": ["Party"], "id": party.id, "name": party.name}
    if party.registered_id:
        found["registeredId"] = party.registered_id
    return found


def _issuer(party: Party, recognised_in: AttestationPointer | None) -> dict[str, Json]:
    issuer: dict[str, Json] = {"type": ["CredentialIssuer"], "id": party.id, "name": party.name}
    if party.also_known_as:
        issuer["issuerAlsoKnownAs"] = [
            {"type": ["Party"], "id": other, "name": party.name} for other in party.also_known_as
        ]
    if party.address:
        issuer["address"] = party.address
    if party.country:
        issuer["country"] = party.country
    if recognised_in:
        link: dict[str, Json] = {"id": recognised_in.id, "type": "RecognizedEntityCredential"}
        if recognised_in.issuer_name:
            link["issuerName"] = recognised_in.issuer_name
        if recognised_in.digest:
            link["digestMultibase"] = recognised_in.digest
        issuer["recognizedIn"] = link
    return issuer


def _status(pointer: StatusPointer) -> dict[str, Json]:
    def entry(purpose: str, url: str) -> dict[str, Json]:
        return {
            "id": f"{url}#{pointer.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": pointer.index,
            "statusListCredential": url,
        }

    found: dict[str, Json] = {
        "credentialStatus": entry("suspension", pointer.suspension_list),
        "withdrawalStatus": entry("revocation", pointer.revocation_list),
    }
    if pointer.log:
        found["statusLog"] = pointer.log
    return found


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def scope_rows(rows: Iterable[ScopeRow]) -> list[dict[str, Json]]:
    """Write scope rows; an open interval is left out, sets are sorted so that equal scopes give equal bytes."""
    written: list[dict[str, Json]] = []
    for row in rows:
        item: dict[str, Json] = {
            "row": row.row,
            "activity": row.activity,
            "competence": row.competence,
            "standard": row.standard,
            "editions": sorted(row.editions),
            "iaf": sorted(row.iaf),
            "countries": sorted(row.countries),
            "from": _day(row.valid_from),
            "until": _day(row.valid_until),
        }
        written.append({name: value for name, value in item.items() if value not in (None, "")})
    return written


def certificate_claims(content: CertificateContent) -> dict[str, Json]:
    """Return the unsigned certificate credential, valid against the UNTP 0.7.0 schema."""
    subject: dict[str, Json] = {
        "type": ["ConformityAttestation"],
        "id": f"{content.credential_id}#attestation",
        "name": f"{content.standard_label} certificate {content.number}",
        "description": content.statement,
        "assessorLevel": "3rdParty",
        "assessmentLevel": "authority-globalmra" if content.recognised_in else "no-endorsement",
        "attestationType": "certification",
        "issuedToParty": _party(content.holder),
        "referenceScheme": {
            "type": ["ConformityScheme"],
            "id": content.scheme_id or content.standard_id,
            "name": content.scheme_name or content.standard_label,
        },
        "certificateNumber": content.number,
        "revision": content.revision,
        "originalIssueDate": content.original_issue.isoformat(),
        "standardLabel": content.standard_label,
        "scopeStatement": content.statement,
        "scope": scope_rows(content.scope),
        "certifiedSite": [
            {"type": ["CertifiedSite"], "name": s.name, "address": s.address, "country": s.country}
            for s in content.sites
        ],
        "conformityAssessment": [_assessment(content)],
    }
    if content.holder.address:
        subject["address"] = content.holder.address
    if content.holder.country:
        subject["country"] = content.holder.country
    if content.decided_on:
        subject["decisionDate"] = content.decided_on.isoformat()
    if content.public_url:
        subject["publicPage"] = content.public_url
    if content.pdf_url:
        subject["conformityCertificate"] = {
            "linkURL": content.pdf_url,
            "linkName": f"Certificate {content.number}",
            "mediaType": "application/pdf",
        }
    if content.recognised_in:
        subject["authorisation"] = [_endorsement(content.recognised_in)]
    return {
        "@context": CONTEXTS,
        "type": ["DigitalConformityCredential", "VerifiableCredential"],
        "id": content.credential_id,
        "issuer": _issuer(content.issuer, content.recognised_in),
        "validFrom": first_second(content.valid_from),
        "validUntil": last_second(content.valid_until),
        "name": f"{content.standard_label} certificate of {content.holder.name}",
        "credentialSubject": subject,
        **_status(content.status),
    }


def accreditation_named(pointer: AttestationPointer) -> str:
    """Name an accreditation by number and body, as credential and page say it."""
    return f"accreditation {pointer.number} by {pointer.issuer_name}".replace("  ", " ")


def _endorsement(pointer: AttestationPointer) -> dict[str, Json]:
    name = f"A{accreditation_named(pointer)[1:]}"
    link: dict[str, Json] = {
        "linkURL": pointer.id,
        "linkName": name,
        "mediaType": "application/vc+jwt",
    }
    if pointer.digest:
        link["digestMultibase"] = pointer.digest
    return {
        "name": name,
        "issuingAuthority": {
            "type": ["Party"],
            "id": pointer.issuer_id or pointer.id,
            "name": pointer.issuer_name,
        },
        "endorsementEvidence": link,
    }


def _assessment(content: CertificateContent) -> dict[str, Json]:
    criterion = {
        "type": ["Criterion"],
        "id": content.standard_id,
        "name": content.standard_label,
        "conformityTopic": [_TOPIC],
    }
    return {
        "type": ["ConformityAssessment"],
        "id": f"{content.credential_id}#assessment",
        "name": f"Assessment against {content.standard_label}",
        "assessmentCriteria": [criterion],
        "assessmentDate": (content.decided_on or content.valid_from).isoformat(),
        "assessedPerformance": [],
        "assessedOrganisation": _party(content.holder),
        "conformityTopic": [_TOPIC],
        "conformance": True,
    }


def _history(content: RecognitionContent) -> dict[str, Json]:
    """Whose names and whose attestations the subject answers for; nothing when it has no history."""
    found: dict[str, Json] = {}
    if content.former_names:
        found["formerNames"] = [{"name": one.name, "until": one.until.isoformat()} for one in content.former_names]
    if content.predecessors:
        found["succeeds"] = [
            {"id": one.id, "name": one.name, "from": one.since.isoformat(), "how": one.how.value}
            for one in content.predecessors
        ]
    return found


def recognition_claims(content: RecognitionContent) -> dict[str, Json]:
    """Return the unsigned accreditation or recognition, valid against the UNTP 0.7.0 identity anchor schema."""
    accreditation = content.kind is AttestationKind.ACCREDITATION
    schema = schemas.CONFORMITY_CREDENTIAL if accreditation else schemas.IDENTITY_ANCHOR
    folder = "dcc" if accreditation else "dia"
    subject: dict[str, Json] = {
        "type": ["RegisteredIdentity", "RecognizedEntity"],
        "id": content.subject.id,
        "registeredName": content.subject.name,
        "registeredId": content.number,
        "registeredDate": content.registered_on.isoformat(),
        "idScheme": {
            "type": ["IdentifierScheme"],
            "id": content.scheme_id or content.issuer.id,
            "name": content.scheme_name or f"Register of {content.issuer.name}",
        },
        "registrar": _party(content.issuer),
        "registerType": "accreditation",
        "registrationScope": [content.scope_url or content.credential_id],
        "recognitionKind": content.kind.value,
        "recognizedTo": {
            "type": "RecognizedAction",
            "action": "issue",
            "outputValidation": [
                {
                    "id": f"{_SCHEMA_URL}{folder}/{schema}",
                    "type": "JsonSchema",
                    "digestMultibase": digest_multibase(schemas.schema_bytes(schema)),
                }
            ],
        },
        "scope": scope_rows(content.scope),
    }
    if content.subject.country:
        subject["country"] = content.subject.country
    if content.public_url:
        subject["publicPage"] = content.public_url
    subject |= _history(content)
    claims: dict[str, Json] = {
        "@context": CONTEXTS,
        "type": ["DigitalIdentityAnchor", "RecognizedEntityCredential", "VerifiableCredential"],
        "id": content.credential_id,
        "issuer": _issuer(content.issuer, content.recognised_in),
        "validFrom": first_second(content.valid_from),
        "name": f"{content.kind.value.capitalize()} {content.number} of {content.subject.name}",
        "credentialSubject": subject,
        **_status(content.status),
    }
    if content.valid_until:
        claims["validUntil"] = last_second(content.valid_until)
    return claims
