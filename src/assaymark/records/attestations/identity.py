"""How organisations, attestations and lists are named to the outside: identifiers and addresses.

Issuers are did:key (docs/adr/0002-issuer-identifiers.md): whoever holds a file can check a signature without asking
anybody. Addresses live under the installation's public URL and stay as long as the attestation is remembered.
"""

from __future__ import annotations

from django.conf import settings

from assaymark.adapters.keys import KeyStore, SigningKey
from assaymark.core.attestation import Party, StatusPointer
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.models import Organisation

SUSPENSION, REVOCATION = "suspension", "revocation"


def key_of(organisation: Organisation) -> SigningKey:
    """The organisation's signing key, made on first use (outside the database)."""
    return KeyStore(settings.HOME).key(organisation.slug)


def address_of(attestation: Attestation) -> str:
    """The attestation's public page; at the same time the identifier of its credential."""
    return f"{settings.PUBLIC_URL}/c/{attestation.organisation.slug}/{attestation.number}/"


def organisation_address(organisation: Organisation) -> str:
    """The organisation's page in the public register."""
    return f"{settings.PUBLIC_URL}/organisations/{organisation.slug}/"


def status_list_address(organisation: Organisation, purpose: str) -> str:
    """Where the organisation's status list of that purpose is published."""
    return f"{settings.PUBLIC_URL}/status/{organisation.slug}/{purpose}"


def status_pointer(attestation: Attestation, *, index: int) -> StatusPointer:
    """Where a verifier asks for the status of one issue."""
    issuer = attestation.organisation
    return StatusPointer(
        suspension_list=status_list_address(issuer, SUSPENSION),
        revocation_list=status_list_address(issuer, REVOCATION),
        index=index,
        log=f"{address_of(attestation)}status-log",
    )


def issuer_party(organisation: Organisation) -> Party:
    """The organisation as issuer: did:key, with its did:web and page beside it."""
    host = settings.PUBLIC_URL.split("://", 1)[1].replace(":", "%3A").replace("/", ":")
    return Party(
        id=key_of(organisation).did,
        name=organisation.name,
        registered_id=organisation.registered_id,
        address=_street(organisation),
        country=organisation.country,
        also_known_as=(f"did:web:{host}:did:{organisation.slug}",),
    )


def holder_party(organisation: Organisation, *, attests: bool) -> Party:
    """The organisation as holder: by its key when it attests itself, else by its page."""
    if attests:
        return issuer_party(organisation)
    return Party(
        id=organisation_address(organisation),
        name=organisation.name,
        registered_id=organisation.registered_id,
        address=_street(organisation),
        country=organisation.country,
    )


def _street(organisation: Organisation) -> str:
    return ", ".join(part for part in (organisation.street, organisation.locality) if part)


def did_document(organisation: Organisation) -> dict[str, object]:
    """The did:web document of an issuer (W3C Controlled Identifiers 1.0): one key, that of its did:key."""
    key = key_of(organisation)
    did = issuer_party(organisation).also_known_as[0]
    multibase = key.did.removeprefix("did:key:")
    method = {"id": f"{did}#key-1", "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "alsoKnownAs": [key.did],
        "verificationMethod": [method],
        "assertionMethod": [f"{did}#key-1"],
    }
