"""What the page of a document shows: the revision looked at, the next step and why not, who reads it, its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString

from assaymark.core import document_kinds
from assaymark.core import documents as rules
from assaymark.core.documents import STANDING_NAMES, DocumentFacts, RevisionFacts, Standing, State
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal
from assaymark.records.documents import queries
from assaymark.records.journal import queries as journal
from assaymark.records.parties import queries as parties
from assaymark.web.documents import forms, rendering
from assaymark.web.evidence.panel import panel_of

SHOWN_ENTRIES = 12
_WORDS = {
    "created": "Created",
    "facts_changed": "Changed its facts",
    "revision_started": "Started revision {revision}",
    "draft_saved": "Saved draft {revision}",
    "submitted": "Sent revision {revision} to review",
    "approved": "Approved revision {revision}",
    "sent_back": "Sent revision {revision} back",
    "taken_back": "Took revision {revision} back",
    "discarded": "Threw a draft away",
    "attached": "Attached a file",
    "detached": "Took a file off",
    "linked": "Linked a requirement",
    "withdrawn": "Withdrew it",
    "reviewed": "Reviewed it: {verdict}",
    "imported": "Imported with its history",
    "acknowledged": "Confirmed having read revision {revision}",
    "reading_asked": "Asked people to read revision {revision}",
}
_DRAFTING = ("revision_started", "draft_saved", "submitted", "sent_back", "taken_back", "discarded")
_OF_DRAFTS = [f"documents.{verb}" for verb in _DRAFTING]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the history in words."""

    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A revision in the list of revisions."""

    row: Any
    standing: Standing

    @property
    def standing_name(self) -> str:
        return STANDING_NAMES[self.standing]


@dataclass
class Steps:
    """What may be done now. Each step is there or not; reasons say why one that is there cannot be done yet."""

    edit: bool = False
    submit: bool = False
    approve: bool = False
    send_back: bool = False
    take_back: bool = False
    discard: bool = False
    start: bool = False
    review: bool = False
    withdraw: bool = False
    acknowledge: bool = False
    reasons: list[Refusal] = field(default_factory=list)


def context_of(*, document_id: UUID, label: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """Everything that the template needs. label: of the revision to show; "" for the one that matters now."""
    document = queries.document(document_id=document_id)
    rows = [r for r in queries.revisions(document_id=document_id) if queries.may_see(actor, r)]
    facts = DocumentFacts(
        id=document.pk, number=document.number, title=document.title, revisions=tuple(r.facts() for r in rows)
    )
    listed = [Listed(row, rules.standing_on(row.facts(), facts.revisions, at.date())) for row in rows]
    shown = _shown(listed, label)
    revision = queries.revision(revision_id=shown.row.pk)
    task = queries.task_of(revision_id=revision.pk, person_id=actor.person_id)
    open_task = task if task and not task.acknowledged_at and not task.cancelled_at else None
    people = [(str(m.person_id), m.person.name) for m in parties.members(at=at)]
    entries = journal.history(subject_kind=document.subject_kind(), subject_id=document.pk)
    if not queries.sees_drafts(actor):
        entries = entries.exclude(verb__in=_OF_DRAFTS)
    return {
        "document": document,
        "listed": listed,
        "shown": shown,
        "revision": revision,
        "kind_name": document_kinds.KIND_NAMES.get(revision.media_type, "File"),
        "content": content_of(revision, actor.organisation_slug),
        "open_revision": facts.open_revision,
        "in_force": rules.in_force_on(facts.revisions, at.date()),
        "steps": steps_of(facts, actor=actor, today=at.date(), reading=open_task is not None),
        "task": open_task,
        "readers": queries.acknowledgements(revision_id=revision.pk),
        "reviews": queries.reviews(document_id=document.pk),
        "history": [_line(entry) for entry in entries[:SHOWN_ENTRIES]],
        "history_total": entries.count(),
        "panel": panel_of(kind=document.subject_kind(), subject_id=document.pk, actor=actor),
        "compare_with": _before(listed, shown),
        "start_form": forms.StartForm(auto_id="start_%s"),
        "approve_form": forms.ApproveForm(auto_id="approve_%s"),
        "reason_form": forms.ReasonForm(auto_id="reason_%s"),
        "withdraw_form": forms.WithdrawForm(auto_id="withdraw_%s"),
        "review_form": forms.ReviewForm(auto_id="review_%s"),
        "assign_form": forms.AssignForm(people=people, auto_id="assign_%s"),
    }


def content_of(revision: Any, organisation: str) -> SafeString | None:
    """The text as HTML; None for a file."""
    if revision.blob:
        return None
    if revision.media_type != document_kinds.MARKDOWN:
        return rendering.as_plain(revision.text)

    def resolve(paths: Iterable[str]) -> Mapping[str, str]:
        found = queries.ids_by_path(paths=paths)
        return {path: reverse("documents:record", args=[organisation, pk]) for path, pk in found.items()}

    return rendering.as_html(revision.text, title=revision.title, path=revision.document.path, resolve=resolve)


def steps_of(facts: DocumentFacts, *, actor: Actor, today: date, reading: bool) -> Steps:
    """The steps that this person may take, with every reason against the next one."""
    writes, approves = actor.may("documents.write"), actor.may("documents.approve")
    steps = Steps(acknowledge=reading and actor.may("documents.acknowledge"))
    in_force = rules.in_force_on(facts.revisions, today)
    steps.review = bool(in_force) and writes
    steps.withdraw = bool(in_force) and approves
    revision = facts.open_revision
    if revision is None:
        steps.start = writes
    elif revision.state == State.DRAFT:
        steps.edit = steps.submit = writes
        steps.discard = writes and not queries.is_signed(revision_id=revision.id)
        steps.reasons = rules.reasons_not_to_submit(revision) if writes else []
    else:
        steps.take_back = writes and not rules.reasons_not_to_take_back(revision, by=actor.person_id)
        steps.approve, steps.send_back = approves or writes, (approves or writes) and not steps.take_back
        steps.reasons = _reasons_not_to_approve(revision, actor=actor, today=today) if approves or writes else []
    return steps


def _reasons_not_to_approve(revision: RevisionFacts, *, actor: Actor, today: date) -> list[Refusal]:
    found = rules.reasons_not_to_approve(revision, by=actor.person_id, today=today, effective_from=None)
    if not actor.may("documents.approve"):
        message = "Your role does not approve documents."
        found.append(Refusal("document-role", f"{rules.CREATING} c", message, "Ask the quality manager."))
    return found


def _shown(listed: list[Listed], label: str) -> Listed:
    """The revision asked for; else the one in force, else the newest."""
    if label:
        found = next((one for one in listed if one.row.label == label), None)
    else:
        current = next((one for one in listed if one.standing == Standing.IN_FORCE), None)
        found = current or (listed[0] if listed else None)
    if found is None:
        raise Http404
    return found


def _before(listed: list[Listed], shown: Listed) -> Any:
    """The revision to compare with by one click: the one before."""
    earlier = [one.row for one in listed if one.row.sequence < shown.row.sequence]
    return earlier[0] if earlier else None


def _line(entry: Any) -> Line:
    body = orjson.loads(bytes(entry.body))
    after = body.get("after") or {}
    verb = entry.verb.split(".", 1)[-1]
    words = _WORDS.get(verb, verb.replace("_", " ").capitalize())
    words = words.format_map({"revision": after.get("revision", ""), "verdict": after.get("verdict", "")})
    name = getattr(entry, "actor_name", None)
    return Line(words=f"{words}. {entry.reason}".rstrip(". "), at=entry.at, by=name.name if name else "")
