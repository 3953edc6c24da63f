"""Emptying between committing tests works although a table refuses to be emptied, and its triggers are back after."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

MAKE_APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER no_delete BEFORE DELETE ON django_session BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION no_delete() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
        "CREATE TRIGGER no_delete BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION no_delete()",
        "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON django_session EXECUTE FUNCTION no_delete()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER no_delete"],
    "postgresql": ["DROP FUNCTION no_delete CASCADE"],
}


def run(statements: list[str]) -> None:
    """Execute each."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def count() -> int:
    """Rows of the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
class TestEmptying:
    def test_passes_append_only_triggers_and_leaves_them_in_force(self) -> None:
        insert = ["INSERT INTO django_session VALUES ('key', 'data', '2026-01-01')"]
        run(MAKE_APPEND_ONLY[connection.vendor])
        try:
            run(insert)
            call_command("flush", interactive=False, verbosity=0)
            assert count() == 0

            run(insert)
            with pytest.raises(DatabaseError, match="append-only"):
                run(["DELETE FROM django_session"])
            assert count() == 1
        finally:
            run(DROP[connection.vendor])
