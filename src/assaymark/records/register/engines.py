"""Finding in the register: the same statements on SQLite and PostgreSQL, answered by plain ordered indexes.

Rules that hold here
* A name is met by its key (`core.register.name_key`): exactly, or as a beginning, in the order of the keys.
* Words are met through `Word` and `WordOf`, the rarest first. A misspelt word is met by the spellings that it shares
  with a known one (`Variant`), a misspelt name of a script without spaces by its unspoilt pieces. No query reads more
  than a bounded number of rows however common its words are.
* What must be looked up row by row is a sub-query with a limit, or an array (`_among`): no planner can then choose to
  read a whole table.
* PostgreSQL compares keys byte by byte (`~<~`, varchar_pattern_ops), as SQLite does anyway.
* Statements are put together from constants of this module only; what was typed is always a parameter.
"""
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assaymark.core import register as core

# Bounds of what is read for one question: names that hold all words; names weighed word by word; words that one typed
# word may stand for; known words compared with it; names of one group of such words, of all groups together, and of the
# rarest one when all must be held.
MOST_NAMES, MOST_WEIGHED, MOST_WORDS_ALIKE, MOST_SPELLINGS = 500, 60, 30, 6_000
FEW, SEVERAL, MOST_READ = 1_500, 6_000, 60_000
# Word for word as the indexes on what is not valid say it.
_OFF = "NOT (l.status = 'valid')"
_LAPSED = "(l.status || '') IN ('valid', 'suspended') AND l.expires < %s"  # led by the day, not by the status
_NAME, _LISTING, _WORD_OF = "register_partyname", "register_listing", "register_wordof"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which listings count. Empty or None: all. `on`: the day on which the status is read."""

    on: dt.date
    source_id: int | None = None
    body_id: int | None = None
    kind: str = ""
    country: str = ""
    standard_key: str = ""
    sector: str = ""
    status: str = ""
    unlisted: bool = False

    def conditions(self, status: tuple[str, list[Any]] | None = None) -> tuple[str, list[Any]]:
        """As SQL over the listing `l`. status: a condition instead of the one that follows from the status."""
        parts, values = (["1 = 1"] if self.unlisted else ["l.public"]), []
        # "+ 0" keeps planners from walking all of a source in the order of its identities only to sort it again.
        for column, value in (
            ("l.source_id + 0", self.source_id),
            ("l.body_id", self.body_id),
            ("l.kind", self.kind),
            ("l.country", self.country),
            ("l.standard_key", self.standard_key),
        ):
            if value:
                parts.append(f"{column} = %s")
                values.append(value)
        if self.kind and self.kind != "certificate":
            parts.append("NOT (l.kind = 'certificate')")  # as the index on the other kinds says it
        if self.sector:
            parts.append("EXISTS (SELECT 1 FROM register_sectorof s WHERE s.code = %s AND s.listing_id = l.id)")
            values.append(self.sector)
        if self.status:
            sql, more = status or self._status()
            parts.append(sql)
            values += more
        return " AND ".join(parts), values

    def _status(self) -> tuple[str, list[Any]]:
        if self.status == "delisted":
            return "l.listed_until IS NOT NULL", []
        if self.status == core.ListingStatus.EXPIRED:
            (said, a), (lapsed, b) = self.expired_ways()
            return f"({said} OR {lapsed})", a + b
        if self.status == core.ListingStatus.VALID:
            return "l.listed_until IS NULL AND l.status = 'valid' AND (l.expires IS NULL OR l.expires >= %s)", [self.on]
        sql, values = f"l.listed_until IS NULL AND l.status = %s AND {_OFF}", [self.status]
        if self.status == core.ListingStatus.SUSPENDED:
            return f"{sql} AND (l.expires IS NULL OR l.expires >= %s)", [*values, self.on]
        return sql, values

    def expired_ways(self) -> tuple[tuple[str, list[Any]], tuple[str, list[Any]]]:
        """The two ways to be expired: its register says so, or its last day has passed. No listing is both."""
        said = f"l.listed_until IS NULL AND l.status = 'expired' AND {_OFF}"
        return (said, []), (f"{_LAPSED} AND l.listed_until IS NULL", [self.on])


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
    """Listings of holders with a name that begins with this key: (id, name key) in the order of the names.

    Names are taken in their order, some at a time, until enough of their listings pass: a beginning that many names
    share is then never gone through as a whole only to be sorted.
    """
    found: list[tuple[int, str]] = []
    begin, some = max(key, after[0]), 4 * limit
    seen: set[int] = set()
    while True:
        names = _in_order(key, begin, some)
        whole = len(names) < some
        last = names[-1][1] if names else ""
        if not whole and names[0][1] == last:
            some *= 4  # more share one key than were taken; it must be whole to be put in order
            continue
        keys: dict[int, str] = {}  # of a party with several such names the first counts
        for party_id, at in names:
            if (whole or at != last) and party_id not in seen:
                keys.setdefault(party_id, at)
        seen.update(keys)
        passed = sorted(_held(keys, filters), key=lambda pair: (pair[1], pair[0]))
        found += [(listing_id, at) for listing_id, at in passed if (at, listing_id) > after]
        if whole or len(found) >= limit:
            return found[:limit]
        begin, some = last, min(4 * some, 8_000)


def _in_order(key: str, begin: str, some: int) -> list[tuple[int, str]]:
    """(party, key) of the first names that begin with the key, from one on."""
    match, wanted = _begins("key", key)
    from_here = "key ~>=~ %s" if connection.vendor == "postgresql" else "key >= %s"
    return [
        (r[0], r[1])
        for r in rows(
            f"SELECT party_id, key FROM {_NAME} WHERE {match} AND {from_here} ORDER BY {_order('key')} LIMIT %s",
            [*wanted, begin, some],
        )
    ]


def _held(keys: dict[int, str], filters: Filters) -> Iterator[tuple[int, str]]:
    """Listings of these parties that pass: (id, the party's key)."""
    where, values = filters.conditions()
    parties = list(keys)
    for start in range(0, len(parties), 500):
        part = parties[start : start + 500]
        sql = f"SELECT l.id, l.holder_id FROM {_LISTING} l WHERE l.holder_id IN ({_marks(part)}) AND {where}"
        for listing_id, holder_id in rows(sql, [*part, *values]):
            yield listing_id, keys[holder_id]


def by_filters(filters: Filters, *, after: int, limit: int) -> list[int]:
    """Listings that pass the filters, oldest row first."""
    if filters.status != core.ListingStatus.EXPIRED:
        return _walked(*filters.conditions(), after=after, limit=limit)
    said, lapsed = filters.expired_ways()
    found = _walked(*filters.conditions(said), after=after, limit=limit)
    few = rows(f"SELECT l.id FROM {_LISTING} l WHERE {_LAPSED} LIMIT {FEW + 1}", [filters.on])
    if len(few) <= FEW:  # walking the others in the order of their ids would take long to meet them
        ids = [row[0] for row in few]
        for start in range(0, len(ids), 300):
            part = ids[start : start + 300]
            where, values = filters.conditions((f"l.listed_until IS NULL AND l.id IN ({_marks(part)})", part))
            found += _walked(where, values, after=after, limit=limit)
    else:
        found += _walked(*filters.conditions(lapsed), after=after, limit=limit)
    return sorted(found)[:limit]


def _walked(where: str, values: Sequence[Any], *, after: int, limit: int) -> list[int]:
    sql = f"SELECT l.id FROM {_LISTING} l WHERE {where} AND l.id > %s ORDER BY l.id LIMIT %s"
    return [row[0] for row in rows(sql, [*values, after, limit])]


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


def _among(column: str, ids: str) -> str:
    """Condition "is one of those that this statement gives". PostgreSQL takes an array for short, and looks each up."""
    return f"{column} = ANY(ARRAY({ids}))" if connection.vendor == "postgresql" else f"{column} IN ({ids})"


def _exact_groups(words: Sequence[str]) -> list[Group]:
    """Each typed word as it is known; the last one also as a beginning."""
    if len(words[-1]) < 3:
        return _known(words)
    match, wanted = _begins("word", words[-1])
    found = rows(
        f"SELECT id, word, names, 0 FROM register_word WHERE word IN ({_marks(words)}) UNION ALL SELECT * FROM"
        f" (SELECT id, word, names, 1 FROM (SELECT id, word, names FROM register_word WHERE {match}"
        f" ORDER BY {_order('word')} LIMIT {FEW}) c ORDER BY names DESC LIMIT 40) b",
        [*words, *wanted],
    )
    known = {word: (word_id, names) for word_id, word, names, begun in found if not begun}
    groups: list[Group] = [[known[word]] if word in known else [] for word in words]
    groups[-1] = [(word_id, names) for word_id, _, names, begun in found if begun]
    return groups


def _known(words: Sequence[str]) -> list[Group]:
    """Each word as it is known, or an empty group."""
    if not words:
        return []
    found = {
        r[1]: (r[0], r[2])
        for r in rows(f"SELECT id, word, names FROM register_word WHERE word IN ({_marks(words)})", list(words))
    }
    return [[found[word]] if word in found else [] for word in words]


def _alike_groups(words: Sequence[str]) -> list[Group]:
    """Known words that each typed word may have been meant for, best first."""
    every = list(dict.fromkeys(variant for word in words for variant in core.variants(word)))
    if not every:
        return []
    ids = f"SELECT DISTINCT word_id FROM register_variant WHERE variant IN ({_marks(every)}) LIMIT {MOST_SPELLINGS}"
    met = rows(f"SELECT w.id, w.word, w.names FROM register_word w WHERE {_among('w.id', ids)}", every)
    spellings = {word_id: word for word_id, word, _ in met}
    names = {word_id: many for word_id, _, many in met}
    groups: list[Group] = []
    for word in words:
        most = 0 if len(word) < 4 else 1 if len(word) < 6 else max(2, len(word) // 5)
        best = process.extract(word, spellings, scorer=OSA.distance, score_cutoff=most, limit=4 * MOST_WORDS_ALIKE)
        groups.append(list(_nearest({word_id: int(distance) for _, distance, word_id in best}, names)))
    return groups


def _nearest(distances: dict[int, int], names: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Words by distance, the commonest first; those beyond the nearest only while they are in few names."""
    ordered = sorted(distances, key=lambda i: (distances[i], -names.get(i, 0), i))[:MOST_WORDS_ALIKE]
    left = FEW
    for word_id in ordered:
        left -= names.get(word_id, 0)
        if left < 0 and distances[word_id] > distances[ordered[0]]:
            continue
        yield word_id, names.get(word_id, 0)


def _size(group: Group) -> int:
    return sum(names for _, names in group)


def _holding(groups: Sequence[Group], *, most: int, limit: int) -> list[Name]:
    """Names that hold a word of each group. The rarest leads with at most `most` rows; the others are probed."""
    lead, *others = sorted(groups, key=_size)
    probes = "".join(
        f" AND (SELECT 1 FROM {_WORD_OF} x WHERE x.name_id = w.name_id AND x.word_id IN ({_marks(g)}) LIMIT 1) = 1"
        for g in others
    )
    held = (
        f"SELECT name_id FROM (SELECT DISTINCT name_id FROM {_WORD_OF} WHERE word_id IN ({_marks(lead)}) LIMIT %s) w"
        f" WHERE 1 = 1{probes} LIMIT %s"
    )
    values = [word_id for word_id, _ in lead] + [most] + [word_id for group in others for word_id, _ in group] + [limit]
    return _named(held, values)


def _voted(groups: Sequence[Group]) -> list[Name]:
    """Names that hold words of several of the groups, or else of one."""
    ids = list(dict.fromkeys(word_id for group in groups for word_id, _ in group))
    votes = rows(
        f"SELECT name_id, count(*) FROM {_WORD_OF} WHERE word_id IN ({_marks(ids)})"
        " GROUP BY name_id ORDER BY count(*) DESC, name_id LIMIT %s",
        [*ids, FEW],
    )
    several = sum(many > 1 for _, many in votes)
    ids = [row[0] for row in votes[: max(several, 300) if several else FEW]]
    if connection.vendor == "postgresql":
        return _named("SELECT unnest(%s::bigint[])", [ids])
    return _named(_marks(ids), ids)


def _named(ids: str, values: Sequence[Any]) -> list[Name]:
    """The names whose ids this statement gives."""
    sql = f"SELECT n.id, n.party_id, n.name, n.key FROM {_NAME} n WHERE {_among('n.id', ids)}"
    return [Name(*row) for row in rows(sql, values)]


def with_words(text: str, *, limit: int = MOST_NAMES) -> list[Name]:
    """Names that hold all the words, the closest first."""
    words = core.name_words(text)
    groups = _exact_groups(words) if words else []
    if not groups or not all(groups):
        return []
    rarest = sorted(groups, key=_size)[:4]
    # A page is soon full; only when few of the first hold all the words, the whole of the rarest one is gone through.
    found = _holding(rarest, most=SEVERAL, limit=limit)
    if len(found) < 50 and _size(rarest[0]) > SEVERAL:
        found = _holding(rarest, most=MOST_READ, limit=limit)
    if len(groups) > len(rarest):
        found = [name for name in found if _holds(name, words)]
    return ranked(text, found, least=0)


def _holds(name: Name, words: Sequence[str]) -> bool:
    there = core.name_words(name.name)
    return set(words[:-1]) <= set(there) and any(word.startswith(words[-1]) for word in there)


def alike(text: str, *, least: float = 78.0, limit: int = 50) -> list[Name]:
    """Names that differ from the text by typing errors, the likest first."""
    spelt, key = core.spelt_words(text), core.name_key(text)
    groups = _alike_groups([one.word for one in spelt if not one.piece])
    groups += _known([one.word for one in spelt if one.piece])
    groups = sorted((group for group in groups if group), key=_size)
    found: list[Name] = []
    if groups and _size(groups[0]) <= SEVERAL:
        found = _voted(list(_within(groups, SEVERAL)))
    elif len(groups) > 1:
        found = _holding(groups[:3], most=SEVERAL, limit=MOST_NAMES)
    if len(key) >= 6 and not any(one.piece for one in spelt):
        found += begun(key[:6], limit=300)
    return ranked(text, found, least=least)[:limit]


def _within(groups: Sequence[Group], most: int) -> Iterator[Group]:
    """The rarest groups that together are in no more names than this."""
    for group in groups:
        most -= _size(group)
        if most < 0:
            return
        yield group


def ranked(text: str, names: Iterable[Name], *, least: float) -> list[Name]:
    """Likest first: coarse by keys, then the best by words (which forgives order and legal forms)."""
    once = list({name.name_id: name for name in names}.values())
    key, plain = core.name_key(text), core.plain(text)
    if len(once) > MOST_WEIGHED:
        coarse = process.extract(key, [name.key for name in once], scorer=fuzz.ratio, limit=MOST_WEIGHED)
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
    sql = f"SELECT n.id, n.party_id, n.name, n.key FROM {_NAME} n WHERE {match} ORDER BY {_order('n.key')} LIMIT %s"
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
