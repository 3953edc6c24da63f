"""Reads of evidence in the current scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from assaymark import catalogue
from assaymark.adapters.blobs import blobs
from assaymark.core.evidence import RequirementRef
from assaymark.core.parties import Actor
from assaymark.core.refusal import Forbidden
from assaymark.records.evidence import subjects
from assaymark.records.evidence.models import Attachment, Comment, RequirementLink


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept with one record. Three queries."""

    attachments: tuple[Attachment, ...]
    comments: tuple[Comment, ...]
    links: tuple[RequirementLink, ...]


def of(*, subject_kind: str, subject_id: UUID) -> Evidence:
    """Files, comments (oldest first) and links of a record, without what was taken back."""
    pointing = {"subject_kind": subject_kind, "subject_id": subject_id}
    return Evidence(
        attachments=tuple(Attachment.objects.select_related("by").filter(**pointing, removed_at=None)),
        comments=tuple(Comment.objects.select_related("by").filter(**pointing, removed_at=None)),
        links=tuple(RequirementLink.objects.filter(**pointing).order_by("edition", "requirement")),
    )


def files_of(*, subject_kind: str, subject_ids: Iterable[UUID]) -> dict[UUID, list[Attachment]]:
    """Files of many records of a kind, by the record's id, oldest first. One query."""
    found: dict[UUID, list[Attachment]] = {}
    rows = Attachment.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids), removed_at=None)
    for attachment in rows:
        found.setdefault(attachment.subject_id, []).append(attachment)
    return found


def attachment_bytes(*, attachment_id: UUID, by: Actor) -> tuple[Attachment, bytes]:
    """A file with its content. Raises `DoesNotExist` outside the scope or when it was taken off, `Forbidden`."""
    attachment: Attachment = Attachment.objects.get(pk=attachment_id, removed_at=None)
    permission = subjects.get(attachment.subject_kind).read
    if not by.may(permission):
        raise Forbidden(permission)
    return attachment, blobs().read(attachment.sha256)


def linked_to(*, edition: str, requirements: Iterable[str]) -> list[RequirementLink]:
    """Links to any of the requirements or clauses, oldest first; for the clause matrix."""
    return list(RequirementLink.objects.filter(edition=edition, requirement__in=list(requirements)))


def known_requirements(edition: str) -> frozenset[str] | None:
    """Clause numbers and requirement ids of an edition; None when there is no such edition."""
    try:
        found = catalogue.edition(edition)
    except KeyError:
        return None
    return frozenset(c.number for c in found.clauses) | frozenset(r.id for r in found.requirements())


def requirement_choices(*, edition: str) -> list[tuple[str, str]]:
    """(reference, "8.4 Externally provided …") for each clause of an edition, in reading order; for a picker."""
    found = catalogue.edition(edition)
    return [(str(RequirementRef(edition, c.number)), f"{c.number} {c.title}") for c in found.clauses]
