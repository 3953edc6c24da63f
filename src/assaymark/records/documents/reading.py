"""Read and understood: who is asked to read a revision, and who confirms it (ISO 9001:2015, 7.3 and 7.5.3.1 a).

The task belongs to one revision. When the next one is approved, open tasks of the earlier ones are cancelled; a major
revision asks everybody in the document's reading roles, a minor one only those who had not confirmed the one before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from assaymark.core import documents
from assaymark.core.documents import Standing
from assaymark.core.parties import Actor
from assaymark.core.refusal import refuse
from assaymark.records.actions import action
from assaymark.records.documents.models import Acknowledgement, Document, Revision
from assaymark.records.journal.actions import append
from assaymark.records.parties import queries as parties


def ask_readers(*, document: Document, revision: Revision, at: datetime, days: int) -> None:
    """Give the reading tasks that an approval brings. Called by the approval, in its transaction."""
    unread = set(
        Acknowledgement.objects.filter(revision__document=document, acknowledged_at=None, cancelled_at=None)
        .exclude(revision=revision)
        .values_list("person_id", flat=True)
    )
    cancel_open(document=document, at=at, but=revision)
    people = set(unread)
    if revision.label.endswith(".0"):
        people |= {m.person_id for m in parties.members(at=at) if set(m.roles) & set(document.readers)}
    people -= {revision.author_id, revision.approved_by_id}
    assert revision.effective_from is not None
    _ask(revision, people, at=at, due=revision.effective_from + timedelta(days=days))


def cancel_open(*, document: Document, at: datetime, but: Revision | None = None) -> None:
    """Cancel what is still to be read of a document, because it is superseded or withdrawn."""
    tasks = Acknowledgement.objects.filter(revision__document=document, acknowledged_at=None, cancelled_at=None)
    if but is not None:
        tasks = tasks.exclude(revision=but)
    tasks.update(cancelled_at=at)


@action("documents.write")
def assign(*, revision_id: UUID, people: Iterable[UUID], due: date, by: Actor, at: datetime) -> int:
    """Ask members to read an approved revision; answers how many were asked anew."""
    revision = Revision.for_update(revision_id)
    members = {m.person_id for m in parties.members(at=at)}
    added = _ask(revision, members & set(people), at=at, due=due)
    _tell(revision, "reading_asked", by=by, at=at, people=added, due=due)
    return len(added)


@action("documents.acknowledge")
def acknowledge(*, revision_id: UUID, by: Actor, at: datetime) -> Acknowledgement:
    """Confirm having read and understood a revision."""
    revision = Revision.objects.select_related("document").get(pk=revision_id)
    task = Acknowledgement.objects.select_for_update().filter(revision=revision, person_id=by.person_id).first()
    standing = documents.standing_on(revision.facts(), revision.document.facts().revisions, at.date())
    refuse(
        documents.reasons_not_to_acknowledge(
            label=revision.label,
            assigned=task is not None,
            done=bool(task and task.acknowledged_at),
            cancelled=bool(task and task.cancelled_at),
            standing=Standing(standing),
        )
    )
    assert task is not None
    task.acknowledged_at = at
    task.save(update_fields=["acknowledged_at"])
    _tell(revision, "acknowledged", by=by, at=at, people={by.person_id})
    return task


def _ask(revision: Revision, people: Iterable[UUID | None], *, at: datetime, due: date) -> set[UUID]:
    there = set(Acknowledgement.objects.filter(revision=revision).values_list("person_id", flat=True))
    added = {person for person in people if person is not None} - there
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            organisation_id=revision.organisation_id, revision=revision, person_id=person, assigned_at=at, due=due
        )
        for person in sorted(added)
    )
    return added


def _tell(
    revision: Revision, verb: str, *, by: Actor, at: datetime, people: Iterable[UUID], due: date | None = None
) -> None:
    append(
        organisation_id=by.organisation_id,
        verb=f"documents.{verb}",
        subject_kind=Document.subject_kind(),
        subject_id=revision.document_id,
        subject_label=str(revision.document),
        by=by,
        at=at,
        after={
            "revision": revision.label,
            "sha256": revision.sha256,
            "people": sorted(str(p) for p in people),
            **({"due": due.isoformat()} if due else {}),
        },
    )
