"""Patterns that make a certificate suspicious: facts beside the rule they seem to break, never a judgement.

Rules that hold here
* Each pattern looks at recorded facts alone and names them, so that a reader can ask the body about them.
* Nothing is suspicious because a fact is missing; what cannot be compared is passed over.
* ``public`` patterns rest on what the register shows to everybody; the others on the body's own records, which only
  the body and who assesses it may see (ISO/IEC 17021-1:2015, 8.4).
* A number stands for one holder at one body. The same number at another body is no pattern, nor is the same holder
  spelled otherwise: two registers seldom write a name alike.
* Whoever took a decision that a pattern is about does not put it aside (ISO/IEC 17021-1:2015, 5.2).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum

from assaymark.core.audit_time import Allowed
from assaymark.core.certificate_lint import ended_marks
from assaymark.core.recognition_labels import labels_too_early
from assaymark.core.refusal import Refusal
from assaymark.core.register import name_key, name_words, number_key

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


PATTERN_NAMES: dict[Pattern, str] = {
    Pattern.DECIDED_EARLY: "Decided before the audit ended",
    Pattern.FEW_DAYS: "Fewer audit days than the table lets",
    Pattern.SAME_DAY: "Stage 1 and decision on one day",
    Pattern.OWN_DECISION: "An auditor decided",
    Pattern.OUTSIDE: "Code outside the accreditation",
    Pattern.NUMBER_TWICE: "One number for two holders",
    Pattern.OBSOLETE_MARK: "Mark of a body that has ended",
}
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
# Patterns about how somebody decided.
DECISIONS = frozenset({Pattern.DECIDED_EARLY, Pattern.SAME_DAY, Pattern.OWN_DECISION})
ALIKE = 0.9
# Of certificates under one number so many are compared with each; a register may repeat one without end.
MOST_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record to look at. kind: certificate, audit, decision, listing or aside (a row of a register kept aside)."""

    kind: str
    key: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AuditTime:
    """How long one audit took, beside what the table says of it. audit: its number, such as "CA-0003"."""

    audit: str
    days: Decimal
    allowed: Allowed
    key: str = ""

    @property
    def short(self) -> bool:
        """Whether no allowed reduction explains it."""
        return self.days < self.allowed.least


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about one certificate. None and empty mean: not known.

    ``key`` tells certificates apart; ``times`` are the audits of which days and people are known; ``allowed_codes`` are
    those of the accreditation on the day of the decision, None when they are not known or all; ``source`` is the
    register that says so, empty for one's own records; ``decider`` is the key of who decided.
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
    other_names: tuple[str, ...] = ()
    source: str = ""
    decider: str = ""
    record: tuple[Evidence, ...] = ()
    audit: tuple[Evidence, ...] = ()
    decision: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One pattern found at one certificate: the facts in a sentence, and the clause they are to be held against.

    evidence   the records in which the facts stand
    decider    whose decision it is about, empty when it is about none
    """

    pattern: Pattern
    key: str
    number: str
    holder: str
    body: str
    facts: str
    evidence: tuple[Evidence, ...] = ()
    decider: str = ""

    @property
    def digest(self) -> str:
        """What it is known by as long as its facts stay the same."""
        told = "\n".join((self.pattern, self.key, self.facts))
        return hashlib.sha256(told.encode()).hexdigest()[:32]

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
    found = [suspicion for case in cases for suspicion in _of_one(case)]
    found += _numbers_twice(cases)
    kept = [s for s in found if s.public or not public_only]
    return tuple(sorted(kept, key=lambda s: (s.body, s.number, s.key, s.pattern)))


def reasons_not_to_put_aside(*, suspicion: Suspicion, aside: bool, by: str, reason: str) -> tuple[Refusal, ...]:
    """Why this person cannot put it aside now. by: the person's key."""
    found = []
    if not reason.strip():
        found.append(Refusal("no-explanation", suspicion.clause, "No explanation is given.", "Say what explains it."))
    if aside:
        found.append(Refusal("aside-already", "", "It was put aside already.", "Take it up again to explain it anew."))
    if suspicion.decider and suspicion.decider == by:
        clause, message = f"{NORM}, 5.2", "It is about your own decision."
        found.append(Refusal("own-decision", clause, message, "Ask somebody else to look at it."))
    return tuple(found)


