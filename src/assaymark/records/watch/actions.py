"""Writes about a watch list: take certificates onto it, take them off, mark changes as seen, choose mail.

Rules that hold here
* What is public is watched by choosing it. What its register shows on exact request only is watched by its exact number
  together with the exact name of its holder, so that watching tells nobody more than asking does.
* A misspelt name is never taken for the right one: a list that is handed in says which rows were not taken, and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.register import name_key, number_key
from assaymark.core.supplier_list import Checked, Supplier, check
from assaymark.records.actions import action
from assaymark.records.journal.actions import Change as Entry
from assaymark.records.journal.actions import append, append_many
from assaymark.records.register import queries as register
from assaymark.records.register.lists import Records, address_of
from assaymark.records.register.models import Listing
from assaymark.records.watch.looking import look, look_at_many
from assaymark.records.watch.models import WatchedCertificate, Watcher, WatchEvent
from assaymark.records.watch.noticing import keep

MOST_AT_ONCE, MOST = 500, 20_000
_OTHER = frozenset({"OTHER_HOLDER", "OTHER_STANDARD"})


class Taken(StrEnum):
    """What became of a row of a list."""

    WATCHED = "watched"
    ALREADY = "already"
    NOT_FOUND = "not found"

    @property
    def words(self) -> str:
        """As people read it."""
        return "watched already" if self is Taken.ALREADY else str(self.value)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list that was handed in. near: names to choose from."""

    supplier: Supplier
    taken: Taken
    why: str = ""
    near: tuple[str, ...] = ()


@action("watch.write")
def add(*, listing_id: int, label: str = "", by: Actor, at: dt.datetime) -> WatchedCertificate:
    """Watch a public listing. label: what it is called here; the holder's name unless told.

    Raises `Refused` when it is watched already, is not public, or the list is full; `Listing.DoesNotExist`.
    """
    row = register.listing(listing_id=listing_id)
    if not row.public:
        refuse([_UNKNOWN])
    return _add(row, label, by=by, at=at)


@action("watch.write")
def add_by_number(*, number: str, name: str = "", label: str = "", by: Actor, at: dt.datetime) -> WatchedCertificate:
    """Watch the certificate with exactly this number. name: of its holder; needed when it is not public, or when the
    number stands more than once.

    Raises `Refused` when there is none, or more than one.
    """
    known = register.by_numbers([number]).get(number_key(number), [])
    others = register.other_names([row.holder_id for row in known])
    key = name_key(name)
    named = [row for row in known if key and key in _names(row, others)]
    found = named or ([] if key else [row for row in known if row.public])
    if not found:
        refuse([_UNKNOWN])
    if len(found) > 1:
        why = f"The number stands {len(found)} times in the register."
        refuse([Refusal("watch-several", "", why, "Choose the entry in the register, and watch it from there.")])
    return _add(found[0], label, by=by, at=at)


_UNKNOWN = Refusal(
    "watch-unknown",
    "",
    "No certificate that can be watched has this number and name.",
    "Compare both with the certificate. One that is not public needs its exact number and its holder's exact name.",
)


def _names(row: Listing, others: dict[int, tuple[str, ...]]) -> set[str]:
    return {name_key(name) for name in (row.holder.name, *others.get(row.holder_id, ()))}


def _add(row: Listing, label: str, *, by: Actor, at: dt.datetime) -> WatchedCertificate:
    active = WatchedCertificate.objects.filter(ended_at=None)
    already = active.filter(listing=row).first()
    if already is not None:
        why = f"{row.number} is watched already, as {already.label}."
        refuse([Refusal("watch-twice", "", why, "Open it in the watch list.")])
    refuse(_no_room(active.count(), 1))
    watched = _new(row, label, by=by, at=at)
    keep(watched, look(row, at=at), at=at)
    _saved_once([watched])
    _want_mail_at_first(by=by, at=at)
    append_many(organisation_id=by.organisation_id, changes=[_added(watched, row, at)], by=by)
    return watched


