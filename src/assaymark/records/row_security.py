"""The second line of tenancy on PostgreSQL: row-level security on the table of every `Owned` model.

Policies follow from the models (`Owned.ROW_SECURITY`), so that none can be forgotten. They read the session variables
that `config.database.postgresql` sets from the current scope, and hold for the owner of the tables too (FORCE). The
role of the application must be neither superuser nor exempt (BYPASSRLS); `assaymark check` looks.

* Reading: rows of the scope, as the model's condition says. Writing: rows of the scope's own organisation only.
* The system scope sees and writes all. No scope: nothing.

A policy names columns, which PostgreSQL then refuses to drop: during a migration one policy for the system scope, which
names none, stands in for the others.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.apps import apps
from django.db import connection

from assaymark.records.scope import Owned

_SYSTEM = "(SELECT current_setting('assaymark.system', true)) = 'on'"
_ORGANISATION = "(SELECT nullif(current_setting('assaymark.organisation', true), '')::uuid)"


def owned_models() -> list[type[Owned]]:
    """Every model whose rows belong to an organisation and that has a table of its own."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Owned) and any(field.name == "organisation" for field in model._meta.local_fields)
    ]


def policies(model: type[Owned]) -> dict[str, str]:
    """Name → the rest of CREATE POLICY … ON table, for one model."""
    readable = model.ROW_SECURITY.format(organisation=_ORGANISATION)
    own = f"({_SYSTEM} OR organisation_id = {_ORGANISATION})"
    return {
        "assaymark_read": f"FOR SELECT USING ({_SYSTEM} OR ({readable}))",
        "assaymark_insert": f"FOR INSERT WITH CHECK {own}",
        "assaymark_update": f"FOR UPDATE USING {own} WITH CHECK {own}",
        "assaymark_delete": f"FOR DELETE USING {own}",
    }


def fingerprint(model: type[Owned]) -> str:
    """What the policies of a model are known by; kept as a comment on the table's read policy."""
    return hashlib.sha256(repr(sorted(policies(model).items())).encode()).hexdigest()[:16]


def _installed() -> dict[str, str | None]:
    """Table → fingerprint of its policies, for tables where row security is on and forced."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, obj_description(p.oid, 'pg_policy') FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()"
            " JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'assaymark_read'"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        return dict(cursor.fetchall())


def unprotected() -> list[str]:
    """Tables of `Owned` models whose policies are missing or of another version; empty on other engines."""
    if connection.vendor != "postgresql":
        return []
    found = _installed()
    return sorted(m._meta.db_table for m in owned_models() if found.get(m._meta.db_table) != fingerprint(m))


def install(**_: Any) -> None:
    """Make the policies what the models say (receiver of post_migrate)."""
    if connection.vendor != "postgresql":
        return
    stale = set(unprotected()) & set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in owned_models():
            table = model._meta.db_table
            if table not in stale:
                continue
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
            cursor.execute(f'DROP POLICY IF EXISTS assaymark_migration ON "{table}"')
            for name, rest in policies(model).items():
                cursor.execute(f'DROP POLICY IF EXISTS {name} ON "{table}"')
                cursor.execute(f'CREATE POLICY {name} ON "{table}" {rest}')
            cursor.execute(f"COMMENT ON POLICY assaymark_read ON \"{table}\" IS '{fingerprint(model)}'")


def stand_aside(**_: Any) -> None:
    """Before a migration: one policy that names no column (receiver of pre_migrate)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in _installed():
            for name in ("assaymark_read", "assaymark_insert", "assaymark_update", "assaymark_delete"):
                cursor.execute(f'DROP POLICY IF EXISTS {name} ON "{table}"')
            cursor.execute(f'CREATE POLICY assaymark_migration ON "{table}" USING ({_SYSTEM})')


def exempt_role() -> str | None:
    """The current role when row-level security does not bind it, else None."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)")
        row = cursor.fetchone()
    return row[0] if row else None
