"""What a certificate must say, and what it says wrongly: a pure look at its data, without believing it.

Rules that hold here
* Errors are what ISO/IEC 17021-1:2015 8.2.2 demands of a certification document, letter by letter.
* Warnings are what the norm leaves open and readers miss most on certificates in use: country, accreditation number,
  a way to check, sector code, and marks or labels that ended, had not begun, or are for something else.
* Nothing here says that a certificate is authentic; only its signature does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assaymark.core import recognition_labels

Claims = Mapping[str, Any]
NORM = "ISO/IEC 17021-1:2015"
_EDITION = re.compile(r"[:\s]\s?(19|20)\d\d\b")
_MANAGEMENT_SYSTEMS = "ms-certification"
_PRODUCT = re.compile(r"\b(certified|approved|guaranteed)\s+(products?|goods|services?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong. ``error`` is false for a warning."""

    rule: str
    clause: str
    message: str
    next_step: str
    error: bool = True


def lint(claims: Claims) -> tuple[Complaint, ...]:
    """Return every complaint about the data of a certificate, errors first; an empty answer means none."""
    parts = (_holder, _dates, _identity, _scope, _issuer, _missed_in_the_field)
    found = [complaint for part in parts for complaint in part(claims)]
    return tuple(sorted(found, key=lambda c: not c.error))


def _error(rule: str, letter: str, message: str, next_step: str) -> Complaint:
    return Complaint(rule, f"{NORM}, 8.2.2 {letter}", message, next_step)


def _warning(rule: str, clause: str, message: str, next_step: str) -> Complaint:
    return Complaint(rule, clause, message, next_step, error=False)


def _map(value: object) -> Claims:
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> list[Claims]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(_text(value)[:10])
    except ValueError:
        return None


def _subject(claims: Claims) -> Claims:
    return _map(claims.get("credentialSubject"))


def _holder(claims: Claims) -> Iterator[Complaint]:
    subject = _subject(claims)
    if not _text(_map(subject.get("issuedToParty")).get("name")):
        yield _error("CRT-NAME", "a", "The certified organisation is not named.", "Name it as it is registered.")
    sites = _rows(subject.get("certifiedSite"))
    if not _text(subject.get("address")) and not any(_text(site.get("address")) for site in sites):
        yield _error(
            "CRT-PLACE",
            "a",
            "No place of the certified organisation is given.",
            "Give the address of its head office and of each site that is certified.",
        )
    for number, site in enumerate(sites, 1):
        if sites[1:] and not _text(site.get("address")):
            name = _text(site.get("name")) or f"number {number}"
            yield _error("CRT-SITE", "a", f"Site {name} has no address.", "Give the address of every site.")


def _dates(claims: Claims) -> Iterator[Complaint]:
    subject = _subject(claims)
    start, end = _day(claims.get("validFrom")), _day(claims.get("validUntil"))
    decided = _day(subject.get("decisionDate"))
    if start is None:
        yield _error("CRT-FROM", "b", "No date is given from which the certification holds.", "Give the date of grant.")
    if end is None:
        yield _error("CRT-UNTIL", "c", "No date is given on which the certification ends.", "Give the date of expiry.")
    if start and decided and start < decided:
        yield _error(
            "CRT-DECISION",
            "b",
            f"The certification holds from {start}, before it was decided on {decided}.",
            "Let it hold from the day of the decision or later.",
        )
    if start and end and end <= start:
        yield _error(
            "CRT-ORDER", "c", f"The certification ends on {end}, not after its start on {start}.", "Correct the dates."
        )
    if start and end and (end - start).days > 3 * 366:
        yield _warning(
            "CRT-CYCLE",
            f"{NORM}, 9.1.3.2",
            f"The certification lasts longer than a cycle of three years ({start} to {end}).",
            "Check the date of expiry.",
        )
    if decided is None:
        yield _warning(
            "CRT-DECIDED",
            f"{NORM}, 8.2.2 b",
            "The date of the decision is not given, so nobody can compare it with the date of grant.",
            "Give the date of the decision.",
        )
    original = _day(subject.get("originalIssueDate"))
    if original and start and original > start:
        yield _error(
            "CRT-ORIGINAL",
            "b",
            f"It was first granted on {original}, after this certification began on {start}.",
            "Correct the date of the first grant.",
        )


def _identity(claims: Claims) -> Iterator[Complaint]:
    subject = _subject(claims)
    if not _text(subject.get("certificateNumber")):
        yield _error("CRT-NUMBER", "d", "The certificate has no number.", "Give it a number that no other one has.")
    standard = _text(subject.get("standardLabel")) or _text(_map(subject.get("referenceScheme")).get("name"))
    if not standard:
        yield _error("CRT-STANDARD", "e", "The standard is not named.", "Name the standard with its edition.")
    elif not _EDITION.search(standard):
        yield _error(
            "CRT-EDITION",
            "e",
            f"The standard is named without its edition ({standard[:80]}).",
            "Add the year, such as ISO 9001:2015.",
        )
    revision = subject.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 1:
        yield _error(
            "CRT-REVISION",
            "i",
            "Nothing tells this issue of the certificate from an earlier one.",
            "Give the number of the revision.",
        )


