"""Many rows at once on both engines: COPY on PostgreSQL, prepared statements on SQLite.

The caller's transaction holds; ids are taken from the table's own sequence in one piece. Statements are put together
from names of this package's tables only.
"""
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

ONE_AT_A_TIME = 0x0A55A731  # an arbitrary number that stands for "somebody adds to the register"


def alone() -> None:
    """Wait until nobody else adds to the register. Holds until the transaction ends (SQLite: it is alone already)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def reserve(table: str, count: int) -> int:
    """The first of `count` ids that are ours. Call under `alone()`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = int(cursor.fetchone()[0])
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
            return first
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        newest = int(cursor.fetchone()[0])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return max(newest, row[0] if row else 0) + 1


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the rows. Moments and days as `moment` and ISO text; JSON as text."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([v.replace("\x00", "") if isinstance(v, str) else v for v in row])
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def moment(at: dt.datetime) -> str:
    """A moment as both engines take it as text: UTC; SQLite keeps it without a zone, as Django does."""
    text = at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
    return f"{text}+00:00" if connection.vendor == "postgresql" else text


def pieces(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices that stay below the engines' limits of parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


@contextmanager
def large() -> Iterator[None]:
    """While much is written: a larger cache on SQLite, and fresh statistics for PostgreSQL's planner afterwards."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            before = cursor.fetchone()[0]
            cursor.execute("PRAGMA cache_size=-400000")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA cache_size={int(before)}")
        return
    yield


def settle(tables: Iterable[str]) -> None:
    """After the current transaction: on PostgreSQL what autovacuum would do some minutes later. Until then an index
    does not know which rows everybody may see, and each question looks them up."""
    if connection.vendor != "postgresql":
        return
    names = list(tables)

    def vacuum() -> None:
        if connection.in_atomic_block:
            return
        with connection.cursor() as cursor:
            for table in names:
                cursor.execute(f"VACUUM (ANALYZE) {table}")

    transaction.on_commit(vacuum, robust=True)


def analyse(tables: Iterable[str]) -> None:
    """Fresh statistics, so that the planner knows what was added."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {table}")
