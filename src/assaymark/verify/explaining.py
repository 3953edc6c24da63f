"""A verdict told step by step, as a person would explain it: link after link of the chain, from the certificate up.

Rules that hold here
* Pure: nothing is judged again. Every step repeats a finding of the engine, with the evidence that it rests on.
* A step that could not be decided is *not checked*, never *pass*.
* Steps are numbered through, and each names its link, so that a sentence can be pointed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assaymark.verify.verdict import OUTCOMES, CertificateVerdict, Finding


@dataclass(frozen=True, slots=True)
class Explained:
    """One numbered step: which link of the chain, what was asked, how it came out, why, and what that rests on."""

    number: int
    link: str
    question: str
    outcome: str
    sentence: str
    code: str
    evidence: tuple[str, ...]


def explain(verdict: CertificateVerdict) -> tuple[Explained, ...]:
    """Return the numbered steps of a verdict, from the file up to the anchor."""
    name = f"certificate {verdict.certificate_number}" if verdict.certificate_number else "the file"
    told = [(name, "Is it signed by its issuer, and unchanged?", verdict.authentic)]
    told.extend((found.link, found.question, found.finding) for found in verdict.link_findings)
    if not verdict.link_findings:
        told.append((name, "Is it in force?", verdict.in_force))
    told.append((f"issuer {verdict.issuer_name or 'not known'}", "Is it accredited for this?", verdict.accredited))
    told.append(("top of the chain", "Does it lead to an anchor of your trust list?", verdict.recognised))
    return tuple(_step(number, *one) for number, one in enumerate(told, start=1))


def _step(number: int, link: str, question: str, finding: Finding) -> Explained:
    return Explained(
        number, link, question, OUTCOMES[finding.answer], finding.reason, finding.code.value, finding.evidence
    )


def explained_as_json(verdict: CertificateVerdict) -> dict[str, Any]:
    """Return the documented JSON shape of an explanation."""
    return {
        "file": verdict.file,
        "answer": verdict.answer.value,
        "code": verdict.code.value,
        "steps": [
            {
                "number": step.number,
                "link": step.link,
                "question": step.question,
                "outcome": step.outcome,
                "sentence": step.sentence,
                "code": step.code,
                "evidence": list(step.evidence),
            }
            for step in explain(verdict)
        ],
        "notices": list(verdict.notices),
    }
