"""Timestamps over the checkpoints of status logs: so it is proven when a credential was signed (RFC 3161).

One token over the text of the newest checkpoint stands for every document in the log up to then. It is asked for in the
background; an authority that does not answer is asked again at the next change.
"""

from __future__ import annotations

import logging
from uuid import UUID

from assaymark.adapters import timestamping
from assaymark.formats.note import text_of
from assaymark.records.attestations.models import StatusCheckpoint
from assaymark.records.scope import organisation_scope

_log = logging.getLogger(__name__)


def unstamped(*, organisation_id: UUID) -> bool:
    """Whether the newest checkpoint of an issuer's status log has no timestamp yet."""
    newest = _newest(organisation_id)
    return newest is not None and not newest.timestamp


def stamp(*, organisation_id: UUID) -> bool:
    """Have the newest checkpoint stamped; whether it is now. False without an authority, and when it fails."""
    newest, chosen = _newest(organisation_id), timestamping.chosen()
    if newest is None or chosen is None:
        return False
    if newest.timestamp:
        return True
    try:
        token = chosen.stamper().token_over(text_of(newest.note).encode())
    except OSError as error:
        _log.warning("The status log of %s has no timestamp: %s", organisation_id, error)
        return False
    with organisation_scope(organisation_id):
        StatusCheckpoint.objects.filter(pk=newest.pk, timestamp=b"").update(timestamp=token)
    return True


def _newest(organisation_id: UUID) -> StatusCheckpoint | None:
    with organisation_scope(organisation_id):
        return StatusCheckpoint.objects.filter(organisation_id=organisation_id).order_by("-size").first()
