"""Nonconformities: from what happened to the proof that it will not happen again (ISO 9001:2015, 10.2).

Rules that hold here:
- A nonconformity is closed only when every step of 10.2.1 is on record; all that is missing is said at once.
- Who carried out an action does not close it (5.3: nobody answers for the check of their own work).
- Effectiveness is checked against a criterion set beforehand, and not before the day set for it (10.2.1 d).
- What another body raised is closed after that body accepted the answer, and verified it where it is major
  (ISO/IEC 17021-1:2015, 9.4.10).
- Observations and opportunities need an answer, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from assaymark.core.refusal import Refusal

_NORM = "ISO 9001:2015"
_WORD = re.compile(r"[^\W\d_]{3,}")
_EVERYDAY = frozenset(
    {"the", "and", "for", "with", "was", "were", "not", "from", "that", "this", "had", "has", "have", "been"}
    | {"without", "than", "are", "its", "into", "before", "after"}
)


class Grade(StrEnum):
    """How much a finding weighs (ISO/IEC 17021-1:2015, 3.11 to 3.13)."""

    MAJOR = "major"
    MINOR = "minor"
    OBSERVATION = "observation"
    OPPORTUNITY = "opportunity"

    @property
    def is_nonconformity(self) -> bool:
        """Whether a requirement is not met, rather than something being worth a remark."""
        return self in {Grade.MAJOR, Grade.MINOR}


class State(StrEnum):
    """Where a finding stands; follows from its facts (`state_of`)."""

    RAISED = "raised"
    CONTAINED = "contained"
    CAUSE_KNOWN = "cause_known"
    PLANNED = "planned"
    CHECK_DUE = "check_due"
    CHECKED = "checked"
    CLOSED = "closed"


STATE_NAMES: dict[State, str] = {
    State.RAISED: "Raised",
    State.CONTAINED: "Contained",
    State.CAUSE_KNOWN: "Cause known",
    State.PLANNED: "Action under way",
    State.CHECK_DUE: "Effectiveness check due",
    State.CHECKED: "Ready to close",
    State.CLOSED: "Closed",
}

# The bones of the fishbone, in the order in which they are drawn.
CAUSE_CATEGORIES = ("Machine", "Method", "Measurement", "Material", "People", "Environment")

# Days from raising to the end of the last action, unless the organisation sets its own (10.2.1: "without undue delay").
DUE_DAYS: dict[Grade, int] = {Grade.MAJOR: 30, Grade.MINOR: 60, Grade.OBSERVATION: 90, Grade.OPPORTUNITY: 180}


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action against the cause. done_on is None while it is open."""

    description: str
    owner_id: UUID | None
    owner_name: str
    due: date | None
    done_on: date | None = None
    done_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NonconformityFacts:
    """A nonconformity as it stands. Texts are empty, dates None, while not yet known.

    requirement         "ISO 9001:2015, 8.6" or ""
    similar             what was found when looking for the same elsewhere (10.2.1 b)
    risks, changes      what it meant for risks (10.2.1 e) and for the system (10.2.1 f), "none needed" included
    raised_by_body      name of the other organisation that raised it, "" when it is one's own
    """

    number: str
    title: str
    grade: Grade
    raised_on: date
    happened: str = ""
    evidence: str = ""
    requirement: str = ""
    containment: str = ""
    correction: str = ""
    cause: str = ""
    whys: tuple[str, ...] = ()
    similar: str = ""
    actions: tuple[ActionFacts, ...] = ()
    criterion: str = ""
    check_due: date | None = None
    checked_on: date | None = None
    checked_by: UUID | None = None
    effective: bool | None = None
    risks: str = ""
    changes: str = ""
    closed_on: date | None = None
    raised_by_body: str = ""
    answer_accepted_on: date | None = None
    verified_on: date | None = None
    due: date | None = None

    @property
    def actions_done(self) -> bool:
        """Whether there are actions, and all are done."""
        return bool(self.actions) and all(action.done_on for action in self.actions)


def state_of(facts: NonconformityFacts) -> State:
    """Where the finding stands: the last step whose predecessors are all on record."""
    if facts.closed_on:
        return State.CLOSED
    if not facts.containment:
        return State.RAISED
    if not facts.grade.is_nonconformity:
        return State.CHECKED
    if not facts.cause:
        return State.CONTAINED
    if not facts.actions:
        return State.CAUSE_KNOWN
    if not facts.actions_done:
        return State.PLANNED
    return State.CHECKED if facts.effective else State.CHECK_DUE


