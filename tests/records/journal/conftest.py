"""The cast: Halden and Brandt, two machine shops, and Ingrid, Halden's quality manager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from assaymark.core.parties import Actor, Role
from assaymark.records.journal.actions import append
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.parties.queries import actor_for
from assaymark.records.scope import new_id, organisation_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Note = Callable[..., Any]


@pytest.fixture
def halden(db: None) -> Organisation:
    return add_organisation(slug="halden", name="Halden Precision Ltd", at=AT)


@pytest.fixture
def brandt(db: None) -> Organisation:
    return add_organisation(slug="brandt", name="Brandt Machining", at=AT)


@pytest.fixture
def ingrid(halden: Organisation) -> Actor:
    member = add_member(
        organisation=halden, email="ingrid@halden.example", name="Ingrid", roles=[Role.QUALITY_MANAGER], at=AT
    )
    actor = actor_for(person_id=member.person_id, organisation_slug="halden", at=AT)
    assert actor is not None
    return actor


@pytest.fixture
def note_down() -> Note:
    """Write entries about nothing in particular: `note_down(organisation, "one", "two", by=actor)`."""

    def write(organisation: Organisation, *labels: str, by: Actor | None = None, subject: UUID | None = None) -> Any:
        entry = None
        with transaction.atomic(), organisation_scope(organisation.pk):
            for label in labels:
                entry = append(
                    organisation_id=organisation.pk,
                    verb="documents.approved",
                    subject_kind="documents.document",
                    subject_id=subject or new_id(),
                    subject_label=label,
                    by=by,
                    at=AT,
                    before={"state": "in_review"},
                    after={"state": "approved"},
                    reason="Because it is right.",
                )
        return entry

    return write