def _saved_once(rows: Sequence[WatchedCertificate]) -> None:
    """Save new rows; what somebody else added at the same moment is refused as what was there before."""
    try:
        with transaction.atomic():
            WatchedCertificate.objects.bulk_create(rows, batch_size=200)
    except IntegrityError:
        why = "Somebody put the same certificate onto the list at this moment. Nothing was changed."
        refuse([Refusal("watch-twice", "", why, "Look at the list, and try again.")])


def _no_room(held: int, more: int) -> list[Refusal]:
    if held + more <= MOST:
        return []
    why = f"A watch list holds at most {MOST:,} certificates; there are {held:,}."
    return [Refusal("watch-full", "", why, "Take off what is no longer needed.")]


def _new(row: Listing, label: str, *, by: Actor, at: dt.datetime) -> WatchedCertificate:
    known_as = label.strip() or (row.holder.name if row.public else row.number)
    return WatchedCertificate(
        organisation_id=by.organisation_id, listing=row, label=known_as[:200], since=at, added_by_id=by.person_id
    )


def _added(watched: WatchedCertificate, row: Listing, at: dt.datetime) -> Entry:
    return Entry(
        verb="watch.added",
        subject_kind=WatchedCertificate.subject_kind(),
        subject_id=watched.pk,
        subject_label=watched.label,
        at=at,
        after={"number": row.number, "register": row.source.name, "code": watched.code},
    )


def _want_mail_at_first(*, by: Actor, at: dt.datetime) -> None:
    Watcher.objects.get_or_create(
        organisation_id=by.organisation_id, person_id=by.person_id, defaults={"mail": True, "since": at}
    )


@action("watch.write")
def add_many(*, suppliers: Sequence[Supplier], by: Actor, at: dt.datetime) -> list[Row]:
    """Watch what a list of suppliers names, each row looked up as `assaymark verify-list` does; what is not found
    surely is left, with the reason. Gives a row for each row of the list, in order.

    Raises `Refused` when there are more than 500 rows, or the watch list would be full.
    """
    if len(suppliers) > MOST_AT_ONCE:
        why = f"The list has {len(suppliers):,} rows; {MOST_AT_ONCE} are taken at once."
        refuse([Refusal("watch-many", "", why, "Split it.")])
    checked = list(check(suppliers, Records(), on=at.date()))
    found = _rows_of(checked)
    active = WatchedCertificate.objects.filter(ended_at=None)
    held = set(active.filter(listing_id__in=[row.pk for row in found.values()]).values_list("listing_id", flat=True))
    told: list[Row] = []
    new: dict[int, tuple[Listing, str]] = {}
    for index, one in enumerate(checked):
        row = found.get(index)
        if row is None:
            told.append(Row(one.supplier, Taken.NOT_FOUND, _why_not(one), one.near))
        elif row.pk in held or row.pk in new:
            told.append(Row(one.supplier, Taken.ALREADY, "It is on the list already."))
        else:
            new[row.pk] = (row, one.supplier.name)
            told.append(Row(one.supplier, Taken.WATCHED, one.why))
    refuse(_no_room(active.count(), len(new)))
    _take(list(new.values()), by=by, at=at)
    return told


def _why_not(one: Checked) -> str:
    if one.found is None or one.code in _OTHER:
        return f"{one.why} {one.todo}".strip()
    return _UNKNOWN.message


def _rows_of(checked: Sequence[Checked]) -> dict[int, Listing]:
    """Place in the list → the listing that is surely meant."""
    sure = {i: one for i, one in enumerate(checked) if one.found is not None and one.code not in _OTHER}
    known = register.by_numbers([one.found.number for one in sure.values() if one.found])
    rows = {address_of(row): row for some in known.values() for row in some}
    others = register.other_names([row.holder_id for row in rows.values()])
    found: dict[int, Listing] = {}
    for place, one in sure.items():
        row = rows.get(one.found.url) if one.found else None
        if row is not None and (row.public or name_key(one.supplier.name) in _names(row, others)):
            found[place] = row
    return found


