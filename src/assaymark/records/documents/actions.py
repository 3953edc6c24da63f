"""Writes about documents: the life cycle of `core.documents`, one action a step (ISO 9001:2015, 7.5.2 and 7.5.3).

Every step is told in the journal under the document, so that its history is one list. A step that decides locks the
document first and the revision then: of two people who approve at once, one does and the other is told so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from assaymark.adapters.blobs import blobs
from assaymark.core import document_kinds, documents
from assaymark.core.documents import Change, State, Verdict
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.documents import printing, reading
from assaymark.records.documents.models import Approval, Document, Review, Revision
from assaymark.records.journal.actions import append
from assaymark.records.parties.actions import next_number
from assaymark.records.search import actions as search

NUMBER_PREFIX = "DOC-"
DAYS_TO_READ = 14


@action("documents.write")
def create(
    *,
    title: str,
    by: Actor,
    at: datetime,
    text: str = "",
    owner_id: UUID | None = None,
    clauses: Iterable[str] = (),
    readers: Iterable[str] = (),
    review_months: int = 24,
) -> Document:
    """A new document with its first draft (revision 1.0).

    clauses   of ISO 9001 that it serves, such as ["8.4.1"]; readers: roles that confirm having read major revisions
    """
    refuse([] if title.strip() else [_nameless()])
    document: Document = Document.objects.create(
        organisation_id=by.organisation_id,
        number=next_number(NUMBER_PREFIX),
        title=title.strip()[:200],
        owner_id=owner_id or by.person_id,
        clauses=list(clauses),
        readers=sorted(readers),
        review_months=review_months,
        created_at=at,
    )
    _draft(document, 1, documents.next_label(None, Change.MAJOR), by=by, at=at, **_written(text))
    _tell(document, "created", by=by, at=at, after={"number": document.number, "title": document.title})
    return document


@action("documents.write")
def change_facts(
    *,
    document_id: UUID,
    by: Actor,
    at: datetime,
    owner_id: UUID | None,
    clauses: Iterable[str],
    readers: Iterable[str],
    review_months: int,
) -> Document:
    """Change who owns a document, which clauses it serves, who reads it, and how often it is reviewed."""
    document = Document.for_update(document_id)
    names = ("owner_id", "clauses", "readers", "review_months")
    before = {name: _plain(getattr(document, name)) for name in names}
    document.owner_id = owner_id
    document.clauses, document.readers = list(clauses), sorted(readers)
    if review_months != document.review_months:
        document.review_months = review_months
        if document.next_review:
            document.next_review = documents.review_due(since=at.date(), months=review_months)
    document.save()
    after = {name: _plain(getattr(document, name)) for name in names}
    changed = [name for name in names if before[name] != after[name]]
    if changed:
        was, now = {n: before[n] for n in changed}, {n: after[n] for n in changed}
        _tell(document, "facts_changed", by=by, at=at, before=was, after=now)
    return document


@action("documents.write")
def start_revision(*, document_id: UUID, change: Change, by: Actor, at: datetime) -> Revision:
    """Start a new draft beside what is approved; it begins with the content of the last revision."""
    document = Document.for_update(document_id)
    refuse(documents.reasons_not_to_start(document.facts()))
    last = Revision.objects.filter(document=document).order_by("-sequence")[0]
    revision = _draft(
        document,
        last.sequence + 1,
        documents.next_label(last.label, change),
        by=by,
        at=at,
        text=last.text,
        blob=last.blob,
        media_type=last.media_type,
        file_name=last.file_name,
        size=last.size,
        sha256=last.sha256,
    )
    _tell(document, "revision_started", by=by, at=at, after={"revision": revision.label})
    return revision


@action("documents.write")
def save_draft(
    *, revision_id: UUID, version: int, title: str, text: str, change_summary: str, by: Actor, at: datetime
) -> Revision:
    """Save the text of a draft. version: the one that was opened; refused when somebody saved in between."""
    return _save(revision_id, version, title, change_summary, _written(text), by=by, at=at)


@action("documents.write")
def upload(
    *,
    revision_id: UUID,
    version: int,
    title: str,
    content: bytes,
    file_name: str,
    change_summary: str,
    by: Actor,
    at: datetime,
) -> Revision:
    """Put a file in place of a draft's content. Its kind follows from its bytes; text stays text."""
    return _save(revision_id, version, title, change_summary, _uploaded(content, file_name), by=by, at=at)


@action("documents.write")
def submit(*, revision_id: UUID, by: Actor, at: datetime) -> Revision:
    """Send a draft into review."""
    document, revision = _locked(revision_id)
    refuse(documents.reasons_not_to_submit(revision.facts()))
    revision.state, revision.submitted_at = State.IN_REVIEW, at
    revision.save(update_fields=["state", "submitted_at"])
    _tell(document, "submitted", by=by, at=at, after={"revision": revision.label, "sha256": revision.sha256})
    return revision


