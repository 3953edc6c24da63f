"""Verdicts from the register's own knowledge: the same verifier that strangers run, over a bundle written now.

A page therefore cannot say anything else than `assaymark verify` says of the bundle it offers for download.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from assaymark.adapters import timestamping
from assaymark.core.attestation import Status, status_as_of
from assaymark.formats import jws, strict_json
from assaymark.formats.moments import read_instant
from assaymark.records.attestations import export, identity, queries
from assaymark.records.attestations.models import Attestation
from assaymark.records.standards import queries as standards
from assaymark.verify import CertificateVerdict, Input, Policy, verify
from assaymark.verify.policy import EDITION_ENDS

_REGISTER = "this register"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which an attestation had one status; both days counted."""

    start: dt.date
    end: dt.date
    status: Status
    reason: str = ""


def verdict_on(row: Attestation, *, at: dt.datetime, now: dt.datetime) -> CertificateVerdict:
    """The four answers about a certificate on a moment, as known now."""
    bundle = Input(row.number, export.bundle(row, at=now, on=at.date()))
    return verify([bundle], at=at, now=now, anchors=queries.anchors(), policy=policy())[0]


def policy() -> Policy:
    """What this installation decides: beside the ends of editions that are past, those that its operator entered; and
    that the bodies which witness here, and the timestamp authorities of the settings, are believed about times."""
    entered = {
        (f"urn:iso:std:{row.standard_key.replace('-', ':', 1)}", row.label): row.transition_ends
        for row in standards.editions()
        if row.transition_ends is not None
    }
    return Policy(
        edition_ends={**EDITION_ENDS, **entered},
        witnesses=identity.trusted_witnesses(),
        timestamp_roots=timestamping.trusted_certificates(),
    )


def verdicts_of_files(files: Sequence[Input], *, now: dt.datetime) -> list[CertificateVerdict]:
    """The four answers about strangers' files; what this register knows of the same certificates helps."""
    anchors = queries.anchors()
    decided = policy()
    first = verify(files, at=now, now=now, anchors=anchors, policy=decided)
    known = [row for verdict in first if (row := _of_this_register(verdict))]
    if not known:
        return first
    fresh = [Input(_REGISTER, export.bundle(row, at=now)) for row in known]
    both = verify([*files, *fresh], at=now, now=now, anchors=anchors, policy=decided)
    return [verdict for verdict in both if verdict.file != _REGISTER]


def _of_this_register(verdict: CertificateVerdict) -> Attestation | None:
    """The certificate behind a credential that names one of our addresses."""
    prefix = f"{settings.PUBLIC_URL}/c/"
    named = verdict.credential_id or ""
    parts = named.removeprefix(prefix).strip("/").split("/") if named.startswith(prefix) else []
    if len(parts) != 2:
        return None
    try:
        return queries.public_attestation(issuer_slug=parts[0], number=parts[1])
    except Attestation.DoesNotExist:
        return None


def periods(row: Attestation, *, now: dt.datetime) -> list[Period]:
    """The attestation's life as periods, from its grant to the end of its validity or to today, whichever is later.

    A day has the status that the verifier would find for it: by the events as known now, and by the validity of the
    issue that counted on that day.
    """
    events, ends = queries.events_of(row), _ends(row)
    horizon = max(row.valid_until or now.date(), now.date())
    changes = {row.original_issue, *(event.effective_from.date() for event in events)}
    changes |= {issue.effective_from for issue in row.issues.all() if issue.effective_from}
    changes |= {end + _DAY for end in ends.values() if end}
    days = sorted(day for day in changes if row.original_issue <= day <= horizon)
    found: list[Period] = []
    for start, following in zip(days, [*days[1:], horizon + _DAY], strict=True):
        last = dt.datetime.combine(start, dt.time(23, 59, 59), dt.UTC)
        status, cause = status_as_of(events, at=last, known_at=now)
        end = ends[queries.issue_on(row, on=start).pk]
        if status in (None, Status.VALID) and end is not None and end < start:
            status, cause = Status.EXPIRED, None
        reason = cause.reason if cause else ""
        if found and (found[-1].status, found[-1].reason) == (status or Status.VALID, reason):
            start = found.pop().start
        found.append(Period(start, following - _DAY, status or Status.VALID, reason))
    return found


def _ends(row: Attestation) -> dict[UUID, dt.date | None]:
    """The last day of validity that each issue states."""
    found: dict[UUID, dt.date | None] = {}
    for issue in row.issues.all():
        claims = strict_json.loads_object(jws.split(issue.credential).payload)
        stated = claims.get("validUntil")
        found[issue.pk] = read_instant(stated).date() if isinstance(stated, str) else None
    return found
