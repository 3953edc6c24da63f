"""What the record page of an attestation shows: its state, its scope, its issues, what happened to it, what can be
decided next with all that stands in the way. The same page for issuer and holder; only the issuer decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assaymark.core.attestation import AttestationKind, Status
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.records.archive import queries as archive
from assaymark.records.assessments import standing
from assaymark.records.attestations import queries
from assaymark.records.attestations.actions import scope_warnings
from assaymark.records.journal.queries import history
from assaymark.web.attestations.scope_words import lines

# Decision → (verb of the button, icon, kind of the button).
VERBS: dict[DecisionKind, tuple[str, str, str]] = {
    DecisionKind.SUSPEND: ("Suspend", "player-pause", ""),
    DecisionKind.RESTORE: ("Restore", "player-play", ""),
    DecisionKind.REDUCE: ("Reduce the scope", "adjustments", ""),
    DecisionKind.WITHDRAW: ("Withdraw", "ban", "danger"),
}
_EVENTS = {
    "issued": ("Granted", "certificate", "good"),
    "suspended": ("Suspended", "player-pause", "attention"),
    "reinstated": ("Restored", "player-play", "good"),
    "withdrawn": ("Withdrawn", "ban", "bad"),
    "scope-reduced": ("Scope reduced", "adjustments", "attention"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the life, with the decision behind it."""

    title: str
    icon: str
    tone: str
    effective: dt.datetime
    recorded: dt.datetime
    reason: str
    decision: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal in the history."""

    words: str
    at: dt.datetime
    by: str


def context_of(*, attestation_id: UUID, actor: Actor, at: dt.datetime) -> dict[str, Any]:
    """Everything the page needs, in a constant number of queries."""
    row = queries.attestation(attestation_id=attestation_id)
    status, cause = queries.status_on(row, at=at)
    scope = tuple(line.facts() for line in row.scopes.all())
    issuer = row.organisation_id == actor.organisation_id
    decisions = standing.decisions_about(attestation_id=row.pk)
    entries = history(subject_kind=row.subject_kind(), subject_id=row.pk)
    return {
        "row": row,
        "issuer": issuer,
        "status": status.value,
        "since": cause.effective_from if cause and status is not Status.VALID else None,
        "scope": lines(scope),
        "counting": queries.issue_on(row, on=at.date()),
        "issues": list(row.issues.all())[::-1],
        "events": _events(row, decisions),
        "decisions": decisions,
        "kept": archive.kept_of(row.pk) if issuer else [],
        "warnings": _warnings(row, scope, at) if issuer else (),
        "choices": _choices(row, actor=actor, at=at) if issuer else [],
        "surveillance": _surveillance(row, status, at) if issuer else None,
        "entries": [Entry(_words(e.verb), e.at, e.actor_name.name) for e in entries[:5]],
        "section": "certificates",
    }


def choices_of(row: Any, *, actor: Actor, at: dt.datetime, decision: DecisionKind) -> standing.Choice | None:
    """One standing decision with what stands in its way; None when no decision of the engine made the attestation."""
    return next((c for c in standing.choices(row, by=actor, at=at) if c.decision is decision), None)


def _choices(row: Any, *, actor: Actor, at: dt.datetime) -> list[dict[str, Any]]:
    if not actor.may("assessments.decide"):
        return []
    return [
        {"key": choice.decision.value, "verb": verb, "icon": icon, "kind": kind, "choice": choice}
        for choice in standing.choices(row, by=actor, at=at)
        for verb, icon, kind in (VERBS[choice.decision],)
    ]


def _events(row: Any, decisions: list[Any]) -> list[Event]:
    """What happened, newest first: events of the status log, and decisions that changed no status."""
    behind = {decision.pk: decision for decision in decisions}
    found = []
    for event in row.statusevents.all():
        title, icon, tone = _EVENTS.get(event.event, (event.get_event_display(), "point", "neutral"))
        decision = behind.pop(event.decision_id, None)
        found.append(Event(title, icon, tone, event.effective_from, event.recorded_at, event.reason, decision))
    for decision in behind.values():
        title = f"Decided: {decision.get_kind_display().lower()}"
        at = decision.decided_at
        found.append(Event(title, "scale", "neutral", at, at, decision.reasons, decision))
    return sorted(found, key=lambda event: (event.effective, event.recorded), reverse=True)


def _warnings(row: Any, scope: tuple[Any, ...], at: dt.datetime) -> tuple[Any, ...]:
    return scope_warnings(issuer_id=row.organisation_id, kind=AttestationKind(row.kind), scope=scope, on=at.date())


def _surveillance(row: Any, status: Status, at: dt.datetime) -> dt.date | None:
    if status in (Status.WITHDRAWN, Status.EXPIRED):
        return None
    return standing.surveillance_due(attestation_id=row.pk, day=at.date())


def _words(verb: str) -> str:
    return verb.partition(".")[2].replace("_", " ").capitalize()