def reasons_not_to_take_up(*, aside: bool, reason: str) -> tuple[Refusal, ...]:
    """Why what was put aside cannot be taken up again."""
    found = []
    if not reason.strip():
        found.append(Refusal("no-explanation", "", "No reason is given.", "Say why it is looked at again."))
    if not aside:
        found.append(Refusal("not-aside", "", "It is not put aside.", "It is in the list already."))
    return tuple(found)


def _of_one(case: Case) -> Iterator[Suspicion]:
    for pattern, facts, evidence in _patterns(case):
        decider = case.decider if pattern in DECISIONS else ""
        about = (*case.record, *evidence)
        yield Suspicion(pattern, case.key, case.number, case.holder, case.body, facts, about, decider)


def _patterns(case: Case) -> Iterator[tuple[Pattern, str, tuple[Evidence, ...]]]:
    decided, both = case.decided_on, (*case.audit, *case.decision)
    if decided and case.audit_ended and decided < case.audit_ended:
        yield Pattern.DECIDED_EARLY, f"Decided on {decided}, the audit ended on {case.audit_ended}.", both
    for time in case.times:
        if time.short:
            audit = (Evidence("audit", time.key, time.audit),) if time.key else ()
            yield Pattern.FEW_DAYS, _too_short(time), audit
    if decided and case.first_stage_on == decided:
        yield Pattern.SAME_DAY, f"Stage 1 and the decision were both on {decided}.", both
    if case.decided_by and case.decided_by in case.auditors:
        yield Pattern.OWN_DECISION, f"{case.decided_by} was in the audit team and decided.", both
    if case.allowed_codes is not None and (outside := case.codes - case.allowed_codes):
        yield Pattern.OUTSIDE, f"Codes that the accreditation does not cover: {_listed(outside)}.", ()
    if marks := ended_marks(case.accreditation):
        yield Pattern.OBSOLETE_MARK, f"Under the mark of {', '.join(marks)}, which no longer exists.", ()
    for label in labels_too_early(case.accreditation, on=decided) if decided else ():
        facts = f"Decided on {decided} under the label {label.name}, which began on {label.valid_from}."
        yield Pattern.OBSOLETE_MARK, facts, ()


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
        if spelled := number_key(case.number):
            by_number[case.body, spelled].append(case)
    for same in by_number.values():
        for case in same if len(same) > 1 else ():
            others = [other for other in same[:MOST_COMPARED] if not one_holder(case, other)]
            if others:
                named = sorted({_holder(other) for other in others})
                facts = f"The same number is on a certificate of {'; '.join(named[:5])}."
                evidence = (*case.record, *(e for other in others[:5] for e in other.record))
                yield Suspicion(Pattern.NUMBER_TWICE, case.key, case.number, case.holder, case.body, facts, evidence)


def _holder(case: Case) -> str:
    return f"{case.holder} ({case.source})" if case.source else case.holder


def one_holder(one: Case, other: Case) -> bool:
    """Whether two certificates name the same holder: a name in common, whole or but for a word such as the legal form,
    or but for typing errors."""
    return any(
        _one_name(a, b) for a in (one.holder, *one.other_names) for b in (other.holder, *other.other_names) if a and b
    )


def _one_name(one: str, other: str) -> bool:
    a, b = name_key(one), name_key(other)
    if a == b:
        return True
    words, more = sorted((set(name_words(one)), set(name_words(other))), key=len)
    if words and words <= more and len(more) - len(words) <= 2:
        return True
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes, key=lambda code: (len(code), code)))
