"""Controlled documents: one life cycle for authored text and uploaded files (ISO 9001:2015, 7.5).

draft → in review → approved; from its effective date in force, until the next revision takes its place or it is
withdrawn. Only the first three are states that a person sets; the others follow from dates and are answered here.

Rules
* a revision is reviewed and approved by somebody who did not write it (7.5.2 c)
* an approved revision never changes; a new draft lives beside it (7.5.3.2 c)
* it takes effect on the day of approval or later, never before (7.5.3.2 c)
* what is withdrawn or superseded stays readable as such (7.5.3.2 d, 7.5.3.1 b)
* "read and understood" belongs to one revision and ends with it (7.3, 7.5.3.1 a)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from assaymark.core.refusal import Refusal

CREATING = "ISO 9001:2015, 7.5.2"
CONTROL = "ISO 9001:2015, 7.5.3.2"
AVAILABLE = "ISO 9001:2015, 7.5.3.1"
AWARENESS = "ISO 9001:2015, 7.3"


class State(StrEnum):
    """What people set."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


class Standing(StrEnum):
    """What a revision is on a given day."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


STANDING_NAMES: dict[Standing, str] = {
    Standing.DRAFT: "Draft",
    Standing.IN_REVIEW: "In review",
    Standing.SCHEDULED: "Approved, not yet in force",
    Standing.IN_FORCE: "In force",
    Standing.SUPERSEDED: "Superseded",
    Standing.WITHDRAWN: "Withdrawn",
}


class Change(StrEnum):
    """How much a revision changes; a minor one asks nobody to read the whole again."""

    MAJOR = "major"
    MINOR = "minor"


class Verdict(StrEnum):
    """The outcome of a periodic review."""

    KEEP = "keep"
    REVISE = "revise"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """One revision, as far as the rules look at it. sequence orders a document's revisions, 1 first.

    effective_from   first day in force; None until approval
    withdrawn_from   first day on which it is withdrawn; None while it is not
    """

    id: UUID
    sequence: int
    label: str
    state: State
    author_id: UUID | None = None
    contributor_ids: frozenset[UUID] = frozenset()
    has_content: bool = True
    change_summary: str = ""
    effective_from: date | None = None
    withdrawn_from: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document and its revisions, any order."""

    id: UUID
    number: str
    title: str
    review_months: int = 24
    next_review: date | None = None
    revisions: tuple[RevisionFacts, ...] = field(default=())

    @property
    def open_revision(self) -> RevisionFacts | None:
        """The draft or the revision in review, of which there is at most one."""
        return next((r for r in self.revisions if r.state != State.APPROVED), None)


def in_force_on(revisions: Iterable[RevisionFacts], day: date) -> RevisionFacts | None:
    """The revision in force on that day, or None.

    Of the approved revisions that have begun by then (effective date ≤ day) the last by sequence counts; it is in force
    unless its withdrawal has begun too. So both the effective date and the day of a withdrawal are the first day of
    the new state.
    """
    begun = [r for r in revisions if r.state == State.APPROVED and r.effective_from and r.effective_from <= day]
    if not begun:
        return None
    last = max(begun, key=lambda r: r.sequence)
    return None if last.withdrawn_from and last.withdrawn_from <= day else last


def standing_on(revision: RevisionFacts, revisions: Iterable[RevisionFacts], day: date) -> Standing:
    """What a revision is on that day, given all revisions of its document."""
    if revision.state == State.DRAFT:
        return Standing.DRAFT
    if revision.state == State.IN_REVIEW:
        return Standing.IN_REVIEW
    assert revision.effective_from is not None
    if revision.withdrawn_from and revision.withdrawn_from <= day:
        return Standing.WITHDRAWN
    later = [
        r
        for r in revisions
        if r.state == State.APPROVED and r.sequence > revision.sequence and r.effective_from and r.effective_from <= day
    ]
    if later:
        return Standing.SUPERSEDED
    return Standing.SCHEDULED if revision.effective_from > day else Standing.IN_FORCE


