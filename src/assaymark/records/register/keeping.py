"""Taking what a source says now into the register: new listings, versions of changed ones, tombstones.

Rules that hold here
* What says the same as before changes nothing: no version, no moment.
* Everything happens in the caller's transaction, in batches; a batch costs a constant number of queries.
* A listing whose body is named anew while number and standard stay is the same listing, if no other could be meant.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from assaymark.core import register as core
from assaymark.core.register import Entry, EventKind
from assaymark.records.register import bulk
from assaymark.records.register.models import Listing, ListingVersion, Party, SectorOf
from assaymark.records.register.naming import Named, Naming

BATCH = 2_000
# After so many additions PostgreSQL's planner needs to know that the tables are no longer empty.
_ANALYSED_AT = (2_000, 20_000, 200_000)
_ASKED = ("register_party", "register_partyname", "register_word", "register_listing")
_COLUMNS = (
    "kind", "number", "number_key", "body_id", "holder_id", "standard", "standard_key", "country", "status", "issued",
    "expires", "public", "digest",
)  # fmt: skip
_VERDICT = ("verdict_code", "verdicts", "checked_at")
_VERSION = ("listing_id", "seq", "valid_from", "recorded_at", "kinds", "values", "changes")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verification found about an entry: the code and the four answers."""

    code: str
    answers: tuple[str, str, str, str]
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """An entry with all that is derived of it once."""

    entry: Entry
    values: dict[str, Any]
    digest: str
    judged: Judged | None = None

    @classmethod
    def of(cls, entry: Entry, judged: Judged | None = None) -> Taken:
        """Derive values and digest."""
        values = entry.values()
        packed = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
        return cls(entry, values, hashlib.blake2b(packed, digest_size=16).hexdigest(), judged)


