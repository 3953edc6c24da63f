"""Dates as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from assaymark.web import dates

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)


class TestDay:
    def test_is_written_with_the_month_as_a_word(self) -> None:
        assert dates.day(date(2026, 11, 3)) == "3 Nov 2026"

    def test_of_a_moment_is_its_calendar_day(self) -> None:
        assert dates.day(NOW) == "23 Nov 2026"

    def test_of_nothing_is_empty(self) -> None:
        assert dates.day(None) == ""


class TestLateness:
    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (-800, "2 years late"),
            (-70, "2 months late"),
            (-21, "3 weeks late"),
            (-2, "2 days late"),
            (-1, "1 day late"),
            (0, "today"),
            (1, "tomorrow"),
            (13, "in 13 days"),
            (14, "in 2 weeks"),
            (52, "in 7 weeks"),
            (365, "in 12 months"),
        ],
    )
    def test_is_told_in_the_unit_people_use(self, days: int, words: str) -> None:
        assert dates.lateness(TODAY + timedelta(days=days), today=TODAY) == words

    @pytest.mark.parametrize(("days", "word"), [(-1, "late"), (0, "soon"), (7, "soon"), (8, "later")])
    def test_colours_what_is_late_and_what_is_due_within_a_week(self, days: int, word: str) -> None:
        assert dates.urgency(TODAY + timedelta(days=days), today=TODAY) == word


class TestAgo:
    @pytest.mark.parametrize(
        ("before", "words"),
        [
            (timedelta(seconds=20), "just now"),
            (timedelta(minutes=1), "1 minute ago"),
            (timedelta(hours=3), "3 hours ago"),
            (timedelta(hours=12), "yesterday"),
            (timedelta(days=3), "3 days ago"),
            (timedelta(days=30), "4 weeks ago"),
        ],
    )
    def test_of_a_moment(self, before: timedelta, words: str) -> None:
        assert dates.ago(NOW - before, now=NOW) == words

    def test_of_a_day_does_not_pretend_to_know_the_hour(self) -> None:
        assert dates.ago(TODAY, now=NOW) == "today"

    def test_of_something_to_come_looks_forward(self) -> None:
        assert dates.ago(TODAY + timedelta(days=1), now=NOW) == "tomorrow"
        assert dates.ago(TODAY + timedelta(days=5), now=NOW) == "in 5 days"
