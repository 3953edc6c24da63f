"""Reads about the public register: search, one listing with its history, parties, near matches, past states.

Everything here is public data. A listing that its source shows on exact request only (`public` is off) comes out of
`search` for its exact number alone, and pages then tell its status and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Q

from assaymark.core import register as core
from assaymark.core.register import Interval, Version, intervals, version_on
from assaymark.records.register import engines
from assaymark.records.register.engines import Filters
from assaymark.records.register.models import (
    Coverage,
    Intake,
    Listing,
    ListingVersion,
    Party,
    PartyName,
    Quarantined,
    SectorOf,
    Source,
)

__all__ = [
    "Candidate",
    "Hit",
    "Intake",
    "Listing",
    "ListingVersion",
    "Page",
    "Party",
    "PartyName",
    "Source",
    "as_of",
    "by_numbers",
    "candidates",
    "counterpart",
    "coverage_of",
    "held_by",
    "history",
    "intakes",
    "kinds_of",
    "listing",
    "listings_of",
    "other_names",
    "parties",
    "party",
    "quarantined",
    "search",
    "source",
    "sources",
    "state_of",
    "status_of",
    "statuses_of",
]

_START = ("", 0)
MOST_ALIKE = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing found. `how`: number, name, other name, words, alike or filter; `score`: likeness, 0 to 100.

    matched  the name that met the question when it is not the holder's current one (an old or other name)
    """

    row: Listing
    status: str
    how: str
    score: float = 100.0
    matched: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Hits of one page; `following` is the cursor of the next one, empty at the end."""

    hits: tuple[Hit, ...]
    following: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A party whose name is like the one that was asked for. score 100: the same name but for spelling signs."""

    party_id: int
    name: str
    score: float


def search(
    *,
    text: str = "",
    on: dt.date,
    body_id: int | None = None,
    kind: str = "",
    country: str = "",
    standard: str = "",
    sector: str = "",
    status: str = "",
    source_key: str = "",
    after: str = "",
    limit: int = 25,
) -> Page:
    """Listings that answer the question, a page at a time. Any text is a valid question.

    text       a number (whole or its beginning), or a name: whole, beginning, words, with typing errors, old names
    on         the day on which statuses are read
    kind       certificate, accreditation or recognition; "" for all
    standard   any label of it; its edition does not count
    status     a status of `core.register.ListingStatus`, or "delisted" for what has left its source
    after      `Page.following` of the page before
    """
    text, limit = text.replace("\x00", "").strip()[:200], max(1, min(limit, 100))
    filters = Filters(
        on=on,
        source_id=Source.objects.filter(key=source_key).values_list("pk", flat=True).first() or -1
        if source_key
        else None,
        body_id=body_id,
        kind=kind[:20],
        country=country.upper()[:2],
        standard_key=core.standard_key(standard),
        sector=sector[:10],
        status=status,
    )
    tier, place = _read(after)
    if not text:
        found = engines.by_filters(filters, after=place[1], limit=limit + 1)
        more = _cursor("filter", ("", found[limit - 1])) if len(found) > limit else ""
        return Page(tuple(_hits(found[:limit], on=on, how="filter")), more)
    if tier in ("", "number") and any(c.isdigit() for c in text):
        page = _numbers(text, filters, place=place, limit=limit)
        if page.hits or tier:
            return page
    if tier in ("", "name"):
        return _names(text, filters, place=place, limit=limit)
    return _likes(text, filters, offset=place[1], limit=limit, seen=frozenset())


def _numbers(text: str, filters: Filters, *, place: tuple[str, int], limit: int) -> Page:
    key = core.number_key(text)
    if not key:
        return Page(())
    if place == _START:
        everyone = Filters(on=filters.on, source_id=filters.source_id, unlisted=True)
        exact = engines.by_number(key, everyone, prefix=False, after=_START, limit=limit)
        if exact:
            return Page(tuple(_hits([i for i, _ in exact], on=filters.on, how="number")))
    if len(key) < 2:
        return Page(())
    found = engines.by_number(key, filters, prefix=True, after=place, limit=limit + 1)
    more = _cursor("number", (found[limit - 1][1], found[limit - 1][0])) if len(found) > limit else ""
    return Page(tuple(_hits([i for i, _ in found[:limit]], on=filters.on, how="number")), more)


