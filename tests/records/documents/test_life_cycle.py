"""A document's life: written, reviewed, approved, in force, superseded, withdrawn; and every way that is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from assaymark.adapters.blobs import blobs
from assaymark.core.documents import Change, State, Verdict
from assaymark.core.refusal import Forbidden, Refused
from assaymark.records.documents import actions, printing, queries
from assaymark.records.documents.models import Approval, Document, Revision
from assaymark.records.journal.queries import history
from assaymark.records.scope import organisation_scope
from tests.document_cast import AT, DAY, Cast, approved, assemble, draft, in_review, revised

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def refusals(act: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        act()
    assert all(r.message and r.clause for r in caught.value.refusals)
    return {r.rule for r in caught.value.refusals}


class TestADraft:
    def test_begins_as_revision_1_0_with_a_number(self, cast: Cast) -> None:
        revision = draft(cast)
        assert (revision.label, revision.state) == ("1.0", State.DRAFT)
        assert revision.document.number == "DOC-0001"
        assert draft(cast).document.number == "DOC-0002"

    def test_cannot_be_saved_over_what_somebody_saved_meanwhile(self, cast: Cast) -> None:
        revision = draft(cast)

        def save(text: str) -> Any:
            return actions.save_draft(
                revision_id=revision.pk, version=1, title="T", text=text, change_summary="", by=cast.priya, at=AT
            )

        save("first")
        assert refusals(lambda: save("second")) == {"document-saved-meanwhile"}
        with organisation_scope(cast.halden.pk):
            assert Revision.objects.get().text == "first"

    def test_needs_a_title(self, cast: Cast) -> None:
        assert refusals(lambda: actions.create(title="  ", by=cast.priya, at=AT)) == {"document-title"}

    def test_that_is_empty_does_not_go_into_review(self, cast: Cast) -> None:
        revision = draft(cast, text="")
        assert refusals(lambda: actions.submit(revision_id=revision.pk, by=cast.priya, at=AT)) == {"document-empty"}

    def test_of_a_later_revision_says_what_changed(self, cast: Cast) -> None:
        first = approved(cast)
        second = actions.start_revision(document_id=first.document_id, change=Change.MINOR, by=cast.priya, at=AT)
        found = refusals(lambda: actions.submit(revision_id=second.pk, by=cast.priya, at=AT))
        assert found == {"document-change-unnamed"}

    def test_is_the_only_one_of_its_document(self, cast: Cast) -> None:
        revision = draft(cast)
        again = {"document_id": revision.document_id, "change": Change.MINOR, "by": cast.priya, "at": AT}
        assert refusals(lambda: actions.start_revision(**again)) == {"document-one-draft"}

    def test_is_not_for_those_who_only_read(self, cast: Cast) -> None:
        for person in (cast.sam, cast.vera):
            with pytest.raises(Forbidden):
                actions.create(title="Mine", by=person, at=AT)

    def test_is_not_there_for_another_organisation(self, cast: Cast) -> None:
        revision = draft(cast)
        with pytest.raises(Revision.DoesNotExist):
            actions.submit(revision_id=revision.pk, by=cast.bruno, at=AT)


class TestApproval:
    def test_brings_a_revision_into_force_with_its_pdf(self, cast: Cast) -> None:
        revision = approved(cast)
        with organisation_scope(cast.halden.pk):
            kept = Revision.objects.get(pk=revision.pk)
            assert kept.state == State.APPROVED
            assert kept.effective_from == AT.date()
            assert blobs().read(kept.pdf).startswith(b"%PDF-")
            assert [d.sha256 for d in queries.in_force(on=AT.date())] == [kept.sha256]
            assert kept.document.next_review == date(2028, 3, 2)

    def test_is_refused_to_the_author_with_the_clause(self, cast: Cast) -> None:
        revision = in_review(cast)
        with pytest.raises(Refused) as caught:
            actions.approve(revision_id=revision.pk, by=cast.priya, at=AT)
        assert [(r.rule, r.clause) for r in caught.value.refusals] == [
            ("document-author-approves", "ISO 9001:2015, 7.5.2 c")
        ]

    def test_is_refused_to_whoever_saved_a_part_of_it(self, cast: Cast) -> None:
        revision = draft(cast)
        actions.save_draft(
            revision_id=revision.pk, version=1, title="T", text="x", change_summary="", by=cast.marta, at=AT
        )
        actions.submit(revision_id=revision.pk, by=cast.priya, at=AT)
        found = refusals(lambda: actions.approve(revision_id=revision.pk, by=cast.marta, at=AT))
        assert found == {"document-author-approves"}

    def test_collects_all_reasons_at_once(self, cast: Cast) -> None:
        revision = draft(cast)
        found = refusals(
            lambda: actions.approve(revision_id=revision.pk, by=cast.priya, at=AT, effective_from=date(2020, 1, 1))
        )
        assert found == {"document-not-in-review", "document-author-approves", "document-backdated"}

    def test_happens_once(self, cast: Cast) -> None:
        revision = approved(cast)
        found = refusals(lambda: actions.approve(revision_id=revision.pk, by=cast.marta, at=AT))
        assert found == {"document-not-in-review"}

    def test_from_a_later_day_leaves_the_present_revision_in_force_until_then(self, cast: Cast) -> None:
        first = approved(cast)
        second = actions.start_revision(document_id=first.document_id, change=Change.MAJOR, by=cast.priya, at=AT)
        actions.save_draft(
            revision_id=second.pk, version=1, title="T", text="new", change_summary="New", by=cast.priya, at=AT
        )
        actions.submit(revision_id=second.pk, by=cast.priya, at=AT)
        actions.approve(revision_id=second.pk, by=cast.marta, at=AT, effective_from=date(2026, 4, 1))
        with organisation_scope(cast.halden.pk):
            assert [d.revision for d in queries.in_force(on=date(2026, 3, 31))] == ["1.0"]
            assert [d.revision for d in queries.in_force(on=date(2026, 4, 1))] == ["2.0"]

    def test_may_be_withheld_with_a_reason_that_is_kept(self, cast: Cast) -> None:
        revision = in_review(cast)
        send_back = {"revision_id": revision.pk, "by": cast.marta, "at": AT}
        assert refusals(lambda: actions.send_back(reason=" ", **send_back)) == {"document-reason"}
        actions.send_back(reason="Say who inspects.", **send_back)
        with organisation_scope(cast.halden.pk):
            assert Revision.objects.get().state == State.DRAFT
            assert Approval.objects.get().reason == "Say who inspects."


class TestASecondThought:
    def test_takes_ones_own_revision_back_out_of_review(self, cast: Cast) -> None:
        revision = in_review(cast)
        actions.take_back(revision_id=revision.pk, by=cast.priya, at=AT)
        with organisation_scope(cast.halden.pk):
            row = Revision.objects.get()
            assert (row.state, row.submitted_at) == (State.DRAFT, None)
        again = actions.submit(revision_id=revision.pk, by=cast.priya, at=AT)
        assert again.state == State.IN_REVIEW

    def test_belongs_to_who_wrote_it_while_it_is_in_review(self, cast: Cast) -> None:
        revision = in_review(cast)
        take_back = {"revision_id": revision.pk, "at": AT}
        assert refusals(lambda: actions.take_back(by=cast.marta, **take_back)) == {"document-not-author"}
        actions.approve(revision_id=revision.pk, by=cast.marta, at=AT)
        assert refusals(lambda: actions.take_back(by=cast.priya, **take_back)) == {"document-not-in-review"}

    def test_throws_a_draft_away_and_leaves_what_is_in_force(self, cast: Cast) -> None:
        first = approved(cast)
        draft_of = actions.start_revision(document_id=first.document_id, change=Change.MINOR, by=cast.priya, at=AT)
        left = actions.discard(revision_id=draft_of.pk, by=cast.priya, at=AT)
        assert left is not None
        assert left.pk == first.document_id
        with organisation_scope(cast.halden.pk):
            assert [row.label for row in Revision.objects.all()] == ["1.0"]
            told = history(subject_kind=Document.subject_kind(), subject_id=first.document_id)[0]
            assert told.verb == "documents.discarded"
            assert draft_of.sha256 in bytes(told.body).decode()

    def test_takes_the_document_with_its_only_draft_and_gives_its_number_to_nobody(self, cast: Cast) -> None:
        assert actions.discard(revision_id=draft(cast).pk, by=cast.priya, at=AT) is None
        with organisation_scope(cast.halden.pk):
            assert not Document.objects.exists()
        assert draft(cast).document.number == "DOC-0002"

    def test_comes_too_late_for_what_is_in_review_or_approved(self, cast: Cast) -> None:
        for revision in (in_review(cast), approved(cast)):
            act = {"revision_id": revision.pk, "by": cast.priya, "at": AT}
            assert refusals(lambda act=act: actions.discard(**act)) == {"document-not-draft"}  # type: ignore[misc]

    def test_comes_too_late_for_a_draft_that_somebody_sent_back(self, cast: Cast) -> None:
        revision = in_review(cast)
        actions.send_back(revision_id=revision.pk, reason="Say who.", by=cast.marta, at=AT)
        act = {"revision_id": revision.pk, "by": cast.priya, "at": AT}
        assert refusals(lambda: actions.discard(**act)) == {"document-signed"}

    def test_is_not_for_another_organisation(self, cast: Cast) -> None:
        revision = in_review(cast)
        for act in (actions.take_back, actions.discard):
            with pytest.raises(Revision.DoesNotExist):
                act(revision_id=revision.pk, by=cast.bruno, at=AT)


class TestAnApprovedRevision:
    def test_stays_in_force_while_the_next_is_written(self, cast: Cast) -> None:
        first = approved(cast)
        actions.start_revision(document_id=first.document_id, change=Change.MAJOR, by=cast.priya, at=AT)
        with organisation_scope(cast.halden.pk):
            assert [(d.revision, d.sha256) for d in queries.in_force(on=AT.date())] == [("1.0", first.sha256)]

    @pytest.mark.parametrize(
        "change",
        [
            {"text": "other"},
            {"sha256": "0" * 64},
            {"title": "Other"},
            {"label": "9.9"},
            {"state": "draft"},
            {"effective_from": date(2020, 1, 1)},
            {"approved_by": None},
            {"blob": "0" * 64},
            {"change_summary": "x"},
            {"contributors": []},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_is_not_changed_by_any_query(self, cast: Cast, change: dict[str, Any]) -> None:
        revision = approved(cast)
        with organisation_scope(cast.halden.pk):
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                Revision.objects.filter(pk=revision.pk).update(**change)
            assert Revision.objects.get(pk=revision.pk).sha256 == revision.sha256

    def test_is_not_deleted_by_any_query(self, cast: Cast) -> None:
        revision = approved(cast)
        with organisation_scope(cast.halden.pk):
            queryset = Revision.objects.filter(pk=revision.pk)
            with pytest.raises(DatabaseError), transaction.atomic():
                queryset._raw_delete(using="default")
            assert queryset.exists()

    def test_is_withdrawn_once_and_never_un_withdrawn(self, cast: Cast) -> None:
        revision = approved(cast)
        actions.withdraw(document_id=revision.document_id, reason="Line closed.", by=cast.marta, at=AT + DAY)
        with organisation_scope(cast.halden.pk), pytest.raises(DatabaseError), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(withdrawn_from=None)

    def test_by_its_author_is_refused_by_the_database_itself(self, cast: Cast) -> None:
        revision = in_review(cast)
        with organisation_scope(cast.halden.pk), pytest.raises(IntegrityError), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(
                state="approved", approved_by=cast.priya.person_id, approved_at=AT, effective_from=AT.date()
            )

    def test_without_approval_is_refused_by_the_database_itself(self, cast: Cast) -> None:
        revision = in_review(cast)
        with organisation_scope(cast.halden.pk), pytest.raises(IntegrityError), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(state="approved")

    def test_has_the_same_pdf_however_often_it_is_asked_for(self, cast: Cast) -> None:
        revision = approved(cast)
        with organisation_scope(cast.halden.pk):
            assert printing.pdf_of(revision_id=revision.pk) == printing.pdf_of(revision_id=revision.pk)
            with pytest.raises(Revision.DoesNotExist):
                printing.pdf_of(revision_id=draft(cast).pk)


class TestAnUploadedFile:
    def test_goes_through_three_revisions_like_text_does(self, cast: Cast) -> None:
        revision = draft(cast, text="")
        for number, label in enumerate(("1.0", "1.1", "1.2")):
            actions.upload(
                revision_id=revision.pk,
                version=1,
                title="Drawing",
                content=PDF + str(number).encode(),
                file_name="drawing.pdf",
                change_summary=f"Change {number}",
                by=cast.priya,
                at=AT,
            )
            actions.submit(revision_id=revision.pk, by=cast.priya, at=AT)
            actions.approve(revision_id=revision.pk, by=cast.marta, at=AT)
            with organisation_scope(cast.halden.pk):
                kept = Revision.objects.get(pk=revision.pk)
            assert (kept.label, kept.media_type) == (label, "application/pdf")
            assert blobs().read(kept.blob) == PDF + str(number).encode()
            revision = actions.start_revision(
                document_id=revision.document_id, change=Change.MINOR, by=cast.priya, at=AT
            )

    @pytest.mark.parametrize(
        ("content", "name"), [(b"MZ\x90\x00\xff", "tool.pdf"), (b"", "empty.pdf"), (b"<svg onload=x>", "a.md")]
    )
    def test_that_is_no_document_is_refused_and_changes_nothing(self, cast: Cast, content: bytes, name: str) -> None:
        given: dict[str, Any] = {
            "revision_id": draft(cast).pk, "version": 1, "title": "T", "content": content, "file_name": name,
            "change_summary": "", "by": cast.priya, "at": AT,
        }  # fmt: skip
        assert refusals(lambda: actions.upload(**given)) == {"document-kind"}
        with organisation_scope(cast.halden.pk):
            assert Revision.objects.get().text == "# Inspect\n\nLook.\n"


class TestWithdrawal:
    def test_takes_a_document_out_of_force_from_its_day(self, cast: Cast) -> None:
        revision = approved(cast)
        actions.withdraw(document_id=revision.document_id, reason="Moved.", day=date(2026, 5, 1), by=cast.marta, at=AT)
        with organisation_scope(cast.halden.pk):
            assert len(queries.in_force(on=date(2026, 4, 30))) == 1
            assert queries.in_force(on=date(2026, 5, 1)) == []

    def test_needs_something_in_force_a_reason_and_no_day_in_the_past(self, cast: Cast) -> None:
        revision = draft(cast)
        found = refusals(
            lambda: actions.withdraw(
                document_id=revision.document_id, reason="", day=date(2020, 1, 1), by=cast.marta, at=AT
            )
        )
        assert found == {"document-not-in-force", "document-backdated", "document-reason"}

    def test_can_be_followed_by_a_new_revision(self, cast: Cast) -> None:
        first = approved(cast)
        actions.withdraw(document_id=first.document_id, reason="Moved.", by=cast.marta, at=AT + DAY)
        again = revised(cast, first, text="back", at=AT + 2 * DAY)
        with organisation_scope(cast.halden.pk):
            assert queries.in_force(on=(AT + DAY).date()) == []
            assert [d.revision for d in queries.in_force(on=(AT + 2 * DAY).date())] == [again.label]


class TestPeriodicReview:
    def test_that_keeps_the_document_moves_the_next_one(self, cast: Cast) -> None:
        revision = approved(cast)
        later = AT.replace(year=2027)
        actions.record_review(document_id=revision.document_id, verdict=Verdict.KEEP, note="", by=cast.priya, at=later)
        with organisation_scope(cast.halden.pk):
            assert Document.objects.get().next_review == date(2029, 3, 2)

    def test_that_wants_a_change_says_which_and_stays_due(self, cast: Cast) -> None:
        revision = approved(cast)
        given = {"document_id": revision.document_id, "verdict": Verdict.REVISE, "by": cast.priya, "at": AT}
        assert refusals(lambda: actions.record_review(note="", **given)) == {"document-review-note"}
        actions.record_review(note="New gauge.", **given)
        with organisation_scope(cast.halden.pk):
            assert Document.objects.get().next_review == date(2028, 3, 2)
            assert [r.verdict for r in queries.reviews(document_id=revision.document_id)] == ["revise"]

    def test_needs_a_revision_in_force(self, cast: Cast) -> None:
        document_id = draft(cast).document_id
        found = refusals(
            lambda: actions.record_review(document_id=document_id, verdict=Verdict.KEEP, note="", by=cast.priya, at=AT)
        )
        assert found == {"document-not-in-force"}


class TestFacts:
    def test_that_change_are_told_with_before_and_after(self, cast: Cast) -> None:
        revision = approved(cast)
        actions.change_facts(
            document_id=revision.document_id, owner_id=cast.sam.person_id, clauses=["8.6"], readers=[],
            review_months=12, by=cast.priya, at=AT,
        )  # fmt: skip
        with organisation_scope(cast.halden.pk):
            document = Document.objects.get()
            assert document.next_review == date(2027, 3, 2)
            assert history(subject_kind="documents.document", subject_id=document.pk)[0].verb.endswith("facts_changed")


class TestTheJournal:
    def test_tells_every_step_in_order(self, cast: Cast) -> None:
        revision = approved(cast)
        with organisation_scope(cast.halden.pk):
            entries = history(subject_kind="documents.document", subject_id=revision.document_id)
            assert [e.verb.removeprefix("documents.") for e in entries] == ["approved", "submitted", "created"]
            assert revision.sha256.encode() in bytes(entries[0].body)
