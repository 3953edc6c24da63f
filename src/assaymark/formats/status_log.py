"""The log of status events of one attestation, signed by its issuer (``statuslog+jwt``).

A status list says only what holds now. The log says since when, why, and what held before, as of ``asOf``:
it is complete up to that moment, in the issuer's word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from assaymark.core.attestation import StatusEvent, StatusEventKind
from assaymark.formats import jws, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant

TYP = "statuslog+jwt"
MAX_EVENTS = 10_000


class BadStatusLog(ValueError):
    """The log cannot be used; what it would have said stays unknown."""


@dataclass(frozen=True, slots=True)
class StatusLog:
    """The events of one attestation, complete as of a moment; the signature holds."""

    issuer: str
    target: str
    as_of: dt.datetime
    events: tuple[StatusEvent, ...]


def issue_status_log(*, target: str, events: Iterable[StatusEvent], key: jws.Signer, as_of: dt.datetime) -> str:
    """Return the signed log of one attestation; ``target`` is the identifier of its credential."""
    payload = {
        "iss": key.did,
        "target": target,
        "asOf": instant(as_of),
        "events": [
            {
                "seq": event.seq,
                "event": event.event.value,
                "effectiveFrom": instant(event.effective_from),
                "recordedAt": instant(event.recorded_at),
                "reason": event.reason,
            }
            for event in events
        ],
    }
    return jws.sign(orjson.dumps(payload), signer=key, typ=TYP)


def status_log_of(parts: jws.Token, claims: dict[str, strict_json.Json], *, resolver: Resolver) -> StatusLog:
    """Check a log that is already taken apart; raises :class:`BadStatusLog`."""
    issuer, target, rows = claims.get("iss"), claims.get("target"), claims.get("events")
    if not (isinstance(issuer, str) and isinstance(target, str) and isinstance(rows, list)):
        raise BadStatusLog("issuer, target or events are missing")
    if parts.header.get("typ") != TYP:
        raise BadStatusLog(f"the token is not of type {TYP}")
    if len(rows) > MAX_EVENTS:
        raise BadStatusLog(f"more than {MAX_EVENTS} events")
    try:
        jws.check(parts, issuer=issuer, resolver=resolver)
        as_of = read_instant(claims.get("asOf"))
        events = tuple(_event(row) for row in rows)
    except (jws.BadToken, BadMoment, ValueError) as error:
        raise BadStatusLog(str(error)) from error
    numbers = [event.seq for event in events]
    if numbers != sorted(set(numbers)):
        raise BadStatusLog("the events are not in the order of their numbers")
    return StatusLog(issuer, target, as_of, events)


def _event(row: object) -> StatusEvent:
    if not isinstance(row, dict) or not isinstance(row.get("seq"), int):
        raise ValueError("an event is malformed")
    reason = row.get("reason", "")
    if not isinstance(reason, str) or len(reason) > 2000:
        raise ValueError("the reason of an event is malformed")
    return StatusEvent(
        seq=row["seq"],
        event=StatusEventKind(str(row.get("event"))),
        effective_from=read_instant(row.get("effectiveFrom")),
        recorded_at=read_instant(row.get("recordedAt")),
        reason=reason,
    )
