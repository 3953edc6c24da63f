"""A watch list over the wire: add by number, hand in a list, read changes since a day, take notice, stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assaymark.records.register.models import Listing
from assaymark.records.watch import noticing
from tests.permission.arguments.register import entry
from tests.permission.arguments.watch import watched
from tests.permission.house import House


@pytest.fixture
def listing(halden: House) -> Listing:
    """An entry of a foreign register: F-1 of Holder Ltd."""
    row: Listing = Listing.objects.get(pk=entry(halden)["listing_id"])
    return row


class TestWatching:
    def test_by_number_answers_with_what_is_seen(self, halden: House, listing: Listing, ask: Any) -> None:
        made = ask(halden, "auditor", "POST", "watch/", {"number": "f 1", "label": "Our holder"})
        assert made.status_code == 201, made.content
        one = made.json()
        assert (one["label"], one["number"], one["holder"]) == ("Our holder", "F-1", "Holder Ltd")
        assert (one["listed"], one["source"]) == ("valid", "A foreign register")
        assert [answer["answer"] for answer in one["answers"]] == ["unknown"] * 4
        assert ask(halden, "viewer", "GET", f"watch/{one['id']}/").json() == one
        assert ask(halden, "viewer", "GET", "watch/").json() == {"count": 1, "watched": [one]}

    def test_twice_is_refused_with_the_reason(self, halden: House, listing: Listing, ask: Any) -> None:
        ask(halden, "auditor", "POST", "watch/", {"number": "F-1"})
        again = ask(halden, "auditor", "POST", "watch/", {"number": "F-1"})
        assert again.status_code == 409
        assert [refusal["rule"] for refusal in again.json()["refusals"]] == ["watch-twice"]

    def test_under_another_name(self, halden: House, listing: Listing, ask: Any) -> None:
        one = ask(halden, "auditor", "POST", "watch/", {"number": "F-1"}).json()
        renamed = ask(halden, "auditor", "PATCH", f"watch/{one['id']}/", {"label": "Coater"})
        assert renamed.json() == one | {"label": "Coater"}
        assert ask(halden, "auditor", "PATCH", f"watch/{one['id']}/", {"label": " "}).status_code == 409

    def test_with_an_idempotency_key_has_one_effect(self, halden: House, listing: Listing, ask: Any) -> None:
        first, second = (
            ask(halden, "auditor", "POST", "watch/", {"number": "F-1"}, key="once").status_code for _ in range(2)
        )
        assert (first, second) == (201, 201)

    def test_a_list_answers_row_by_row(self, halden: House, listing: Listing, ask: Any) -> None:
        suppliers = [{"name": "Holder Ltd"}, {"name": "Holdre Ltd"}, {"number": "F-1"}]
        answer = ask(halden, "auditor", "POST", "watch/list", {"suppliers": suppliers})
        assert [(row["line"], row["taken"]) for row in answer.json()] == [
            (1, "not found"), (2, "not found"), (3, "watched"),
        ]  # fmt: skip

    def test_a_list_that_is_too_long_has_the_wrong_shape(self, halden: House, ask: Any) -> None:
        asked = {"suppliers": [{"name": "x"}] * 501}
        assert ask(halden, "auditor", "POST", "watch/list", asked).status_code == 422


class TestChanges:
    def test_are_read_since_a_day(self, halden: House, ask: Any) -> None:
        row = watched(halden)["watched_id"]
        today = timezone.now().date()
        (change,) = ask(halden, "viewer", "GET", f"watch/changes?since={today}").json()["changes"]
        assert (change["watched_id"], change["question"], change["before"], change["after"], change["worse"]) == (
            str(row), "listed", "valid", "suspended", True,
        )  # fmt: skip
        later = today + timedelta(days=2)
        assert ask(halden, "viewer", "GET", f"watch/changes?since={later}").json()["count"] == 0

    def test_are_taken_notice_of_once(self, halden: House, ask: Any) -> None:
        row = watched(halden)["watched_id"]
        assert ask(halden, "auditor", "POST", f"watch/{row}/seen/").json() == {"seen": 1}
        assert ask(halden, "auditor", "POST", "watch/seen").json() == {"seen": 0}
        assert ask(halden, "viewer", "GET", f"watch/{row}/").json()["unread"] == 0

    def test_end_when_it_is_watched_no_longer(self, halden: House, ask: Any) -> None:
        arguments = watched(halden)
        address = f"watch/{arguments['watched_id']}/"
        assert ask(halden, "auditor", "DELETE", address).json()["ended_at"] is not None
        assert noticing.notice(at=timezone.now() + timedelta(days=1)) == 0
        assert ask(halden, "viewer", "GET", "watch/").json()["count"] == 0
        assert ask(halden, "viewer", "GET", "watch/changes").json()["count"] == 1


def test_another_organisations_row_is_not_there(halden: House, brandt: House, ask: Any) -> None:
    row = watched(halden)["watched_id"]
    for method, address in (("GET", ""), ("DELETE", ""), ("POST", "seen/")):
        assert ask(brandt, "administrator", method, f"watch/{row}/{address}").status_code == 404
    assert ask(brandt, "administrator", "GET", "watch/changes").json()["changes"] == []
