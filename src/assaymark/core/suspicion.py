"""Patterns that make a certificate suspicious: facts beside the rule they seem to break, never a judgement.

Rules that hold here
* Each pattern looks at recorded facts alone and names them, so that a reader can ask the body about them.
* Nothing is suspicious because a fact is missing; what cannot be compared is passed over.
* ``public`` patterns rest on what the register shows to everybody; the others on the body's own records, which only
  the body and who assesses it may see (ISO/IEC 17021-1:2015, 8.4).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assaymark.core.audit_time import Allowed
from assaymark.core.certificate_lint import ended_marks

NORM = "ISO/IEC 17021-1:2015"


class Pattern(StrEnum):
    """What is looked for."""

    DECIDED_EARLY = "decided-before-the-audit-ended"
    FEW_DAYS = "audit-days-under-the-table"
    SAME_DAY = "first-stage-and-decision-on-one-day"
    OWN_DECISION = "auditor-decided"
    OUTSIDE = "code-outside-the-accreditation"
    NUMBER_TWICE = "number-twice"
    OBSOLETE_MARK = "obsolete-mark"


CLAUSES: dict[Pattern, str] = {
    Pattern.DECIDED_EARLY: f"{NORM}, 9.5.2",
    Pattern.FEW_DAYS: f"{NORM}, 9.1.4",
    Pattern.SAME_DAY: f"{NORM}, 9.3.1.2",
    Pattern.OWN_DECISION: f"{NORM}, 9.5.1.1",
    Pattern.OUTSIDE: "ISO/IEC 17011:2017, 7.8.3",
    Pattern.NUMBER_TWICE: f"{NORM}, 8.2.2 d",
    Pattern.OBSOLETE_MARK: f"{NORM}, 8.2.2 g",
}
PUBLIC = frozenset({Pattern.OUTSIDE, Pattern.NUMBER_TWICE, Pattern.OBSOLETE_MARK})


@dataclass(frozen=True, slots=True)
class AuditTime:
    """How long one audit took, beside what the table says of it. audit: its number, such as "CA-0003"."""

    audit: str
    days: Decimal
    allowed: Allowed

    @property
    def short(self) -> bool:
        """Whether no allowed reduction explains it."""
        return self.days < self.allowed.least


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about one certificate. None and empty mean: not known.

    ``key`` tells certificates apart; ``times`` are the audits of which days and people are known; ``allowed_codes`` are
    those of the accreditation on the day of the decision, None when they are not known or all.
    """

    key: str
    number: str
    holder: str
    body: str
    decided_on: dt.date | None = None
    audit_ended: dt.date | None = None
    first_stage_on: dt.date | None = None
    times: tuple[AuditTime, ...] = ()
    auditors: frozenset[str] = frozenset()
    decided_by: str = ""
    codes: frozenset[str] = frozenset()
    allowed_codes: frozenset[str] | None = None
    accreditation: str = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One pattern found at one certificate: the facts in a sentence, and the clause they are to be held against."""

    pattern: Pattern
    key: str
    number: str
    holder: str
    body: str
    facts: str

    @property
    def clause(self) -> str:
        """The rule that it seems to break."""
        return CLAUSES[self.pattern]

    @property
    def public(self) -> bool:
        """Whether it rests on what everybody may see."""
        return self.pattern in PUBLIC


def suspicions(cases: Sequence[Case], *, public_only: bool = False) -> tuple[Suspicion, ...]:
    """Return what is suspicious about these certificates, by certificate and pattern, each in a stable order."""
    found = [Suspicion(p, c.key, c.number, c.holder, c.body, facts) for c in cases for p, facts in _of_one(c)]
    found += _numbers_twice(cases)
    kept = [s for s in found if s.public or not public_only]
    return tuple(sorted(kept, key=lambda s: (s.body, s.number, s.key, s.pattern)))


def _of_one(case: Case) -> Iterator[tuple[Pattern, str]]:
    decided = case.decided_on
    if decided and case.audit_ended and decided < case.audit_ended:
        yield Pattern.DECIDED_EARLY, f"Decided on {decided}, the audit ended on {case.audit_ended}."
    for time in case.times:
        if time.short:
            yield Pattern.FEW_DAYS, _too_short(time)
    if decided and case.first_stage_on == decided:
        yield Pattern.SAME_DAY, f"Stage 1 and the decision were both on {decided}."
    if case.decided_by and case.decided_by in case.auditors:
        yield Pattern.OWN_DECISION, f"{case.decided_by} was in the audit team and decided."
    if case.allowed_codes is not None and (outside := case.codes - case.allowed_codes):
        yield Pattern.OUTSIDE, f"Codes that the accreditation does not cover: {_listed(outside)}."
    if marks := ended_marks(case.accreditation):
        yield Pattern.OBSOLETE_MARK, f"Under the mark of {', '.join(marks)}, which no longer exists."


def _too_short(time: AuditTime) -> str:
    allowed = time.allowed
    share = "" if allowed.share == 1 else f", {allowed.share} of an initial audit"
    return (
        f"{time.audit} took {_days(time.days)}; for {allowed.people:,} people the table gives {allowed.table}{share},"
        f" and at most {int(allowed.reduction * 100)} % less is {_days(allowed.least)} ({allowed.citation})."
    )


def _days(number: Decimal) -> str:
    shown = number.normalize() + 0
    return f"{shown} day" if shown == 1 else f"{shown} days"


def _numbers_twice(cases: Iterable[Case]) -> Iterator[Suspicion]:
    by_number: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if spelled := "".join(case.number.split()).casefold():
            by_number[case.body, spelled].append(case)
    for same in by_number.values():
        for case in same if len(same) > 1 else ():
            others = sorted({other.holder for other in same if other.key != case.key})
            facts = f"The same number is on a certificate of {', '.join(others[:5])}."
            yield Suspicion(Pattern.NUMBER_TWICE, case.key, case.number, case.holder, case.body, facts)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes, key=lambda code: (len(code), code)))
