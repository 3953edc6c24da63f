"""Append-only tables: triggers that refuse UPDATE and DELETE on both engines, and TRUNCATE on PostgreSQL.

One change is let through: a name beside an entry of the journal may be erased, and nothing else of it be changed.

Django rebuilds a table on SQLite for many migrations and drops its triggers silently. So all are put aside before a
migration and put back after it (`pre_migrate`, `post_migrate`), and `assaymark check` counts them.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

# Other apps add their own with `guard`, in their AppConfig.ready().
_TABLES: set[str] = {"journal_journalentry", "journal_checkpoint", "journal_journalname", "journal_cosignature"}
# What an update may do all the same: a condition over OLD and NEW.
_UNLESS = {
    "journal_journalname": "NEW.name = '' AND length(NEW.salt) = 0 AND NEW.id = OLD.id AND NEW.entry_id = OLD.entry_id"
    " AND NEW.organisation_id = OLD.organisation_id"
}
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
        for table in sorted(set(guarded_tables()) - set(installed_on())):
            for statement in (*_removals(table), *_statements(table)):
                cursor.execute(statement)


def remove(**_: Any) -> None:
    """Put the triggers aside (receiver of pre_migrate)."""
    with connection.cursor() as cursor:
        for table in guarded_tables():
            for statement in _removals(table):
                cursor.execute(statement)


def _removals(table: str) -> list[str]:
    where = f" ON {table}" if connection.vendor == "postgresql" else ""
    return [
        f"DROP TRIGGER IF EXISTS {table}_{_NAME}_{operation}{where}"
        for operation in ("update", "delete", "change", "truncate")
    ]


def _statements(table: str) -> list[str]:
    unless = f" WHEN (NOT ({_UNLESS[table]}))" if table in _UNLESS else ""
    if connection.vendor == "postgresql":
        run = "EXECUTE FUNCTION assaymark_append_only()"
        if unless:
            changes = [
                f"CREATE TRIGGER {table}_{_NAME}_update BEFORE UPDATE ON {table} FOR EACH ROW{unless} {run}",
                f"CREATE TRIGGER {table}_{_NAME}_delete BEFORE DELETE ON {table} FOR EACH ROW {run}",
            ]
        else:
            changes = [f"CREATE TRIGGER {table}_{_NAME}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}"]
        return [
            *changes,
            f"CREATE TRIGGER {table}_{_NAME}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
        ]
    return [
        f"CREATE TRIGGER {table}_{_NAME}_{operation} BEFORE {operation.upper()} ON {table}"
        f"{unless if operation == 'update' else ''}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: {operation.upper()} refused'); END"
        for operation in ("update", "delete")
    ]


def installed_on() -> list[str]:
    """Tables on which all of their triggers stand and are enabled."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE %s AND tgenabled <> 'D'"
                " GROUP BY tgrelid",
                [f"%{_NAME}%"],
            )
        else:
            cursor.execute(
                "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
                " GROUP BY tbl_name",
                [f"%{_NAME}%"],
            )
        return [table for table, count in cursor.fetchall() if count == len(_statements(table))]
