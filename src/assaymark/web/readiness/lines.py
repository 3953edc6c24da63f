"""The clause matrix as lines that a template can show: words, signs, addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse

from assaymark.core.readiness import Check, ClauseState, Finding, Outcome, Readiness
from assaymark.core.readiness.facts import Record
from assaymark.records.evidence import subjects
from assaymark.records.registers import registry
from assaymark.web import dates

# Within a clause that needs attention, the check that failed is marked as such.
_SIGN_OF_CHECK = {Outcome.ATTENTION: "fail"}
# Kinds whose page does not follow from `evidence.subjects`: URL names, best first, and the argument.
_PAGES = {
    "attestations.attestation": (("certificates:record", "attestations:record"), "attestation_id"),
    "assessments.assessment": (("assessments:record",), "assessment_id"),
    "findings.nonconformity": (("findings:record",), "finding_id"),
    "documents.document": (("documents:record",), "document_id"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A record that a check names. address: "" when it has no page."""

    label: str
    note: str
    address: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check in an opened row. title and about are texts, because a template would call the check itself."""

    title: str
    about: str
    finding: Finding
    sign: str
    records: tuple[Named, ...]
    more: int

    @property
    def failed(self) -> bool:
        """Whether it is what asks for work."""
        return self.finding.outcome in {Outcome.ATTENTION, Outcome.MISSING}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the matrix. fresh: "3 weeks"."""

    clause: ClauseState
    fresh: str
    checks: tuple[CheckLine, ...]


Chapter = tuple[tuple[str, str], tuple[Line, ...]]


def address(record: Record, *, slug: str) -> str:
    """Where a record is read; "" when it has no page yet."""
    names, arguments = _page_of(record)
    for name in names:
        try:
            return reverse(name, kwargs={"organisation": slug, **arguments})
        except NoReverseMatch:
            continue
    return ""


def _page_of(record: Record) -> tuple[tuple[str, ...], dict[str, str]]:
    if record.kind in _PAGES:
        names, argument = _PAGES[record.kind]
        return names, {argument: str(record.id)}
    if register := registry.for_kind(record.kind):
        return ("registers:record",), {"register": register.slug, "row_id": str(record.id)}
    try:
        subject = subjects.get(record.kind)
    except KeyError:
        return (), {}
    return (subject.page,), subject.arguments(record.id)


def freshness(on: date | None, *, day: date) -> str:
    """How old the newest record is, in a word or two."""
    if on is None:
        return ""
    days = (day - on).days
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else dates.span(days)


def chapters(readiness: Readiness, *, slug: str, only: Iterable[ClauseState] | None = None) -> tuple[Chapter, ...]:
    """The rows by chapter; `only` these when given. Chapters without rows are left out."""
    wanted = None if only is None else {c.number for c in only}
    found = []
    for chapter, rows in readiness.chapters:
        shown = tuple(_line(c, readiness.day, slug) for c in rows if wanted is None or c.number in wanted)
        if shown:
            found.append((chapter, shown))
    return tuple(found)


def _line(clause: ClauseState, day: date, slug: str) -> Line:
    failing_first = sorted(
        clause.findings, key=lambda pair: pair[1].outcome not in {Outcome.ATTENTION, Outcome.MISSING}
    )
    return Line(clause, freshness(clause.fresh_on, day=day), tuple(_check(c, f, slug) for c, f in failing_first))


def _check(check: Check, finding: Finding, slug: str) -> CheckLine:
    return CheckLine(
        title=check.title,
        about=check.about,
        finding=finding,
        sign=_SIGN_OF_CHECK.get(finding.outcome, finding.outcome.value),
        records=tuple(Named(r.label, r.note, address(r, slug=slug)) for r in finding.records),
        more=max(finding.open - len(finding.records), 0),
    )