def due_date(*, grade: Grade, raised_on: date) -> date:
    """The day by which a finding of that grade is to be dealt with, by the default of `DUE_DAYS`."""
    return raised_on + timedelta(days=DUE_DAYS[grade])


def is_overdue(facts: NonconformityFacts, *, on: date) -> bool:
    """Whether an open finding is past its due date on that day."""
    return facts.closed_on is None and facts.due is not None and facts.due < on


def say(day: date) -> str:
    """A date in words, such as "3 Mar 2026"."""
    return f"{day.day} {day:%b %Y}"


def _refusal(rule: str, clause: str, message: str, next_step: str) -> Refusal:
    return Refusal(rule, f"{_NORM}, {clause}", message, next_step)


def reasons_not_to_change(facts: NonconformityFacts) -> tuple[Refusal, ...]:
    """Why its content may not change: a closed record stays as it is (10.2.2)."""
    if facts.closed_on is None:
        return ()
    return (
        _refusal(
            "finding-closed", "10.2.2", f"It was closed on {say(facts.closed_on)}.", "Raise a new one if it came back."
        ),
    )


def reasons_not_to_plan(facts: NonconformityFacts) -> tuple[Refusal, ...]:
    """Why no action can be planned yet: an action without a known cause treats the symptom (10.2.1 b)."""
    found = list(reasons_not_to_change(facts))
    if facts.grade.is_nonconformity and not facts.cause:
        found.append(
            _refusal(
                "cause-missing", "10.2.1 b", "The cause is not known yet.", "Find the cause, then plan the action."
            )
        )
    return tuple(found)


def reasons_not_to_check(facts: NonconformityFacts, *, by: UUID, at: datetime) -> tuple[Refusal, ...]:
    """Every reason why effectiveness cannot be judged now by this person (10.2.1 d)."""
    return (*reasons_not_to_change(facts), *_before_check(facts, at=at), *_own_work(facts, by=by, act="judge"))


def reasons_not_to_close(facts: NonconformityFacts, *, by: UUID, at: datetime) -> tuple[Refusal, ...]:
    """Every reason why this person cannot close it now, in the order of 10.2.1; empty when they can."""
    if facts.closed_on:
        return reasons_not_to_change(facts)
    if not facts.grade.is_nonconformity:
        return tuple(_unanswered(facts))
    return (
        *_nature(facts),
        *_reaction(facts),
        *_causes(facts),
        *_actions(facts),
        *_effectiveness(facts, at=at),
        *_consequences(facts),
        *_body(facts),
        *_own_work(facts, by=by, act="close"),
    )