def next_label(previous: str | None, change: Change) -> str:
    """The label after `previous`: "1.0" first; then the next major ("2.0") or minor ("1.1") one."""
    if previous is None:
        return "1.0"
    match = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", previous)
    if match is None:
        raise ValueError(f"{previous!r} is no revision label of the form major.minor")
    major, minor = int(match[1]), int(match[2])
    return f"{major + 1}.0" if change == Change.MAJOR else f"{major}.{minor + 1}"


def review_due(*, since: date, months: int) -> date:
    """The day of the next periodic review: the same day `months` later, or the last of that month."""
    index = since.year * 12 + since.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(since.day, last))


def reasons_not_to_start(document: DocumentFacts) -> list[Refusal]:
    """Why no new draft may be started: at most one is open at a time."""
    revision = document.open_revision
    if revision is None:
        return []
    name = "is in review" if revision.state == State.IN_REVIEW else "is being drafted"
    return [
        Refusal(
            "document-one-draft",
            CONTROL,
            f"Revision {revision.label} of {document.number} {name} already.",
            "Continue that one, or have it approved or sent back first.",
        )
    ]


def reasons_not_to_edit(revision: RevisionFacts) -> list[Refusal]:
    """Why the content of a revision may not change."""
    if revision.state == State.APPROVED:
        message = f"Revision {revision.label} is approved and never changes."
        return [Refusal("document-approved-immutable", CONTROL, message, "Start a new revision.")]
    if revision.state == State.IN_REVIEW:
        message = f"Revision {revision.label} is in review."
        return [Refusal("document-in-review", CREATING, message, "Send it back to draft first.")]
    return []


def reasons_not_to_submit(revision: RevisionFacts) -> list[Refusal]:
    """Why a draft may not go into review."""
    found = []
    if revision.state != State.DRAFT:
        found.append(
            Refusal(
                "document-not-draft",
                CREATING,
                f"Revision {revision.label} is no draft.",
                "Only a draft goes into review.",
            )
        )
    if not revision.has_content:
        found.append(
            Refusal("document-empty", CREATING, f"Revision {revision.label} is empty.", "Write it or upload a file.")
        )
    if revision.sequence > 1 and not revision.change_summary.strip():
        found.append(
            Refusal(
                "document-change-unnamed",
                CONTROL,
                "It is not said what changed since the last revision.",
                "Say it in a sentence under “What changed”.",
            )
        )
    return found


def reasons_not_to_approve(
    revision: RevisionFacts, *, by: UUID, today: date, effective_from: date | None
) -> list[Refusal]:
    """Why this person may not approve this revision with this effective date."""
    found = []
    if revision.state != State.IN_REVIEW:
        done = revision.state == State.APPROVED
        message = f"Revision {revision.label} is {'approved already' if done else 'not in review'}."
        found.append(
            Refusal("document-not-in-review", CREATING, message, "" if done else "Have its author send it to review.")
        )
    if by == revision.author_id or by in revision.contributor_ids:
        found.append(
            Refusal(
                "document-author-approves",
                f"{CREATING} c",
                f"You wrote revision {revision.label}, or a part of it.",
                "Ask somebody who did not write it.",
            )
        )
    if effective_from is not None and effective_from < today:
        found.append(
            Refusal(
                "document-backdated",
                f"{CONTROL} c",
                f"{effective_from.isoformat()} is before the day of approval.",
                "Choose today or a later day.",
            )
        )
    return found


def reasons_not_to_reject(revision: RevisionFacts, *, reason: str) -> list[Refusal]:
    """Why a revision may not be sent back to its author."""
    found = []
    if revision.state != State.IN_REVIEW:
        found.append(Refusal("document-not-in-review", CREATING, f"Revision {revision.label} is not in review."))
    if not reason.strip():
        found.append(Refusal("document-reason", CREATING, "There is no reason.", "Say what the author should change."))
    return found


