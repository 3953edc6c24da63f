"""Stories act in the order of time, whoever tells them."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime

import pytest

from assaymark.demo.timeline import Calendar, Story, TimeRanBack, tell

CALENDAR = Calendar(date(2026, 11, 24))


def story(name: str, seen: list[str], *offsets: int) -> Story:
    """Writes its name with the day at each of its moments."""
    for offset in offsets:
        at = yield CALENDAR.at(offset)
        seen.append(f"{name} {at:%d}")


class TestTheCalendar:
    def test_counts_days_from_today(self) -> None:
        assert CALENDAR.day(0) == date(2026, 11, 24)
        assert CALENDAR.day(-24) == date(2026, 10, 31)
        assert CALENDAR.day(45) == date(2027, 1, 8)

    def test_gives_moments_in_utc(self) -> None:
        assert CALENDAR.at(-1, 16, 30) == datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


class TestTelling:
    def test_lets_stories_act_in_the_order_of_time(self) -> None:
        seen: list[str] = []
        assert tell([story("Halden", seen, -9, -3), story("Northfield", seen, -10, -5, -1)]) == 5
        assert seen == ["Northfield 14", "Halden 15", "Northfield 19", "Halden 21", "Northfield 23"]

    def test_lets_the_first_named_act_first_at_the_same_moment(self) -> None:
        seen: list[str] = []
        tell([story("Halden", seen, -2, -2), story("Northfield", seen, -2)])
        assert seen == ["Halden 22", "Halden 22", "Northfield 22"]

    def test_passes_over_a_story_without_acts(self) -> None:
        seen: list[str] = []
        assert tell([story("Nobody", seen), story("Halden", seen, -1)]) == 1

    def test_hands_results_of_parts_to_the_story_around_them(self) -> None:
        seen: list[str] = []

        def part() -> Generator[datetime, datetime, str]:
            at = yield CALENDAR.at(-4)
            return f"made on {at:%d}"

        def whole() -> Story:
            made = yield from part()
            yield CALENDAR.at(-2)
            seen.append(made)

        tell([whole()])
        assert seen == ["made on 20"]

    def test_refuses_a_story_that_goes_back_in_time(self) -> None:
        with pytest.raises(TimeRanBack, match="from 2026-11-23 09:00 back to 2026-11-22 09:00"):
            tell([story("Halden", [], -1, -2)])

    def test_shows_each_moment_as_it_comes(self) -> None:
        moments: list[datetime] = []
        tell([story("Halden", [], -3, -1), story("Northfield", [], -2)], progress=moments.append)
        assert moments == [CALENDAR.at(-3), CALENDAR.at(-2), CALENDAR.at(-1)]

    def test_ends_with_what_a_story_raises(self) -> None:
        def failing() -> Story:
            yield CALENDAR.at(-1)
            raise LookupError("no such line")

        with pytest.raises(LookupError, match="no such line"):
            tell([failing()])
