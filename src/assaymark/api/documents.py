"""Documents: list, record, what was in force on a day; write, submit, approve, send back, withdraw.

Who only reads sees what was approved; drafts and what is in review are for who writes or approves, as on the pages.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber, page_of
from assaymark.core.documents import Change
from assaymark.core.parties import Actor
from assaymark.records.documents import actions, queries

router = Router()
SIZE = 50


class DocumentShape(Schema):
    """A document as lists show it. revision and effective_from are those in force; None when none is."""

    id: UUID
    number: str
    title: str
    path: str
    owner: str | None
    revision: str | None
    effective_from: date | None
    next_review: date | None


class Documents(Schema):
    """A page of documents."""

    count: int
    documents: list[DocumentShape]


class RevisionShape(Schema):
    """A revision without its content."""

    id: UUID
    label: str
    state: str
    title: str
    sha256: str
    change_summary: str
    author: str | None
    approved_by: str | None
    effective_from: date | None
    withdrawn_from: date | None


class DocumentRecord(Schema):
    """A document with its revisions, newest first."""

    id: UUID
    number: str
    title: str
    path: str
    owner: str | None
    clauses: list[str]
    next_review: date | None
    revisions: list[RevisionShape]


class InForceShape(Schema):
    """What was in force: path, revision and hash of the content."""

    document_id: UUID
    revision_id: UUID
    path: str
    number: str
    title: str
    revision: str
    sha256: str


class RevisionText(RevisionShape):
    """A revision with its text (empty for a file) and the version to give back when saving."""

    text: str
    version: int


class NewDocument(Schema):
    """A document and its first draft, in Markdown. readers: roles that confirm having read it."""

    title: str
    text: str = ""
    owner_id: UUID | None = None
    clauses: list[str] = []
    readers: list[str] = []
    review_months: int = Field(24, ge=1, le=120)


class NewRevision(Schema):
    """How much the next revision changes."""

    change: Change = Change.MINOR


class Draft(Schema):
    """What a draft is to say; `version` is the one that was read, so that nobody's change is lost."""

    title: str
    text: str
    change_summary: str = ""
    version: int


class Reason(Schema):
    """Why."""

    reason: str


class Withdrawal(Reason):
    """Why, and from when; today when not given."""

    day: date | None = None


class Approval(Schema):
    """From when the revision is in force; today when not given."""

    effective_from: date | None = None


def _revision(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "label": row.label,
        "state": row.state,
        "title": row.title,
        "sha256": row.sha256,
        "change_summary": row.change_summary,
        "author": row.author.name if row.author else row.source_author or None,
        "approved_by": row.approved_by.name if row.approved_by else None,
        "effective_from": row.effective_from,
        "withdrawn_from": row.withdrawn_from,
    }


def _text(row: Any) -> dict[str, Any]:
    return {**_revision(row), "text": row.text, "version": row.version}


def _readable(actor: Actor, revision_id: UUID) -> Any:
    """The revision, when the actor may see it; DoesNotExist otherwise."""
    row = queries.revision(revision_id=revision_id)
    if not queries.may_see(actor, row):
        raise ObjectDoesNotExist
    return row


def _record(actor: Actor, document_id: UUID) -> dict[str, Any]:
    """The document with the revisions that the actor may see; DoesNotExist when there is none."""
    row = queries.document(document_id=document_id)
    seen = [one for one in queries.revisions(document_id=document_id) if queries.may_see(actor, one)]
    if not seen:
        raise ObjectDoesNotExist
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "path": row.path,
        "owner": row.owner.name if row.owner else None,
        "clauses": row.clauses,
        "next_review": row.next_review,
        "revisions": [_revision(one) for one in seen],
    }


@router.get("/", auth=may("documents.read"), response={200: Documents, **ERRORS}, url_name="documents")
@in_scope
def list_documents(
    request: ApiRequest,
    organisation: Path[str],
    text: str = "",
    selection: str = "in-force",
    page: PageNumber = 1,
) -> Any:
    """Documents, 50 a page. selection: in-force, draft, in-review, review-due, withdrawn, all."""
    drafts = queries.sees_drafts(request.actor)
    today = timezone.now().date()
    rows = queries.selected(selection=selection, words=text[:200], order="number", on=today, drafts=drafts)
    count, found = page_of(rows, page=page, size=SIZE)
    documents = [
        {
            "id": row.pk,
            "number": row.number,
            "title": row.title,
            "path": row.path,
            "owner": row.owner.name if row.owner else None,
            "revision": row.label,
            "effective_from": row.effective_from,
            "next_review": row.next_review,
        }
        for row in found
    ]
    return {"count": count, "documents": documents}


