"""Appending to the journal. Only actions call this, inside their transaction.

Rules (docs/concepts/journal.md)
* No change without its entry, no entry without its change: both are in one transaction, the head is locked last.
* `at` is when the act happened, as its action says; `recorded` in the body is this server's clock. When that clock runs
  backwards by more than two seconds, an entry of its own says so; nothing is re-ordered and nothing refused.
* A database that does not extend what was last signed (a restored backup) takes no entries until it is recovered.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from assaymark.core import journal
from assaymark.core.parties import Actor
from assaymark.core.refusal import refuse
from assaymark.formats.journal_bundle import ERASURE
from assaymark.records.journal import recovery
from assaymark.records.journal.models import JournalEntry, JournalHead, JournalName
from assaymark.records.journal.tasks import sign_checkpoint

CHECKPOINT_AFTER = timedelta(seconds=50)
CLOCK_TOLERANCE = timedelta(seconds=2)
_LOST_TASK = timedelta(minutes=5)
_SYSTEM = "Assaymark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry to be written; see `append` for the fields."""

    verb: str
    subject_kind: str
    subject_id: UUID
    subject_label: str
    at: datetime
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""


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
    change = Change(
        verb=verb,
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject_label=subject_label,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )
    return append_many(organisation_id=organisation_id, changes=[change], by=by)[-1]


def append_many(*, organisation_id: UUID, changes: Sequence[Change], by: Actor | None) -> list[JournalEntry]:
    """Write many entries with one lock: for imports. Same conditions as `append`; returns them in order."""
    if not connection.in_atomic_block:
        raise RuntimeError("The journal is written inside the action's transaction.")
    if not changes:
        return []
    head = lock_journal(organisation_id)
    refuse(recovery.reasons_not_to_write(head))
    now = timezone.now()
    written = list(changes)
    if head.recorded_at is not None and now < head.recorded_at - CLOCK_TOLERANCE:
        written.insert(0, _clock_anomaly(head, now))
    entries, names = [], []
    raw = bytes(head.frontier)
    frontier = [raw[i : i + 32] for i in range(0, len(raw), 32)]
    for change in written:
        entry, name = _entry(head, change, by=by, now=now)
        frontier = journal.append_leaf(frontier, head.size, bytes(entry.leaf))
        head.size += 1
        entries.append(entry)
        names.append(name)
    JournalEntry.objects.bulk_create(entries, batch_size=500)
    JournalName.objects.bulk_create(names, batch_size=500)
    head.frontier = b"".join(frontier)
    head.recorded_at = now
    _want_checkpoint(head, now)
    head.save(update_fields=["frontier", "size", "recorded_at", "checkpoint_due"])
    return entries


def erase_name(*, entry_id: UUID, by: Actor | None, at: datetime, reason: str = "") -> None:
    """Forget whose name stands beside an entry; every proof stays valid, and an entry says that it was done.

    Runs in the organisation's scope; raises DoesNotExist when the entry is not in it. by: None for the operator.
    """
    entry = JournalEntry.objects.get(pk=entry_id)
    with transaction.atomic():
        JournalName.objects.filter(entry_id=entry_id).update(name="", salt=b"")
        append(
            organisation_id=entry.organisation_id,
            verb=ERASURE,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            subject_label=entry.subject_label,
            by=by,
            at=at,
            after={"epoch": entry.epoch, "index": entry.index},
            reason=reason,
        )


def lock_journal(organisation_id: UUID) -> JournalHead:
    """The head's row, locked until the transaction ends; made on first use."""
    heads = JournalHead.objects.select_for_update().filter(organisation_id=organisation_id)
    head: JournalHead | None = heads.first()
    if head is None:
        JournalHead.objects.get_or_create(organisation_id=organisation_id)
        head = heads.get()
    return head


def _entry(head: JournalHead, change: Change, *, by: Actor | None, now: datetime) -> tuple[JournalEntry, JournalName]:
    salt = os.urandom(16)
    name = (by.name if by else _SYSTEM)[:200]
    label = change.subject_label[:300]
    body = journal.canonical(
        {
            "epoch": head.epoch,
            "index": head.size,
            "at": change.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "recorded": now.astimezone(UTC).isoformat(timespec="microseconds"),
            "verb": change.verb,
            "actor": str(by.person_id) if by else None,
            "actor_name_hash": journal.name_hash(salt=salt, name=name),
            "on_behalf_of": str(by.home_organisation_id) if by and by.home_organisation_id else None,
            "subject": {"kind": change.subject_kind, "id": str(change.subject_id), "label": label},
            "before": dict(change.before) if change.before is not None else None,
            "after": dict(change.after) if change.after is not None else None,
            "reason": change.reason,
        }
    )
    entry = JournalEntry(
        organisation_id=head.organisation_id,
        epoch=head.epoch,
        index=head.size,
        at=change.at,
        verb=change.verb,
        actor_id=by.person_id if by else None,
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
        subject_label=label,
        reason=change.reason,
        body=body,
        leaf=journal.leaf_hash(body),
    )
    return entry, JournalName(organisation_id=head.organisation_id, entry=entry, salt=salt, name=name)


def _clock_anomaly(head: JournalHead, now: datetime) -> Change:
    assert head.recorded_at is not None
    return Change(
        verb="journal.clock_went_back",
        subject_kind=JournalHead.subject_kind(),
        subject_id=head.pk,
        subject_label="Clock of the server",
        at=now,
        after={"last": head.recorded_at.isoformat(), "now": now.isoformat()},
    )


def _want_checkpoint(head: JournalHead, now: datetime) -> None:
    """One task per journal is under way; one that was lost is replaced."""
    if head.checkpoint_due is None or head.checkpoint_due < now - _LOST_TASK:
        head.checkpoint_due = now + CHECKPOINT_AFTER
        sign_checkpoint.using(run_after=head.checkpoint_due).enqueue(str(head.organisation_id))
