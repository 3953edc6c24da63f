"""The log of status events of one attestation, signed by its issuer (``statuslog+jwt``).

A status list says only what holds now. The log says since when, why, and what held before, as of ``asOf``:
it is complete up to that moment, in the issuer's word.

Rules that hold here
* Every event is a leaf of the issuer's one log: JSON in its canonical form (RFC 8785), with a salt so that the hash of
  a leaf tells nothing. Its hash is that of RFC 9162 2.1.1; ``seq`` counts from 1, so the leaf's index is ``seq - 1``.
* A log that carries a ``checkpoint`` (C2SP tlog-checkpoint) proves each of its events to be in it; one event whose
  proof does not hold spoils the whole. Logs without a checkpoint are read: then the issuer's word is all there is.
* Two logs of an issuer under checkpoints of the same size but different roots are two histories: neither is believed
  (``verify.evidence``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from assaymark.core import journal
from assaymark.core.attestation import StatusEvent, StatusEventKind
from assaymark.formats import jws, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant
from assaymark.formats.note import BadNote, Checkpoint, base64_of, bytes_of, unverified_checkpoint

TYP = "statuslog+jwt"
MAX_EVENTS = 10_000
_PROOF = "proof"


class BadStatusLog(ValueError):
    """The log cannot be used; what it would have said stays unknown."""


@dataclass(frozen=True, slots=True)
class StatusLog:
    """The events of one attestation, complete as of a moment; the signature holds.

    ``checkpoint`` is what the issuer's whole log held, every event here proven to be in it; None: not proven.
    """

    issuer: str
    target: str
    as_of: dt.datetime
    events: tuple[StatusEvent, ...]
    checkpoint: Checkpoint | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of an issuer's log, and where it stands: ``body`` is what is hashed."""

    body: bytes
    proof: tuple[bytes, ...] = ()


def leaf_body(event: StatusEvent, *, target: str, salt: bytes) -> bytes:
    """Return the canonical JSON of an event as leaf of its issuer's log. ``salt``: 16 random bytes."""
    return orjson.dumps({"target": target, "salt": base64_of(salt), **_row(event)}, option=orjson.OPT_SORT_KEYS)


def _row(event: StatusEvent) -> dict[str, str | int]:
    row: dict[str, str | int] = {
        "seq": event.seq,
        "event": event.event.value,
        "effectiveFrom": instant(event.effective_from),
        "recordedAt": instant(event.recorded_at),
        "reason": event.reason,
    }
    if event.revision:
        row["revision"] = event.revision
    if event.digest:
        row["credentialDigest"] = event.digest
    return row


def issue_status_log(*, target: str, events: Iterable[StatusEvent], key: jws.Signer, as_of: dt.datetime) -> str:
    """Return a signed log that stands alone; ``target`` is the identifier of the attestation's credential."""
    return _signed(target, [_row(event) for event in events], key=key, as_of=as_of)


def issue_proven_log(
    *, target: str, leaves: Sequence[Leaf], checkpoint: str, key: jws.Signer, as_of: dt.datetime
) -> str:
    """Return the signed log of one attestation whose events are leaves under a checkpoint (a signed note)."""
    rows = [orjson.loads(leaf.body) | {_PROOF: [base64_of(node) for node in leaf.proof]} for leaf in leaves]
    return _signed(target, rows, key=key, as_of=as_of, checkpoint=checkpoint)


def _signed(
    target: str, rows: list[dict[str, str | int]], *, key: jws.Signer, as_of: dt.datetime, checkpoint: str = ""
) -> str:
    payload: dict[str, object] = {"iss": key.did, "target": target, "asOf": instant(as_of), "events": rows}
    if checkpoint:
        payload["checkpoint"] = checkpoint
    return jws.sign(orjson.dumps(payload), signer=key, typ=TYP)


def status_log_of(parts: jws.Token, claims: dict[str, strict_json.Json], *, resolver: Resolver) -> StatusLog:
    """Check a log that is already taken apart; raises :class:`BadStatusLog`."""
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        raise BadStatusLog("issuer, target or events are missing")
    if parts.header.get("typ") != TYP:
        raise BadStatusLog(f"the token is not of type {TYP}")
    try:
        jws.check(parts, issuer=issuer, resolver=resolver)
    except jws.BadToken as error:
        raise BadStatusLog(str(error)) from error
    return unverified_log(claims)


def unverified_log(claims: dict[str, strict_json.Json]) -> StatusLog:
    """Read a log without asking who signed it; every proof in it holds. Raises :class:`BadStatusLog`."""
    issuer, target, rows = claims.get("iss"), claims.get("target"), claims.get("events")
    if not (isinstance(issuer, str) and isinstance(target, str) and isinstance(rows, list)):
        raise BadStatusLog("issuer, target or events are missing")
    if len(rows) > MAX_EVENTS:
        raise BadStatusLog(f"more than {MAX_EVENTS} events")
    note = claims.get("checkpoint", "")
    if not isinstance(note, str):
        raise BadStatusLog("the checkpoint is malformed")
    try:
        as_of = read_instant(claims.get("asOf"))
        events = tuple(_event(row) for row in rows)
        checkpoint = unverified_checkpoint(note) if note else None
        if checkpoint:
            _prove(rows, target, checkpoint)
    except (BadMoment, BadNote, ValueError) as error:
        raise BadStatusLog(str(error)) from error
    numbers = [event.seq for event in events]
    if numbers != sorted(set(numbers)):
        raise BadStatusLog("the events are not in the order of their numbers")
    return StatusLog(issuer, target, as_of, events, checkpoint, note)


def _prove(rows: list[strict_json.Json], target: str, checkpoint: Checkpoint) -> None:
    """Hold every event against the checkpoint; raises ValueError that names the first one that is not in it."""
    for row in rows:
        assert isinstance(row, dict)
        proof = row.get(_PROOF)
        if not isinstance(proof, list) or len(proof) > 64 or row.get("target") != target:
            raise ValueError("an event under a checkpoint carries no proof, or is about something else")
        body = orjson.dumps({name: v for name, v in row.items() if name != _PROOF}, option=orjson.OPT_SORT_KEYS)
        held = journal.inclusion_holds(
            leaf=journal.leaf_hash(body),
            index=int(str(row["seq"])) - 1,
            size=checkpoint.size,
            proof=[bytes_of(str(node)) for node in proof],
            root=checkpoint.root,
        )
        if not held:
            raise ValueError(f"event {row['seq']} is not in the log that the checkpoint is about")


def _event(row: object) -> StatusEvent:
    if not isinstance(row, dict) or not _counts(row.get("seq"), 0):
        raise ValueError("an event is malformed")
    reason, digest, revision = row.get("reason", ""), row.get("credentialDigest", ""), row.get("revision", 0)
    if not isinstance(reason, str) or len(reason) > 2000:
        raise ValueError("the reason of an event is malformed")
    if not isinstance(digest, str) or len(digest) > 200 or not _counts(revision, 0):
        raise ValueError("the document that an event names is malformed")
    return StatusEvent(
        seq=row["seq"],
        event=StatusEventKind(str(row.get("event"))),
        effective_from=read_instant(row.get("effectiveFrom")),
        recorded_at=read_instant(row.get("recordedAt")),
        reason=reason,
        revision=revision,
        digest=digest,
    )


def _counts(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53