def _names(text: str, filters: Filters, *, place: tuple[str, int], limit: int) -> Page:
    key = core.name_key(text)
    if not key:
        return Page(())
    found = engines.by_name(key, filters, after=place, limit=limit + 1)
    hits = _hits(list(dict.fromkeys(i for i, _ in found[:limit])), on=filters.on, how="name", key=key)
    if len(found) > limit:
        return Page(tuple(hits), _cursor("name", (found[limit - 1][1], found[limit - 1][0])))
    if place == _START and len(key) >= 3:
        seen = frozenset(hit.row.pk for hit in hits)
        rest = _likes(text, filters, offset=0, limit=limit - len(hits), seen=seen) if len(hits) < limit else Page(())
        return Page((*hits, *rest.hits), rest.following)
    return Page(tuple(hits))


def _likes(text: str, filters: Filters, *, offset: int, limit: int, seen: frozenset[int]) -> Page:
    """What holds the words; when nothing does and nothing began with the text, what is like it."""
    names, how = engines.with_words(text), "words"
    if not names and not seen:
        names, how = engines.alike(text), "alike"
    best = {name.party_id: name for name in reversed(names[: MOST_ALIKE * 2])}
    found = engines.of_names(list(best), filters, limit=MOST_ALIKE)
    ranked = sorted((pair for pair in found if pair[0] not in seen), key=lambda p: (-best[p[1]].score, p[0]))
    ids = [listing_id for listing_id, _ in ranked[offset : offset + limit]]
    scores = {listing_id: best[party_id] for listing_id, party_id in ranked}
    hits = [
        Hit(hit.row, hit.status, how, scores[hit.row.pk].score, _other(hit.row, scores[hit.row.pk].name))
        for hit in _hits(ids, on=filters.on, how=how)
    ]
    more = _cursor("like", ("", offset + limit)) if len(ranked) > offset + limit and not seen else ""
    return Page(tuple(hits), more)


def _other(row: Listing, name: str) -> str:
    return "" if name == row.holder.name else name


def _hits(ids: Sequence[int], *, on: dt.date, how: str, key: str = "") -> list[Hit]:
    """Rows of these ids in their order, with body, holder and source."""
    found = Listing.objects.select_related("body", "holder", "source").in_bulk(ids)
    ordered = [found[i] for i in ids if i in found]
    others: dict[int, str] = {}
    if key:
        strange = {row.holder_id for row in ordered if not core.name_key(row.holder.name).startswith(key)}
        others = dict(
            PartyName.objects.filter(party_id__in=strange, key__startswith=key).values_list("party_id", "name")
        )
    return [
        Hit(
            row,
            _status(row, on),
            "other name" if row.holder_id in others else how,
            100.0,
            others.get(row.holder_id, ""),
        )
        for row in ordered
    ]


def status_of(row: Listing, *, on: dt.date) -> str:
    """The status of a listing on a day; one that has left its source is "delisted"."""
    return "delisted" if row.listed_until else _status(row, on)


def _status(row: Listing, on: dt.date) -> str:
    return core.status_on(status=row.status, expires=row.expires, on=on)


