"""Append-only tables: triggers that refuse UPDATE and DELETE on both engines, and TRUNCATE on PostgreSQL.

Django rebuilds a table on SQLite for many migrations and drops its triggers silently. So all are put aside before a
migration and put back after it (`pre_migrate`, `post_migrate`), and `assaymark check` counts them.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

# Other apps add their own with `guard`, in their AppConfig.ready().
_TABLES: set[str] = {"journal_journalentry", "journal_checkpoint"}
_NAME = "append_only"


def guard(table: str) -> None:
    """Declare a table append-only from the next `init` on."""
    _TABLES.add(table)


def guarded_tables() -> list[str]:
    """Tables that are declared append-only and exist."""
    return sorted(_TABLES & set(connection.introspection.table_names()))


def install(**_: Any) -> None:
    """Create what is missing (receiver of post_migrate)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION assaymark_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
                " BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP; END $$"
            )
        missing = set(guarded_tables()) - set(installed_on())
        for table in sorted(missing):
            for statement in _statements(table):
                cursor.execute(statement)


def remove(**_: Any) -> None:
    """Put the triggers aside (receiver of pre_migrate)."""
    with connection.cursor() as cursor:
        for table in guarded_tables():
            for operation in ("update", "delete", "change", "truncate"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{_NAME}_{operation}{where}")


def _statements(table: str) -> list[str]:
    if connection.vendor == "postgresql":
        run = "EXECUTE FUNCTION assaymark_append_only()"
        return [
            f"CREATE TRIGGER {table}_{_NAME}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
            f"CREATE TRIGGER {table}_{_NAME}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
        ]
    return [
        f"CREATE TRIGGER {table}_{_NAME}_{operation} BEFORE {operation.upper()} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: {operation.upper()} refused'); END"
        for operation in ("update", "delete")
    ]


def installed_on() -> list[str]:
    """Tables on which both triggers stand and are enabled."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s AND tgenabled <> 'D'"
                " GROUP BY tgrelid HAVING count(*) = 2",
                [f"%{_NAME}%"],
            )
        else:
            cursor.execute(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
                " GROUP BY tbl_name HAVING count(*) = 2",
                [f"%{_NAME}%"],
            )
        return [row[0] for row in cursor.fetchall()]
