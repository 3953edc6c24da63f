"""The answer to "certified or accredited?" for one organisation, in sentences computed from the register.

Organisations are certified, certification bodies are accredited, accreditation bodies are recognised: each sentence
uses the one word that fits, and says plainly where the chain ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from assaymark.core.attestation import AttestationKind, Status
from assaymark.records.attestations import queries
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
    anchored = any(anchor.name == organisation.name for anchor in queries.anchors())
    if anchored:
        text = f"{organisation.name} is an arrangement that this register trusts. It recognises accreditation bodies."
        return [[Sentence(text, True)]]
    verb = "issues certificates" if any(r.kind == AttestationKind.CERTIFICATE for r in issued) else "attests"
    text = f"{organisation.name} {verb}, but no accreditation of it is in this register."
    return [[Sentence(text, False)]]


def _climb(row: Attestation, *, now: dt.datetime) -> list[Sentence]:
    said = [_sentence(row, now=now)]
    above_kind = _ABOVE.get(AttestationKind(row.kind))
    if above_kind is None:
        anchored = {anchor.name for anchor in queries.anchors() if anchor.holds(on=now.date())}
        issuer = row.organisation.name
        trusted = issuer in anchored
        text = f"{issuer} is trusted by this register." if trusted else f"{issuer} is not trusted by this register."
        return [*said, Sentence(text, trusted)]
    above = queries.current_above(organisation_id=row.organisation_id, kind=above_kind, on=now.date())
    if above is None:
        text = f"{row.organisation.name} is not {_WORD[above_kind]} by anybody in this register."
        return [*said, Sentence(text, False)]
    return said + _climb(above, now=now)


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
