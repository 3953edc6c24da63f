"""What the public pages show of a verdict: the sentence, the four answers, the chain as seals, the line of life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from assaymark import catalogue
from assaymark.records.attestations import queries, verification
from assaymark.records.attestations.models import Attestation
from assaymark.verify import Answer, CertificateVerdict, Code, Finding
from assaymark.web.dates import day
from assaymark.web.drawing.spans import Span, status_line

WORDS = {"certificate": "certified", "accreditation": "accredited", "recognition": "recognised"}
_ICONS = {
    "organisation": "building-factory-2",
    "certification body": "certificate",
    "accreditation body": "rosette-discount-check",
    "arrangement": "world",
}
_TONES = {"valid": "good", "suspended": "attention", "withdrawn": "bad", "expired": "bad"}
_SAID = {"valid": "", "suspended": "suspended", "withdrawn": "withdrawn", "expired": "expired"}


@dataclass(frozen=True, slots=True)
class Question:
    """One of the four answers as a card."""

    question: str
    answer: str
    because: str


@dataclass(frozen=True, slots=True)
class Seal:
    """One party of the chain as drawn."""

    name: str
    icon: str
    tone: str
    link: str
    what: str
    href: str = ""
    warn: str = ""


def questions(verdict: CertificateVerdict) -> list[Question]:
    """The four cards, in order."""
    asked = {
        "authentic": "Is it authentic?",
        "in_force": "Is it in force?",
        "accredited": "Accredited for this?",
        "recognised": "Recognised?",
    }
    return [Question(asked[name], finding.answer.value, finding.reason) for name, finding in verdict.findings.items()]


def seals(verdict: CertificateVerdict) -> list[Seal]:
    """The chain as it was found; what is missing above is drawn as absent."""
    findings = [verdict.in_force, verdict.accredited, verdict.recognised, verdict.recognised]
    if verdict.kind == "accreditation":
        findings = [verdict.in_force, verdict.recognised, verdict.recognised]
    if verdict.kind == "recognition":
        findings = [verdict.in_force, verdict.recognised]
    drawn: list[Seal] = []
    for place, (link, finding) in enumerate(zip(verdict.chain, findings, strict=False)):
        tone = _tone(finding)
        what = f"no. {link.number}" if link.number else "Trusted by this register" if tone == "good" else ""
        since = f", since {link.valid_from.year}" if link.valid_from and link.number else ""
        warn = _warning(finding) if tone != "good" and place == _first_bad(findings) else ""
        drawn.append(
            Seal(link.name, _ICONS.get(link.role, "certificate"), tone, tone, f"{what}{since}", link.url, warn)
        )
    missing = len(findings) - len(drawn)
    icons = [*_ICONS.values()][-missing:] if missing > 0 else []
    return drawn + [Seal("", icon, "absent", "absent", "") for icon in icons]


def _first_bad(findings: Sequence[Finding]) -> int:
    return next((n for n, finding in enumerate(findings) if finding.answer is not Answer.YES), -1)


def _tone(finding: Finding) -> str:
    if finding.answer is Answer.YES:
        return "good"
    return "attention" if finding.answer is Answer.UNKNOWN or finding.code is Code.SUSPENDED else "bad"


def _warning(finding: Finding) -> str:
    return {
        Code.SUSPENDED: "suspended",
        Code.WITHDRAWN: "withdrawn",
        Code.EXPIRED: "expired",
        Code.OUT_OF_SCOPE: "outside the scope",
        Code.UNACCREDITED: "not accredited",
        Code.UNRECOGNISED: "not recognised",
        Code.STALE: "not known now",
        Code.INVALID: "not authentic",
    }.get(finding.code, "cannot tell" if finding.answer is Answer.UNKNOWN else "no")


def life(row: Attestation, *, now: dt.datetime) -> SafeString:
    """The certificate's line of life: granted, suspended, renewed, until it ends."""
    periods = verification.periods(row, now=now)
    end = row.valid_until or now.date()
    events = [e for e in queries.events_of(row) if e.event.value in ("issued", "withdrawn")]
    marks = [(e.effective_from.date(), "granted" if e.event.value == "issued" else "withdrawn") for e in events]
    marks += [(i.decided_on, "issued anew") for i in row.issues.all() if i.revision > 1]
    ends = [(row.valid_until, "")] if row.valid_until else []
    return status_line(
        [Span(p.start, p.end, _TONES[p.status.value], _SAID[p.status.value]) for p in periods],
        title=f"Status of {row.number} over time",
        start=row.original_issue,
        end=max(end, now.date()),
        today=now.date(),
        marks=marks + ends,
    )


def sectors(row: Attestation) -> list[str]:
    """The sectors of the scope in words, such as "17 Basic metals and fabricated metal products"."""
    titles = {str(sector.code): sector.title for sector in catalogue.sectors()}
    codes = sorted({code for scope in row.scopes.all() for code in scope.iaf if code != "*"}, key=int)
    return [f"{code} {titles.get(code, '')}".strip() for code in codes]


def sentence(row: Attestation, verdict: CertificateVerdict) -> dict[str, Any]:
    """The parts of "X is certified to … by Y, which is accredited for it by Z"."""
    above = verdict.chain[2].name if len(verdict.chain) > 2 else ""
    return {
        "word": WORDS[row.kind],
        "holds": verdict.in_force.answer is Answer.YES,
        "above": above,
        "above_word": "accredited" if row.kind == "certificate" else "recognised",
        "above_holds": (verdict.accredited if row.kind == "certificate" else verdict.recognised).answer is Answer.YES,
        "state": queries.status_on(row, at=dt.datetime.now(dt.UTC))[0].value,
        "until": day(row.valid_until),
    }