def reasons_not_to_take_back(revision: RevisionFacts, *, by: UUID) -> list[Refusal]:
    """Why this person may not take a revision back out of review: only who wrote it does; others send it back."""
    found = []
    if revision.state != State.IN_REVIEW:
        found.append(Refusal("document-not-in-review", CREATING, f"Revision {revision.label} is not in review."))
    if by != revision.author_id and by not in revision.contributor_ids:
        message = f"You did not write revision {revision.label}."
        found.append(Refusal("document-not-author", CREATING, message, "Who approves it sends it back."))
    return found


def reasons_not_to_discard(revision: RevisionFacts, *, signed: bool) -> list[Refusal]:
    """Why a draft may not be thrown away. signed: somebody judged it once, and the signature stays (7.5.3.2 d)."""
    if revision.state != State.DRAFT:
        message = f"Revision {revision.label} is no draft."
        return [Refusal("document-not-draft", CONTROL, message, "Only a draft is thrown away.")]
    if signed:
        message = f"Revision {revision.label} was sent back once; that stays on record."
        return [Refusal("document-signed", f"{CONTROL} d", message, "Change it and send it to review again.")]
    return []


def reasons_not_to_withdraw(document: DocumentFacts, *, day: date, today: date, reason: str) -> list[Refusal]:
    """Why a document may not be withdrawn from that day."""
    found = []
    if in_force_on(document.revisions, max(day, today)) is None:
        found.append(
            Refusal(
                "document-not-in-force",
                CONTROL,
                f"{document.number} is not in force on {max(day, today).isoformat()}.",
                "Only what is in force is withdrawn.",
            )
        )
    if day < today:
        found.append(
            Refusal(
                "document-backdated",
                f"{CONTROL} c",
                f"{day.isoformat()} is in the past.",
                "Choose today or a later day.",
            )
        )
    if not reason.strip():
        found.append(Refusal("document-reason", f"{CONTROL} d", "There is no reason.", "Say why it is withdrawn."))
    return found


def reasons_not_to_review(document: DocumentFacts, *, verdict: Verdict, note: str, today: date) -> list[Refusal]:
    """Why a periodic review may not be recorded."""
    found = []
    if in_force_on(document.revisions, today) is None:
        found.append(
            Refusal("document-not-in-force", CREATING, f"{document.number} has no revision in force to review.")
        )
    if verdict != Verdict.KEEP and not note.strip():
        found.append(
            Refusal(
                "document-review-note",
                CREATING,
                f"The verdict “{verdict}” has no reason.",
                "Say what is no longer right.",
            )
        )
    return found


def reasons_not_to_acknowledge(
    *, label: str, assigned: bool, done: bool, cancelled: bool, standing: Standing
) -> list[Refusal]:
    """Why a person may not confirm that they have read and understood a revision."""
    if not assigned:
        return [
            Refusal("document-not-assigned", AWARENESS, f"Reading revision {label} was not asked of you.", "No need.")
        ]
    if done:
        return [Refusal("document-read-already", AWARENESS, f"You have confirmed revision {label} already.")]
    if cancelled or standing in {Standing.SUPERSEDED, Standing.WITHDRAWN}:
        return [
            Refusal(
                "document-revision-over",
                AVAILABLE,
                f"Revision {label} is no longer in force.",
                "Read the revision that is.",
            )
        ]
    return []


def title_of(text: str, path: str = "") -> str:
    """A document's title: its first heading of level one, else the last part of its path, else "Untitled".

    Front matter between two lines of three hyphens is passed over; at most 200 characters.
    """
    for line in without_front_matter(text).splitlines()[:200]:
        match = re.match(r"#[ \t]+(.+?)[ \t]*#*$", line)
        if match:
            return match[1].strip()[:200] or "Untitled"
    name = path.rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    return stem.replace("-", " ").replace("_", " ").strip().capitalize()[:200] or "Untitled"


def without_front_matter(text: str) -> str:
    """The text after its front matter (a block between lines of three hyphens at the very start)."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != "---":
        return text
    for index, line in enumerate(lines[1:200], start=1):
        if line.rstrip() == "---":
            return "".join(lines[index + 1 :])
    return text
