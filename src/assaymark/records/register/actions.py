"""Writes to the register: snapshots of foreign registers, coverage statements, and this installation's own listings.

Rules that hold here
* A snapshot is taken whole or not at all: one transaction. What concerns single rows is kept aside and reported.
* Snapshots come in the order of their days. An older one than the newest is refused: it would say what is known
  already in another order, and history is not rewritten.
* The same snapshot again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from assaymark.core import register as core
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.register import Entry, Problem
from assaymark.formats.register_mapping import Row
from assaymark.records.register import bulk, following
from assaymark.records.register.keeping import BATCH, Judged, Keeping, Taken, identity_hash
from assaymark.records.register.models import Coverage, Intake, Listing, Party, Quarantined, Source

OWN = "own"
SHRINKS_AT, SHRINKS_BY = 100, 0.5
_TABLES = (
    "party", "partyname", "word", "wordof", "variant", "listing", "listingversion", "sectorof",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A snapshot to take. rows: called twice, so that numbers that stand twice are known before anything is written.

    digest     of the file and of how it is read; by it the same snapshot is known again
    may_shrink whether more than half of a register may leave at once
    """

    source_key: str
    source_name: str = ""
    as_of: dt.date
    rows: Callable[[], Iterator[Row]]
    file: str
    digest: str
    mapping: Mapping[str, Any] = field(default_factory=dict)
    may_shrink: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. aside: (line, number, reasons) of the first rows kept aside, at most 1,000."""

    intake_id: int
    rows: int
    counts: Mapping[str, int]
    aside: tuple[tuple[int, str, tuple[Problem, ...]], ...] = ()
    repeated: bool = False


@transaction.atomic
def import_snapshot(*, reading: Reading, at: dt.datetime, tick: Callable[[int], None] = lambda n: None) -> Imported:
    """Take a whole snapshot of a foreign register. Raises `Refused` when it is older than the newest, or when more
    than half of a register would leave and nobody said that it may; `SnapshotError` when the file cannot be read.

    tick   told of every so many rows, in both passes
    """
    bulk.alone()
    source = _source(reading)
    _refuse_older(source, reading.as_of)
    same = Intake.objects.filter(source=source, as_of=reading.as_of, digest=reading.digest).first()
    if same is not None and not Intake.objects.filter(source=source, pk__gt=same.pk).exists():
        return Imported(same.pk, same.counts.get("rows", 0), same.counts, repeated=True)
    with bulk.large():
        present, twice = _survey(reading, tick)
        keeping = Keeping(
            source.pk, reading.as_of, at, present=present, fresh=not Listing.objects.filter(source=source).exists()
        )
        aside = _Aside()
        for batch in _batches(reading.rows(), reading.as_of, twice, aside, tick):
            keeping.take(batch)
        vanished = keeping.vanished(but=aside.numbers)
        _refuse_shrinking(source, len(vanished), reading)
        keeping.end(vanished)
        keeping.naming.finish()
    following.source_changed(source.pk, at=at)
    return _closed(source, reading, keeping, aside, at)


def _source(reading: Reading) -> Source:
    if reading.source_key == OWN:
        why = "“own” is this installation's own register."
        refuse([Refusal("own-source", "", why, "Give the foreign register another name: --source NAME.")])
    name = reading.source_name or reading.source_key
    source, _ = Source.objects.get_or_create(key=reading.source_key, defaults={"name": name})
    return Source.objects.select_for_update().get(pk=source.pk)


def _refuse_older(source: Source, as_of: dt.date) -> None:
    if source.newest is not None and as_of < source.newest:
        refuse(
            [
                Refusal(
                    "older-snapshot",
                    "",
                    f"The newest snapshot of {source.key} is of {source.newest}; this one is of {as_of}.",
                    "Import snapshots in the order of their days. To begin anew with an older one, give the register"
                    " another name: --source NAME.",
                )
            ]
        )


def _refuse_shrinking(source: Source, vanished: int, reading: Reading) -> None:
    if vanished > SHRINKS_AT and vanished > SHRINKS_BY * source.listings and not reading.may_shrink:
        refuse(
            [
                Refusal(
                    "register-shrinks",
                    "",
                    f"{vanished} of {source.listings} listings are not in this snapshot. Nothing was changed.",
                    "If the file is whole, say so: --may-shrink.",
                )
            ]
        )


def _survey(reading: Reading, tick: Callable[[int], None]) -> tuple[set[int], set[int]]:
    """First pass: the identities of all usable rows, and those that stand there twice and say two things."""
    seen: dict[int, int] = {}
    twice: set[int] = set()
    for count, row in enumerate(reading.rows(), start=1):
        if not row.problems:
            for entry in row.entries:
                identity = identity_hash(entry.identity)
                said = identity_hash(Taken.of(entry).digest)
                if seen.setdefault(identity, said) != said:
                    twice.add(identity)
        if count % BATCH == 0:
            tick(BATCH)
    return set(seen), twice


@dataclass(slots=True)
class _Aside:
    """Rows kept aside, and what is remembered of all rows."""

    rows: list[Quarantined] = field(default_factory=list)
    told: list[tuple[int, str, tuple[Problem, ...]]] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    read: int = 0
    again: int = 0

    def add(self, row: Row, problems: Iterable[Problem]) -> None:
        """Keep a row aside. What it is about is not taken for gone."""
        found = tuple(problems)
        if key := core.number_key(row.number):
            self.numbers.add(key)
        if len(self.told) < 1000:
            self.told.append((row.line, row.number, found))
        self.rows.append(
            Quarantined(
                line=row.line,
                number=row.number[:100],
                reasons=[{"field": p.field, "message": p.message} for p in found],
                raw=_bounded(row.raw),
            )
        )


def _bounded(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A raw record as it can be kept: text that databases take, nothing endless."""
    return {
        str(name)[:200].replace("\x00", ""): value
        if isinstance(value, int | float | None)
        else str(value)[:500].replace("\x00", "")
        for name, value in list(raw.items())[:100]
    }


