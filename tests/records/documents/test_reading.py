"""Read and understood: asked of the right people, bound to one revision, over when the revision is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from assaymark.core.refusal import Refused
from assaymark.records.documents import actions, queries, reading
from assaymark.records.documents.due import due_items
from assaymark.records.documents.models import Acknowledgement
from assaymark.records.scope import organisation_scope
from tests.document_cast import AT, DAY, Cast, approved, assemble, draft, revised


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def waiting(cast: Cast, person_id: UUID) -> list[str]:
    with organisation_scope(cast.halden.pk):
        return [task.revision.label for task in queries.to_read(person_id=person_id)]


class TestReading:
    def test_is_asked_of_the_roles_that_the_document_names(self, cast: Cast) -> None:
        approved(cast)
        assert waiting(cast, cast.sam.person_id) == ["1.0"]
        assert waiting(cast, cast.vera.person_id) == []

    def test_is_confirmed_once_by_the_person_who_was_asked(self, cast: Cast) -> None:
        revision = approved(cast)
        task = reading.acknowledge(revision_id=revision.pk, by=cast.sam, at=AT + DAY)
        assert task.acknowledged_at == AT + DAY
        assert waiting(cast, cast.sam.person_id) == []
        for person, rule in ((cast.sam, "document-read-already"), (cast.vera, "document-not-assigned")):
            with pytest.raises(Refused) as caught:
                reading.acknowledge(revision_id=revision.pk, by=person, at=AT + DAY)
            assert [r.rule for r in caught.value.refusals] == [rule]

    def test_of_a_superseded_revision_is_cancelled_and_refused(self, cast: Cast) -> None:
        first = approved(cast)
        second = revised(cast, first, text="v2", change="major", at=AT + DAY)
        assert waiting(cast, cast.sam.person_id) == [second.label]
        with pytest.raises(Refused) as caught:
            reading.acknowledge(revision_id=first.pk, by=cast.sam, at=AT + DAY)
        assert [r.rule for r in caught.value.refusals] == ["document-revision-over"]

    def test_of_a_minor_revision_is_asked_only_of_those_who_had_not_read_the_one_before(self, cast: Cast) -> None:
        first = approved(cast)
        reading.assign(revision_id=first.pk, people=[cast.vera.person_id], due=date(2026, 4, 1), by=cast.priya, at=AT)
        reading.acknowledge(revision_id=first.pk, by=cast.sam, at=AT)
        revised(cast, first, text="v1.1", change="minor", at=AT + DAY)
        assert waiting(cast, cast.sam.person_id) == []
        assert waiting(cast, cast.vera.person_id) == ["1.1"]

    def test_ends_when_the_document_is_withdrawn(self, cast: Cast) -> None:
        revision = approved(cast)
        actions.withdraw(document_id=revision.document_id, reason="Gone.", by=cast.marta, at=AT + DAY)
        assert waiting(cast, cast.sam.person_id) == []

    def test_is_asked_of_members_only_and_once(self, cast: Cast) -> None:
        revision = approved(cast)
        people = [cast.sam.person_id, cast.vera.person_id, cast.bruno.person_id]
        given = {"revision_id": revision.pk, "people": people, "due": date(2026, 4, 1), "by": cast.priya, "at": AT}
        assert reading.assign(**given) == 1
        assert reading.assign(**given) == 0
        with organisation_scope(cast.halden.pk):
            names = Acknowledgement.objects.values_list("person__name", flat=True)
            assert sorted(names) == ["Sam", "Vera"]


class TestMyWork:
    def test_lists_reading_and_drafts_of_the_person_and_reviews_of_the_owner(self, cast: Cast) -> None:
        revision = approved(cast)
        draft(cast, title="Half done")
        with organisation_scope(cast.halden.pk):
            sam = list(due_items(day=AT.date(), person_id=cast.sam.person_id))
            priya = list(due_items(day=AT.date(), person_id=cast.priya.person_id))
        assert [d.what for d in sam] == [f"Read and confirm revision {revision.label}"]
        assert [(d.what, d.on) for d in priya] == [
            ("Review the document", date(2028, 3, 2)),
            ("Finish draft 1.0", None),
        ]

    def test_lists_approvals_for_whoever_may_approve_but_not_for_the_author(self, cast: Cast) -> None:
        revision = draft(cast, title="To be approved")
        actions.submit(revision_id=revision.pk, by=cast.priya, at=AT)

        def asked(person_id: object) -> list[str]:
            with organisation_scope(cast.halden.pk):
                return [d.what for d in due_items(day=AT.date(), person_id=person_id)]  # type: ignore[arg-type]

        assert f"Approve or send back revision {revision.label}" in asked(cast.marta.person_id)
        assert asked(cast.priya.person_id) == []
        assert asked(cast.sam.person_id) == []

    def test_costs_as_many_queries_for_many_as_for_one(self, cast: Cast, django_assert_num_queries: object) -> None:
        for number in range(5):
            approved(cast, title=f"Document {number}")
        with organisation_scope(cast.halden.pk), django_assert_num_queries(1):  # type: ignore[operator]
            assert len(list(due_items(day=AT.date(), person_id=None))) == 10
