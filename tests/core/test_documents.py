"""What the rules of documents say, without any database."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from assaymark.core import documents
from assaymark.core.documents import Change, RevisionFacts, Standing, State

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


def revision(
    sequence: int, begins: date | None = None, ends: date | None = None, state: State = State.APPROVED
) -> RevisionFacts:
    return RevisionFacts(
        id=uuid4(), sequence=sequence, label=f"1.{sequence}", state=state, effective_from=begins, withdrawn_from=ends
    )


class TestInForceOn:
    def test_begins_on_the_effective_date_itself(self) -> None:
        only = revision(1, FEB)
        assert documents.in_force_on([only], date(2026, 1, 31)) is None
        assert documents.in_force_on([only], FEB) is only

    def test_is_the_last_that_has_begun(self) -> None:
        first, second, third = revision(1, JAN), revision(2, FEB), revision(3, APR)
        assert documents.in_force_on([third, first, second], MAR) is second

    def test_ends_on_the_day_of_withdrawal(self) -> None:
        only = revision(1, JAN, FEB)
        assert documents.in_force_on([only], date(2026, 1, 31)) is only
        assert documents.in_force_on([only], FEB) is None

    def test_comes_back_with_a_revision_after_a_withdrawal(self) -> None:
        back = revision(2, MAR)
        assert documents.in_force_on([revision(1, JAN, FEB), back], MAR) is back

    def test_follows_the_order_of_revisions_where_dates_go_back(self) -> None:
        """A history whose clock went back: the later change counts as soon as both have begun."""
        early, late_but_dated_before = revision(1, MAR), revision(2, FEB)
        assert documents.in_force_on([early, late_but_dated_before], FEB) is late_but_dated_before
        assert documents.in_force_on([early, late_but_dated_before], MAR) is late_but_dated_before

    def test_never_counts_what_is_not_approved(self) -> None:
        assert (
            documents.in_force_on([revision(1, JAN, state=State.IN_REVIEW), revision(2, state=State.DRAFT)], APR)
            is None
        )


class TestStanding:
    def test_follows_from_dates(self) -> None:
        first, second, third = revision(1, JAN), revision(2, FEB, APR), revision(3, state=State.DRAFT)
        everything = [first, second, third]
        assert documents.standing_on(first, everything, date(2025, 12, 31)) == Standing.SCHEDULED
        assert documents.standing_on(first, everything, JAN) == Standing.IN_FORCE
        assert documents.standing_on(first, everything, FEB) == Standing.SUPERSEDED
        assert documents.standing_on(second, everything, MAR) == Standing.IN_FORCE
        assert documents.standing_on(second, everything, APR) == Standing.WITHDRAWN
        assert documents.standing_on(third, everything, APR) == Standing.DRAFT

    def test_agrees_with_what_is_in_force(self) -> None:
        everything = [revision(1, JAN), revision(2, MAR, APR), revision(3, state=State.IN_REVIEW)]
        for day in (JAN, FEB, MAR, APR):
            standing = [r for r in everything if documents.standing_on(r, everything, day) == Standing.IN_FORCE]
            found = documents.in_force_on(everything, day)
            assert standing == ([found] if found else [])


class TestLabels:
    def test_count_major_and_minor(self) -> None:
        assert documents.next_label(None, Change.MINOR) == "1.0"
        assert documents.next_label("1.9", Change.MINOR) == "1.10"
        assert documents.next_label("1.9", Change.MAJOR) == "2.0"

    @pytest.mark.parametrize("wrong", ["", "1", "a.b", "1.2.3", "-1.0", "1.0\n"])
    def test_of_another_form_are_an_error(self, wrong: str) -> None:
        with pytest.raises(ValueError, match="no revision label"):
            documents.next_label(wrong, Change.MINOR)


class TestReviewDue:
    @pytest.mark.parametrize(
        ("since", "months", "due"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2025, 12, 15), 24, date(2027, 12, 15)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 10, 31), 1, date(2026, 11, 30)),
        ],
    )
    def test_is_the_same_day_or_the_last_of_the_month(self, since: date, months: int, due: date) -> None:
        assert documents.review_due(since=since, months=months) == due


class TestTitle:
    @pytest.mark.parametrize(
        ("text", "path", "title"),
        [
            ("# Staff roles #\n", "", "Staff roles"),
            ("---\ntype: x\n# not this\n---\n\n# This\n", "", "This"),
            ("## Second level only\n", "roles/quality-manager.md", "Quality manager"),
            ("", "README", "Readme"),
            ("", "", "Untitled"),
            ("---\nnever closed\n# Heading\n", "", "Heading"),
        ],
    )
    def test_is_the_first_heading_or_the_path(self, text: str, path: str, title: str) -> None:
        assert documents.title_of(text, path) == title


class TestASecondThought:
    def test_is_for_who_wrote_a_revision_or_a_part_of_it(self) -> None:
        author, helper, other = uuid4(), uuid4(), uuid4()
        written = RevisionFacts(
            id=uuid4(),
            sequence=1,
            label="1.0",
            state=State.IN_REVIEW,
            author_id=author,
            contributor_ids=frozenset({author, helper}),
        )
        assert documents.reasons_not_to_take_back(written, by=author) == []
        assert documents.reasons_not_to_take_back(written, by=helper) == []
        (refusal,) = documents.reasons_not_to_take_back(written, by=other)
        assert refusal.rule == "document-not-author"

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.APPROVED])
    def test_throws_nothing_away_but_drafts(self, state: State) -> None:
        (refusal,) = documents.reasons_not_to_discard(revision(1, JAN, state=state), signed=True)
        assert refusal.rule == "document-not-draft"

    def test_leaves_a_draft_that_carries_a_signature(self) -> None:
        assert documents.reasons_not_to_discard(revision(1, state=State.DRAFT), signed=False) == []
        (refusal,) = documents.reasons_not_to_discard(revision(1, state=State.DRAFT), signed=True)
        assert refusal.clause == "ISO 9001:2015, 7.5.3.2 d"
