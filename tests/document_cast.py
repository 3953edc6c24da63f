"""The standing cast of documents: Halden Precision, with people who write, approve and read; and a neighbour.

Priya writes (quality manager), Marta approves (administrator), Sam works (contributor), Vera looks (viewer).
Brandt Tools is another organisation on the same installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assaymark.core.parties import Actor, Role
from assaymark.records.documents import actions
from assaymark.records.documents.models import Revision
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.parties.queries import actor_for
from assaymark.records.scope import organisation_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cast:
    """People as actors."""

    halden: Organisation
    brandt: Organisation
    priya: Actor
    marta: Actor
    sam: Actor
    vera: Actor
    bruno: Actor  # quality manager of Brandt Tools


def assemble() -> Cast:
    """Found both organisations and hire everybody."""
    halden = add_organisation(slug="halden", name="Halden Precision", at=AT)
    brandt = add_organisation(slug="brandt", name="Brandt Tools", at=AT)

    def hire(organisation: Organisation, name: str, role: Role) -> Actor:
        email = f"{name.lower()}@{organisation.slug}.example"
        member = add_member(organisation=organisation, email=email, name=name, roles=[role], at=AT)
        actor = actor_for(person_id=member.person_id, organisation_slug=organisation.slug, at=AT)
        assert actor is not None
        return actor

    return Cast(
        halden=halden,
        brandt=brandt,
        priya=hire(halden, "Priya", Role.QUALITY_MANAGER),
        marta=hire(halden, "Marta", Role.ADMINISTRATOR),
        sam=hire(halden, "Sam", Role.CONTRIBUTOR),
        vera=hire(halden, "Vera", Role.VIEWER),
        bruno=hire(brandt, "Bruno", Role.QUALITY_MANAGER),
    )


def draft(cast: Cast, *, title: str = "Inspection of incoming goods", text: str = "# Inspect\n\nLook.\n") -> Revision:
    """A new document of Priya's; answers its draft."""
    document = actions.create(title=title, text=text, readers=["contributor"], by=cast.priya, at=AT)
    with organisation_scope(cast.halden.pk):
        return Revision.objects.select_related("document").get(document=document)


def in_review(cast: Cast, **given: str) -> Revision:
    """A first revision that waits for approval."""
    return actions.submit(revision_id=draft(cast, **given).pk, by=cast.priya, at=AT)


def approved(cast: Cast, *, at: datetime = AT, **given: str) -> Revision:
    """A first revision written by Priya, approved by Marta, in force from the day of `at`."""
    return actions.approve(revision_id=in_review(cast, **given).pk, by=cast.marta, at=at)


def revised(cast: Cast, first: Revision, *, text: str, change: str = "minor", at: datetime) -> Revision:
    """The next revision of a document, approved at `at`."""
    from assaymark.core.documents import Change

    second = actions.start_revision(document_id=first.document_id, change=Change(change), by=cast.priya, at=at)
    actions.save_draft(
        revision_id=second.pk, version=1, title=first.title, text=text, change_summary="Clearer", by=cast.priya, at=at
    )
    actions.submit(revision_id=second.pk, by=cast.priya, at=at)
    return actions.approve(revision_id=second.pk, by=cast.marta, at=at)
