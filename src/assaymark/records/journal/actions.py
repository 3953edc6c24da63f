"""Appending to the journal. Only actions call this, inside their transaction."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from assaymark.core import journal
from assaymark.core.parties import Actor
from assaymark.records.journal.models import JournalEntry, JournalHead, JournalName


def append(
    *,
    organisation_id: UUID,
    verb: str,
    subject_kind: str,
    subject_id: UUID,
    subject_label: str,
    by: Actor | None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> JournalEntry:
    """Write one entry and move the head. Must run in a transaction and in a scope of `organisation_id`.

    verb     "<idea>.<past participle>", such as "findings.closed"
    before, after   changed fields only; values must be JSON (dates as ISO strings, ids as strings, no floats)
    by       None for the system itself
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The journal is written inside the action's transaction.")
    JournalHead.objects.get_or_create(organisation_id=organisation_id)
    head: JournalHead = JournalHead.objects.select_for_update().get(organisation_id=organisation_id)
    salt = os.urandom(16)
    name = by.name if by else "Assaymark"
    body = journal.canonical(
        {
            "index": head.size,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "verb": verb,
            "actor": str(by.person_id) if by else None,
            "actor_name_hash": hashlib.sha256(salt + name.encode()).hexdigest(),
            "on_behalf_of": str(by.home_organisation_id) if by and by.home_organisation_id else None,
            "subject": {"kind": subject_kind, "id": str(subject_id), "label": subject_label[:300]},
            "before": dict(before) if before is not None else None,
            "after": dict(after) if after is not None else None,
            "reason": reason,
        }
    )
    leaf = journal.leaf_hash(body)
    entry: JournalEntry = JournalEntry.objects.create(
        organisation_id=organisation_id,
        index=head.size,
        at=at,
        verb=verb,
        actor_id=by.person_id if by else None,
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject_label=subject_label[:300],
        reason=reason,
        body=body,
        leaf=leaf,
    )
    JournalName.objects.create(organisation_id=organisation_id, entry=entry, salt=salt, name=name[:200])
    raw = bytes(head.frontier)
    frontier = journal.append_leaf([raw[i : i + 32] for i in range(0, len(raw), 32)], head.size, leaf)
    head.frontier = b"".join(frontier)
    head.size += 1
    head.save(update_fields=["frontier", "size"])
    return entry