def _batches(
    rows: Iterator[Row], as_of: dt.date, twice: set[int], aside: _Aside, tick: Callable[[int], None]
) -> Iterator[list[Taken]]:
    """Second pass: usable entries in batches in which, as in the whole, no identity stands twice."""
    done: set[int] = set()
    while some := list(islice(rows, BATCH)):
        batch: list[Taken] = []
        for row in some:
            aside.read += 1
            problems = [*row.problems, *_problems(row, as_of, twice)]
            if problems:
                aside.add(row, dict.fromkeys(problems))
                continue
            for entry in row.entries:
                identity = identity_hash(entry.identity)
                if identity in done:
                    aside.again += 1
                else:
                    done.add(identity)
                    batch.append(Taken.of(entry))
        if batch:
            yield batch
        tick(len(some))


def _problems(row: Row, as_of: dt.date, twice: set[int]) -> Iterator[Problem]:
    stated = {p.field for p in row.problems}
    for entry in row.entries:
        yield from (p for p in core.problems(entry, as_of=as_of) if p.field not in stated)
        if not row.problems and identity_hash(entry.identity) in twice:
            yield Problem(
                "number", f"The number “{entry.number}” stands here more than once and says different things."
            )


def _closed(source: Source, reading: Reading, keeping: Keeping, aside: _Aside, at: dt.datetime) -> Imported:
    counts = {"rows": aside.read, "aside": len(aside.rows), "again": aside.again, **keeping.counts}
    intake = Intake.objects.create(
        source=source,
        as_of=reading.as_of,
        recorded_at=at,
        file=reading.file[:300],
        digest=reading.digest,
        counts=counts,
    )
    for row in aside.rows:
        row.intake = intake
    Quarantined.objects.bulk_create(aside.rows, batch_size=500)
    source.newest, source.mapping = reading.as_of, dict(reading.mapping)
    source.name = reading.source_name or source.name
    source.listings = Listing.objects.filter(source=source, listed_until=None).count()
    source.save()
    if aside.read > BATCH:
        bulk.settle(f"register_{table}" for table in _TABLES)
    return Imported(intake.pk, aside.read, counts, tuple(aside.told))


@transaction.atomic
def load(
    *,
    source_key: str,
    source_name: str,
    as_of: dt.date,
    entries: Iterable[tuple[Entry, Judged | None]],
    at: dt.datetime,
    tick: Callable[[int], None] = lambda n: None,
) -> dict[str, int]:
    """Take many judged entries at once, each identity once: a whole register that was verified. The verdicts are kept
    beside the listings. Returns the counts by kind of event."""
    bulk.alone()
    source, _ = Source.objects.get_or_create(key=source_key, defaults={"name": source_name})
    _refuse_older(source, as_of)
    fresh = not Listing.objects.filter(source=source).exists()
    keeping = Keeping(source.pk, as_of, at, fresh=fresh)
    coming = iter(entries)
    with bulk.large():
        while some := list(islice(coming, BATCH)):
            batch = [Taken.of(entry, judged) for entry, judged in some]
            keeping.take(batch)
            if not fresh:
                keeping.judge(batch)
            tick(len(batch))
        keeping.end(keeping.vanished(but=set()))
        keeping.naming.finish()
    source.newest = as_of
    source.listings = Listing.objects.filter(source=source, listed_until=None).count()
    source.save()
    bulk.settle(f"register_{table}" for table in _TABLES)
    following.source_changed(source.pk, at=at)
    return keeping.counts


@transaction.atomic
def state_coverage(
    *,
    source_key: str,
    since: dt.date,
    at: dt.datetime,
    body: str = "",
    statement: str = "",
    until: dt.date | None = None,
) -> Coverage:
    """State that a body (or, without one, every body of the source) publishes here completely since a day.

    Raises `Refused` when the source names no such body.
    """
    source = Source.objects.get(key=source_key)
    party = None
    if body:
        key = core.name_key(body)
        party = Party.objects.filter(source=source, role=Party.BODY, names__key=key).first()
        if party is None:
            why = f"{source.name} names no body “{body}”."
            refuse([Refusal("body-unknown", "", why, "Write the body as the register writes it.")])
    words = statement or f"{party.name if party else source.name} publishes here completely since {since.isoformat()}."
    return Coverage.objects.create(
        source=source, body=party, since=since, until=until, statement=words[:300], recorded_at=at
    )


def digest_of(*parts: bytes) -> str:
    """By what a file with its mapping is known again."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()
