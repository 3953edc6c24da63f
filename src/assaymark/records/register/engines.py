"""Finding in the register: the same statements on SQLite and PostgreSQL, answered by plain ordered indexes.

Rules that hold here
* A name is met by its key (`core.register.name_key`): exactly, or as a beginning, in the order of the keys.
* Words are met through `Word` and `WordOf`, the rarest first. A misspelt word is met by the spellings that it shares
  with a known one (`Variant`), so no query reads more than a bounded number of rows however common its letters are.
* PostgreSQL compares keys byte by byte (`~<~`, varchar_pattern_ops), as SQLite does anyway.
* Statements are put together from constants of this module only; what was typed is always a parameter.
"""
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assaymark.core import register as core

MOST_NAMES, MOST_WORDS_ALIKE, FEW = 2_000, 40, 3_000
_NAME, _LISTING, _WORD_OF = "register_partyname", "register_listing", "register_wordof"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which listings count. Empty or None: all. `on`: the day on which the status is read."""

    on: dt.date
    source_id: int | None = None
    body_id: int | None = None
    country: str = ""
    standard_key: str = ""
    sector: str = ""
    status: str = ""
    unlisted: bool = False

    def conditions(self) -> tuple[str, list[Any]]:
        """As SQL over the listing `l`."""
        parts, values = (["1 = 1"] if self.unlisted else ["l.public"]), []
        # "+ 0" keeps planners from walking all of a source in the order of its identities only to sort it again.
        for column, value in (
            ("l.source_id + 0", self.source_id),
            ("l.body_id", self.body_id),
            ("l.country", self.country),
            ("l.standard_key", self.standard_key),
        ):
            if value:
                parts.append(f"{column} = %s")
                values.append(value)
        if self.sector:
            parts.append("EXISTS (SELECT 1 FROM register_sectorof s WHERE s.code = %s AND s.listing_id = l.id)")
            values.append(self.sector)
        if self.status:
            sql, more = self._status()
            parts.append(sql)
            values += more
        return " AND ".join(parts), values

    def _status(self) -> tuple[str, list[Any]]:
        if self.status == "delisted":
            return "l.listed_until IS NOT NULL", []
        if self.status == core.ListingStatus.EXPIRED:
            return (
                "l.listed_until IS NULL AND (l.status = 'expired' OR (l.status IN ('valid', 'suspended')"
                " AND l.expires < %s))",
                [self.on],
            )
        sql = "l.listed_until IS NULL AND l.status = %s"
        if self.status in (core.ListingStatus.VALID, core.ListingStatus.SUSPENDED):
            return f"{sql} AND (l.expires IS NULL OR l.expires >= %s)", [self.status, self.on]
        return sql, [self.status]


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: its row, whose it is, how it reads, how like the question it is (0 to 100)."""

    name_id: int
    party_id: int
    name: str
    key: str
    score: float = 100.0


def rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _less() -> str:
    return "~<~" if connection.vendor == "postgresql" else "<"


def _order(column: str) -> str:
    return f"{column} USING ~<~" if connection.vendor == "postgresql" else column


def _begins(column: str, prefix: str) -> tuple[str, list[Any]]:
    """Condition "begins with": a range in the order of bytes. Keys hold letters and digits only, all below "{"."""
    if connection.vendor == "postgresql":
        return f"{column} ~>=~ %s AND {column} ~<~ %s", [prefix, prefix + "{"]
    return f"{column} >= %s AND {column} < %s", [prefix, prefix + "{"]


def by_number(key: str, filters: Filters, *, prefix: bool, after: tuple[str, int], limit: int) -> list[tuple[int, str]]:
    """Listings whose number is, or begins with, this key: (id, number key) in the order of the numbers."""
    where, values = filters.conditions()
    if prefix:
        match, wanted = _begins("l.number_key", key)
    else:
        match, wanted = "l.number_key = %s", [key]
    beyond = f"(%s {_less()} l.number_key OR (l.number_key = %s AND l.id > %s))"
    return [
        (r[0], r[1])
        for r in rows(
            f"SELECT l.id, l.number_key FROM {_LISTING} l WHERE {match} AND {where} AND {beyond}"
            f" ORDER BY {_order('l.number_key')}, l.id LIMIT %s",
            [*wanted, *values, after[0], after[0], after[1], limit],
        )
    ]


