"""Halden's documents: written, approved by somebody else, read and understood, revised; one waits for approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from assaymark.core.documents import Change, Verdict
from assaymark.core.parties import Actor
from assaymark.demo.halden_texts import TEXTS, Text
from assaymark.demo.timeline import Part, Story
from assaymark.demo.world import World
from assaymark.records.documents import actions, queries, reading
from assaymark.records.scope import organisation_scope

if TYPE_CHECKING:
    from assaymark.records.documents.models import Revision

READERS = ("contributor",)
FLOOR = ("k.adair", "s.marlow", "d.okello", "r.teale", "i.fenner", "t.quayle", "b.lister", "j.osei")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Who writes, who approves, who reads."""

    world: World
    author: Actor
    approver: Actor
    readers: tuple[Actor, ...]


def document(world: World, text: Text) -> Story:
    """One document through its revisions."""
    shelf = Shelf(
        world,
        author=world.who("p.novak@halden"),
        approver=world.who("m.halden@halden"),
        readers=tuple(world.who(f"{key}@halden") for key in FLOOR),
    )
    calendar = world.calendar
    at = yield calendar.at(text.written[0] - 6, 9, text.minute)
    row = actions.create(
        title=text.title,
        text=text.revisions[0],
        clauses=text.clauses,
        readers=READERS if text.read else (),
        review_months=text.review_months,
        owner_id=world.who(f"{text.owner}@halden").person_id,
        by=shelf.author,
        at=at,
    )
    for number, offset in enumerate(text.written):
        if number:
            at = yield calendar.at(offset - 6, 9, text.minute)
            revision = actions.start_revision(
                document_id=row.pk, change=Change.MAJOR if text.read else Change.MINOR, by=shelf.author, at=at
            )
            revision = actions.save_draft(
                revision_id=revision.pk,
                version=revision.version,
                title=text.title,
                text=text.revisions[number],
                change_summary=text.changes[number - 1],
                by=shelf.author,
                at=at,
            )
        yield from _approved(shelf, row.pk, offset=offset, minute=text.minute, waits=number in text.waits)
    if text.reviewed:
        at = yield calendar.at(text.reviewed, 10, text.minute)
        actions.record_review(
            document_id=row.pk, verdict=Verdict.KEEP, note="Still how we work.", by=shelf.author, at=at
        )


def _approved(shelf: Shelf, document_id: UUID, *, offset: int, minute: int, waits: bool) -> Part[None]:
    """The draft is submitted, and approved three days later unless it waits; then the floor reads it."""
    calendar = shelf.world.calendar
    at = yield calendar.at(offset - 3, 16, minute)
    revision = _newest(shelf, document_id)
    actions.submit(revision_id=revision.pk, by=shelf.author, at=at)
    if waits:
        return
    at = yield calendar.at(offset, 17, minute)
    actions.approve(revision_id=revision.pk, by=shelf.approver, at=at)
    for day, reader in enumerate(shelf.readers, start=1):
        moment = calendar.at(offset + day, 7, minute)
        if moment.date() >= calendar.today:
            return
        at = yield moment
        with organisation_scope(reader.organisation_id):
            asked = queries.task_of(revision_id=revision.pk, person_id=reader.person_id)
        if asked is not None:
            reading.acknowledge(revision_id=revision.pk, by=reader, at=at)


def _newest(shelf: Shelf, document_id: UUID) -> Revision:
    with organisation_scope(shelf.author.organisation_id):
        return queries.revisions(document_id=document_id)[0]


def stories(world: World) -> list[Story]:
    """One story for each document."""
    return [document(world, text) for text in TEXTS]
