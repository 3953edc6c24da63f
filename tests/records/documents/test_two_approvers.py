"""Two people approve one revision at the same moment: one approval, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Refused
from assaymark.records.documents import actions
from assaymark.records.documents.models import Approval, Revision
from assaymark.records.parties.actions import add_member
from assaymark.records.parties.queries import actor_for
from assaymark.records.scope import organisation_scope
from tests.document_cast import AT, assemble, in_review


@pytest.mark.django_db(transaction=True)
class TestTwoApprovers:
    def test_give_one_approval(self) -> None:
        cast = assemble()
        member = add_member(
            organisation=cast.halden, email="omar@halden.example", name="Omar", roles=[Role.QUALITY_MANAGER], at=AT
        )
        omar = actor_for(person_id=member.person_id, organisation_slug="halden", at=AT)
        assert omar is not None
        for _ in range(3):
            revision = in_review(cast)
            together = Barrier(2)

            def approve(by: Actor, revision: Revision = revision, together: Barrier = together) -> str:
                try:
                    together.wait(timeout=20)
                    actions.approve(revision_id=revision.pk, by=by, at=AT)
                    return "approved"
                except Refused as refused:
                    return refused.refusals[0].message
                finally:
                    connection.close()

            with ThreadPoolExecutor(2) as pool:
                answers = sorted(pool.map(approve, [cast.marta, omar]))
            assert answers == ["Revision 1.0 is approved already.", "approved"]
            with organisation_scope(cast.halden.pk):
                assert Approval.objects.filter(revision=revision).count() == 1
                assert Revision.objects.get(pk=revision.pk).approved_by_id in {cast.marta.person_id, omar.person_id}
