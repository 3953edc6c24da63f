"""What the database itself refuses: changing or deleting an approved revision (ISO 9001:2015, 7.5.3.2 c).

Two things may still be added to one, once: its withdrawal, and the PDF made of its text. The columns follow from the
model, so that a new one is guarded without anybody thinking of it. Like all triggers they are put aside for migrations.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

TABLE = "documents_revision"
_ADDED_LATER = {"withdrawn_from", "withdrawal_reason", "withdrawal_commit", "pdf"}
_MESSAGE = "an approved revision never changes"


def remove(**_: Any) -> None:
    """Put them aside (receiver of pre_migrate)."""
    if TABLE not in connection.introspection.table_names():
        return
    where = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for operation in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_approved_{operation}{where}")


def install(**_: Any) -> None:
    """Make them what the model says (receiver of post_migrate)."""
    if TABLE not in connection.introspection.table_names():
        return
    remove()
    with connection.cursor() as cursor:
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def _changed(differs: str) -> str:
    """Condition: something that may not change has changed. differs: the engine's null-safe "is not"."""
    from assaymark.records.documents.models import Revision

    columns = [f.column for f in Revision._meta.concrete_fields]
    fixed = [f"OLD.{c} {differs} NEW.{c}" for c in columns if c not in _ADDED_LATER]
    once = [f"(OLD.withdrawn_from IS NOT NULL AND OLD.{c} {differs} NEW.{c})" for c in sorted(_ADDED_LATER - {"pdf"})]
    return " OR ".join([*fixed, *once, f"(OLD.pdf <> '' AND OLD.pdf {differs} NEW.pdf)"])


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    return [
        f"CREATE TRIGGER {TABLE}_approved_update BEFORE UPDATE ON {TABLE}"
        f" WHEN OLD.state = 'approved' AND ({_changed('IS NOT')}) {refuse}",
        f"CREATE TRIGGER {TABLE}_approved_delete BEFORE DELETE ON {TABLE} WHEN OLD.state = 'approved' {refuse}",
    ]


def _postgresql() -> list[str]:
    run = "EXECUTE FUNCTION assaymark_revision_immutable()"
    return [
        "CREATE OR REPLACE FUNCTION assaymark_revision_immutable() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {TABLE}_approved_update BEFORE UPDATE ON {TABLE} FOR EACH ROW"
        f" WHEN (OLD.state = 'approved' AND ({_changed('IS DISTINCT FROM')})) {run}",
        f"CREATE TRIGGER {TABLE}_approved_delete BEFORE DELETE ON {TABLE} FOR EACH ROW"
        f" WHEN (OLD.state = 'approved') {run}",
    ]