@action("documents.approve")
def approve(*, revision_id: UUID, by: Actor, at: datetime, effective_from: date | None = None) -> Revision:
    """Approve a revision; in force from `effective_from` (default: today). The author cannot (7.5.2 c)."""
    document, revision = _locked(revision_id)
    today = at.date()
    refuse(
        documents.reasons_not_to_approve(revision.facts(), by=by.person_id, today=today, effective_from=effective_from)
    )
    revision.state, revision.approved_by_id, revision.approved_at = State.APPROVED, by.person_id, at
    revision.effective_from = effective_from or today
    revision.save(update_fields=["state", "approved_by", "approved_at", "effective_from"])
    Approval.objects.create(
        organisation_id=by.organisation_id,
        revision=revision,
        person_id=by.person_id,
        at=at,
        outcome=Approval.Outcome.APPROVED,
        sha256=revision.sha256,
    )
    document.title = revision.title
    document.next_review = documents.review_due(since=revision.effective_from, months=document.review_months)
    document.save(update_fields=["title", "next_review"])
    reading.ask_readers(document=document, revision=revision, at=at, days=DAYS_TO_READ)
    _find(document, revision)
    if not revision.blob:
        printing.pdf_of(revision_id=revision.pk)
    after = {"revision": revision.label, "sha256": revision.sha256, "effective_from": str(revision.effective_from)}
    _tell(document, "approved", by=by, at=at, after=after)
    return revision


@action("documents.approve")
def send_back(*, revision_id: UUID, reason: str, by: Actor, at: datetime) -> Revision:
    """Send a revision in review back to its author, with what is to be changed."""
    document, revision = _locked(revision_id)
    refuse(documents.reasons_not_to_reject(revision.facts(), reason=reason))
    revision.state, revision.submitted_at = State.DRAFT, None
    revision.save(update_fields=["state", "submitted_at"])
    Approval.objects.create(
        organisation_id=by.organisation_id,
        revision=revision,
        person_id=by.person_id,
        at=at,
        outcome=Approval.Outcome.SENT_BACK,
        sha256=revision.sha256,
        reason=reason.strip()[:1000],
    )
    _tell(document, "sent_back", by=by, at=at, after={"revision": revision.label}, reason=reason.strip())
    return revision


@action("documents.write")
def take_back(*, revision_id: UUID, by: Actor, at: datetime) -> Revision:
    """Take one's own revision back out of review; it is a draft again."""
    document, revision = _locked(revision_id)
    refuse(documents.reasons_not_to_take_back(revision.facts(), by=by.person_id))
    revision.state, revision.submitted_at = State.DRAFT, None
    revision.save(update_fields=["state", "submitted_at"])
    _tell(document, "taken_back", by=by, at=at, after={"revision": revision.label})
    return revision


@action("documents.write")
def discard(*, revision_id: UUID, by: Actor, at: datetime) -> Document | None:
    """Throw a draft away; gives the document, or None when that was all there was of it and it is gone too.

    The journal keeps who threw what away. The number of a document that is gone is not given again.
    """
    document, revision = _locked(revision_id)
    signed = Approval.objects.filter(revision=revision).exists()
    refuse(documents.reasons_not_to_discard(revision.facts(), signed=signed))
    before = {"revision": revision.label, "title": revision.title, "sha256": revision.sha256}
    _tell(document, "discarded", by=by, at=at, before=before)
    revision.delete()
    if Revision.objects.filter(document=document).exists():
        return document
    document.delete()
    return None


@action("documents.approve")
def withdraw(*, document_id: UUID, reason: str, by: Actor, at: datetime, day: date | None = None) -> Document:
    """Take a document out of force from `day` (default: today). It stays readable as withdrawn (7.5.3.2 d)."""
    document = Document.for_update(document_id)
    today = at.date()
    day = day or today
    facts = document.facts()
    refuse(documents.reasons_not_to_withdraw(facts, day=day, today=today, reason=reason))
    in_force = documents.in_force_on(facts.revisions, day)
    assert in_force is not None
    revision = Revision.for_update(in_force.id)
    revision.withdrawn_from, revision.withdrawal_reason = day, reason.strip()[:500]
    revision.save(update_fields=["withdrawn_from", "withdrawal_reason"])
    document.next_review = None
    document.save(update_fields=["next_review"])
    reading.cancel_open(document=document, at=at)
    search.end(subject_kind=Document.subject_kind(), subject_id=document.pk, on=day)
    after = {"revision": revision.label, "withdrawn_from": str(day)}
    _tell(document, "withdrawn", by=by, at=at, after=after, reason=reason.strip())
    return document


