"""The answer to "certified or accredited?" for one organisation, in sentences computed from the register.

Organisations are certified, certification bodies are accredited, accreditation bodies are recognised: each sentence
uses the one word that fits, and says plainly where the chain ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from assaymark.core.attestation import AttestationKind, Status
from assaymark.core.succession import standing_of
from assaymark.records.attestations import identity, queries
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.models import Organisation

_WORD = {
    AttestationKind.CERTIFICATE: "certified",
    AttestationKind.ACCREDITATION: "accredited",
    AttestationKind.RECOGNITION: "recognised",
}
_ABOVE = {
    AttestationKind.CERTIFICATE: AttestationKind.ACCREDITATION,
    AttestationKind.ACCREDITATION: AttestationKind.RECOGNITION,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One link of the chain in words. good: it holds today. link: the attestation it speaks of, None when missing."""

    text: str
    good: bool
    link: Attestation | None = None


def told(
    organisation: Organisation, *, held: Sequence[Attestation], issued: Sequence[Attestation], now: dt.datetime
) -> list[list[Sentence]]:
    """One paragraph for each attestation that the organisation holds; one that says what it is when it holds none."""
    if held:
        return [_climb(row, now=now) for row in held]
    did = identity.known_did_of(organisation)
    if did and any(anchor.did == did for anchor in queries.anchors()):
        text = f"{organisation.name} is an arrangement that this register trusts. It recognises accreditation bodies."
        return [[Sentence(text, True)]]
    verb = "issues certificates" if any(r.kind == AttestationKind.CERTIFICATE for r in issued) else "attests"
    text = f"{organisation.name} {verb}, but no accreditation of it is in this register."
    return [[Sentence(text, False)]]


def _climb(row: Attestation, *, now: dt.datetime) -> list[Sentence]:
    said = [_sentence(row, now=now)]
    above_kind = _ABOVE.get(AttestationKind(row.kind))
    if above_kind is None:
        return [*said, _top(row, now=now)]
    above = queries.current_above(organisation_id=row.organisation_id, kind=above_kind, on=now.date())
    if above is None:
        text = f"{row.organisation.name} is not {_WORD[above_kind]} by anybody in this register."
        return [*said, Sentence(text, False)]
    return said + _climb(above, now=now)


def _top(row: Attestation, *, now: dt.datetime) -> Sentence:
    """Whether the register trusts who stands at the top, as the verifier weighs it for this statement."""
    issuer, stated = row.organisation.name, queries.newest_issue(row).issued_at.date()
    found = standing_of(
        identity.known_did_of(row.organisation), anchors=queries.anchors(), on=now.date(), stated_on=stated
    )
    if found.anchor is None or found.anchor.valid_until is None:
        verb = "is trusted" if found.counts else "is not trusted"
        return Sentence(f"{issuer} {verb} by this register.", found.counts)
    told = found.reason.replace("in your trust list", "trusted by this register")
    return Sentence(told, found.counts)


def _sentence(row: Attestation, *, now: dt.datetime) -> Sentence:
    status, _ = queries.status_on(row, at=now)
    kind = AttestationKind(row.kind)
    how = {
        Status.VALID: f"is {_WORD[kind]}",
        Status.SUSPENDED: f"was {_WORD[kind]}, but that is suspended now,",
        Status.WITHDRAWN: f"was {_WORD[kind]}, but that was withdrawn,",
        Status.EXPIRED: f"was {_WORD[kind]}, but that has expired,",
    }[status]
    what = {
        AttestationKind.CERTIFICATE: f"to {row.standard_label}",
        AttestationKind.ACCREDITATION: f"to certify management systems ({row.standard_label})",
        AttestationKind.RECOGNITION: f"as an accreditation body ({row.standard_label})",
    }[kind]
    return Sentence(f"{row.holder.name} {how} {what} by {row.organisation.name}.", status is Status.VALID, row)
