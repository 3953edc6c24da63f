"""The standing of one attestation on a date: dates, status list, status events, and the age of that knowledge.

Rules that hold here
* Knowledge older than the policy allows answers *unknown* with the date it was last known, never *yes*.
* A withdrawal in the revocation list is final, so old knowledge of it still answers *no*.
* A list describes the moment it was written; a date before that is answered from the events, or not at all.
* When list and events are equally fresh and disagree, the worse of the two counts.
* A document that another has replaced by the date is not in force on it, even if the certification is: what it states
  (a wider scope, a later expiry) no longer holds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from assaymark.core.attestation import (
    AttestationKind,
    Status,
    StatusEvent,
    StatusEventKind,
    replacement_of,
    status_as_of,
)
from assaymark.formats.credential import Credential
from assaymark.formats.moments import in_words
from assaymark.formats.status_list import BadStatusList, StatusList
from assaymark.formats.status_log import StatusLog
from assaymark.verify.evidence import Pool
from assaymark.verify.policy import Policy
from assaymark.verify.verdict import Answer, Code, Finding

_SEVERITY = {Status.VALID: 0, Status.EXPIRED: 1, Status.SUSPENDED: 2, Status.WITHDRAWN: 3}
_MEANINGS = {"revocation": Status.WITHDRAWN, "suspension": Status.SUSPENDED}
_CODES = {Status.SUSPENDED: Code.SUSPENDED, Status.WITHDRAWN: Code.WITHDRAWN, Status.EXPIRED: Code.EXPIRED}


@dataclass(frozen=True, slots=True)
class _Bits:
    """What the lists say together: the worst bit, the age of the oldest list, and until when all may be used."""

    status: Status
    written: dt.datetime
    valid_until: dt.datetime | None
    evidence: tuple[str, ...]


def standing(credential: Credential, pool: Pool, *, at: dt.datetime, noun: str) -> Finding:
    """Tell whether an attestation stands on a date. ``noun`` names it in the reason ("certificate")."""
    bits, problems = _read_lists(credential, pool)
    log = pool.logs.get((credential.issuer, credential.id))
    if log:
        log = replace(log, as_of=pool.known_of(log))
    outside = _interval(credential, at=at, noun=noun) or _edition_ended(credential, pool.policy, at=at)
    known = _from_status(credential, pool, bits, log, at=at, noun=noun, problems=problems)
    replaced = _replaced(credential, log, pool, at, noun, known) if log else None
    if known.code is Code.SUSPENDED:
        return known
    if known.code is Code.WITHDRAWN:  # of a list: that this document is revoked, which its replacement explains
        return replaced or known
    return outside or replaced or known


def _replaced(
    credential: Credential, log: StatusLog, pool: Pool, at: dt.datetime, noun: str, known: Finding
) -> Finding | None:
    """The certification may go on, but not as this document says: a newer one has taken its place by the date."""
    event = replacement_of(
        log.events, digest=credential.digest, revision=credential.revision, at=at, known_at=pool.known_at
    )
    if event is None or status_as_of(log.events, at=at, known_at=pool.known_at)[0] is Status.WITHDRAWN:
        return None
    what = "its scope was reduced" if event.event is StatusEventKind.SCOPE_REDUCED else "it was issued anew"
    reason = f" ({event.reason.rstrip('.')})" if event.reason else ""
    return Finding(
        Answer.NO,
        Code.WITHDRAWN,
        f"This document was replaced by revision {event.revision} on {in_words(event.effective_from)}: {what}{reason}. "
        f"Ask for the {noun} as it is now.",
        known.evidence or (_log_line(log),),
        log.as_of,
    )


def _interval(credential: Credential, *, at: dt.datetime, noun: str) -> Finding | None:
    if at < credential.valid_from:
        return Finding(
            Answer.NO,
            Code.NOT_YET_VALID,
            f"The {noun} is valid from {in_words(credential.valid_from)}, which is after {in_words(at)}.",
        )
    if credential.valid_until and at > credential.valid_until:
        return Finding(Answer.NO, Code.EXPIRED, f"The {noun} expired on {in_words(credential.valid_until)}.")
    return None


def _edition_ended(credential: Credential, policy: Policy, *, at: dt.datetime) -> Finding | None:
    """A certificate to an edition whose transition has ended is not in force, whatever its printed expiry."""
    if credential.kind is not AttestationKind.CERTIFICATE:
        return None
    editions = [(row.standard, edition) for row in credential.scope for edition in sorted(row.editions)]
    ends = [policy.edition_ends.get(one) for one in editions]
    if not ends or not all(end is not None and at.date() > end for end in ends):
        return None
    last = max(end for end in ends if end is not None)
    which = ", ".join(sorted({edition for _, edition in editions}))
    return Finding(
        Answer.NO,
        Code.EXPIRED,
        f"It certifies to edition {which}, whose transition ended on {last.day} {last:%b %Y}: no certificate to it is "
        "in force after that, whatever its printed expiry.",
    )


def _read_lists(credential: Credential, pool: Pool) -> tuple[_Bits | None, tuple[str, ...]]:
    status = Status.VALID
    found: list[StatusList] = []
    problems: list[str] = []
    evidence: list[str] = []
    for entry in credential.statuses:
        if entry.purpose == "refresh":  # a newer document is to be had; this one stands as it stood
            continue
        status_list = pool.lists.get((credential.issuer, entry.list_id, entry.purpose))
        if status_list is None:
            problems.append(f"No {entry.purpose} list of the issuer is at hand.")
            continue
        try:
            bit = status_list.is_set(entry.index, size=entry.size)
        except BadStatusList as error:
            problems.append(f"The {entry.purpose} list cannot be used: {error}.")
            continue
        evidence.append(
            f"{entry.purpose} list of {in_words(status_list.written)}: entry {entry.index} is "
            f"{'set' if bit else 'not set'}"
        )
        if entry.purpose in _MEANINGS:
            found.append(status_list)
            status = max(status, _MEANINGS[entry.purpose] if bit else status, key=_SEVERITY.__getitem__)
        elif bit:
            problems.append(f"Its entry in the {entry.purpose} list is set, and what that means is not known here.")
    if not found or (problems and status is Status.VALID):
        return None, tuple(problems)
    ends = [one.valid_until for one in found if one.valid_until]
    bits = _Bits(status, min(one.written for one in found), min(ends, default=None), tuple(evidence))
    return bits, tuple(problems)


def _from_status(
    credential: Credential,
    pool: Pool,
    bits: _Bits | None,
    log: StatusLog | None,
    *,
    at: dt.datetime,
    noun: str,
    problems: tuple[str, ...],
) -> Finding:
    if bits is None and log is None:
        why = " ".join(problems) or "It names no place where its status is published."
        return Finding(
            Answer.UNKNOWN,
            Code.MISSING,
            f"Whether the {noun} was suspended or withdrawn is not known. {why}".strip(),
        )
    told, cause = status_as_of(log.events, at=at, known_at=pool.known_at) if log else (None, None)
    evidence = (bits.evidence if bits else ()) + ((_log_line(log),) if log else ())
    if bits and bits.status is Status.WITHDRAWN and at >= bits.written:
        return _no(Status.WITHDRAWN, cause if told is Status.WITHDRAWN else None, noun, evidence, bits.written)
    if log and log.as_of >= at:
        if bits and at >= bits.written and bits.written >= log.as_of:
            told = max(told or Status.VALID, bits.status, key=_SEVERITY.__getitem__)
        return _answer(told or Status.VALID, cause, noun, evidence, at=at, known=log.as_of)
    if bits and bits.written > at and bits.written.date() != at.date():
        if log is None:
            return Finding(
                Answer.UNKNOWN,
                Code.MISSING,
                f"The status list tells how the {noun} stood on {in_words(bits.written)}, not on {in_words(at)}.",
                evidence,
            )
        bits = None
    return _from_past(pool, bits, log, told or Status.VALID, cause, noun, evidence, at)


def _from_past(
    pool: Pool,
    bits: _Bits | None,
    log: StatusLog | None,
    told: Status,
    cause: StatusEvent | None,
    noun: str,
    evidence: tuple[str, ...],
    at: dt.datetime,
) -> Finding:
    """Answer from knowledge that was written before the date asked about."""
    moments = [moment for moment in (bits.written if bits else None, log.as_of if log else None) if moment]
    known = max(moments)
    if bits is None or (log and log.as_of > bits.written):
        status = told
    elif log and log.as_of == bits.written:
        status = max(told, bits.status, key=_SEVERITY.__getitem__)
    else:
        status = bits.status
    lapsed = bool(bits and bits.valid_until and bits.valid_until < at and known <= bits.valid_until)
    if at - known > pool.policy.max_status_age or lapsed:
        was = "in force" if status is Status.VALID else status.value
        return Finding(
            Answer.UNKNOWN,
            Code.STALE,
            f"Last known on {in_words(known)}: the {noun} was {was}. That is too old to answer for {in_words(at)}.",
            evidence,
            known,
        )
    return _answer(status, cause if told is status else None, noun, evidence, at=at, known=known)


def _log_line(log: StatusLog) -> str:
    proven = f", each proven to be in its log of {log.checkpoint.size}" if log.checkpoint else ""
    return f"status events of the issuer, complete as of {in_words(log.as_of)}: {len(log.events)}{proven}"


def _answer(
    status: Status,
    cause: StatusEvent | None,
    noun: str,
    evidence: tuple[str, ...],
    *,
    at: dt.datetime,
    known: dt.datetime,
) -> Finding:
    if status is not Status.VALID:
        return _no(status, cause, noun, evidence, known)
    return Finding(
        Answer.YES,
        Code.VALID,
        f"The {noun} is in force on {in_words(at)}; its status was known on {in_words(known)}.",
        evidence,
        known,
    )


def _no(status: Status, cause: StatusEvent | None, noun: str, evidence: tuple[str, ...], known: dt.datetime) -> Finding:
    since = f" since {in_words(cause.effective_from)}" if cause else ""
    reason = f": {cause.reason.rstrip('.')}" if cause and cause.reason else ""
    late = ""
    if cause and cause.effective_from.date() < cause.recorded_at.date():
        late = f" (recorded on {in_words(cause.recorded_at)})"
    return Finding(Answer.NO, _CODES[status], f"The {noun} is {status.value}{since}{late}{reason}.", evidence, known)
