"""What a record page shows of evidence: `panel_of(…)` in the view, `{% include "evidence/…" %}` in its template.

context["panel"] = panel_of(kind=row.subject_kind(), subject_id=row.pk, actor=request.actor)
{% include "evidence/side.html" %}          links to requirements and files, in the aside
{% include "evidence/discussion.html" %}    comments, below the story
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.records.evidence import queries, subjects
from assaymark.records.registers.declaration import EDITION


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as `<c-comments>` takes it."""

    pk: UUID
    author: str
    text: str
    at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Evidence of one record, with what the actor may do about it."""

    kind: str
    subject_id: UUID
    attachments: tuple[Any, ...]
    links: tuple[Any, ...]
    comments: tuple[Said, ...]
    may_write: bool
    may_comment: bool
    choices: tuple[tuple[str, str], ...]


def panel_of(*, kind: str, subject_id: UUID, actor: Actor) -> Panel:
    """The evidence of a record. Three queries."""
    found = queries.of(subject_kind=kind, subject_id=subject_id)
    may_comment = actor.may("comments.write")
    may_write = may_comment and actor.may(subjects.get(kind).write)
    return Panel(
        kind=kind,
        subject_id=subject_id,
        attachments=found.attachments,
        links=found.links,
        comments=tuple(Said(c.pk, c.by.name, c.text, c.at, c.by_id == actor.person_id) for c in found.comments),
        may_write=may_write,
        may_comment=may_comment,
        choices=tuple(queries.requirement_choices(edition=EDITION)) if may_write else (),
    )