def by_name(key: str, filters: Filters, *, after: tuple[str, int], limit: int) -> list[tuple[int, str]]:
    """Listings of holders with a name that begins with this key: (id, name key) in the order of the names."""
    where, values = filters.conditions()
    match, wanted = _begins("n.key", key)
    beyond = f"(%s {_less()} n.key OR (n.key = %s AND l.id > %s))"
    return [
        (r[0], r[1])
        for r in rows(
            f"SELECT l.id, n.key FROM {_NAME} n JOIN {_LISTING} l ON l.holder_id = n.party_id"
            f" WHERE {match} AND {where} AND {beyond} ORDER BY {_order('n.key')}, l.id LIMIT %s",
            [*wanted, *values, after[0], after[0], after[1], limit],
        )
    ]


def by_filters(filters: Filters, *, after: int, limit: int) -> list[int]:
    """Listings that pass the filters, oldest row first."""
    where, values = filters.conditions()
    return [
        r[0]
        for r in rows(
            f"SELECT l.id FROM {_LISTING} l WHERE {where} AND l.id > %s ORDER BY l.id LIMIT %s",
            [*values, after, limit],
        )
    ]


def of_names(party_ids: Sequence[int], filters: Filters, *, limit: int) -> list[tuple[int, int]]:
    """Listings of these holders: (id, holder)."""
    if not party_ids:
        return []
    where, values = filters.conditions()
    return [
        (r[0], r[1])
        for r in rows(
            f"SELECT l.id, l.holder_id FROM {_LISTING} l WHERE l.holder_id IN ({_marks(party_ids)}) AND {where}"
            " ORDER BY l.id LIMIT %s",
            [*party_ids, *values, limit],
        )
    ]


Group = list[tuple[int, int]]  # words that stand for one typed word: (id, in how many names)


def _exact_groups(words: Sequence[str]) -> list[Group]:
    """Each typed word as it is known; the last one also as a beginning."""
    found = {
        r[1]: (r[0], r[2])
        for r in rows(f"SELECT id, word, names FROM register_word WHERE word IN ({_marks(words)})", list(words))
    }
    groups = [[found[word]] if word in found else [] for word in words]
    if len(words[-1]) >= 3:
        match, wanted = _begins("word", words[-1])
        groups[-1] = [
            (r[0], r[1])
            for r in rows(f"SELECT id, names FROM register_word WHERE {match} ORDER BY names DESC LIMIT 40", wanted)
        ]
    return groups