@dataclass(slots=True)
class Keeping:
    """One source's listings at one recorded moment, valid from one day.

    present  identities that the whole snapshot holds, as `identity_hash`; empty when it is no whole snapshot
    """

    source_id: int
    as_of: dt.date
    at: dt.datetime
    present: frozenset[int] | set[int] = frozenset()
    fresh: bool = False
    seen: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("same", *map(str, EventKind)), 0))
    naming: Naming = field(init=False)

    def __post_init__(self) -> None:
        self.naming = Naming(self.source_id)

    def take(self, batch: Sequence[Taken]) -> None:
        """Take a batch of entries; no identity may stand in it twice."""
        known = self._known(batch)
        changed = [
            (known.get(t.entry.identity), t)
            for t in batch
            if (row := known.get(t.entry.identity)) is None or row.digest != t.digest or row.listed_until is not None
        ]
        self.seen.update(row.pk for row in known.values())
        self.counts["same"] += len(batch) - len(changed)
        if not changed:
            return
        named = [Named.holder(t.entry) for _, t in changed]
        named += [body for _, t in changed if (body := Named.body(t.entry))]
        parties = self.naming.parties(named)
        self._add([t for row, t in changed if row is None], parties)
        self._change([(row, t) for row, t in changed if row is not None], parties)

    def _known(self, batch: Sequence[Taken]) -> dict[str, Listing]:
        if self.fresh:
            return {}
        mine = Listing.objects.filter(source_id=self.source_id)
        found: dict[str, Listing] = {}
        for piece in bulk.pieces([t.entry.identity for t in batch]):
            found.update((row.identity, row) for row in mine.filter(identity__in=piece))
        strange = {t.entry.identity: t.entry for t in batch if t.entry.identity not in found}
        if strange and self.present:
            self._same_number(strange, found)
        return found

    def _same_number(self, strange: Mapping[str, Entry], found: dict[str, Listing]) -> None:
        """Listings that are gone under their old body and are here under a new one with number and standard alike."""
        gone: dict[tuple[str, str], list[Listing]] = {}
        for piece in bulk.pieces([core.number_key(entry.number) for entry in strange.values()]):
            for row in Listing.objects.filter(
                source_id=self.source_id, number_key__in=piece, listed_until=None
            ).select_related("body"):
                if identity_hash(row.identity) not in self.present and row.pk not in self.seen:
                    gone.setdefault((row.number_key, row.standard_key), []).append(row)
        for identity, entry in strange.items():
            rows = gone.pop((core.number_key(entry.number), entry.standard_key), [])
            if len(rows) == 1:
                Listing.objects.filter(pk=rows[0].pk).update(identity=identity)
                found[identity] = rows[0]

    def _add(self, new: Sequence[Taken], parties: Mapping[tuple[str, str], int]) -> None:
        if not new:
            return
        first, at = bulk.reserve("register_listing", len(new)), bulk.moment(self.at)
        versions = bulk.reserve("register_listingversion", len(new))
        day = self.as_of.isoformat()
        bulk.insert(
            "register_listing",
            ("id", "source_id", "identity", *_COLUMNS, *_VERDICT, "listed_from", "changed_at", "seq"),
            [
                (first + n, self.source_id, t.entry.identity, *_columns(t, parties), *_verdict(t), day, at, 1)
                for n, t in enumerate(new)
            ],
        )
        bulk.insert(
            "register_listingversion",
            ("id", *_VERSION),
            [
                (versions + n, first + n, 1, day, at, str(EventKind.LISTED), orjson.dumps(t.values).decode(), "{}")
                for n, t in enumerate(new)
            ],
        )
        sectors = [(code, first + n) for n, t in enumerate(new) for code in dict.fromkeys(t.entry.iaf)]
        bulk.insert("register_sectorof", ("code", "listing_id"), sectors)
        self.seen.update(range(first, first + len(new)))
        before = self.counts[EventKind.LISTED]
        self.counts[EventKind.LISTED] += len(new)
        if any(before < many <= before + len(new) for many in _ANALYSED_AT):
            bulk.analyse(_ASKED)

    def _change(self, pairs: Sequence[tuple[Listing, Taken]], parties: Mapping[tuple[str, str], int]) -> None:
        if not pairs:
            return
        before = newest_values([row.pk for row, _ in pairs])
        former: dict[int, set[str]] = {}
        rows: list[Listing] = []
        versions: list[ListingVersion] = []
        for row, taken in pairs:
            said = before[row.pk]
            found = core.difference(before=said, after=taken.values, listed=row.listed_until is None)
            if "holder" in found.changes and said.get("holder"):
                former.setdefault(parties[Party.HOLDER, Named.holder(taken.entry).identity], set()).add(said["holder"])
            for kind in found.kinds:
                self.counts[kind] += 1
            _assign(row, taken, parties)
            row.listed_until, row.changed_at, row.seq = None, self.at, row.seq + 1
            rows.append(row)
            versions.append(self._version(row, found.kinds, taken.values, found.changes))
            if "iaf" in found.changes:
                SectorOf.objects.filter(listing_id=row.pk).delete()
                codes = dict.fromkeys(taken.entry.iaf)
                SectorOf.objects.bulk_create(SectorOf(code=code, listing_id=row.pk) for code in codes)
        changed = [*_COLUMNS, "listed_until", "changed_at", "seq"]
        Listing.objects.bulk_update(rows, [name.removesuffix("_id") for name in changed], batch_size=100)
        ListingVersion.objects.bulk_create(versions, batch_size=500)
        self.naming.former(former)

    def judge(self, batch: Sequence[Taken]) -> None:
        """Keep the verdicts of entries that are listed already."""
        for piece in bulk.pieces([t for t in batch if t.judged]):
            judged = {t.entry.identity: t.judged for t in piece}
            rows = list(Listing.objects.filter(source_id=self.source_id, identity__in=list(judged)))
            for row in rows:
                found = judged[row.identity]
                row.verdict_code, row.verdicts, row.checked_at = found.code, ",".join(found.answers), found.at
            Listing.objects.bulk_update(rows, _VERDICT, batch_size=200)

    def _version(
        self, row: Listing, kinds: Iterable[str], values: Mapping[str, Any], changes: Mapping[str, Any]
    ) -> ListingVersion:
        return ListingVersion(
            listing=row,
            seq=row.seq,
            valid_from=self.as_of,
            recorded_at=self.at,
            kinds=",".join(kinds),
            values=dict(values),
            changes={name: list(pair) for name, pair in changes.items()},
        )

    def vanished(self, *, but: set[str]) -> list[int]:
        """Listings that this whole snapshot no longer holds; `but`: number keys about which nothing can be said."""
        listed = Listing.objects.filter(source_id=self.source_id, listed_until=None).values_list("pk", "number_key")
        return [pk for pk, number in listed.iterator(chunk_size=5000) if pk not in self.seen and number not in but]

    def end(self, listing_ids: Sequence[int]) -> None:
        """A tombstone for each: listed until the snapshot's day."""
        for piece in bulk.pieces(listing_ids):
            rows = list(Listing.objects.filter(pk__in=piece))
            for row in rows:
                row.listed_until, row.changed_at, row.seq = self.as_of, self.at, row.seq + 1
            Listing.objects.bulk_update(rows, ["listed_until", "changed_at", "seq"], batch_size=200)
            ListingVersion.objects.bulk_create([self._version(row, [EventKind.DELISTED], {}, {}) for row in rows])
        self.counts[EventKind.DELISTED] += len(listing_ids)


def identity_hash(identity: str) -> int:
    """Eight bytes that stand for an identity where many are held at once."""
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest())


def newest_values(listing_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What was said last of each, tombstones passed over."""
    found: dict[int, dict[str, Any]] = {}
    for piece in bulk.pieces(listing_ids):
        for version in ListingVersion.objects.filter(listing_id__in=piece).order_by("listing_id", "seq"):
            if version.values:
                found[version.listing_id] = version.values
    return found


def _columns(taken: Taken, parties: Mapping[tuple[str, str], int]) -> tuple[Any, ...]:
    """The columns that repeat an entry, in the order of `_COLUMNS`."""
    entry, holder, body = taken.entry, Named.holder(taken.entry), Named.body(taken.entry)
    return (
        entry.kind or Listing.CERTIFICATE, entry.number[:100], core.number_key(entry.number),
        parties[body.role, body.identity] if body else None,
        parties[holder.role, holder.identity], entry.standard[:120], entry.standard_key, entry.country, entry.status,
        entry.issued or None, entry.expires or None, entry.visibility == "public", taken.digest,
    )  # fmt: skip


def _verdict(taken: Taken) -> tuple[Any, ...]:
    judged = taken.judged
    return (judged.code, ",".join(judged.answers), bulk.moment(judged.at)) if judged else ("", "", None)


def _assign(row: Listing, taken: Taken, parties: Mapping[tuple[str, str], int]) -> None:
    for name, value in zip(_COLUMNS, _columns(taken, parties), strict=True):
        setattr(row, name, dt.date.fromisoformat(value) if name in ("issued", "expires") and value else value)
