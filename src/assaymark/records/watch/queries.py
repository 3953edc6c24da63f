"""Reads about a watch list, in the current scope.

Of a certificate that its register shows on exact request only, lists tell number, own name and answers; holder, body
and scope stay with the register (`shown`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from assaymark.core.register import number_key
from assaymark.core.watching import QUESTIONS, Said
from assaymark.records.parties.models import Person
from assaymark.records.register import queries as register
from assaymark.records.register.queries import Hit, Listing
from assaymark.records.watch import telling
from assaymark.records.watch.models import WatchedCertificate, Watcher, WatchEvent

__all__ = ["WatchEvent", "WatchedCertificate", "Watcher"]

VIEWS = {"all": "All", "changed": "Changed", "stop": "Something is no", "unknown": "Cannot be told", "good": "All yes"}
_VIEWS = {
    "all": Q(),
    "changed": Q(unread__gt=0),
    "stop": Q(answer="no"),
    "unknown": Q(answer="unknown"),
    "good": Q(answer="yes"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A watched certificate as lists show it; what its register keeps to itself is empty."""

    id: UUID
    label: str
    number: str
    holder: str
    standard: str
    body: str
    register: str
    expires: dt.date | None
    listing_id: int
    public: bool
    said: tuple[tuple[str, Said], ...]
    listed: str
    answer: str
    code: str
    since: dt.datetime
    seen_at: dt.datetime
    changed_at: dt.datetime | None
    unread: int
    ended_at: dt.datetime | None


def shown(row: WatchedCertificate) -> Shown:
    """One row, with its listing, holder, body and source at hand."""
    listing, seen = row.listing, row.facts()
    public = listing.public
    return Shown(
        id=row.pk,
        label=row.label,
        number=listing.number,
        holder=listing.holder.name if public else "",
        standard=listing.standard if public else "",
        body=listing.body.name if public and listing.body else "",
        register=listing.source.name,
        expires=listing.expires if public else None,
        listing_id=listing.pk,
        public=public,
        said=tuple((name, seen.said[name]) for name in QUESTIONS),
        listed=seen.listed,
        answer=row.answer,
        code=row.code,
        since=row.since,
        seen_at=row.seen_at,
        changed_at=row.changed_at,
        unread=row.unread,
        ended_at=row.ended_at,
    )


def listed(*, view: str = "all", text: str = "") -> QuerySet[WatchedCertificate]:
    """What is watched now, unseen changes first, the newest of them on top, then by name.

    view: a key of `VIEWS`. text: part of one's own name, of the holder's or the body's, or the beginning of the number.
    """
    rows = WatchedCertificate.objects.filter(_VIEWS.get(view, Q()), ended_at=None)
    if text := text.replace("\x00", "").strip()[:100]:
        asked = Q(label__icontains=text) | Q(listing__public=True) & (
            Q(listing__holder__name__icontains=text) | Q(listing__body__name__icontains=text)
        )
        if key := number_key(text):
            asked |= Q(listing__number_key__startswith=key)
        rows = rows.filter(asked)
    rows = rows.select_related("listing__holder", "listing__body", "listing__source")
    unseen_first = F("changed_at").desc(nulls_last=True)
    return rows.annotate(new=Q(unread__gt=0)).order_by("-new", unseen_first, "label", "pk")


def counts() -> dict[str, int]:
    """How many there are of each view, in one query."""
    found = WatchedCertificate.objects.filter(ended_at=None).aggregate(
        **{name: Count("pk", filter=condition) if condition else Count("pk") for name, condition in _VIEWS.items()}
    )
    return {name: int(number) for name, number in found.items()}


def unseen() -> int:
    """How many certificates have changes that nobody has marked as seen; the number in the rail. One query."""
    return WatchedCertificate.objects.filter(ended_at=None, unread__gt=0).count()


def record(*, watched_id: UUID) -> WatchedCertificate:
    """One of them, also one that is no longer watched. Raises DoesNotExist outside the scope."""
    rows = WatchedCertificate.objects.select_related("listing__holder", "listing__body", "listing__source", "added_by")
    row: WatchedCertificate = rows.get(pk=watched_id)
    return row


def changes_of(row: WatchedCertificate) -> list[WatchEvent]:
    """All that changed while it was watched, newest first."""
    return list(WatchEvent.objects.filter(watched=row).select_related("read_by"))


def unseen_changes(*, limit: int = 30) -> list[WatchEvent]:
    """The newest changes of what is watched that nobody has marked as seen."""
    rows = WatchEvent.objects.filter(read_at=None, watched__ended_at=None)
    return list(rows.select_related("watched__listing")[:limit])


def all_changes(*, since: dt.date | None = None) -> QuerySet[WatchEvent]:
    """Every change, newest first, with what it is of. since: only what was noticed from this day on."""
    rows = WatchEvent.objects.select_related("watched__listing", "read_by")
    return rows.filter(noticed_at__gte=dt.datetime.combine(since, dt.time(), dt.UTC)) if since else rows


def watched_among(listing_ids: Iterable[int]) -> dict[int, UUID]:
    """Which of these listings are watched already: listing → row."""
    rows = WatchedCertificate.objects.filter(ended_at=None, listing_id__in=list(listing_ids))
    return dict(rows.values_list("listing_id", "pk"))


def to_choose_from(*, text: str, on: dt.date, limit: int = 12) -> list[tuple[Hit, UUID | None]]:
    """Public listings that are meant or nearly so, each with the row that watches it already."""
    hits = [hit for hit in register.search(text=text, on=on, limit=limit).hits if hit.row.public] if text else []
    held = watched_among(hit.row.pk for hit in hits)
    return [(hit, held.get(hit.row.pk)) for hit in hits]


def listing(*, listing_id: int) -> Listing | None:
    """A public listing, for who comes from its page; None when there is none."""
    try:
        row = register.listing(listing_id=listing_id)
    except Listing.DoesNotExist:
        return None
    return row if row.public else None


def gets_mail(*, person_id: UUID) -> bool:
    """Whether changes come by mail to this person."""
    return Watcher.objects.filter(person_id=person_id, mail=True).exists()


def told_by_mail(*, at: dt.datetime) -> list[Person]:
    """Who gets mail about changes."""
    return [watcher.person for watcher in telling.wanting_mail(at=at)]