def _alike_groups(words: Sequence[str]) -> list[Group]:
    """Known words that each typed word may have been meant for, best first."""
    spelt = {word: core.variants(word) for word in words}
    every = list(dict.fromkeys(v for vs in spelt.values() for v in vs))
    met = rows(
        "SELECT v.variant, w.id, w.word, w.names FROM register_variant v JOIN register_word w ON w.id = v.word_id"
        f" WHERE v.variant IN ({_marks(every)}) LIMIT 20000",
        every,
    )
    by_variant: dict[str, list[tuple[int, str, int]]] = {}
    for variant, word_id, word, names in met:
        by_variant.setdefault(variant, []).append((word_id, word, names))
    groups: list[Group] = []
    for word, its in spelt.items():
        most = 0 if len(word) < 4 else 1 if len(word) < 6 else max(2, len(word) // 5)
        near = {
            word_id: (distance, names)
            for variant in its
            for word_id, known, names in by_variant.get(variant, ())
            if (distance := OSA.distance(word, known, score_cutoff=most)) <= most
        }
        best = sorted(near.items(), key=lambda item: (item[1][0], -item[1][1]))[:MOST_WORDS_ALIKE]
        groups.append([(word_id, names) for word_id, (_, names) in best])
    return groups


def _holding(groups: Sequence[Group], *, limit: int) -> list[Name]:
    """Names that hold a word of each group; the rarest group leads, so that the others are only probed."""
    ordered = sorted(groups, key=lambda group: sum(names for _, names in group))
    joins = "".join(
        f" JOIN {_WORD_OF} w{n} ON w{n}.name_id = w0.name_id AND w{n}.word_id IN ({_marks(group)})"
        for n, group in enumerate(ordered[1:], start=1)
    )
    values = [word_id for group in (*ordered[1:], ordered[0]) for word_id, _ in group]
    held = rows(
        f"SELECT n.id, n.party_id, n.name, n.key FROM {_WORD_OF} w0{joins} JOIN {_NAME} n ON n.id = w0.name_id"
        f" WHERE w0.word_id IN ({_marks(ordered[0])}) LIMIT %s",
        [*values, limit],
    )
    return [Name(*row) for row in {row[0]: row for row in held}.values()]


def with_words(text: str, *, limit: int = MOST_NAMES) -> list[Name]:
    """Names that hold all the words, the closest first."""
    words = core.name_words(text)
    groups = _exact_groups(words) if words else []
    if not groups or not all(groups):
        return []
    return ranked(text, _holding(groups, limit=limit), least=0)


def alike(text: str, *, least: float = 78.0, limit: int = 50) -> list[Name]:
    """Names that differ from the text by typing errors, the likest first."""
    words, key = core.name_words(text), core.name_key(text)
    if not words:
        return []
    groups = [group for group in _alike_groups(words) if group]
    groups.sort(key=lambda group: sum(names for _, names in group))
    found: list[Name] = []
    if len(groups) == 1 or (groups and sum(names for _, names in groups[0]) <= FEW):
        found = _holding(groups[:1], limit=FEW)
    elif groups:
        found = _holding(groups[: 3 if len(groups) > 3 else 2], limit=MOST_NAMES) or _holding(groups[:2], limit=FEW)
    if len(key) >= 6:
        match, wanted = _begins("n.key", key[:6])
        found += [
            Name(*row)
            for row in rows(f"SELECT n.id, n.party_id, n.name, n.key FROM {_NAME} n WHERE {match} LIMIT 300", wanted)
        ]
    return ranked(text, found, least=least)[:limit]


def ranked(text: str, names: Iterable[Name], *, least: float) -> list[Name]:
    """Likest first: coarse by keys, then the best by words (which forgives order and legal forms)."""
    once = list({name.name_id: name for name in names}.values())
    key, plain = core.name_key(text), core.plain(text)
    if len(once) > 120:
        coarse = process.extract(key, [name.key for name in once], scorer=fuzz.ratio, limit=120)
        once = [once[index] for _, _, index in coarse]
    scored = [
        Name(name.name_id, name.party_id, name.name, name.key, score)
        for name in once
        if (score := likeness(plain, key, name)) >= least
    ]
    return sorted(scored, key=lambda name: (-name.score, name.key, name.name_id))


def likeness(plain: str, key: str, name: Name) -> float:
    """How like, 0 to 100: the same key is 100; otherwise the best of letters in a row and words in any order."""
    if key == name.key:
        return 100.0
    there = core.plain(name.name)
    by_letters = max(fuzz.ratio(key, name.key), fuzz.token_sort_ratio(plain, there))
    return min(99.0, max(by_letters, _by_words(plain.split(), there.split())))


def _by_words(typed: list[str], there: list[str]) -> float:
    """How well each typed word is met by some word of the name, long words weighing more; a little off for words of the
    name that nobody typed, such as its legal form."""
    if not typed or not there:
        return 0.0
    letters = sum(map(len, typed))
    met = sum(len(word) * max(fuzz.ratio(word, other) for other in there) for word in typed) / letters
    return 0.85 * met + 15.0 * min(1.0, letters / sum(map(len, there)))


def begun(key: str, *, limit: int) -> list[Name]:
    """Names that begin with this key, in the order of the keys."""
    match, wanted = _begins("n.key", key)
    sql = (
        f"SELECT n.id, n.party_id, n.name, n.key FROM {_NAME} n WHERE {match} ORDER BY {_order('n.key')}, n.id LIMIT %s"
    )
    return [Name(*row) for row in rows(sql, [*wanted, limit])]


def with_keys(keys: Sequence[str]) -> dict[str, list[Name]]:
    """Names by exact key, many at once."""
    found: dict[str, list[Name]] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for row in rows(f"SELECT id, party_id, name, key FROM {_NAME} WHERE key IN ({_marks(part)})", part):
            found.setdefault(row[3], []).append(Name(*row))
    return found
