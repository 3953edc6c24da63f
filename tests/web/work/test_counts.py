"""The number on the bell: what waits for me, counted at most once a minute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assaymark.records.registers import actions as registers
from assaymark.web import frame
from assaymark.web.watch import counts as of_watch
from assaymark.web.work import counts
from tests.register_cast import Company


@pytest.fixture(autouse=True)
def _the_bell_remembers(monkeypatch: pytest.MonkeyPatch, _the_bell_forgets: None) -> Iterator[None]:
    monkeypatch.setattr(counts, "KEPT", 60)
    monkeypatch.setattr(of_watch, "KEPT", 60)
    cache.clear()
    yield
    cache.clear()


def late(company: Company, title: str = "Late", who: str = "anna") -> Any:
    """A risk whose review was due last week."""
    on = timezone.localdate() - dt.timedelta(days=7)
    return company.add("risks", title, review_on=on, owner=company.people[who].pk)


def bell(company: Company, who: str = "anna") -> str:
    """What the bell says to somebody who looks at the list of risks."""
    client = Client()
    client.force_login(company.people[who])
    text = client.get(f"/o/{company.slug}/r/risks/").content.decode()
    return text.split('aria-label="Your tasks')[1].split('"')[0]


class TestTheBell:
    def test_counts_what_waits_for_me(self, halden: Company) -> None:
        late(halden)
        late(halden, "Also late")
        late(halden, "His", who="carl")
        assert bell(halden) == ": 2 open"
        assert bell(halden, "carl") == ": 1 open"

    def test_is_silent_when_nothing_does(self, halden: Company) -> None:
        assert bell(halden) == ""
        assert counts.waiting(halden.anna) == {}

    def test_does_not_count_what_is_due_elsewhere(self, halden: Company, elsewhere: Company) -> None:
        late(elsewhere)
        assert bell(halden) == ""

    def test_does_not_count_a_date_that_no_longer_binds(self, halden: Company) -> None:
        risk = late(halden)
        registers.move(register="risks", row_id=risk.pk, to="gone", by=halden.anna, at=timezone.now())
        assert bell(halden) == ""

    def test_asks_the_database_once_a_minute_and_not_on_every_page(self, halden: Company) -> None:
        late(halden)
        with CaptureQueriesContext(connection) as asked:
            frame.counts_for(halden.anna)
        assert len(asked) == 2, "one for my work, one for the watch list"
        with CaptureQueriesContext(connection) as asked:
            assert frame.counts_for(halden.anna)["work"] == 1
        assert len(asked) == 0

    def test_knows_zero_as_well_as_any_number(self, halden: Company) -> None:
        counts.waiting(halden.anna)
        with CaptureQueriesContext(connection) as asked:
            assert counts.waiting(halden.anna) == {}
        assert len(asked) == 0

    def test_is_counted_anew_when_the_minute_is_over(self, halden: Company) -> None:
        assert counts.waiting(halden.anna) == {}
        late(halden)
        assert counts.waiting(halden.anna) == {}
        cache.delete(f"work:{halden.anna.organisation_id}:{halden.anna.person_id}")
        assert counts.waiting(halden.anna) == {"work": 1}

    @pytest.mark.parametrize("path", ["work/", ""])
    def test_is_brought_up_to_date_by_pages_that_draw_the_list(self, halden: Company, path: str) -> None:
        assert bell(halden) == ""
        late(halden)
        client = Client()
        client.force_login(halden.people["anna"])
        assert client.get(f"/o/{halden.slug}/{path}").status_code == 200
        assert bell(halden) == ": 1 open"