def _unanswered(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.containment:
        yield _refusal(
            "answer-missing", "10.1", "Nothing says how it was dealt with.", "Write what was done, or why not."
        )


def _nature(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.happened:
        yield _refusal("nature-missing", "10.2.2 a", "What happened is not described.", "Describe what was seen.")
    if not facts.requirement:
        yield _refusal(
            "requirement-missing", "10.2.2 a", "The requirement that was not met is not named.", "Choose its clause."
        )


def _reaction(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.containment:
        yield _refusal(
            "containment-missing", "10.2.1 a", "Nothing says how it was contained.", "Write what was done at once."
        )
    if not facts.correction:
        yield _refusal(
            "correction-missing", "10.2.1 a", "Nothing says how it was put right.", "Write what was corrected."
        )


def _causes(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.cause:
        yield _refusal("cause-missing", "10.2.1 b", "The cause is not known.", "Ask why until the cause is found.")
    if not facts.similar:
        yield _refusal(
            "similar-missing",
            "10.2.1 b",
            "Nobody has looked whether it happens elsewhere too.",
            "Look for the same elsewhere and write what was found.",
        )


def _actions(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.actions:
        yield _refusal("action-missing", "10.2.1 c", "No action against the cause is planned.", "Plan at least one.")
    for action in facts.actions:
        if action.done_on is None:
            when = f" It was due on {say(action.due)}." if action.due else ""
            yield _refusal(
                "action-open",
                "10.2.1 c",
                f"“{action.description}” is not done.{when}",
                f"{action.owner_name or 'Its owner'} carries it out and marks it done.",
            )


def _before_check(facts: NonconformityFacts, *, at: datetime) -> Iterator[Refusal]:
    if not facts.criterion:
        yield _refusal(
            "criterion-missing", "10.2.1 d", "Nothing says how effectiveness is judged.", "Set the criterion."
        )
    if facts.check_due is None:
        yield _refusal("check-date-missing", "10.2.1 d", "No day is set for the effectiveness check.", "Set the day.")
    elif at.date() < facts.check_due:
        yield _refusal(
            "check-too-early",
            "10.2.1 d",
            f"The effectiveness check is due on {say(facts.check_due)}, not before.",
            f"Check on {say(facts.check_due)}.",
        )
    if not facts.actions_done:
        yield _refusal(
            "check-before-actions",
            "10.2.1 d",
            "Not all actions are done, so their effect cannot be judged.",
            "Do them.",
        )


def _effectiveness(facts: NonconformityFacts, *, at: datetime) -> Iterator[Refusal]:
    if facts.checked_on is None:
        yield from (r for r in _before_check(facts, at=at) if r.rule in {"criterion-missing", "check-date-missing"})
        when = f" It is due on {say(facts.check_due)}." if facts.check_due else ""
        yield _refusal(
            "check-missing",
            "10.2.1 d",
            f"The effectiveness check has not been made.{when}",
            "Check against the criterion and write the result.",
        )
    elif facts.check_due is not None and facts.checked_on < facts.check_due:
        yield _refusal(
            "check-too-early",
            "10.2.1 d",
            f"It was checked on {say(facts.checked_on)}, before the day set for it, {say(facts.check_due)}.",
            "Check again.",
        )
    if facts.checked_on is not None and not facts.effective:
        yield _refusal(
            "not-effective",
            "10.2.1 d",
            "The check found that the action did not work.",
            "Look for the cause again, plan another action and set a new check.",
        )


def _consequences(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.risks:
        yield _refusal(
            "risks-missing",
            "10.2.1 e",
            "Nothing says whether risks and opportunities had to be updated.",
            "Say what changed, or that nothing had to.",
        )
    if not facts.changes:
        yield _refusal(
            "changes-missing",
            "10.2.1 f",
            "Nothing says whether the quality system had to change.",
            "Say what changed, or that nothing had to.",
        )


def _body(facts: NonconformityFacts) -> Iterator[Refusal]:
    if not facts.raised_by_body:
        return
    if facts.answer_accepted_on is None:
        yield Refusal(
            "answer-not-accepted",
            "ISO/IEC 17021-1:2015, 9.4.10",
            f"{facts.raised_by_body} has not accepted the answer.",
            f"Send the answer; {facts.raised_by_body} judges it.",
        )
    if facts.grade is Grade.MAJOR and facts.verified_on is None:
        yield Refusal(
            "correction-not-verified",
            "ISO/IEC 17021-1:2015, 9.4.10",
            f"{facts.raised_by_body} has not verified the correction.",
            f"Give {facts.raised_by_body} the evidence.",
        )


def _own_work(facts: NonconformityFacts, *, by: UUID, act: str) -> Iterator[Refusal]:
    if any(action.done_by == by for action in facts.actions):
        yield _refusal(
            "own-action", "5.3", f"You carried out an action; someone else must {act}.", "Ask somebody else."
        )


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another finding that resembles this one. percent: 0 to 100."""

    key: UUID
    number: str
    percent: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """What recurrence is judged by: where it happened, which clause, which words."""

    key: UUID
    number: str
    clause: str = ""
    process: UUID | None = None
    words: frozenset[str] = field(default=frozenset())


def words_of(*texts: str) -> frozenset[str]:
    """The telling words of texts, in lower case; everyday words and figures left out."""
    return frozenset(w for text in texts for w in _WORD.findall(text.lower()) if w not in _EVERYDAY)


def similar(sketch: Sketch, others: Iterable[Sketch], *, least: int = 35, most: int = 5) -> Sequence[Likeness]:
    """Findings that look like the same thing come back, the most alike first.

    Words count half (shared words against the shorter text), clause and process a quarter each.
    """
    found = [
        Likeness(other.key, other.number, percent)
        for other in others
        if other.key != sketch.key and (percent := _percent(sketch, other)) >= least
    ]
    return sorted(found, key=lambda likeness: (-likeness.percent, likeness.number))[:most]


def _percent(one: Sketch, other: Sketch) -> int:
    shorter = min(len(one.words), len(other.words))
    words = len(one.words & other.words) / shorter if shorter else 0.0
    clause = 1.0 if one.clause and one.clause == other.clause else 0.0
    process = 1.0 if one.process and one.process == other.process else 0.0
    return round(50 * words + 25 * clause + 25 * process)
