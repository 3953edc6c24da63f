"""Verdicts from the register's own knowledge: the same verifier that strangers run, over a bundle written now.

A page therefore cannot say anything else than `assaymark verify` says of the bundle it offers for download.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from assaymark.core.attestation import Status, status_as_of
from assaymark.records.attestations import export, queries
from assaymark.records.attestations.models import Attestation
from assaymark.verify import CertificateVerdict, Input, verify

_REGISTER = "this register"


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
    return verify([bundle], at=at, now=now, anchors=queries.anchors())[0]


def verdicts_of_files(files: Sequence[Input], *, now: dt.datetime) -> list[CertificateVerdict]:
    """The four answers about strangers' files; what this register knows of the same certificates helps."""
    anchors = queries.anchors()
    first = verify(files, at=now, now=now, anchors=anchors)
    known = [row for verdict in first if (row := _of_this_register(verdict))]
    if not known:
        return first
    fresh = [Input(_REGISTER, export.bundle(row, at=now)) for row in known]
    both = verify([*files, *fresh], at=now, now=now, anchors=anchors)
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
    """The certificate's life as periods, from its grant to its expiry (or to today when it has none)."""
    events = queries.events_of(row)
    end = row.valid_until or max(now.date(), row.valid_from)
    changes = sorted({row.original_issue, *(e.effective_from.date() for e in events)} | {row.original_issue})
    changes = [day for day in changes if row.original_issue <= day <= end]
    found: list[Period] = []
    for start, following in zip(changes, [*changes[1:], end + dt.timedelta(days=1)], strict=True):
        last = dt.datetime.combine(start, dt.time(23, 59, 59), dt.UTC)
        status, cause = status_as_of(events, at=last, known_at=now)
        found.append(
            Period(start, following - dt.timedelta(days=1), status or Status.VALID, cause.reason if cause else "")
        )
    return found
