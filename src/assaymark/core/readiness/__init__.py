"""Readiness: what live records show for each clause, found by named checks and never typed in.

Rules that hold here
- A check is one small pure function over a `Snapshot`; it says what it found in a sentence and names the records.
- A clause that nothing records yet is *not recorded*: neither good nor bad, and never counted as conforming.
- A clause that the certificate's scope excludes with a justification is not applicable (ISO 9001:2015, 4.3); one
  excluded without a reason needs attention.
- A clause conforms only when a check that decides about it says so, and nothing against it is late or major.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from assaymark.core.readiness.facts import Fact, NextDate, Record, Snapshot, within
from assaymark.core.standards import Clause, Edition

NAMED = 5  # records that a finding names; the rest is counted


class Outcome(StrEnum):
    """What a check found, and what a clause is."""

    CONFORMING = "conforming"
    ATTENTION = "attention"
    MISSING = "missing"
    NOT_APPLICABLE = "not-applicable"
    UNRECORDED = "not-recorded"


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.CONFORMING: "Conforming",
    Outcome.ATTENTION: "Attention",
    Outcome.MISSING: "Missing",
    Outcome.NOT_APPLICABLE: "Not applicable",
    Outcome.UNRECORDED: "Not recorded",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    sentence   what it saw, one or two sentences
    records    the records that are named: those that fail, or what shows conformity; at most `NAMED`
    looked_at  how many records it looked at
    open       how many of them ask for something; open_words: "past review"
    shown      what shows conformity, a few words for the matrix
    fresh_on   the day of the newest record that it looked at
    owners     who answers for the records, the most frequent first
    """

    outcome: Outcome
    sentence: str
    records: tuple[Record, ...] = ()
    looked_at: int = 0
    open: int = 0
    open_words: str = ""
    shown: str = ""
    fresh_on: date | None = None
    owners: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A named check. decides: whether it can make a clause conforming by itself.

    clause "" stands for every clause: the function is then asked once for each, with the clause's number.
    """

    key: str
    clause: str
    title: str
    function: Callable[..., Finding]
    decides: bool = True

    @property
    def about(self) -> str:
        """What it looks at, in a sentence."""
        return (self.function.__doc__ or "").strip().split("\n")[0]

    def __call__(self, snapshot: Snapshot, *clause: str) -> Finding:
        return self.function(snapshot, *clause)


def check(clause: str, title: str, *, decides: bool = True) -> Callable[[Callable[..., Finding]], Check]:
    """Name a function as the check of a clause; its docstring says what it looks at."""

    def name(function: Callable[..., Finding]) -> Check:
        return Check(function.__name__.replace("_", "-"), clause, title, function, decides)

    return name


def judged(
    looked_at: Sequence[Fact],
    failing: Sequence[tuple[Fact, str]],
    *,
    conforms: str,
    fails: str,
    open_words: str,
    shown: str = "",
) -> Finding:
    """A finding about records: conforming unless some fail. failing: (fact, what is wrong with it)."""
    about = {
        "looked_at": len(looked_at),
        "shown": shown,
        "fresh_on": max((f.on for f in looked_at if f.on), default=None),
        "owners": owners_of(f for f, _ in failing) or owners_of(looked_at),
    }
    if not failing:
        return Finding(Outcome.CONFORMING, conforms, **about)  # type: ignore[arg-type]
    named = tuple(replace(fact.record, note=note) for fact, note in failing[:NAMED])
    return Finding(
        Outcome.ATTENTION, fails, records=named, open=len(failing), open_words=open_words, **about  # type: ignore[arg-type]
    )  # fmt: skip


def owners_of(facts: Iterable[Fact]) -> tuple[UUID, ...]:
    """Who answers for them, the most frequent first."""
    return tuple(person for person, _ in Counter(f.owner_id for f in facts if f.owner_id).most_common())


def missing(sentence: str) -> Finding:
    """There is a place for it, and nothing in it."""
    return Finding(Outcome.MISSING, sentence)


def unrecorded(sentence: str = "No register records this yet.") -> Finding:
    """Nothing here records it."""
    return Finding(Outcome.UNRECORDED, sentence)


def not_applicable(sentence: str) -> Finding:
    """The question does not arise."""
    return Finding(Outcome.NOT_APPLICABLE, sentence)


@dataclass(frozen=True, slots=True)
class ClauseState:
    """One row of the matrix. chapter: (number, title) of the clause above all; owner: a name, empty when none."""

    number: str
    title: str
    chapter: tuple[str, str]
    state: Outcome
    findings: tuple[tuple[Check, Finding], ...]
    shown_by: str = ""
    fresh_on: date | None = None
    owner: str = ""

    @property
    def open(self) -> int:
        """How many records ask for something."""
        return sum(f.open for _, f in self.findings)

    @property
    def open_words(self) -> str:
        """ "1 overdue, 2 past review"."""
        return ", ".join(f"{f.open} {f.open_words}" for _, f in self.findings if f.open)

    @property
    def needs_work(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in {Outcome.ATTENTION, Outcome.MISSING}


def combine(findings: Iterable[tuple[Check, Finding]], *, excluded: str | None = None) -> Outcome:
    """What the findings together make of a clause. excluded: the justification, "" without one; None: it applies."""
    listed = list(findings)
    if excluded:
        return Outcome.NOT_APPLICABLE
    if excluded is not None or any(f.outcome is Outcome.ATTENTION for _, f in listed):
        return Outcome.ATTENTION
    deciding = {f.outcome for c, f in listed if c.decides}
    if Outcome.MISSING in deciding:
        return Outcome.ATTENTION if Outcome.CONFORMING in deciding else Outcome.MISSING
    return Outcome.CONFORMING if Outcome.CONFORMING in deciding else Outcome.UNRECORDED


# Clauses whose parts stand in rows of their own, because each is a subject of its own.
DIVIDED = frozenset({"7.1", "9.1"})


def rows_of(edition: Edition) -> tuple[Clause, ...]:
    """The clauses that are rows of the matrix: 4.1 to 10.3, with 7.1 and 9.1 by their parts."""

    def is_row(clause: Clause) -> bool:
        depth = clause.number.count(".")
        return (depth == 1 and clause.number not in DIVIDED) or (depth == 2 and clause.parent in DIVIDED)

    first = edition.clauses[0].number if edition.clauses else ""
    return tuple(c for c in edition.clauses if is_row(c) and int(c.number.split(".")[0]) >= int(first.split(".")[0]))


@dataclass(frozen=True, slots=True)
class Readiness:
    """The clause matrix of an organisation on a day."""

    day: date
    standard: str
    clauses: tuple[ClauseState, ...]
    dates: tuple[NextDate, ...] = ()
    snapshot: Snapshot = field(default_factory=lambda: Snapshot(day=date.min))

    def count(self, *states: Outcome) -> int:
        """How many clauses are in one of the states."""
        return sum(1 for clause in self.clauses if clause.state in states)

    @property
    def applicable(self) -> int:
        """Clauses that apply and that something records."""
        return self.count(Outcome.CONFORMING, Outcome.ATTENTION, Outcome.MISSING)

    @property
    def to_do(self) -> tuple[ClauseState, ...]:
        """Clauses that need work."""
        return tuple(c for c in self.clauses if c.needs_work)

    @property
    def chapters(self) -> tuple[tuple[tuple[str, str], tuple[ClauseState, ...]], ...]:
        """Clauses by chapter, both in reading order."""
        by: dict[tuple[str, str], list[ClauseState]] = {}
        for clause in self.clauses:
            by.setdefault(clause.chapter, []).append(clause)
        return tuple((chapter, tuple(rows)) for chapter, rows in by.items())

    @property
    def headline(self) -> str:
        """Where the system stands, in half a sentence."""
        if not self.applicable:
            return "Nothing is recorded yet."
        return f"{self.count(Outcome.CONFORMING)} of {self.applicable} recorded clauses conform."

    @property
    def rest(self) -> str:
        """What the headline leaves out."""
        attention, empty = self.count(Outcome.ATTENTION), self.count(Outcome.MISSING)
        parts = [_many(attention, "needs attention", "need attention")] if attention else []
        parts += [_many(empty, "has nothing to show yet", "have nothing to show yet")] if empty else []
        said = f"{' and '.join(parts)}." if parts else ("Nothing needs attention." if self.applicable else "")
        said = said[:1].upper() + said[1:]
        unseen = self.count(Outcome.UNRECORDED)
        return f"{said} {_many(unseen, 'is', 'are').capitalize()} not recorded here yet.".strip() if unseen else said


_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _many(number: int, one: str, more: str) -> str:
    return f"{_WORDS[number] if number < len(_WORDS) else number} {one if number == 1 else more}"


def readiness(*, edition: Edition, snapshot: Snapshot, checks: Iterable[Check]) -> Readiness:
    """Every check once (those about every clause once for each), combined into the matrix."""
    by_clause: dict[str, list[Check]] = {}
    for one in checks:
        by_clause.setdefault(one.clause, []).append(one)
    chapters = {c.number: (c.number, c.title) for c in edition.clauses if "." not in c.number}
    return Readiness(
        day=snapshot.day,
        standard=edition.name,
        clauses=tuple(
            _row(clause, chapters[clause.number.split(".")[0]], snapshot, by_clause) for clause in rows_of(edition)
        ),
        dates=tuple(sorted(snapshot.dates, key=lambda d: (d.on, d.what))),
        snapshot=snapshot,
    )


def _row(
    clause: Clause, chapter: tuple[str, str], snapshot: Snapshot, by_clause: dict[str, list[Check]]
) -> ClauseState:
    own = [(c, c(snapshot)) for c in by_clause.get(clause.number, ())]
    general = [(c, c(snapshot, clause.number)) for c in by_clause.get("", ())]
    findings = own + [(c, f) for c, f in general if f.looked_at or f.open]
    excluded = next((e.justification for e in snapshot.exclusions if within(clause.number, e.clause)), None)
    state = combine(findings, excluded=excluded)
    if state is Outcome.UNRECORDED and not own:
        findings.insert(0, (_NOTHING, unrecorded()))
    return ClauseState(
        number=clause.number,
        title=clause.title,
        chapter=chapter,
        state=state,
        findings=tuple(findings),
        shown_by=_shown_by(state, findings, excluded),
        fresh_on=max((f.fresh_on for _, f in findings if f.fresh_on), default=None),
        owner=_owner(clause.number, findings, snapshot),
    )


def _shown_by(state: Outcome, findings: list[tuple[Check, Finding]], excluded: str | None) -> str:
    if excluded is not None:
        return f"Excluded in the scope: {excluded}" if excluded else "Excluded without a reason"
    said = list(dict.fromkeys(f.shown for c, f in findings if f.shown and c.decides))
    said = said or [f.shown for _, f in findings if f.shown]
    if said:
        return ", ".join(said)
    if state is Outcome.UNRECORDED:
        return "No register records this yet"
    return next((f.sentence.rstrip(".") for _, f in findings if f.outcome is Outcome.MISSING), "")


def _owner(clause: str, findings: list[tuple[Check, Finding]], snapshot: Snapshot) -> str:
    """Who runs the process that serves the clause; else who answers for most of the records looked at."""
    serving = [p.owner_id for p in snapshot.running if any(within(c, clause) for c in p.clauses) and p.owner_id]
    people = serving or [person for _, f in findings for person in f.owners]
    return next((snapshot.members[person] for person in people if person in snapshot.members), "")


def _nothing(snapshot: Snapshot) -> Finding:
    """Says that there is no register for this clause."""
    return unrecorded()


_NOTHING = Check("not-recorded", "", "Something records this clause", _nothing, decides=False)