def _cursor(tier: str, place: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps([tier, *place]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, tuple[str, int]]:
    """A cursor's content; one that was tampered with is a start from the beginning."""
    try:
        tier, key, number = json.loads(base64.urlsafe_b64decode(cursor[:400] + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return "", _START
    good = isinstance(tier, str) and isinstance(key, str) and isinstance(number, int) and 0 <= number < 2**62
    return (tier, (key.replace("\x00", ""), number)) if good else ("", _START)


def candidates(names: Sequence[str], *, limit: int = 5, least: float = 82.0) -> list[list[Candidate]]:
    """For each name the parties that are meant or nearly so, best first; an empty list where nothing is near.

    Exact names are answered for all in a few queries; only the others are looked for one by one.
    """
    keys = [core.name_key(name) for name in names]
    exact = engines.with_keys([key for key in keys if key])
    answers: dict[str, list[Candidate]] = {}
    for name, key in zip(names, keys, strict=True):
        if key not in answers:
            met = exact.get(key) or (engines.alike(name, least=least, limit=limit * 4) if key else [])
            once = {found.party_id: found for found in reversed(met)}
            best = sorted(once.values(), key=lambda found: (-found.score, found.party_id))[:limit]
            answers[key] = [Candidate(found.party_id, found.name, found.score) for found in best]
    return [answers[key] for key in keys]


def by_numbers(numbers: Sequence[str]) -> dict[str, list[Listing]]:
    """Listings by number key (`core.register.number_key`), many at once, listed or not."""
    found: dict[str, list[Listing]] = {}
    keys = sorted({core.number_key(number) for number in numbers} - {""})
    for start in range(0, len(keys), 500):
        part = Listing.objects.filter(number_key__in=keys[start : start + 500])
        for row in part.select_related("body", "holder", "source"):
            found.setdefault(row.number_key, []).append(row)
    return found


def other_names(party_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Trading, English and former names by party, many at once."""
    found: dict[int, tuple[str, ...]] = {}
    ids = list(dict.fromkeys(party_ids))
    for start in range(0, len(ids), 500):
        rows = PartyName.objects.filter(party_id__in=ids[start : start + 500]).exclude(kind="current")
        for party_id, name in rows.values_list("party_id", "name"):
            found[party_id] = (*found.get(party_id, ()), name)
    return found


def held_by(party_ids: Sequence[int]) -> dict[int, list[Listing]]:
    """Public listings by holder, many at once."""
    found: dict[int, list[Listing]] = {}
    ids = list(dict.fromkeys(party_ids))
    for start in range(0, len(ids), 500):
        part = Listing.objects.filter(holder_id__in=ids[start : start + 500], public=True)
        for row in part.select_related("body", "holder", "source").order_by("id"):
            found.setdefault(row.holder_id, []).append(row)
    return found


def listing(*, listing_id: int) -> Listing:
    """One listing with body, holder and source. Raises `Listing.DoesNotExist`."""
    row: Listing = Listing.objects.select_related("body", "holder", "source").get(pk=listing_id)
    return row


def history(row: Listing) -> list[Interval]:
    """Its time line: all versions by valid time, with the ends of both intervals."""
    return list(intervals(_versions(row)))


def _versions(row: Listing) -> list[Version]:
    return [version.facts() for version in ListingVersion.objects.filter(listing=row).order_by("seq")]


def as_of(row: Listing, *, on: dt.date, known_at: dt.datetime | None = None) -> Version | None:
    """What the register said of it on a day, as known at a moment. None: not listed yet, or not known yet.

    A tombstone is a version too (`Version.tombstone`): listed before, not any more.
    """
    return version_on(_versions(row), on=on, known_at=known_at)


def state_of(
    *, source_key: str, on: dt.date, known_at: dt.datetime | None = None, tombstones: bool = False
) -> Iterator[tuple[int, Version]]:
    """The whole register of a source on a day as known at a moment, as a stream of (listing id, version).

    Holds one listing at a time, whatever the size of the register.
    """
    wanted = ListingVersion.objects.filter(listing__source__key=source_key, valid_from__lte=on)
    if known_at is not None:
        wanted = wanted.filter(recorded_at__lte=known_at)
    ordered = wanted.order_by("listing_id", "seq").iterator(chunk_size=2000)
    for listing_id, group in groupby(ordered, key=lambda version: version.listing_id):
        version = version_on((row.facts() for row in group), on=on, known_at=known_at)
        if version is not None and (tombstones or not version.tombstone):
            yield listing_id, version


def sectors_of(row: Listing) -> list[str]:
    """Its sector codes."""
    return sorted(SectorOf.objects.filter(listing_id=row.pk).values_list("code", flat=True))


def party(*, party_id: int) -> Party:
    """A body or holder. Raises `Party.DoesNotExist`."""
    row: Party = Party.objects.select_related("source").prefetch_related("names").get(pk=party_id)
    return row


def parties(*, text: str, role: str, limit: int = 20) -> list[Party]:
    """Bodies or holders by name, the likest first."""
    key = core.name_key(text)
    if not key:
        return []
    near = _bodies(text, key) if role == Party.BODY else _holders(text, key, limit)
    rows = Party.objects.filter(role=role).select_related("source").in_bulk(near[:MOST_ALIKE])
    return [rows[i] for i in dict.fromkeys(near) if i in rows][:limit]


def _bodies(text: str, key: str) -> list[int]:
    """Bodies are few: all of their names are looked at."""
    sources = list(Source.objects.values_list("pk", flat=True))
    names = PartyName.objects.filter(party__source_id__in=sources, party__role=Party.BODY)
    found = [engines.Name(*row) for row in names.values_list("id", "party_id", "name", "key")]
    begins = sorted((n for n in found if n.key.startswith(key)), key=lambda n: (n.key, n.party_id))
    near = [n for n in engines.ranked(text, found, least=78.0) if not n.key.startswith(key)]
    return [n.party_id for n in (*begins, *near)]


def _holders(text: str, key: str, limit: int) -> list[int]:
    begins = engines.begun(key, limit=limit * 5)
    return [n.party_id for n in begins or engines.with_words(text)[:MOST_ALIKE] or engines.alike(text)]


def listings_of(row: Party, *, after: int = 0, limit: int = 50) -> tuple[list[Listing], int]:
    """Public listings that a body issued or a holder has, and the cursor of the next page (0: none)."""
    side = Q(body=row) if row.role == Party.BODY else Q(holder=row)
    part = Listing.objects.filter(side, public=True, pk__gt=after).order_by("pk")
    found = list(part.select_related("body", "holder", "source")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else 0


def statuses_of(row: Party) -> dict[str, int]:
    """How many listings of a body or holder have which status now (as the source says; expiry is not read off)."""
    side = Q(body=row) if row.role == Party.BODY else Q(holder=row)
    counted = Listing.objects.filter(side, public=True, listed_until=None).values("status").annotate(n=Count("pk"))
    return {line["status"]: line["n"] for line in counted.order_by("status")}


def kinds_of(row: Party) -> frozenset[str]:
    """What a body issued or a holder has, so far as it is public: certificate, accreditation, recognition."""
    side = {"body_id": row.pk} if row.role == Party.BODY else {"holder_id": row.pk}
    kinds = (Listing.CERTIFICATE, "accreditation", "recognition")
    return frozenset(kind for kind in kinds if Listing.objects.filter(public=True, kind=kind, **side).exists())


def counterpart(row: Party) -> Party | None:
    """The same organisation in its other role: a body as the holder of its accreditations, and the other way round."""
    if not row.identity.startswith("id:"):
        return None
    other = Party.HOLDER if row.role == Party.BODY else Party.BODY
    found: Party | None = Party.objects.filter(source_id=row.source_id, role=other, identity=row.identity).first()
    return found


def coverage_of(*, source_id: int, body_id: int | None, on: dt.date) -> list[Coverage]:
    """What the source states of the body's completeness on that day; also what it states of all bodies."""
    stated = Coverage.objects.filter(Q(body_id=body_id) | Q(body=None), source_id=source_id, since__lte=on)
    return list(stated.filter(Q(until=None) | Q(until__gte=on)).select_related("body"))


def sources() -> list[Source]:
    """All registers that are held here."""
    return list(Source.objects.all())


def source(*, key: str) -> Source:
    """One of them. Raises `Source.DoesNotExist`."""
    row: Source = Source.objects.get(key=key)
    return row


def intakes(*, source_key: str) -> list[Intake]:
    """Its readings, newest first."""
    return list(Intake.objects.filter(source__key=source_key))


def quarantined(*, source_key: str, limit: int = 1000) -> list[dict[str, Any]]:
    """Rows of the newest reading that were kept aside, with their reasons."""
    newest = Intake.objects.filter(source__key=source_key).order_by("-pk").first()
    kept = Quarantined.objects.filter(intake=newest)[:limit] if newest else []
    return [{"line": row.line, "number": row.number, "reasons": row.reasons, "raw": row.raw} for row in kept]
