"""The index of each engine behind one question: which entries of this organisation match these words on this day?

SQLite: FTS5 with stemming and accents folded (`porter unicode61 remove_diacritics 2`) over the entries themselves, kept
by triggers, and a trigram index of the titles. PostgreSQL: a generated tsvector (English stemming over `unaccent`) and
pg_trgm. Both find all words (the last one also as a beginning), weigh number and title above text, and, when nothing
matches, titles that differ by typing errors. Statements are put together from constants of this module only; what was
typed is always a parameter.
"""
# ruff: noqa: S608

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.db import connection

TABLE = "search_searchentry"
MARK_BEGIN, MARK_END = "\x02", "\x03"
MOST_WORDS, LONGEST_WORD = 12, 60

_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(number, title, text, content='{TABLE}',"
    " content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
    f"CREATE VIRTUAL TABLE IF NOT EXISTS search_titles USING fts5(title, content='{TABLE}', content_rowid='id',"
    " tokenize='trigram')",
)
_ADD = (
    "INSERT INTO search_words(rowid, number, title, text) VALUES (new.id, new.number, new.title, new.text);"
    " INSERT INTO search_titles(rowid, title) VALUES (new.id, new.title);"
)
_TAKE = (
    "INSERT INTO search_words(search_words, rowid, number, title, text)"
    " VALUES ('delete', old.id, old.number, old.title, old.text);"
    " INSERT INTO search_titles(search_titles, rowid, title) VALUES ('delete', old.id, old.title);"
)
_SQLITE_TRIGGERS = {
    f"{TABLE}_added": f"AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"{TABLE}_taken": f"AFTER DELETE ON {TABLE} BEGIN {_TAKE} END",
    f"{TABLE}_changed": f"AFTER UPDATE OF number, title, text ON {TABLE} BEGIN {_TAKE} {_ADD} END",
}
# PostgreSQL's parser takes DOC-0042 for a word and a negative number, <b> for a tag, a/b for a path. Here: words.
_SEPARATORS = "'<>-_/@.:+=&', '           '"
# In an excerpt, tags are shown as the text they are: two private signs stand for < and > on the way.
_LEFT, _RIGHT = "\ue000", "\ue001"
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_ts_config WHERE cfgname = 'assaymark') THEN"
    " CREATE TEXT SEARCH CONFIGURATION assaymark (COPY = english);"
    " ALTER TEXT SEARCH CONFIGURATION assaymark ALTER MAPPING FOR hword, hword_part, word"
    " WITH unaccent, english_stem; END IF; END $$",
    f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS words tsvector GENERATED ALWAYS AS ("
    f"setweight(to_tsvector('assaymark', translate(number || ' ' || title, {_SEPARATORS})), 'A') ||"
    f" to_tsvector('assaymark', translate(left(text, 300000), {_SEPARATORS}))) STORED",
    f"CREATE INDEX IF NOT EXISTS search_words ON {TABLE} USING gin (words)",
    f"CREATE INDEX IF NOT EXISTS search_titles ON {TABLE} USING gin (title gin_trgm_ops)",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: words as typed, whose entries, on which day, of which kinds (None: all), how many."""

    text: str
    organisation_id: UUID
    day: date
    kinds: tuple[str, ...] | None
    limit: int

    @property
    def words(self) -> list[str]:
        """The words that count, at most twelve."""
        return [w[:LONGEST_WORD] for w in re.findall(r"\w+", self.text)][:MOST_WORDS]


Row = tuple[int, str, str, str, str, str]  # id, subject_kind, subject_id, number, title, excerpt with marks


def put_aside(**_: Any) -> None:
    """Triggers would be lost or in the way when Django rebuilds the table (receiver of pre_migrate)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in _SQLITE_TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def install(**_: Any) -> None:
    """Make index and triggers, where they are missing (receiver of post_migrate)."""
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in _POSTGRESQL:
                cursor.execute(statement)
            return
        for statement in _SQLITE:
            cursor.execute(statement)
        for name, rest in _SQLITE_TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {rest}")


def matching(question: Question) -> list[Row]:
    """Entries that hold all words, best first; titles alike when there are none."""
    if not question.words:
        return []
    if connection.vendor == "postgresql":
        return _postgresql_words(question) or _postgresql_titles(question)
    return _sqlite_words(question) or _sqlite_titles(question)


def _conditions(question: Question) -> tuple[str, list[Any]]:
    """Scope, period and kinds, the same on both engines."""
    organisation: Any = question.organisation_id
    if connection.vendor == "sqlite":
        organisation = question.organisation_id.hex
    sql = "e.organisation_id = %s AND (e.begins IS NULL OR e.begins <= %s) AND (e.until IS NULL OR e.until > %s)"
    values: list[Any] = [organisation, question.day, question.day]
    if question.kinds is not None:
        sql += f" AND e.subject_kind IN ({', '.join(['%s'] * len(question.kinds)) or 'NULL'})"
        values += question.kinds
    return sql, values


def _rows(sql: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(r[0], r[1], str(r[2]), r[3], r[4], r[5]) for r in cursor.fetchall()]


def _sqlite_words(question: Question) -> list[Row]:
    where, values = _conditions(question)
    match = " ".join(f'"{w}"' for w in question.words) + "*"
    return _rows(
        "SELECT e.id, e.subject_kind, e.subject_id, e.number, e.title,"
        f" snippet(search_words, 2, '{MARK_BEGIN}', '{MARK_END}', '…', 24)"
        f" FROM search_words w JOIN {TABLE} e ON e.id = w.rowid WHERE search_words MATCH %s AND {where}"
        " ORDER BY bm25(search_words, 10.0, 6.0, 1.0), e.id DESC LIMIT %s",
        [match, *values, question.limit],
    )


def _sqlite_titles(question: Question) -> list[Row]:
    typed = " ".join(question.words).lower()
    trigrams = sorted({typed[i : i + 3] for i in range(len(typed) - 2)})[:100]
    if not trigrams:
        return []
    where, values = _conditions(question)
    found = _rows(
        f"SELECT e.id, e.subject_kind, e.subject_id, e.number, e.title, '' FROM search_titles t"
        f" JOIN {TABLE} e ON e.id = t.rowid WHERE search_titles MATCH %s AND {where} ORDER BY bm25(search_titles)"
        " LIMIT 200",
        [" OR ".join(f'"{t}"' for t in trigrams), *values],
    )
    alike = [(_likeness(question.words, row[4]), row) for row in found]
    return [row for likeness, row in sorted(alike, key=lambda a: -a[0]) if likeness >= 0.7][: question.limit]


def _likeness(words: list[str], title: str) -> float:
    """How well every typed word is met by some word of the title, 0 to 1; the worst word counts."""
    there = re.findall(r"\w+", title.lower())
    return min(max((SequenceMatcher(None, w.lower(), t).ratio() for t in there), default=0.0) for w in words)


def _postgresql_words(question: Question) -> list[Row]:
    where, values = _conditions(question)
    query = " & ".join(f"'{w}'" for w in question.words) + ":*"
    marks = f"StartSel={MARK_BEGIN}, StopSel={MARK_END}, MaxWords=24, MinWords=12, MaxFragments=1"
    found = _rows(
        "SELECT b.id, b.subject_kind, b.subject_id, b.number, b.title,"
        f" ts_headline('assaymark', translate(left(b.text, 100000), '<>', '{_LEFT}{_RIGHT}'), b.q, %s)"
        " FROM (SELECT e.*, q,"
        f" ts_rank(words, q, 1) AS rank FROM {TABLE} e, to_tsquery('assaymark', %s) q WHERE words @@ q AND {where}"
        " ORDER BY rank DESC, e.id DESC LIMIT %s) b ORDER BY b.rank DESC, b.id DESC",
        [marks, query, *values, question.limit],
    )
    back = str.maketrans({_LEFT: "<", _RIGHT: ">"})
    return [(*row[:5], row[5].translate(back)) for row in found]


def _postgresql_titles(question: Question) -> list[Row]:
    where, values = _conditions(question)
    worst = "(SELECT min(word_similarity(w, e.title)) FROM unnest(%s::text[]) w)"
    return _rows(
        f"SELECT id, subject_kind, subject_id, number, title, '' FROM (SELECT e.*, {worst} AS alike FROM {TABLE} e"
        f" WHERE {where}) e WHERE alike > 0.4 ORDER BY alike DESC, id DESC LIMIT %s",
        [question.words, *values, question.limit],
    )
