"""The chain as seals and the life as a line: what the public pages draw of a verdict and of an attestation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.safestring import SafeString

from assaymark.core.attestation import Status
from assaymark.records.attestations import verification
from assaymark.records.attestations.queries import Attestation
from assaymark.records.attestations.verification import Period
from assaymark.verify import Answer, CertificateVerdict, ChainLink, Code, Finding
from assaymark.web.dates import day
from assaymark.web.drawing.spans import Span, status_line

_ICONS = {
    "organisation": "building-factory-2",
    "certification body": "certificate",
    "accreditation body": "rosette-discount-check",
    "arrangement": "world",
}
_HELD = {"organisation": "Certified", "certification body": "Accredited", "accreditation body": "Recognised"}
_WITHOUT = {"certification body": "No accreditation", "accreditation body": "Nobody recognises it"}
_TONES = {
    Status.VALID: "good",
    Status.SUSPENDED: "attention",
    Status.WITHDRAWN: "bad",
    Status.EXPIRED: "bad",
}
# A word above the bar needs about this share of its width to stand free of "today".
_NEAR_TODAY = 0.22


@dataclass(frozen=True, slots=True)
class Seal:
    """One party of the chain as drawn; `link` is the tone of the line to its left."""

    name: str
    icon: str
    tone: str
    link: str
    what: str
    detail: str = ""
    href: str = ""
    warn: str = ""


def seals(verdict: CertificateVerdict, row: Attestation | None = None) -> list[Seal]:
    """The chain as it was found; what is missing above is drawn as absent."""
    findings = [verdict.in_force, verdict.accredited, verdict.recognised, verdict.recognised]
    if verdict.kind == "accreditation":
        findings = [verdict.in_force, verdict.recognised, verdict.recognised]
    if verdict.kind == "recognition":
        findings = [verdict.in_force, verdict.recognised]
    bad = next((n for n, finding in enumerate(findings) if finding.answer is not Answer.YES), -1)
    drawn: list[Seal] = []
    for place, (link, finding) in enumerate(zip(verdict.chain, findings, strict=False)):
        tone = _tone(finding)
        left = drawn[-1].tone if drawn else tone
        since = row.original_issue if row is not None and place == 0 else None
        warn = _warning(finding) if tone != "good" and (place == bad or finding.code is not findings[bad].code) else ""
        icon = _ICONS.get(link.role, "certificate")
        what, detail = _what(link, tone, since)
        drawn.append(Seal(link.name, icon, tone, left, what, detail, link.url, warn))
    return drawn + _absent(len(findings) - len(drawn))


def _absent(missing: int) -> list[Seal]:
    icons = [*_ICONS.values()][-missing:] if missing > 0 else []
    return [Seal("Nobody" if n == 0 else "", icon, "absent", "absent", "") for n, icon in enumerate(icons)]


def _what(link: ChainLink, tone: str, since: dt.date | None) -> tuple[str, str]:
    begun = since or (link.valid_from.date() if link.valid_from else None)
    if link.number and begun:
        number = "" if link.role == "organisation" else f"no. {link.number}, "
        remark = f"; {link.remark}" if link.remark else ""
        return _HELD.get(link.role, ""), f"{number}since {begun.year}{remark}"
    if tone == "good":
        trusted = f"Trusted by this register {link.remark}" if link.remark else "Trusted by this register"
        return trusted, link.label
    return _WITHOUT.get(link.role, ""), ""


def _tone(finding: Finding) -> str:
    if finding.answer is Answer.YES:
        return "good"
    return "attention" if finding.answer is Answer.UNKNOWN or finding.code is Code.SUSPENDED else "bad"


def _warning(finding: Finding) -> str:
    return {
        Code.SUSPENDED: "suspended",
        Code.WITHDRAWN: "withdrawn",
        Code.EXPIRED: "expired",
        Code.NOT_YET_VALID: "not yet valid",
        Code.OUT_OF_SCOPE: "not for this scope",
        Code.UNACCREDITED: "",
        Code.UNRECOGNISED: "not trusted here",
        Code.STALE: "not known now",
        Code.INVALID: "not authentic",
    }.get(finding.code, "cannot tell" if finding.answer is Answer.UNKNOWN else "no")


def life(row: Attestation, *, now: dt.datetime) -> SafeString:
    """The line of life: granted, suspended, renewed, until it ends. What lies ahead is empty, the announced named."""
    today = now.date()
    periods = verification.periods(row, now=now)
    start, end = row.original_issue, max(row.valid_until or today, today)
    spans, marks = [], [(row.original_issue, "granted")]
    for period in periods:
        words, mark = _named(period, start=start, end=end, today=today)
        marks += mark
        if period.start <= today:
            spans.append(Span(period.start, min(period.end, today), _TONES[period.status], words))
    anew = (issue.effective_from for issue in row.issues.all() if issue.revision > 1 and issue.effective_from)
    marks += [(begins, "issued anew") for begins in anew]
    if row.valid_until and not any(period.status is Status.WITHDRAWN for period in periods):
        marks.append((row.valid_until, "expired" if row.valid_until < today else ""))
    title = f"Status of {row.number} over time"
    return status_line(spans, title=title, start=start, end=end, today=today, marks=marks)


def _named(period: Period, *, start: dt.date, end: dt.date, today: dt.date) -> tuple[str, list[tuple[dt.date, str]]]:
    """The word of a period: above the bar with its dates, or as a mark below where "today" stands in its way."""
    if period.status is Status.VALID:
        return "", []
    if period.status is not Status.SUSPENDED:
        return "", [(period.start, "withdrawn")] if period.status is Status.WITHDRAWN else []
    middle = period.start + (min(period.end, today) - period.start) / 2
    room = abs((middle - today).days) / max(1, (end - start).days)
    if period.end >= today or room < _NEAR_TODAY:
        return "", [(period.start, "suspended")]
    return f"suspended {_interval(period)}", []


def _interval(period: Period) -> str:
    first, last = period.start, period.end
    begins = f"{first.day} {first:%b}" if first.year == last.year else day(first)
    return f"{begins} – {day(last)}"
