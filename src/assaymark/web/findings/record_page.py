"""What the record page of a finding shows: its story in order, the next step, and all that stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from assaymark.core import findings as core
from assaymark.core.findings import CAUSE_CATEGORIES, State
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal
from assaymark.records.findings import queries
from assaymark.records.findings.queries import Nonconformity
from assaymark.records.journal.queries import history
from assaymark.web.drawing import Cause, fishbone
from assaymark.web.evidence.panel import panel_of

SHOWN_ENTRIES = 5

# The step that a state waits for: (name of the step, word on the button, icon).
NEXT: dict[State, tuple[str, str, str]] = {
    State.RAISED: ("contain", "Contain it", "shield"),
    State.CONTAINED: ("cause", "Find the cause", "search"),
    State.CAUSE_KNOWN: ("action", "Plan an action", "list-check"),
    State.PLANNED: ("check-plan", "Set the check", "calendar"),
    State.CHECK_DUE: ("check", "Check the effect", "checkbox"),
}

WORDS: dict[str, str] = {
    "findings.raised": "Raised",
    "findings.described": "Described",
    "findings.contained": "Contained",
    "findings.analysed": "Cause written",
    "findings.action_planned": "Action planned",
    "findings.action_done": "Action done",
    "findings.check_set": "Check set",
    "findings.checked": "Checked",
    "findings.considered": "Consequences written",
    "findings.answer_accepted": "Answer accepted by the body",
    "findings.answer_returned": "Answer handed back by the body",
    "findings.correction_verified": "Correction verified by the body",
    "findings.closed": "Closed",
    "evidence.attached": "File attached",
    "evidence.commented": "Comment",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history."""

    words: str
    at: datetime
    by: str


def context_of(*, finding_id: UUID, actor: Actor, at: datetime) -> dict[str, Any]:
    """Everything the page needs; a constant number of queries."""
    row = queries.record(nonconformity_id=finding_id)
    facts = row.facts()
    own = row.organisation_id == actor.organisation_id
    entries = history(subject_kind=row.subject_kind(), subject_id=row.pk) if own else None
    return {
        "row": row,
        "facts": facts,
        "own": own,
        "section": "improvement",
        "state_name": core.STATE_NAMES[State(row.state)],
        "state_sign": sign_of(State(row.state)),
        "refusals": core.reasons_not_to_close(facts, by=actor.person_id, at=at) if own and row.is_open else (),
        "check_refusals": _to_check(row, facts, actor=actor, at=at) if own else (),
        "next": _next(row, actor=actor, own=own),
        "overdue": core.is_overdue(facts, on=at.date()),
        "done_count": sum(1 for action in facts.actions if action.done_on),
        "bones": drawn_causes(row),
        "similar": queries.similar_to(row) if own else (),
        "entries": [_entry(e) for e in entries[:SHOWN_ENTRIES]] if entries is not None else [],
        "entry_count": entries.count() if entries is not None else 0,
        "panel": panel_of(kind=row.subject_kind(), subject_id=row.pk, actor=actor) if own else None,
    }


def sign_of(state: State) -> str:
    """The sign that a state is shown with (`web.signs`)."""
    signs = {
        State.CAUSE_KNOWN: "analysed",
        State.PLANNED: "action-planned",
        State.CHECK_DUE: "effectiveness-check-due",
        State.CHECKED: "effective",
    }
    return signs.get(State(state), str(state))


def _to_check(row: Nonconformity, facts: core.NonconformityFacts, *, actor: Actor, at: datetime) -> tuple[Refusal, ...]:
    if row.state != State.CHECK_DUE:
        return ()
    return core.reasons_not_to_check(facts, by=actor.person_id, at=at)


def _next(row: Nonconformity, *, actor: Actor, own: bool) -> tuple[str, str, str] | None:
    state = State(row.state)
    if not own or not actor.may("findings.work") or state not in NEXT:
        return None
    if state is State.PLANNED and row.criterion:
        return None
    return (
        ("check-plan", "Set the check", "calendar") if state is State.CHECK_DUE and not row.criterion else NEXT[state]
    )


def drawn_causes(row: Nonconformity) -> SafeString | None:
    """The fishbone with its six bones; None while nothing was analysed. The root cause's own bone is marked."""
    if not row.fishbone:
        return None
    root = row.cause.lower()
    causes = {
        category: [Cause(words, root=bool(words) and words.lower() in root) for words in row.fishbone.get(category, ())]
        for category in CAUSE_CATEGORIES
    }
    return fishbone(row.title, causes)


def _entry(entry: Any) -> Entry:
    name = entry.actor_name.name if hasattr(entry, "actor_name") else ""
    return Entry(words=WORDS.get(entry.verb, entry.verb), at=entry.at, by=name)
