"""Emptying the database between tests that commit, although its journal refuses to be emptied.

Tests under `transactional_db` and `live_server` commit, and Django empties every table after them. Tables that are
append-only by trigger refuse that, rightly. For the moment of emptying, and only here, the triggers are put aside.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.postgresql import base as postgresql
from django.db.backends.sqlite3 import base as sqlite

GUARDED_TABLES = """
    SELECT DISTINCT t.tgrelid::regclass::text FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND n.nspname = current_schema()
"""


@contextlib.contextmanager
def sqlite_triggers_aside(connection: Any) -> Iterator[None]:
    """Drop every trigger and create it again, word for word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, statement in triggers:
                cursor.execute(statement)


@contextlib.contextmanager
def postgresql_triggers_aside(connection: Any) -> Iterator[None]:
    """Disable and enable again the triggers of every table that has its own."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDED_TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture(scope="session", autouse=True)
def flush_past_append_only_triggers() -> Iterator[None]:
    """Django's flush of a test database puts the triggers aside first."""
    with pytest.MonkeyPatch.context() as patch:
        for operations, triggers_aside in (
            (sqlite.DatabaseOperations, sqlite_triggers_aside),
            (postgresql.DatabaseOperations, postgresql_triggers_aside),
        ):
            original = operations.execute_sql_flush

            def flush(self: Any, sql_list: Any, original: Any = original, aside: Any = triggers_aside) -> None:
                with aside(self.connection):
                    original(self, sql_list)

            patch.setattr(operations, "execute_sql_flush", flush)
        yield
