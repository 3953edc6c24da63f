"""Reads about documents in the current scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from assaymark.core.documents import DocumentFacts, State
from assaymark.core.parties import Actor
from assaymark.records.documents.models import Acknowledgement, Approval, Document, Review, Revision


@dataclass(frozen=True, slots=True)
class InForce:
    """A document in force on the day asked for. path is "" for one written here."""

    document_id: UUID
    revision_id: UUID
    path: str
    number: str
    title: str
    revision: str
    sha256: str


def _begun(day: date) -> QuerySet[Revision]:
    begun: QuerySet[Revision] = Revision.objects.filter(state=State.APPROVED, effective_from__lte=day)
    return begun


def revisions_in_force(day: date) -> QuerySet[Revision]:
    """The revision in force of each document on that day: the rule of `core.documents.in_force_on`, as a query."""
    later = _begun(day).filter(document=OuterRef("document"), sequence__gt=OuterRef("sequence"))
    return _begun(day).filter(~Exists(later)).filter(Q(withdrawn_from__isnull=True) | Q(withdrawn_from__gt=day))


def in_force(*, on: date) -> list[InForce]:
    """Everything in force on that day, by path, then by number."""
    rows = revisions_in_force(on).values_list(
        "document_id", "pk", "document__path", "document__number", "title", "label", "sha256"
    )
    return [InForce(*row) for row in rows.order_by("document__path", "document__number")]


def documents(*, on: date, drafts: bool = True) -> QuerySet[Document]:
    """All documents, each with `label`, `effective_from` (of the revision in force that day or None), `open_label`,
    `open_state` (of the draft or the revision in review) and `begun` (whether it ever was in force by then).

    drafts   False: as those see it who only read, without drafts and what was never approved
    """
    current = revisions_in_force(on).filter(document=OuterRef("pk"))
    unfinished = Revision.objects.exclude(state=State.APPROVED).filter(document=OuterRef("pk"))
    finished = Revision.objects.filter(state=State.APPROVED, document=OuterRef("pk"))
    begun = _begun(on).filter(document=OuterRef("pk"))
    rows: QuerySet[Document] = Document.objects.select_related("owner")
    if not drafts:
        rows, unfinished = rows.filter(Exists(finished)), unfinished.none()
    return rows.annotate(
        label=Subquery(current.values("label")[:1]),
        effective_from=Subquery(current.values("effective_from")[:1]),
        open_label=Subquery(unfinished.values("label")[:1]),
        open_state=Subquery(unfinished.values("state")[:1]),
        begun=Exists(begun),
    )


SELECTIONS = {"in-force": "In force", "draft": "Drafts", "in-review": "In review", "review-due": "Review due",
              "withdrawn": "Withdrawn", "all": "All"}  # fmt: skip
ORDERS = {"number": "number", "title": "title", "path": "path", "review": "next_review", "since": "effective_from"}


def selected(*, selection: str, words: str, order: str, on: date, drafts: bool = True) -> QuerySet[Any]:
    """The rows of the list page. Unknown selections and orders count as the first; words match number, title, path."""
    rows: QuerySet[Any] = documents(on=on, drafts=drafts)
    if selection == "draft":
        rows = rows.filter(open_state=State.DRAFT)
    elif selection == "in-review":
        rows = rows.filter(open_state=State.IN_REVIEW)
    elif selection == "review-due":
        rows = rows.filter(label__isnull=False, next_review__lte=on)
    elif selection == "withdrawn":
        rows = rows.filter(label__isnull=True, begun=True)
    elif selection != "all":
        rows = rows.filter(label__isnull=False)
    for word in words.replace("\x00", "").split()[:8]:
        rows = rows.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(path__icontains=word))
    field = ORDERS.get(order.lstrip("-"), "number")
    by = F(field).desc(nulls_last=True) if order.startswith("-") else F(field).asc(nulls_last=True)
    return rows.order_by(by, "number")


def counts(*, on: date, drafts: bool = True) -> dict[str, int]:
    """How many documents each selection holds; one query."""
    rows: QuerySet[Any] = documents(on=on, drafts=drafts)
    current = Q(label__isnull=False)
    found: dict[str, int] = rows.aggregate(
        **{
            "in-force": Count("pk", filter=current),
            "draft": Count("pk", filter=Q(open_state=State.DRAFT)),
            "in-review": Count("pk", filter=Q(open_state=State.IN_REVIEW)),
            "review-due": Count("pk", filter=current & Q(next_review__lte=on)),
            "withdrawn": Count("pk", filter=~current & Q(begun=True)),
            "all": Count("pk"),
        }
    )
    return found


def document(*, document_id: UUID) -> Document:
    """One document; DoesNotExist outside the scope."""
    row: Document = Document.objects.select_related("owner", "continues").get(pk=document_id)
    return row


def sees_drafts(actor: Actor) -> bool:
    """Drafts are for those who write or approve; everybody else reads what was approved (7.5.3.2 d)."""
    return actor.may("documents.write") or actor.may("documents.approve")


def may_see(actor: Actor, revision: Revision) -> bool:
    """Whether this revision is there for this person."""
    return revision.state == State.APPROVED or sees_drafts(actor)


def facts(*, document_id: UUID) -> DocumentFacts:
    """What the rules look at."""
    return document(document_id=document_id).facts()


def revisions(*, document_id: UUID) -> list[Revision]:
    """All revisions of a document without their text, newest first."""
    rows = Revision.objects.filter(document_id=document_id).defer("text")
    return list(rows.select_related("author", "approved_by", "imported_by"))


def revision(*, revision_id: UUID) -> Revision:
    """One revision with its text and document; DoesNotExist outside the scope."""
    row: Revision = Revision.objects.select_related("document", "author", "approved_by", "imported_by").get(
        pk=revision_id
    )
    return row


def revision_by_label(*, document_id: UUID, label: str) -> Revision:
    """One revision by its label."""
    row: Revision = Revision.objects.select_related("document").get(document_id=document_id, label=label)
    return row


def is_signed(*, revision_id: UUID) -> bool:
    """Whether somebody approved this revision or sent it back once."""
    return Approval.objects.filter(revision_id=revision_id).exists()


def acknowledgements(*, revision_id: UUID) -> list[Acknowledgement]:
    """Who was asked to read a revision, and who did."""
    return list(Acknowledgement.objects.filter(revision_id=revision_id).select_related("person"))


def task_of(*, revision_id: UUID, person_id: UUID) -> Acknowledgement | None:
    """The person's own reading task for a revision."""
    return Acknowledgement.objects.filter(revision_id=revision_id, person_id=person_id).first()


def to_read(*, person_id: UUID) -> list[Acknowledgement]:
    """What a person still has to read, soonest first."""
    rows = Acknowledgement.objects.filter(person_id=person_id, acknowledged_at=None, cancelled_at=None)
    return list(rows.select_related("revision", "revision__document").order_by("due"))


def reviews(*, document_id: UUID) -> list[Review]:
    """Periodic reviews, newest first."""
    return list(Review.objects.filter(document_id=document_id).select_related("person", "revision"))


def ids_by_path(*, paths: Iterable[str]) -> dict[str, UUID]:
    """Which of these paths are documents here."""
    wanted = [path for path in paths if path][:500]
    return dict(Document.objects.filter(path__in=wanted).values_list("path", "pk")) if wanted else {}