def _take(rows: Sequence[tuple[Listing, str]], *, by: Actor, at: dt.datetime) -> None:
    if not rows:
        return
    seen = look_at_many((row for row, _ in rows), at=at)
    watched = [_new(row, label, by=by, at=at) for row, label in rows]
    for one, (row, _) in zip(watched, rows, strict=True):
        keep(one, seen.get(row.pk) or look(row, at=at), at=at)
    _saved_once(watched)
    _want_mail_at_first(by=by, at=at)
    entries = [_added(one, row, at) for one, (row, _) in zip(watched, rows, strict=True)]
    append_many(organisation_id=by.organisation_id, changes=entries, by=by)


@action("watch.write")
def rename(*, watched_id: UUID, label: str, by: Actor, at: dt.datetime) -> WatchedCertificate:
    """Call it otherwise. Raises `Refused` for an empty name."""
    row = WatchedCertificate.for_update(watched_id)
    if not label.strip():
        refuse([Refusal("watch-label", "", "The name is missing.", "Write what you call it.")])
    before, row.label = row.label, label.strip()[:200]
    row.save(update_fields=["label"])
    if before != row.label:
        _told(row, "renamed", by=by, at=at, before={"label": before}, after={"label": row.label})
    return row


@action("watch.write")
def stop(*, watched_id: UUID, by: Actor, at: dt.datetime) -> WatchedCertificate:
    """Watch it no longer. What changed until now stays on record."""
    row = WatchedCertificate.for_update(watched_id)
    if row.ended_at is None:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        _told(row, "stopped", by=by, at=at)
    return row


@action("watch.write")
def mark_seen(*, watched_id: UUID | None = None, by: Actor, at: dt.datetime) -> int:
    """Say that somebody took notice of the changes of one certificate, or of all. Gives how many there were."""
    rows = WatchedCertificate.objects.select_for_update(of=("self",)).filter(unread__gt=0)
    if watched_id is not None:
        rows = rows.filter(pk=WatchedCertificate.for_update(watched_id).pk)
    chosen = list(rows)
    which = Q() if watched_id is None else Q(watched_id=watched_id)
    count = WatchEvent.objects.filter(which, read_at=None).update(read_at=at, read_by_id=by.person_id)
    which = Q() if watched_id is None else Q(pk=watched_id)
    WatchedCertificate.objects.filter(which, unread__gt=0).update(unread=0)
    entries = [
        Entry(
            verb="watch.seen",
            subject_kind=WatchedCertificate.subject_kind(),
            subject_id=row.pk,
            subject_label=row.label,
            at=at,
            after={"changes": row.unread},
        )
        for row in chosen
    ]
    append_many(organisation_id=by.organisation_id, changes=entries, by=by)
    return count


@action("watch.read")
def choose_mail(*, mail: bool, by: Actor, at: dt.datetime) -> Watcher:
    """Say whether changes come by mail to oneself. What changed before is not mailed."""
    row, made = Watcher.objects.get_or_create(
        organisation_id=by.organisation_id, person_id=by.person_id, defaults={"mail": mail, "since": at}
    )
    if not made and row.mail != mail:
        row.mail, row.since = mail, at if mail else row.since
        row.save(update_fields=["mail", "since"])
    return row


def _told(
    row: WatchedCertificate,
    verb: str,
    *,
    by: Actor,
    at: dt.datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    append(
        organisation_id=row.organisation_id,
        verb=f"watch.{verb}",
        subject_kind=WatchedCertificate.subject_kind(),
        subject_id=row.pk,
        subject_label=row.label,
        by=by,
        at=at,
        before=before,
        after=after,
    )
