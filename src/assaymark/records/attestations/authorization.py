"""May this body issue certificates for that, by that authority's word, at this moment? Answers are signed.

The questions have the shape of the Trust Registry Query Protocol (Trust over IP, version 2): entity, authority, action,
resource, time. `authorization` looks at what an authority attests of an entity; `recognition` asks whether a
path of attestations leads from one of this installation's anchors to the authority itself.

Rules that hold here
* Yes needs an attestation of the authority for the entity, in force at that moment, whose rows cover the resource
  (ISO/IEC 17011:2017, 7.8.3). No is said when attestations are known and none covers it; a party that is not in this
  register gives *unknown*, because nothing here says what it may or may not.
* The answer is signed by the authority when it keeps its key here, else by the register.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import orjson
from django.conf import settings

from assaymark.adapters.keys import KeyStore, SigningKey
from assaymark.core.attestation import AttestationKind, Status
from assaymark.core.trust import EVERYTHING, Containment, ScopeRow, evaluate_scope
from assaymark.formats import jws, strict_json
from assaymark.formats.credential import scope_rows_of
from assaymark.formats.moments import instant
from assaymark.records.attestations import identity, queries
from assaymark.records.attestations.models import Attestation
from assaymark.records.identifiers.queries import looked_up_once
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import system_scope

TYP = "trqp-answer+jwt"
ISSUE = "issue"


class BadQuestion(ValueError):
    """The question cannot be understood; the text says which part, and how it is written."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who may do what: identifiers of both parties (a DID, or the address of a page here), an action, a resource."""

    entity_id: str
    authority_id: str
    action: str
    resource: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """`answer` is None for unknown. `evidence` holds the addresses of the attestations that it rests on."""

    answer: bool | None
    message: str
    evidence: tuple[str, ...] = ()


def claim_of(resource: str) -> ScopeRow:
    """Read a resource: `<standard>?edition=ed-5&iaf=17&country=DE`, where iaf and country may be repeated.

    `<standard>` is the identifier that scopes carry, such as `urn:iso:std:iso:9001`. What is left out is not asked
    about. Raises :class:`BadQuestion`.
    """
    parts = urlsplit(resource)
    asked = parse_qs(parts.query)
    unknown = sorted(set(asked) - {"edition", "iaf", "country"})
    standard = resource.partition("?")[0]
    if not standard or unknown:
        wrong = f"{unknown[0]!r} is no dimension" if unknown else "names no standard"
        raise BadQuestion(f"resource: {wrong}. Write urn:iso:std:iso:9001?edition=ed-5&iaf=17&country=DE.")
    return ScopeRow(
        activity="",
        competence="",
        standard=standard,
        editions=frozenset(asked.get("edition", ())),
        iaf=frozenset(asked.get("iaf", ())),
        countries=frozenset(asked.get("country", ())),
    )


def _party(named: str) -> Organisation | None:
    """The organisation behind an identifier: did:key, did:web, did:webvh or the address of its page."""
    with system_scope(), looked_up_once():
        rows = Attestation.unscoped.exclude(kind=AttestationKind.CERTIFICATE)
        ids = {*rows.values_list("organisation_id", flat=True), *rows.values_list("holder_id", flat=True)}
        for organisation in Organisation.objects.filter(pk__in=ids):
            party = identity.issuer_party(organisation)
            if named in (party.id, *party.also_known_as, identity.organisation_address(organisation)):
                return organisation
    return None


def authorization(question: Question) -> Reply:
    """May the entity do this, by the authority's word? Raises :class:`BadQuestion`."""
    claim = claim_of(question.resource)
    if question.action != ISSUE:
        raise BadQuestion(f"action: {question.action[:40]!r} is not known here. Ask for {ISSUE!r}.")
    entity, authority = _party(question.entity_id), _party(question.authority_id)
    missing = next((n for n, row in (("entity", entity), ("authority", authority)) if row is None), None)
    if entity is None or authority is None:
        return Reply(None, f"The {missing} is not in this register: nothing here says what it may do.")
    with system_scope():
        rows = queries.with_parts(
            Attestation.unscoped.filter(organisation=authority, holder=entity).exclude(kind=AttestationKind.CERTIFICATE)
        )
        held = list(rows)
    if not held:
        return Reply(False, f"{authority.name} attests nothing of {entity.name}.")
    replies = [_judged(row, claim, question.at) for row in held]
    return next((reply for reply in replies if reply.answer), replies[0])