def _scope(claims: Claims) -> Iterator[Complaint]:
    subject = _subject(claims)
    statement = _text(subject.get("scopeStatement")) or _text(subject.get("description"))
    if not statement:
        yield _error("CRT-SCOPE", "f", "It does not say which activities are certified.", "State the scope in words.")
    if _PRODUCT.search(statement):
        yield _warning(
            "CRT-MISLEADING",
            f"{NORM}, 8.3.1",
            "The scope reads as if products or services were certified; a management system is.",
            "Name the activities, not a quality of what comes out of them.",
        )
    sites = _rows(subject.get("certifiedSite"))
    if len(sites) > 1 and not any(_text(s.get("scopeStatement")) or s.get("scope") for s in sites):
        yield _warning(
            "CRT-SITE-SCOPE",
            f"{NORM}, 8.2.2 f",
            "There are several sites, and it does not say what is done at each.",
            "State the activities of each site where they differ.",
        )


def _issuer(claims: Claims) -> Iterator[Complaint]:
    issuer = _map(claims.get("issuer"))
    if not _text(issuer.get("name")):
        yield _error("CRT-BODY", "g", "The certification body is not named.", "Name the certification body.")
    if not _text(issuer.get("address")):
        yield _error("CRT-BODY-ADDRESS", "g", "The certification body has no address.", "Give the body's address.")


def _missed_in_the_field(claims: Claims) -> Iterator[Complaint]:
    subject = _subject(claims)
    field = f"{NORM}, 8.2.2"
    sites = _rows(subject.get("certifiedSite"))
    if not _text(subject.get("country")) and not any(_text(site.get("country")) for site in sites):
        yield _warning("CRT-COUNTRY", f"{field} a", "The country is not given.", "Add the country to the address.")
    endorsements = [_text(row.get("name")) for row in _rows(subject.get("authorisation"))]
    if not any(char.isdigit() for name in endorsements for char in name):
        yield _warning(
            "CRT-ACCREDITATION",
            f"{field} g",
            "It names no accreditation with its number.",
            "Give the number of the accreditation and the body that granted it, or say that there is none.",
        )
    if not _text(subject.get("publicPage")):
        yield _warning(
            "CRT-CHECK",
            f"{NORM}, 8.1.2",
            "It does not say how to check whether it is still in force.",
            "Give the address of its page in the register.",
        )
    if not any(row.get("iaf") for row in _rows(subject.get("scope"))):
        yield _warning("CRT-SECTOR", f"{field} f", "It names no sector code.", "Add the IAF sector codes of the scope.")
    named = " ".join([*endorsements, _text(_map(_map(claims.get("issuer")).get("recognizedIn")).get("issuerName"))])
    yield from _marks(named, _day(claims.get("validFrom")))


def _marks(named: str, start: dt.date | None) -> Iterator[Complaint]:
    """Marks and labels of a certificate that it cannot rightly bear (facts: `core.recognition_labels`)."""
    clause = f"{NORM}, 8.2.2 g"
    for mark in recognition_labels.ended_marks(named):
        yield _warning(
            "CRT-MARK",
            clause,
            f"It bears the mark of {mark.name}, which ended in {mark.ended}.",
            f"Ask the body for a certificate with the mark of {mark.successor}.",
        )
    for label in recognition_labels.labels_for_others(named, activity=_MANAGEMENT_SYSTEMS):
        yield _warning(
            "CRT-LABEL",
            clause,
            f"It bears the label {label.name}, which is not for the certification of management systems.",
            "Ask the body under which arrangement its accreditation body is recognised for this.",
        )
    for label in recognition_labels.labels_too_early(named, on=start) if start else ():
        yield _warning(
            "CRT-LABEL-EARLY",
            clause,
            f"It is dated {start} and bears the label {label.name}, which began on {label.valid_from}.",
            "Ask the body when it printed the certificate.",
        )
    for label in recognition_labels.labels_out_of_use(named, on=start) if start else ():
        yield _warning(
            "CRT-LABEL-ENDED",
            clause,
            f"It is dated {start} and bears the label {label.name}, whose use ended on {label.mark_until}.",
            f"Ask the body for a certificate with the label {label.successor}.",
        )


def ended_marks(text: str) -> tuple[str, ...]:
    """Return the names of marks in a text whose accreditation body no longer exists."""
    return tuple(mark.name for mark in recognition_labels.ended_marks(text))