@action("documents.write")
def record_review(*, document_id: UUID, verdict: Verdict, note: str, by: Actor, at: datetime) -> Review:
    """Record a periodic review. *keep* moves the next one; *revise* and *withdraw* ask for that step next."""
    document = Document.for_update(document_id)
    facts, today = document.facts(), at.date()
    refuse(documents.reasons_not_to_review(facts, verdict=verdict, note=note, today=today))
    in_force = documents.in_force_on(facts.revisions, today)
    assert in_force is not None
    review: Review = Review.objects.create(
        organisation_id=by.organisation_id,
        document=document,
        revision_id=in_force.id,
        person_id=by.person_id,
        at=at,
        verdict=verdict,
        note=note.strip()[:1000],
    )
    before = {"next_review": _plain(document.next_review)}
    if verdict == Verdict.KEEP:
        document.next_review = documents.review_due(since=today, months=document.review_months)
        document.save(update_fields=["next_review"])
    after = {"verdict": str(verdict), "revision": in_force.label, "next_review": _plain(document.next_review)}
    _tell(document, "reviewed", by=by, at=at, before=before, after=after, reason=note.strip())
    return review


def _locked(revision_id: UUID) -> tuple[Document, Revision]:
    """The document and then the revision, both locked, always in this order."""
    document = Document.for_update(Revision.objects.values_list("document_id", flat=True).get(pk=revision_id))
    return document, Revision.for_update(revision_id)


def _draft(document: Document, sequence: int, label: str, *, by: Actor, at: datetime, **content: Any) -> Revision:
    revision: Revision = Revision.objects.create(
        organisation_id=by.organisation_id,
        document=document,
        sequence=sequence,
        label=label,
        title=document.title,
        author_id=by.person_id,
        contributors=[str(by.person_id)],
        created_at=at,
        **content,
    )
    return revision


def _save(
    revision_id: UUID,
    version: int,
    title: str,
    change_summary: str,
    content: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> Revision:
    document, revision = _locked(revision_id)
    found = documents.reasons_not_to_edit(revision.facts())
    if revision.version != version:
        found.append(
            Refusal(
                "document-saved-meanwhile",
                documents.CONTROL,
                "Somebody saved this draft after you opened it.",
                "Open it again and put your changes in.",
            )
        )
    refuse(found if title.strip() else [*found, _nameless()])
    before = revision.sha256
    for name, value in content.items():
        setattr(revision, name, value)
    revision.title, revision.change_summary = title.strip()[:200], change_summary.strip()[:500]
    revision.version += 1
    revision.contributors = sorted({*revision.contributors, str(by.person_id)})
    revision.save()
    if revision.sequence == 1:
        document.title = revision.title
        document.save(update_fields=["title"])
    after = {"revision": revision.label, "sha256": revision.sha256}
    _tell(document, "draft_saved", by=by, at=at, before={"sha256": before}, after=after)
    return revision


def _written(text: str) -> dict[str, Any]:
    """Fields of a revision for text written here. Line ends are those of the browser made plain."""
    text = text.replace("\r\n", "\n").replace("\x00", "")
    content = text.encode("utf-8", "replace")
    return {
        "text": content.decode(),
        "blob": "",
        "media_type": document_kinds.MARKDOWN,
        "file_name": "",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _uploaded(content: bytes, file_name: str) -> dict[str, Any]:
    """Fields of a revision for an uploaded file; refuses what is no document."""
    try:
        kind = document_kinds.kind_of(content, name=file_name)
    except document_kinds.NotADocument as error:
        refuse([Refusal("document-kind", f"{documents.CREATING} b", error.reason, "Choose another file.")])
        raise
    if kind in {document_kinds.MARKDOWN, document_kinds.PLAIN}:
        return _written(content.decode("utf-8-sig")) | {"media_type": kind}
    return {
        "text": "",
        "blob": blobs().put(content),
        "media_type": kind,
        "file_name": document_kinds.safe_name(file_name, kind),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _find(document: Document, revision: Revision) -> None:
    """Make the revision findable from its first day."""
    search.index(
        subject_kind=Document.subject_kind(),
        subject_id=document.pk,
        number=document.number,
        title=revision.title,
        text=documents.without_front_matter(revision.text) or revision.file_name,
        begins=revision.effective_from,
    )


def _tell(
    document: Document,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    append(
        organisation_id=by.organisation_id,
        verb=f"documents.{verb}",
        subject_kind=Document.subject_kind(),
        subject_id=document.pk,
        subject_label=str(document),
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | date | timedelta) else value


def _nameless() -> Refusal:
    return Refusal("document-title", f"{documents.CREATING} a", "The document has no title.", "Give it one.")