def _judged(row: Attestation, claim: ScopeRow, at: dt.datetime) -> Reply:
    evidence = (identity.address_of(row),)
    what = f"{row.kind} {row.number}"
    begun = dt.datetime.combine(row.original_issue, dt.time(), dt.UTC)
    if at < begun:
        return Reply(False, f"{what} was granted on {row.original_issue.isoformat()}, after the time asked about.")
    status, cause = queries.status_on(row, at=at)
    if status is not Status.VALID:
        since = f" since {cause.effective_from.date().isoformat()}" if cause else ""
        return Reply(False, f"{what} is {status.value}{since}.", evidence)
    rows = tuple(_asked_only(scope, claim) for scope in _scope_on(row, at))
    result = evaluate_scope(claims=[claim], scope=rows, on=at.date())
    if result.containment is Containment.COVERED:
        return Reply(True, f"Covered by {what}, rows {', '.join(result.rows)}.", evidence)
    said = result.gaps[0].sentence() if result.gaps else ""
    return Reply(False, f"{what} does not cover it. {said}".strip(), evidence)


def _scope_on(row: Attestation, at: dt.datetime) -> tuple[ScopeRow, ...]:
    """The rows as they stood then: those of the issue that counted, which a later reduction does not change."""
    claims = strict_json.loads_object(jws.split(queries.issue_on(row, on=at.date()).credential).payload)
    subject = claims["credentialSubject"]
    return scope_rows_of(subject.get("scope", []))


def _asked_only(row: ScopeRow, claim: ScopeRow) -> ScopeRow:
    """A row in the dimensions that were asked about; of what the question leaves out, nothing is demanded."""
    return ScopeRow(
        activity=claim.activity,
        competence=claim.competence,
        standard=row.standard,
        editions=row.editions if claim.editions else EVERYTHING,
        iaf=row.iaf if claim.iaf else EVERYTHING,
        countries=row.countries if claim.countries else EVERYTHING,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        row=row.row,
    )


def recognition(question: Question) -> Reply:
    """Is the entity (an authority) recognised by the authority asked about, an anchor of this installation?"""
    claim_of(question.resource)
    entity, authority = _party(question.entity_id), _party(question.authority_id)
    if entity is None or authority is None:
        return Reply(None, "One of the two is not in this register: nothing here says whether it is recognised.")
    with system_scope():
        rows = queries.with_parts(
            Attestation.unscoped.filter(organisation=authority, holder=entity, kind=AttestationKind.RECOGNITION)
        )
        held = list(rows)
    for row in held:
        status, _ = queries.status_on(row, at=question.at)
        if status is Status.VALID and row.original_issue <= question.at.date():
            return Reply(True, f"Recognition {row.number} is in force.", (identity.address_of(row),))
    return Reply(False, f"No recognition of {entity.name} by {authority.name} is in force at that time.")


def register_key() -> SigningKey:
    """The key of this register, made on first use: it signs where no authority keeps its own key here."""
    return KeyStore(settings.HOME).key("register")


def signed(kind: str, question: Question, reply: Reply, *, now: dt.datetime) -> dict[str, object]:
    """The answer in TRQP's shape, with the same content as a signed token beside it. kind: authorized, recognized."""
    authority = _party(question.authority_id)
    key = identity.key_of(authority) if authority else register_key()
    content: dict[str, object] = {
        "entity_id": question.entity_id,
        "authority_id": question.authority_id,
        "action": question.action,
        "resource": question.resource,
        kind: reply.answer,
        "time_requested": instant(question.at),
        "time_evaluated": instant(now),
        "message": reply.message,
        "evidence": list(reply.evidence),
    }
    token = jws.sign(orjson.dumps({"iss": key.did, "iat": int(now.timestamp()), **content}), signer=key, typ=TYP)
    return {**content, "signed": token}
