"""Writes of evidence: attach a file, comment, link to a requirement; each with its opposite.

The decorator's permission lets somebody write at all; the subject's own decides about this record.
"""

from __future__ import annotations

import mimetypes
from datetime import datetime
from typing import Any
from uuid import UUID

from assaymark.adapters.blobs import blobs
from assaymark.core.evidence import RequirementRef, file_name, reasons_not_to_attach, reasons_not_to_link
from assaymark.core.parties import Actor
from assaymark.core.refusal import Forbidden, Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.evidence import subjects
from assaymark.records.evidence.models import Attachment, Comment, RequirementLink
from assaymark.records.evidence.queries import known_requirements
from assaymark.records.journal.actions import append
from assaymark.records.scope import Owned


def _subject(kind: str, subject_id: UUID, *, by: Actor, write: bool) -> Owned:
    """The record, when the actor may. A kind that takes no evidence is as absent as an unknown id."""
    subject = subjects.get(kind)
    permission = subject.write if write else subject.read
    if not by.may(permission):
        raise Forbidden(permission)
    return subjects.row(kind, subject_id)


def _journal(subject: Owned, verb: str, *, by: Actor, at: datetime, **changed: Any) -> None:
    """One entry about the subject; of what is entered under a record, about that record, naming what it is about."""
    row = subjects.told_of(subject)
    if row is not subject:
        about = {"of": {"kind": subject.subject_kind(), "id": str(subject.pk), "label": str(subject)}}
        changed = {side: {**said, **about} if side != "reason" and said else said for side, said in changed.items()}
    append(
        organisation_id=by.organisation_id,
        verb=f"evidence.{verb}",
        subject_kind=row.subject_kind(),
        subject_id=row.pk,
        subject_label=str(row),
        by=by,
        at=at,
        **changed,
    )


@action("comments.write")
def attach(*, subject_kind: str, subject_id: UUID, name: str, content: bytes, by: Actor, at: datetime) -> Attachment:
    """Keep a file with a record. The bytes are on disk before the row refers to them."""
    row = _subject(subject_kind, subject_id, by=by, write=True)
    name = file_name(given=name)
    refuse(reasons_not_to_attach(name=name, size=len(content)))
    digest = blobs().put(content)
    same = Attachment.objects.filter(
        subject_kind=row.subject_kind(), subject_id=row.pk, sha256=digest, name=name, removed_at=None
    ).first()
    if same is not None:
        return same
    attachment: Attachment = Attachment.objects.create(
        organisation_id=by.organisation_id,
        subject_kind=row.subject_kind(),
        subject_id=row.pk,
        sha256=digest,
        name=name,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=len(content),
        at=at,
        by_id=by.person_id,
    )
    _journal(row, "attached", by=by, at=at, after={"file": name, "sha256": digest, "bytes": len(content)})
    return attachment


@action("comments.write")
def detach(*, attachment_id: UUID, by: Actor, at: datetime, reason: str = "") -> tuple[str, UUID]:
    """Take a file off a record; gives the record's kind and id. Its bytes stay: the journal names them."""
    attachment = Attachment.for_update(attachment_id)
    row = _subject(attachment.subject_kind, attachment.subject_id, by=by, write=True)
    if attachment.removed_at is None:
        attachment.removed_at = at
        attachment.save(update_fields=["removed_at"])
        before = {"file": attachment.name, "sha256": attachment.sha256}
        _journal(row, "detached", by=by, at=at, before=before, reason=reason)
    return attachment.subject_kind, attachment.subject_id


@action("comments.write")
def comment(*, subject_kind: str, subject_id: UUID, text: str, by: Actor, at: datetime) -> Comment:
    """Say something about a record. text: 1 to 4,000 characters."""
    row = _subject(subject_kind, subject_id, by=by, write=False)
    text = text.replace("\r\n", "\n").strip()
    reasons = []
    if not text or "\x00" in text:
        reasons.append(Refusal("comment-empty", "", "The comment says nothing.", "Write something first."))
    if len(text) > 4000:
        reasons.append(Refusal("comment-long", "", "The comment is longer than 4,000 characters.", "Shorten it."))
    refuse(reasons)
    said: Comment = Comment.objects.create(
        organisation_id=by.organisation_id,
        subject_kind=row.subject_kind(),
        subject_id=row.pk,
        text=text,
        at=at,
        by_id=by.person_id,
    )
    _journal(row, "commented", by=by, at=at, after={"comment": text})
    return said


@action("comments.write")
def take_back(*, comment_id: UUID, by: Actor, at: datetime) -> tuple[str, UUID]:
    """Take back one's own comment; gives the record's kind and id."""
    said = Comment.for_update(comment_id)
    row = subjects.row(said.subject_kind, said.subject_id)
    own = said.by_id == by.person_id
    refuse([] if own else [Refusal("comment-own", "", "Somebody else wrote this.", "Answer with a comment.")])
    if said.removed_at is None:
        said.removed_at = at
        said.save(update_fields=["removed_at"])
        _journal(row, "comment_taken_back", by=by, at=at)
    return said.subject_kind, said.subject_id


@action("comments.write")
def link(*, subject_kind: str, subject_id: UUID, ref: RequirementRef, by: Actor, at: datetime) -> RequirementLink:
    """Say that a record shows conformity with a requirement. Linking twice is once."""
    row = _subject(subject_kind, subject_id, by=by, write=True)
    refuse(reasons_not_to_link(ref=ref, known=known_requirements(ref.edition)))
    made: tuple[RequirementLink, bool] = RequirementLink.objects.get_or_create(
        organisation_id=by.organisation_id,
        subject_kind=row.subject_kind(),
        subject_id=row.pk,
        edition=ref.edition,
        requirement=ref.requirement,
        defaults={"subject_label": str(row)[:300], "at": at, "by_id": by.person_id},
    )
    if made[1]:
        _journal(row, "linked", by=by, at=at, after={"requirement": str(ref)})
    return made[0]


@action("comments.write")
def unlink(*, link_id: UUID, by: Actor, at: datetime) -> tuple[str, UUID]:
    """Take a link back; gives the record's kind and id."""
    found = RequirementLink.for_update(link_id)
    row = _subject(found.subject_kind, found.subject_id, by=by, write=True)
    ref = str(found)
    found.delete()
    _journal(row, "unlinked", by=by, at=at, before={"requirement": ref})
    return found.subject_kind, found.subject_id
