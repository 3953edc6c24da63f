"""Dates and instants: one form in, one form out, the last day whole."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.formats.moments import (
    BadMoment,
    first_second,
    in_words,
    instant,
    last_second,
    read_day,
    read_instant,
)


class TestAnInstant:
    @given(st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(1000, 1, 1)))
    def test_round_trip_to_the_second(self, moment: dt.datetime) -> None:
        assert read_instant(instant(moment)) == moment.replace(microsecond=0)

    def test_of_another_zone_is_brought_to_utc(self) -> None:
        assert read_instant("2026-11-24T12:00:00+14:00") == dt.datetime(2026, 11, 23, 22, tzinfo=dt.UTC)

    def test_without_zone_is_not_written(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            instant(dt.datetime(2026, 1, 1))

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-24",
            "2026-11-24T10:00:00",
            "2026-11-24 10:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-24T25:00:00Z",
            "2026-11-24T10:00:00+99:99",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "tomorrow",
            "",
            None,
            1,
        ],
    )
    def test_in_another_form_or_that_does_not_exist_is_refused(self, text: object) -> None:
        with pytest.raises(BadMoment):
            read_instant(text)


class TestADay:
    def test_lasts_from_its_first_second_to_its_last(self) -> None:
        day = dt.date(2024, 2, 29)
        begin, end = read_instant(first_second(day)), read_instant(last_second(day))
        assert end - begin == dt.timedelta(hours=23, minutes=59, seconds=59)
        assert begin.date() == end.date() == day

    @pytest.mark.parametrize("text", ["2026-W10-1", "20261124", "2026-2-30", "2026-02-30", "24.11.2026", "", None])
    def test_in_another_form_is_refused(self, text: object) -> None:
        with pytest.raises(BadMoment):
            read_day(text)

    def test_is_written_for_people_without_leading_zero(self) -> None:
        assert in_words(dt.date(2026, 3, 3)) == "3 Mar 2026"
