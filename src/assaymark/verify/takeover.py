"""Bodies that merged or handed on: whose accreditation or recognition speaks for what an ended body attested.

Rules that hold here
* Only a signed statement counts: the accreditation (or recognition) of the heir says whom it succeeds and since when.
  Its issuer could as well have accredited the former body, so nobody gains a power by it that they did not have.
* It counts from its day on, and for what was attested before that day; what is dated later under the old identifier was
  made by a body that had ended.
* A certificate is to be transferred: it counts for the policy's ``transfer_period`` after the day (six months, as IAF
  MD 2 gives for bodies that ceased), then only one by the heir does. Accreditations stay as long as they say.
* Nothing is healed: where the former body's own accreditation is known to have failed on the eve, the heir's does not
  stand in for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assaymark.core.attestation import AttestationKind
from assaymark.core.body_changes import BodyChange, ChangeKind, Predecessor
from assaymark.formats.body_history import predecessors_of
from assaymark.formats.credential import Credential
from assaymark.formats.moments import in_words
from assaymark.verify.evidence import Pool

MAX_HEIRS = 16
_WHAT = {AttestationKind.ACCREDITATION: "certificates", AttestationKind.RECOGNITION: "accreditations"}


@dataclass(frozen=True, slots=True)
class Heir:
    """An attestation whose subject answers for a former body, and what it says of it."""

    credential: Credential
    of: Predecessor

    @property
    def sentence(self) -> str:
        """Say what became of the former body."""
        kind = ChangeKind(self.of.how)
        change = BodyChange(kind, self.of.since, self.of.name, self.credential.subject_name)
        held = f"{self.credential.kind.value} {self.credential.number}"
        return f"{change.sentence()[:-1]}, says {self.credential.issuer_name} ({held})."

    @property
    def remark(self) -> str:
        """Say it beside the heir in the chain."""
        what = _WHAT[self.credential.kind]
        return f"answers for the {what} of {self.of.name} since {in_words(self.of.since)}"


def heirs_of(did: str, kind: AttestationKind, pool: Pool, *, on: dt.date | None = None) -> list[Heir]:
    """List who answers for a party (on a day, or ever), by attestations of a kind that others gave to the heir.

    At most ``MAX_HEIRS``; those come first whose attestation is by somebody who attested the party itself.
    """
    found = []
    for credential in pool.successions():
        if credential.kind is not kind or did in (credential.issuer, credential.subject):
            continue
        if credential.issuer == credential.subject or "succeeds" not in credential.claims["credentialSubject"]:
            continue
        named = (one for one in predecessors_of(credential.claims) if one.id == did)
        found += [Heir(credential, one) for one in named if on is None or one.since <= on]
    if len(found) > MAX_HEIRS:
        known = {credential.issuer for credential in pool.held_by(did, kind)}
        found.sort(key=lambda heir: heir.credential.issuer not in known)
        pool.notice(f"More than {MAX_HEIRS} attestations say who answers for {did[:200]}; the rest was left out.")
    return found[:MAX_HEIRS]


def stated_on(credential: Credential) -> dt.date:
    """Return the day of a statement: the later of its first day and of its signature, as the signer says."""
    signed = credential.signed_at
    return max(credential.valid_from, signed or credential.valid_from).date()


def too_late(below: Credential, heir: Heir) -> str:
    """Return why an attestation of the former body is none that the heir answers for; empty when it is."""
    day = stated_on(below)
    if day < heir.of.since:
        return ""
    return f"The {below.kind.value} is dated {in_words(day)}, when {heir.of.name} had ended. {heir.sentence}"


def transfer_over(certificate: Credential, heir: Heir, pool: Pool, *, on: dt.date) -> str:
    """Return why a certificate of the former body no longer counts; empty while it may still be transferred."""
    last = heir.of.since + pool.policy.transfer_period
    if on <= last:
        return ""
    return (
        f"{heir.sentence} Its certificates were to be transferred by {in_words(last)}: "
        f"ask {heir.credential.subject_name} for one of its own."
    )