@router.get("/in-force/", auth=may("documents.read"), response={200: list[InForceShape], **ERRORS}, url_name="in-force")
@in_scope
def in_force(request: ApiRequest, organisation: Path[str], on: date | None = None) -> Any:
    """Everything that was in force on a day (today when not given), by path."""
    names = InForceShape.model_fields
    found = queries.in_force(on=on or timezone.now().date())
    return [{name: getattr(row, name) for name in names} for row in found]


@router.get(
    "/{uuid:document_id}/", auth=may("documents.read"), response={200: DocumentRecord, **ERRORS}, url_name="document"
)
@in_scope
def get_document(request: ApiRequest, organisation: Path[str], document_id: UUID) -> Any:
    """One document with its revisions."""
    return _record(request.actor, document_id)


@router.post("/", auth=may("documents.write"), response={201: DocumentRecord, **ERRORS}, url_name="documents")
@in_scope
def create_document(request: ApiRequest, organisation: Path[str], document: NewDocument) -> Any:
    """Begin a document with its first draft."""
    made = actions.create(**document.dict(), by=request.actor, at=timezone.now())
    return Status(201, _record(request.actor, made.pk))


@router.post(
    "/{uuid:document_id}/revisions/",
    auth=may("documents.write"),
    response={201: RevisionText, **ERRORS},
    url_name="start-revision",
)
@in_scope
def start_revision(request: ApiRequest, organisation: Path[str], document_id: UUID, revision: NewRevision) -> Any:
    """Begin the next revision; it starts with the text of the last."""
    made = actions.start_revision(document_id=document_id, change=revision.change, by=request.actor, at=timezone.now())
    return Status(201, _text(queries.revision(revision_id=made.pk)))


@router.post(
    "/{uuid:document_id}/withdraw/",
    auth=may("documents.approve"),
    response={200: DocumentRecord, **ERRORS},
    url_name="withdraw-document",
)
@in_scope
def withdraw_document(request: ApiRequest, organisation: Path[str], document_id: UUID, withdrawal: Withdrawal) -> Any:
    """Take a document out of force (7.5.3.2 d)."""
    actions.withdraw(document_id=document_id, **withdrawal.dict(), by=request.actor, at=timezone.now())
    return _record(request.actor, document_id)


@router.get(
    "/revisions/{uuid:revision_id}/",
    auth=may("documents.read"),
    response={200: RevisionText, **ERRORS},
    url_name="revision",
)
@in_scope
def get_revision(request: ApiRequest, organisation: Path[str], revision_id: UUID) -> Any:
    """One revision with its text."""
    return _text(_readable(request.actor, revision_id))


@router.put(
    "/revisions/{uuid:revision_id}/",
    auth=may("documents.write"),
    response={200: RevisionText, **ERRORS},
    url_name="revision",
)
@in_scope
def save_draft(request: ApiRequest, organisation: Path[str], revision_id: UUID, draft: Draft) -> Any:
    """Save the text of a draft."""
    actions.save_draft(revision_id=revision_id, **draft.dict(), by=request.actor, at=timezone.now())
    return _text(queries.revision(revision_id=revision_id))


@router.post(
    "/revisions/{uuid:revision_id}/send-back/",
    auth=may("documents.approve"),
    response={200: RevisionShape, **ERRORS},
    url_name="send-back-revision",
)
@in_scope
def send_back_revision(request: ApiRequest, organisation: Path[str], revision_id: UUID, reason: Reason) -> Any:
    """Send a revision in review back to its author."""
    actions.send_back(revision_id=revision_id, reason=reason.reason, by=request.actor, at=timezone.now())
    return _revision(queries.revision(revision_id=revision_id))


@router.post(
    "/revisions/{uuid:revision_id}/submit/",
    auth=may("documents.write"),
    response={200: RevisionShape, **ERRORS},
    url_name="submit-revision",
)
@in_scope
def submit_revision(request: ApiRequest, organisation: Path[str], revision_id: UUID) -> Any:
    """Hand a draft in for approval."""
    actions.submit(revision_id=revision_id, by=request.actor, at=timezone.now())
    return _revision(queries.revision(revision_id=revision_id))


@router.post(
    "/revisions/{uuid:revision_id}/approve/",
    auth=may("documents.approve"),
    response={200: RevisionShape, **ERRORS},
    url_name="approve-revision",
)
@in_scope
def approve_revision(request: ApiRequest, organisation: Path[str], revision_id: UUID, approval: Approval) -> Any:
    """Approve a revision that somebody else wrote."""
    actions.approve(
        revision_id=revision_id, effective_from=approval.effective_from, by=request.actor, at=timezone.now()
    )
    return _revision(queries.revision(revision_id=revision_id))
