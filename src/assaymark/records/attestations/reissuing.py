"""What must be signed again when an organisation takes another identifier, and doing so.

Certificates name their issuer, accreditations and recognitions their holder too, by identifier. A document that names a
party by an identifier that it has no more leads nowhere: its chain breaks, and its status is signed by somebody else.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from assaymark.core.attestation import AttestationKind, Status
from assaymark.formats import jws, strict_json
from assaymark.records.attestations import actions, identity, queries
from assaymark.records.attestations.models import Attestation, TrustAnchor
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope, system_scope

_ENDED = frozenset({Status.WITHDRAWN, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class Outdated:
    """An attestation in force whose newest document names a party by another identifier than it has."""

    attestation: Attestation
    party: Organisation

    def sentence(self) -> str:
        """Who has to sign what again, and why."""
        row = self.attestation
        return (
            f"{row.kind.capitalize()} {row.number} of {row.holder.name}, signed by {row.organisation.name}, names "
            f"{self.party.name} by another identifier."
        )


def outdated(*, organisation: Organisation, at: dt.datetime) -> list[Outdated]:
    """What names the organisation by another identifier than it has: what it issued first, then what it holds."""
    did = identity.did_of(organisation)
    with system_scope():
        rows = queries.with_parts(Attestation.unscoped.all()).select_related("organisation", "holder")
        issued = list(rows.filter(organisation=organisation).order_by("number"))
        held = list(rows.filter(holder=organisation).exclude(kind=AttestationKind.CERTIFICATE).order_by("number"))
    found = [row for row in issued if _named(row)[0] != did] + [row for row in held if _named(row)[1] != did]
    return [Outdated(row, organisation) for row in found if queries.status_on(row, at=at)[0] not in _ENDED]


def anchored_otherwise(*, organisation: Organisation) -> TrustAnchor | None:
    """The entry of this installation's trust list that names the organisation by another identifier than it has."""
    did = identity.did_of(organisation)
    row: TrustAnchor | None = TrustAnchor.objects.filter(organisation=organisation).exclude(did=did).first()
    return row


def _named(row: Attestation) -> tuple[str, str]:
    """The identifiers of issuer and holder in the newest document."""
    claims = strict_json.loads_object(jws.split(queries.newest_issue(row).credential).payload)
    issuer, subject = claims["issuer"], claims["credentialSubject"]
    return str(issuer["id"]), str(subject.get("id", ""))


def sign_again(*, organisation: Organisation, at: dt.datetime) -> list[Attestation]:
    """Sign again all that is outdated about an organisation, in the name of each issuer. The operator's act.

    Where the trust list names it, the new identifier succeeds the old one.
    """
    done = []
    for one in outdated(organisation=organisation, at=at):
        row = one.attestation
        with transaction.atomic(), organisation_scope(row.organisation_id):
            reason = f"{organisation.name} has the identifier {identity.did_of(organisation)}."
            done.append(actions.sign_again(attestation_id=row.pk, at=at, reason=reason))
    if (anchor := anchored_otherwise(organisation=organisation)) is not None:
        facts = anchor.facts()
        actions.trust_anchor(
            organisation=organisation,
            valid_from=facts.valid_from or at.date(),
            role=facts.role,
            kinds=tuple(facts.kinds),
            label=facts.label,
            at=at,
        )
    return done
