"""Documents: list, record, what was in force on a day, submit and approve."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Path, Router, Schema

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber, page_of
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
    rows = queries.selected(selection=selection, words=text[:200], order="number", on=timezone.now().date())
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
    row = queries.document(document_id=document_id)
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "path": row.path,
        "owner": row.owner.name if row.owner else None,
        "clauses": row.clauses,
        "next_review": row.next_review,
        "revisions": [_revision(one) for one in queries.revisions(document_id=document_id)],
    }


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
