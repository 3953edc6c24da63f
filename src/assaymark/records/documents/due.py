"""What documents ask of people: read a revision, approve one, review a document (ISO 9001:2015, 7.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from assaymark.core.documents import State
from assaymark.core.work import Due
from assaymark.records.documents.models import Acknowledgement, Document, Revision
from assaymark.records.documents.queries import revisions_in_force

PAGE = "documents:record"


def due_items(*, day: date, person_id: UUID | None) -> Iterator[Due]:
    """Open reading tasks, reviews, and drafts sent back or begun (of their author). Three queries."""
    tasks = Acknowledgement.objects.filter(acknowledged_at=None, cancelled_at=None)
    if person_id is not None:
        tasks = tasks.filter(person_id=person_id)
    for task in tasks.select_related("revision__document", "person"):
        what = f"Read and confirm revision {task.revision.label}"
        yield _due(task.revision.document, what, task.due, task.person_id, task.person.name)
    reviews = Document.objects.filter(next_review__isnull=False, pk__in=revisions_in_force(day).values("document_id"))
    if person_id is not None:
        reviews = reviews.filter(owner_id=person_id)
    for document in reviews.select_related("owner"):
        name = document.owner.name if document.owner else ""
        yield _due(document, "Review the document", document.next_review, document.owner_id, name)
    drafts = Revision.objects.filter(state=State.DRAFT, author__isnull=False)
    if person_id is not None:
        drafts = drafts.filter(author_id=person_id)
    for revision in drafts.select_related("document", "author").defer("text"):
        assert revision.author is not None
        what = f"Finish draft {revision.label}"
        yield _due(revision.document, what, None, revision.author_id, revision.author.name)


def _due(document: Document, what: str, on: date | None, person_id: UUID | None, name: str) -> Due:
    return Due(
        what=what,
        label=str(document),
        on=on,
        person_id=person_id,
        page=PAGE,
        arguments={"document_id": str(document.pk)},
        kind=Document.subject_kind(),
        subject_id=document.pk,
        person_name=name,
    )
