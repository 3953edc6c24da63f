"""What documents ask of people: read a revision, approve one, review a document (ISO 9001:2015, 7.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateField, Exists, F, Q, QuerySet, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from assaymark.core.documents import State
from assaymark.core.parties import PERMISSIONS
from assaymark.core.work import SOON, Due
from assaymark.records.documents.models import Acknowledgement, Document, Revision
from assaymark.records.documents.queries import revisions_in_force
from assaymark.records.parties.models import Membership

PAGE = "documents:record"


def _open(day: date, person_id: UUID | None) -> tuple[Any, Any, Any, Any]:
    """Open reading tasks, documents in force with a review, drafts, approvals: of a person or of everybody."""
    tasks = Acknowledgement.objects.filter(acknowledged_at=None, cancelled_at=None)
    reviews = Document.objects.filter(next_review__isnull=False, pk__in=revisions_in_force(day).values("document_id"))
    drafts = Revision.objects.filter(state=State.DRAFT, author__isnull=False)
    approvals = Revision.objects.filter(state=State.IN_REVIEW)
    if person_id is not None:
        tasks = tasks.filter(person_id=person_id)
        reviews = reviews.filter(owner_id=person_id)
        drafts = drafts.filter(author_id=person_id)
        approvals = approvals.exclude(author_id=person_id).filter(Exists(_approver(person_id)))
    return tasks, reviews, drafts, approvals


def _approver(person_id: UUID) -> QuerySet[Membership, Membership]:
    """The person's membership, if a role of it approves documents."""
    roles = [role for role, allowed in PERMISSIONS.items() if "documents.approve" in allowed]
    held = Q()
    for role in roles:
        held |= Q(held_roles__contains=f'"{role.value}"')
    return Membership.objects.annotate(held_roles=Cast("roles", CharField())).filter(held, person_id=person_id)


def waiting(*, until: date, person_id: UUID) -> tuple[QuerySet[Any, Any], ...]:
    """What of these waits for the person by then; a draft and an approval always do."""
    tasks, reviews, drafts, approvals = _open(until - SOON, person_id)
    return tasks.filter(Q(due=None) | Q(due__lte=until)), reviews.filter(next_review__lte=until), drafts, approvals


def due_items(*, day: date, person_id: UUID | None) -> Iterator[Due]:
    """Open reading tasks, reviews, approvals, and drafts sent back or begun (of their author). One query."""
    tasks, reviews, drafts, approvals = _open(day, person_id)
    legs = (
        _leg(tasks, "Read and confirm revision", "revision__document", "revision__label", "due", "person"),
        _leg(reviews, "Review the document", "", "", "next_review", "owner"),
        _leg(drafts, "Finish draft", "document", "label", "", "author"),
        _leg(approvals, "Approve or send back revision", "document", "label", "", person_id),
    )
    first, *others = legs
    for what, label, document_id, number, title, on, person, name in first.union(*others, all=True):
        yield Due(
            what=f"{what} {label}".strip(),
            label=f"{number} {title}",
            on=on,
            person_id=person,
            page=PAGE,
            arguments={"document_id": str(document_id)},
            kind=Document.subject_kind(),
            subject_id=document_id,
            person_name=name or "",
        )


def _leg(rows: Any, what: str, document: str, label: str, on: str, person: str | UUID | None) -> QuerySet[Any, Any]:
    """Rows in the common columns; document, label, on are fields of the row, "" where there is none.

    person  a field of the row, or who is asked when it is nobody's own (an approval waits for whoever may approve)
    """
    named = isinstance(person, str)
    through = f"{document}__" if document else ""
    columns: dict[str, Combinable] = {
        "leg_what": Value(what, output_field=CharField()),
        "leg_label": F(label) if label else Value("", output_field=CharField()),
        "leg_document": F(f"{through}pk"),
        "leg_number": F(f"{through}number"),
        "leg_title": F(f"{through}title"),
        # PostgreSQL wants the types of all legs to agree, also where one has no date.
        "leg_on": Cast(F(on) if on else Value(None), DateField()),
        "leg_person": F(f"{person}_id") if named else Cast(Value(person), UUIDField()),
        "leg_name": F(f"{person}__name") if named else Value("", output_field=CharField()),
    }
    found: QuerySet[Any, Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return found
