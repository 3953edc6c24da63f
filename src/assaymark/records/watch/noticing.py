"""Noticing that a watched certificate is answered otherwise than before.

Rules that hold here
* It is looked when a listing was published, when a snapshot of a foreign register was taken, when the chain above a
  certificate moved, and every hour: time alone ends a certificate.
* Finding out who watches crosses organisations; each change is then written in the watcher's own scope, with its entry
  in the watcher's journal. An organisation whose journal stands still is passed over and comes next hour.
* What was noticed is mailed by the background (`tasks.tell`), so that no page waits for a mail server.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from assaymark.core import watching
from assaymark.core.attestation import AttestationKind
from assaymark.core.refusal import Refused
from assaymark.core.watching import Seen
from assaymark.records.attestations.queries import Attestation
from assaymark.records.journal.actions import Change as Entry
from assaymark.records.journal.actions import append_many
from assaymark.records.register.models import Listing
from assaymark.records.scope import organisation_scope, system_scope
from assaymark.records.watch import tasks
from assaymark.records.watch.looking import look_at_many
from assaymark.records.watch.models import WatchedCertificate, WatchEvent

_LOG = logging.getLogger(__name__)
_AT_ONCE = 500


def listing_changed(listing_id: int, at: dt.datetime) -> None:
    """Somebody's listing was published anew."""
    notice(listings=[listing_id], at=at)


def source_changed(source_id: int, at: dt.datetime) -> None:
    """A snapshot of a foreign register was taken."""
    _notice(Q(listing__source_id=source_id), at=at)


def chain_changed(row: Attestation) -> None:
    """An accreditation or recognition changed: everything may rest on it, so the background looks at all."""
    if row.kind != AttestationKind.CERTIFICATE:
        transaction.on_commit(tasks.want_a_look, robust=True)


def notice(*, at: dt.datetime, listings: Sequence[int] | None = None) -> int:
    """Look at these listings as far as anybody watches them, or at all that is watched. Gives how many changes."""
    return _notice(Q() if listings is None else Q(listing_id__in=list(listings)), at=at)


def _notice(which: Q, *, at: dt.datetime) -> int:
    wanted = _watchers(which)
    if not wanted:
        return 0
    rows = Listing.objects.select_related("source", "holder", "body").in_bulk({listing for _, _, listing in wanted})
    seen = look_at_many(rows.values(), at=at)
    by_organisation: dict[UUID, list[UUID]] = defaultdict(list)
    for organisation_id, watched_id, _ in wanted:
        by_organisation[organisation_id].append(watched_id)
    found = 0
    for organisation_id, watched_ids in by_organisation.items():
        for start in range(0, len(watched_ids), _AT_ONCE):
            try:
                found += _write(organisation_id, watched_ids[start : start + _AT_ONCE], seen, at)
            except Refused as refused:
                _LOG.warning("Watch list of %s: %s", organisation_id, refused)
                break
    return found


def watched_listings() -> list[int]:
    """All listings that anybody watches, each once."""
    with system_scope():
        rows = WatchedCertificate.objects.filter(ended_at=None).order_by("listing_id")
        return list(rows.values_list("listing_id", flat=True).distinct())


def _watchers(which: Q) -> list[tuple[UUID, UUID, int]]:
    """(organisation, watched row, listing) of everybody who watches what the condition names."""
    with system_scope():
        rows = WatchedCertificate.objects.filter(which, ended_at=None)
        return list(rows.order_by("organisation_id", "pk").values_list("organisation_id", "pk", "listing_id"))


def _write(organisation_id: UUID, watched_ids: Iterable[UUID], seen: dict[int, Seen], at: dt.datetime) -> int:
    """Compare and write what an organisation watches; in its scope and one transaction."""
    events: list[WatchEvent] = []
    entries: list[Entry] = []
    with organisation_scope(organisation_id), transaction.atomic():
        rows = WatchedCertificate.objects.select_for_update(of=("self",)).filter(pk__in=list(watched_ids))
        changed = []
        for row in rows.filter(ended_at=None, seen_at__lte=at).order_by("pk"):
            now = seen.get(row.listing_id)
            if now is None:  # it could not be looked at; the next hour tries again
                continue
            found = watching.changes(before=row.facts(), after=now)
            keep(row, now, at=at)
            if found:
                row.changed_at, row.unread = at, row.unread + len(found)
                events += [WatchEvent.of(row, change, at=at) for change in found]
                entries.append(_entry(row, found, at))
            changed.append(row)
        columns = ["seen", "answer", "code", "seen_at", "changed_at", "unread"]
        WatchedCertificate.objects.bulk_update(changed, columns, batch_size=200)
        WatchEvent.objects.bulk_create(events, batch_size=500)
        append_many(organisation_id=organisation_id, changes=entries, by=None)
        if events:
            transaction.on_commit(lambda: tasks.tell.enqueue(str(organisation_id)), robust=True)
    return len(events)


def keep(row: WatchedCertificate, seen: Seen, *, at: dt.datetime) -> None:
    """What was seen, into the row's columns; not saved."""
    row.seen, row.answer, row.code, row.seen_at = seen.values(), seen.answer, seen.code[:20], at


def _entry(row: WatchedCertificate, found: Sequence[watching.Change], at: dt.datetime) -> Entry:
    return Entry(
        verb="watch.noticed",
        subject_kind=WatchedCertificate.subject_kind(),
        subject_id=row.pk,
        subject_label=row.label,
        at=at,
        before={one.question: one.before_code or one.before for one in found},
        after={one.question: one.after_code or one.after for one in found},
        reason=" ".join(one.sentence for one in found)[:500],
    )
