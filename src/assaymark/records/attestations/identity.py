"""How organisations, attestations and lists are named to the outside: identifiers and addresses.

An issuer is named by its key (did:key) until it takes an identifier with a history (did:webvh, `records.identifiers`);
with `ASSAYMARK_IDENTIFIERS=webvh` it takes one on first use (docs/adr/0048-identifiers.md). Addresses live under the
installation's public URL and stay as long as the attestation is remembered.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from assaymark.adapters.keys import KeyStore, SigningKey
from assaymark.core.attestation import Party, StatusPointer
from assaymark.formats.did import public_key_of
from assaymark.formats.webvh_writing import parallel_web_document
from assaymark.records.attestations.models import Attestation
from assaymark.records.identifiers import actions as identifiers
from assaymark.records.identifiers.queries import Identifier, identifier_of, keys_of, log_of, place_of
from assaymark.records.parties.models import Organisation

SUSPENSION, REVOCATION = "suspension", "revocation"


def key_of(organisation: Organisation) -> SigningKey:
    """The key that signs for the organisation now, under its identifier; made on first use (outside the database)."""
    store, known = KeyStore(settings.HOME), _identifier(organisation)
    if known is None:
        return store.key(organisation.slug)
    return store.held(organisation.slug, known.signs).named(known.did)


def did_of(organisation: Organisation) -> str:
    """The organisation's identifier."""
    known = _identifier(organisation)
    return known.did if known else KeyStore(settings.HOME).key(organisation.slug).did


def public_keys_of(organisation: Organisation) -> list[bytes]:
    """The raw keys that sign or signed for the organisation, without those that others may have had."""
    keys = [key for key in keys_of(organisation.pk) if key.state != "compromised"]
    return [public_key_of(f"did:key:{key.public}") for key in keys] or [key_of(organisation).public_key]


def known_did_of(organisation: Organisation) -> str:
    """The organisation's identifier when it has one already; empty otherwise: looking makes no key."""
    known = identifier_of(organisation.pk)
    store = KeyStore(settings.HOME)
    return known.did if known else store.key(organisation.slug).did if store.exists(organisation.slug) else ""


def _identifier(organisation: Organisation) -> Identifier | None:
    """Its identifier with a history; taken now when the installation wants that and it was not named before."""
    known = identifier_of(organisation.pk)
    wants = settings.IDENTIFIERS == "webvh" and not KeyStore(settings.HOME).exists(organisation.slug)
    if known is None and wants:
        identifiers.identify(organisation=organisation, at=timezone.now())
        known = identifier_of(organisation.pk)
    return known


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
    """The organisation as issuer: by its identifier, with its did:web beside it."""
    return Party(
        id=did_of(organisation),
        name=organisation.name,
        registered_id=organisation.registered_id,
        address=_street(organisation),
        country=organisation.country,
        also_known_as=also_known_as(organisation),
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


def also_known_as(organisation: Organisation) -> tuple[str, ...]:
    """Its other names: did:web, and the did:key under which it went before as long as that key signs."""
    web, keys = f"did:web:{place_of(organisation.slug)}", keys_of(organisation.pk)
    first = keys[0] if keys else None
    return (web,) if first is None or first.state != "current" else (web, f"did:key:{first.public}")


def did_document(organisation: Organisation) -> dict[str, object]:
    """The did:web document of an issuer (W3C Controlled Identifiers 1.0): the key that signs now."""
    if log := log_of(organisation.pk):
        return dict(parallel_web_document(log, now=timezone.now()))
    key = key_of(organisation)
    did = issuer_party(organisation).also_known_as[0]
    method = {"id": f"{did}#key-1", "type": "Multikey", "controller": did, "publicKeyMultibase": key.multikey}
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "alsoKnownAs": [key.did],
        "verificationMethod": [method],
        "assertionMethod": [f"{did}#key-1"],
    }


def did_log(organisation: Organisation) -> str:
    """The log of the organisation's identifier (`did.jsonl`); empty when it is named by its key."""
    return log_of(organisation.pk)


def trusted_witnesses() -> tuple[str, ...]:
    """The keys with which bodies of this installation cosign what they watch; only who accredits or recognises."""
    from assaymark.records.attestations.queries import who_accredits
    from assaymark.records.witness.actions import witness_key

    return tuple(str(witness_key(body)) for body in who_accredits())
