"""Which tests run on which database, and emptying it between tests that commit, although its journal refuses that.

What stands below the records knows no database; its tests would run twice to the letter, so on PostgreSQL those are
left out that cannot open one (without the fixtures of pytest-django every connection is refused).

Tests under `transactional_db` and `live_server` commit, and Django empties every table after them. Tables that are
append-only by trigger refuse that, rightly. For the moment of emptying, and only here, the triggers are put aside.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql import base as postgresql
from django.db.backends.sqlite3 import base as sqlite

TESTS = Path(__file__).parents[1]
BELOW_THE_RECORDS = frozenset(
    {"adapters", "catalogue", "conformance", "core", "formats", "hostile", "verifier_alone", "verify", "world"}
)
OPENING = frozenset({"db", "transactional_db", "django_db_reset_sequences", "live_server"})
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what knows no database."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    without = [item for item in items if knows_no_database(item)]
    config.hook.pytest_deselected(items=without)
    left_out = set(without)
    items[:] = [item for item in items if item not in left_out]


def knows_no_database(item: pytest.Item) -> bool:
    """Whether a test stands below the records and asks for no database."""
    folder = item.path.relative_to(TESTS).parts[0]
    fixtures = getattr(item, "fixturenames", ())
    opens_one = not OPENING.isdisjoint(fixtures) or item.get_closest_marker("django_db") is not None
    return folder in BELOW_THE_RECORDS and not opens_one


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
