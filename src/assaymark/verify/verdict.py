"""The verdict: four answers, never one boolean. Unknown is never no, and never yes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    """What is known about one question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


OUTCOMES = {Answer.YES: "pass", Answer.NO: "fail", Answer.UNKNOWN: "not checked"}


class Code(StrEnum):
    """Why, for machines."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    SCOPE_NOT_STATED = "SCOPE_NOT_STATED"
    UNACCREDITED = "UNACCREDITED"
    UNRECOGNISED = "UNRECOGNISED"
    STALE = "STALE"
    MISSING = "MISSING"
    NO_TRUST_LIST = "NO_TRUST_LIST"
    UNSUPPORTED = "UNSUPPORTED"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer with its machine code, one sentence of reason, and what it rests on."""

    answer: Answer
    code: Code
    reason: str
    evidence: tuple[str, ...] = ()
    known_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One party of the chain and the attestation that it holds (the top holds none).

    ``label``: at the top, the recognition label that was right on the date; ``remark``: for whom the party answers.
    """

    role: str
    name: str
    did: str
    attestation: str = ""
    number: str = ""
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    url: str = ""
    label: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered check, how it came out, and what that rests on."""

    number: int
    name: str
    answer: Answer
    detail: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkFinding:
    """What was asked about one attestation of the chain, and what was found."""

    link: str
    question: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class CertificateVerdict:
    """All that was found about one file (or the certificate in it)."""

    file: str
    authentic: Finding
    in_force: Finding
    accredited: Finding
    recognised: Finding
    certificate_number: str | None = None
    holder: str | None = None
    standard: str | None = None
    credential_id: str | None = None
    issuer_name: str | None = None
    issuer_did: str | None = None
    kind: str | None = None
    statement: str = ""
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    public_url: str = ""
    chain: tuple[ChainLink, ...] = ()
    steps: tuple[Step, ...] = ()
    link_findings: tuple[LinkFinding, ...] = ()
    notices: tuple[str, ...] = ()
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> dict[str, Finding]:
        """The four answers by name, in order."""
        return {
            "authentic": self.authentic,
            "in_force": self.in_force,
            "accredited": self.accredited,
            "recognised": self.recognised,
        }

    @property
    def answer(self) -> Answer:
        """*No* when anything is no, else *unknown* when anything is unknown, else *yes*."""
        answers = {finding.answer for finding in self.findings.values()}
        return next(answer for answer in (Answer.NO, Answer.UNKNOWN, Answer.YES) if answer in answers)

    @property
    def code(self) -> Code:
        """The first code that explains the answer.

        Told of the body above, "withdrawn" is not said of the certificate: an accreditation that does not stand makes
        it UNACCREDITED, a recognition that does not stand UNRECOGNISED. The findings keep the closer codes.
        """
        name, finding = next(
            ((n, f) for n, f in self.findings.items() if f.answer is self.answer), ("authentic", self.authentic)
        )
        return summed_up(name, finding.answer, finding.code)


_ENDED = frozenset({Code.SUSPENDED, Code.WITHDRAWN, Code.EXPIRED, Code.NOT_YET_VALID})


def summed_up(name: str, answer: Answer, code: Code) -> Code:
    """The code of one finding as the code of the whole verdict."""
    if answer is Answer.NO and code in _ENDED:
        return {"accredited": Code.UNACCREDITED, "recognised": Code.UNRECOGNISED}.get(name, code)
    return code


def as_json(verdict: CertificateVerdict) -> dict[str, Any]:
    """Return the documented JSON shape of a verdict; members beyond the documented ones come after them."""
    return {
        "file": verdict.file,
        "certificate_number": verdict.certificate_number,
        "holder": verdict.holder,
        "standard": verdict.standard,
        "verdicts": {
            name: {
                "answer": finding.answer.value,
                "reason": finding.reason,
                "code": finding.code.value,
                "evidence": list(finding.evidence),
                "known_at": finding.known_at.isoformat() if finding.known_at else None,
            }
            for name, finding in verdict.findings.items()
        },
        "code": verdict.code.value,
        "credential_id": verdict.credential_id,
        "issuer": {"name": verdict.issuer_name, "did": verdict.issuer_did},
        "chain": [
            {
                "role": link.role,
                "name": link.name,
                "did": link.did,
                "attestation": link.attestation,
                "number": link.number,
                "label": link.label,
                "remark": link.remark,
            }
            for link in verdict.chain
        ],
        "steps": [
            {
                "number": step.number,
                "name": step.name,
                "answer": step.answer.value,
                "outcome": OUTCOMES[step.answer],
                "detail": step.detail,
                "evidence": list(step.evidence),
            }
            for step in verdict.steps
        ],
        "links": [
            {
                "link": found.link,
                "question": found.question,
                "answer": found.finding.answer.value,
                "code": found.finding.code.value,
                "reason": found.finding.reason,
                "evidence": list(found.finding.evidence),
            }
            for found in verdict.link_findings
        ],
        "notices": list(verdict.notices),
    }
