"""Which keys an organisation had, what stands in the way of changing them, and that doubt is not taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.core.identifiers import (
    KeyEvent,
    KeyEventKind,
    KeyFacts,
    reasons_not_to_change,
    reasons_not_to_identify,
)

BEGUN, STOLEN, ROTATED, NOW = (dt.datetime(2026, month, 1, 12, tzinfo=dt.UTC) for month in (1, 4, 6, 11))


def key(*events: KeyEvent, public: str = "z6Mkfirst", since: dt.datetime = BEGUN) -> KeyFacts:
    return KeyFacts(f"did:webvh:x:y#{public}", public, since, events)


def replaced(at: dt.datetime = ROTATED, reason: str = "A new server.") -> KeyEvent:
    return KeyEvent(KeyEventKind.REPLACED, at, at, reason)


def compromised(since: dt.datetime = STOLEN, reason: str = "A laptop was lost.") -> KeyEvent:
    return KeyEvent(KeyEventKind.COMPROMISED, since, NOW, reason)


class TestAKey:
    def test_signs_until_it_is_replaced(self) -> None:
        assert (key().state, key().until) == ("current", None)
        assert (key(replaced()).state, key(replaced()).until) == ("replaced", ROTATED)

    def test_is_compromised_since_the_earliest_moment_told(self) -> None:
        doubted = key(replaced(), compromised(), compromised(BEGUN))
        assert (doubted.state, doubted.compromised_since, doubted.until) == ("compromised", BEGUN, ROTATED)

    def test_tells_the_reason_that_weighs_most(self) -> None:
        assert key().reason == ""
        assert key(replaced()).reason == "A new server."
        assert key(replaced(), compromised()).reason == "A laptop was lost."


class TestTakingAnIdentifier:
    def test_needs_a_name_that_lasts_and_happens_once(self) -> None:
        assert reasons_not_to_identify(taken="", public_url="https://qms.example/path") == []
        both = reasons_not_to_identify(taken="did:webvh:x:y", public_url="http://qms.example")
        assert [one.rule for one in both] == ["identifier-taken", "identifier-needs-name"]

    @pytest.mark.parametrize(
        "address",
        ["https://10.0.0.1", "https://[::1]:8000", "https://localhost:8000", "https://a.localhost", "https://qms.internal",
         "ftp://qms.example", "https://", "https://qms_x.example"],
    )  # fmt: skip
    def test_takes_no_name_that_only_this_network_knows(self, address: str) -> None:
        assert [one.rule for one in reasons_not_to_identify(taken="", public_url=address)] == ["identifier-needs-name"]


def rules(**changes: object) -> list[str]:
    values: dict[str, object] = {"keys": [key()], "last_change": BEGUN, "at": NOW, "reason": "A new server."}
    return [one.rule for one in reasons_not_to_change(**(values | changes))]  # type: ignore[arg-type]


class TestChangingAKey:
    def test_has_nothing_in_its_way(self) -> None:
        assert rules() == []
        assert rules(compromised_since=STOLEN) == []
        assert rules(keys=[key(replaced()), key(public="z6Mknext", since=ROTATED)], of="z6Mkfirst",
                     compromised_since=STOLEN) == []  # fmt: skip

    def test_is_nothing_for_who_is_named_by_the_key(self) -> None:
        assert rules(keys=[], last_change=None) == ["identifier-is-key"]

    def test_collects_every_reason_at_once(self) -> None:
        found = rules(at=BEGUN, reason="", compromised_since=BEGUN + dt.timedelta(days=1))
        assert found == ["key-changed-now", "key-reason", "compromise-in-future"]

    def test_asks_for_a_moment_at_which_the_key_was_there(self) -> None:
        assert rules(compromised_since=BEGUN - dt.timedelta(days=1)) == ["compromise-before-key"]
        assert rules(compromised_since=BEGUN) == []

    def test_takes_doubt_only_further_back(self) -> None:
        keys = [key(replaced(), compromised()), key(public="z6Mknext", since=ROTATED)]
        assert rules(keys=keys, of="z6Mkfirst", compromised_since=STOLEN) == ["compromise-known"]
        assert rules(keys=keys, of="z6Mkfirst", compromised_since=STOLEN - dt.timedelta(days=1)) == []

    def test_knows_the_keys_that_there_were(self) -> None:
        assert rules(of="z6Mkelse") == ["key-unknown"]
