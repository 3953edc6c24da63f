"""What is to be seen of a listing now: the verifier's four answers, or the register's word where nothing is signed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from assaymark.core import watching
from assaymark.core.watching import Said, Seen
from assaymark.records.attestations import queries as attestations
from assaymark.records.attestations import verification
from assaymark.records.attestations.queries import Attestation
from assaymark.records.register import queries as register
from assaymark.records.register.own import KEY
from assaymark.records.register.queries import Listing

_LOG = logging.getLogger(__name__)


def look(row: Listing, *, at: dt.datetime) -> Seen:
    """What is to be seen of it at this moment. row: with source.

    Of a certificate that its register shows on exact request only, whoever watches it sees what everybody sees.
    """
    status = register.status_of(row, on=at.date())
    if row.source.key == KEY:
        own = _own(row)
        return _of_own(own, at=at) if own is not None else watching.by_word(status=status, source=row.source.name)
    if row.verdicts and row.public:
        return watching.by_answers(answers=row.verdicts.split(","), code=row.verdict_code, status=status)
    return watching.by_word(status=status, source=row.source.name)


def look_at_many(rows: Iterable[Listing], *, at: dt.datetime) -> dict[int, Seen]:
    """The same for many, each looked at once. One that cannot be looked at is left out and leaves the others alone."""
    found: dict[int, Seen] = {}
    for row in rows:
        if row.pk not in found:
            try:
                found[row.pk] = look(row, at=at)
            except Exception:
                _LOG.exception("Listing %s, %s, cannot be looked at", row.pk, row.number)
    return found


def _own(row: Listing) -> Attestation | None:
    named = attestations.find_by_number(number=row.number)
    return next((one for one in named if one.pk.hex == row.identity), None)


def _of_own(row: Attestation, *, at: dt.datetime) -> Seen:
    if not row.public:
        status, _ = attestations.status_on(row, at=at)
        return watching.by_status(status=str(status.value))
    verdict = verification.verdict_on(row, at=at, now=at)
    said = {name: Said(str(one.answer), str(one.code), one.reason) for name, one in verdict.findings.items()}
    return Seen(said, watching.LISTED, str(verdict.code))
