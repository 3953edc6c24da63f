"""The signed log of events of one attestation."""

from __future__ import annotations

import datetime as dt

import orjson
import pytest

from assaymark.core.attestation import StatusEventKind
from assaymark.formats import jws, strict_json
from assaymark.formats.did import KeyResolver
from assaymark.formats.status_log import TYP, BadStatusLog, StatusLog, issue_status_log, status_log_of
from tests.trust_cast import HANSE, NOW, STRANGER, event

EVENTS = [
    event(1, StatusEventKind.ISSUED, dt.date(2026, 5, 1)),
    event(2, StatusEventKind.SUSPENDED, dt.date(2026, 11, 3), reason="surveillance overdue"),
]
TOKEN = issue_status_log(target="https://x.example/1", events=EVENTS, key=HANSE, as_of=NOW)


def read(token: str) -> StatusLog:
    parts = jws.split(token)
    return status_log_of(parts, strict_json.loads_object(parts.payload), resolver=KeyResolver())


def resigned(change: dict[str, object], *, typ: str = TYP) -> str:
    claims = orjson.loads(jws.split(TOKEN).payload) | change
    return jws.sign(orjson.dumps(claims), signer=HANSE, typ=typ)


class TestALog:
    def test_round_trip(self) -> None:
        log = read(TOKEN)
        assert (log.issuer, log.target, log.as_of) == (HANSE.did, "https://x.example/1", NOW)
        assert list(log.events) == EVENTS

    @pytest.mark.parametrize(
        ("token", "why"),
        [
            (resigned({"iss": STRANGER.did}), "different issuers"),
            (resigned({"target": None}), "missing"),
            (resigned({"asOf": "now"}), "not an instant"),
            (resigned({"events": [{}]}), "malformed"),
            (resigned({"events": [{"seq": 1, "event": "exploded"}]}), "exploded"),
            (resigned({}, typ="vc+jwt"), "statuslog"),
        ],
    )
    def test_that_is_malformed_or_of_another_issuer_is_refused(self, token: str, why: str) -> None:
        with pytest.raises(BadStatusLog, match=why):
            read(token)

    def test_with_events_out_of_order_is_refused(self) -> None:
        events = orjson.loads(jws.split(TOKEN).payload)["events"]
        with pytest.raises(BadStatusLog, match="order"):
            read(resigned({"events": events[::-1]}))
