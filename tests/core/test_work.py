"""Due things by urgency."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.work import Due, sorted_by_urgency

TODAY = dt.date(2026, 11, 24)


def due(days: int | None) -> Due:
    """A thing due in so many days."""
    on = None if days is None else TODAY + dt.timedelta(days=days)
    return Due(what="Do it", label=f"X-{days}", on=on, person_id=None, page="")


class TestUrgency:
    def test_counts_late_from_the_day_after(self) -> None:
        work = sorted_by_urgency(items=[due(0), due(-1)], day=TODAY)
        assert (work.late, work.soon) == ((due(-1),), (due(0),))
        assert due(-3).days_late(day=TODAY) == 3
        assert due(0).days_late(day=TODAY) == due(None).days_late(day=TODAY) == 0

    @given(st.lists(st.one_of(st.none(), st.integers(-400, 400)), max_size=30))
    def test_loses_nothing_and_orders_each_part(self, days: list[int | None]) -> None:
        items = [due(d) for d in days]
        work = sorted_by_urgency(items=(item for item in items), day=TODAY)
        parts = [*work.late, *work.soon, *work.later, *work.undated]
        assert sorted(parts, key=lambda i: i.label) == sorted(items, key=lambda i: i.label)
        assert len(work) == len(items)
        for part in (work.late, work.soon, work.later):
            dates = [item.on for item in part if item.on]
            assert dates == sorted(dates)
