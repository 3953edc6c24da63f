"""Full-text search: finds what people mean, in their own organisation, on the day they ask about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assaymark.records.scope import NoScope, new_id, organisation_scope, system_scope
from assaymark.records.search import actions
from assaymark.records.search.models import SearchEntry
from assaymark.records.search.queries import search
from tests.document_cast import Cast, assemble

DAY = date(2026, 3, 2)
KIND = "documents.document"


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    with organisation_scope(cast.halden.pk):
        yield cast


def put(title: str, text: str = "", *, number: str = "", kind: str = KIND) -> UUID:
    subject = new_id()
    actions.index(subject_kind=kind, subject_id=subject, number=number, title=title, text=text)
    return subject


def titles(text: str, day: date = DAY) -> list[str]:
    return [hit.title for hit in search(text=text, day=day)]


class TestSearch:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("calibration", True),
            ("calibrations", True),
            ("CALIBRATED", True),
            ("muller", True),
            ("Müller", True),
            ("gaug", True),
            ("müller gauge", True),
            ("gauge boat", False),
            ("DOC-0042", True),
            ("0042", True),
            ("", False),
            ("  ", False),
        ],
    )
    def test_knows_stems_accents_beginnings_and_numbers(self, inside: Cast, typed: str, found: bool) -> None:
        put("Calibration of gauges", "Herr Müller calibrates every gauge.", number="DOC-0042")
        put("Something else", "Nothing of the kind.")
        assert titles(typed) == (["Calibration of gauges"] if found else [])

    def test_puts_what_is_in_the_title_first(self, inside: Cast) -> None:
        put("Purchasing", "Here the word audit occurs once.")
        put("Audit programme", "The year.")
        assert titles("audit") == ["Audit programme", "Purchasing"]

    def test_forgives_typing_errors_in_titles(self, inside: Cast) -> None:
        put("Calibration of gauges")
        put("Purchasing")
        assert titles("Calibartion") == ["Calibration of gauges"]
        assert titles("Purchsing") == ["Purchasing"]

    def test_shows_the_words_in_their_surroundings(self, inside: Cast) -> None:
        put("Title", "Before it comes the torque wrench and after it nothing.")
        (hit,) = search(text="torque", day=DAY)
        assert [text for text, marked in hit.excerpt if marked] == ["torque"]
        assert "torque wrench" in "".join(text for text, _ in hit.excerpt)

    def test_shows_markup_as_the_text_it_is(self, inside: Cast) -> None:
        put("Title", "Say <script>alert(1)</script> torque")
        (hit,) = search(text="torque", day=DAY)
        assert "</script>" in "".join(text for text, _ in hit.excerpt)

    def test_stays_within_the_kinds_that_are_allowed(self, inside: Cast) -> None:
        put("Audit", kind="documents.document")
        put("Audit", kind="findings.nonconformity")
        assert len(search(text="audit", day=DAY)) == 2
        assert [h.subject_kind for h in search(text="audit", day=DAY, kinds=[KIND])] == [KIND]
        assert search(text="audit", day=DAY, kinds=[]) == []

    def test_never_looks_into_another_organisation(self, cast: Cast) -> None:
        with organisation_scope(cast.brandt.pk):
            put("Canary of Brandt", "canary")
        with organisation_scope(cast.halden.pk):
            assert titles("canary") == titles("canray") == []

    def test_outside_one_organisation_is_an_error(self, cast: Cast) -> None:
        with pytest.raises(NoScope):
            search(text="x", day=DAY)
        with system_scope(), pytest.raises(NoScope):
            search(text="x", day=DAY)

    def test_gives_no_more_than_asked_for(self, inside: Cast) -> None:
        for number in range(5):
            put(f"Audit {number}")
        assert len(search(text="audit", day=DAY, limit=3)) == 3
        assert len(search(text="audit", day=DAY, limit=-1)) == 1

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.one_of(st.text(max_size=40), st.sampled_from(
        ['"', "'", '" OR 1', "a AND", "NEAR(a b", "a*b*", "^a", "title:x", "-", "a & | !", "' OR 1=1 --", "\\", "a:*b",
         "(", ")", "%", "_", "a\x00b", "ﬁ", "__", "٣", "\ud7ff"]
    )))  # fmt: skip
    def test_takes_any_text_as_a_question(self, inside: Cast, text: str) -> None:
        assert isinstance(search(text=text, day=DAY), list)


class TestTheIndex:
    def test_follows_what_changes(self, inside: Cast) -> None:
        subject = put("Old name", "old text")
        actions.index(subject_kind=KIND, subject_id=subject, title="New name", text="new text")
        assert titles("old") == []
        assert titles("new") == ["New name"]
        actions.forget(subject_kind=KIND, subject_id=subject)
        assert titles("new") == []
        assert not SearchEntry.objects.exists()

    def test_keeps_what_counts_until_the_next_begins(self, inside: Cast) -> None:
        subject = new_id()
        for title, begins in (("First", DAY), ("Second", DAY + timedelta(days=10))):
            actions.index(subject_kind=KIND, subject_id=subject, title=title, text="revision", begins=begins)
        assert titles("revision", DAY - timedelta(days=1)) == []
        assert titles("revision", DAY + timedelta(days=9)) == ["First"]
        assert titles("revision", DAY + timedelta(days=10)) == ["Second"]
        actions.end(subject_kind=KIND, subject_id=subject, on=DAY + timedelta(days=20))
        assert titles("revision", DAY + timedelta(days=19)) == ["Second"]
        assert titles("revision", DAY + timedelta(days=20)) == []

    def test_does_not_keep_what_a_rollback_took_back(self, inside: Cast) -> None:
        from django.db import transaction

        with pytest.raises(RuntimeError), transaction.atomic():
            put("Ghost")
            raise RuntimeError
        assert titles("ghost") == []
