"""Emptying between committing tests works although a table refuses to be emptied, and its triggers are back after."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from tests.plugins import database

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


class _Item:
    """As much of a test as decides on which databases it runs."""

    def __init__(self, place: str, *fixtures: str) -> None:
        self.path, self.fixturenames = database.TESTS / place, list(fixtures)

    def get_closest_marker(self, name: str) -> None:
        """Bear no marker."""


@pytest.mark.parametrize(
    ("item", "once"),
    [
        (_Item("core/test_trust.py"), True),
        (_Item("verify/test_chain.py", "tmp_path"), True),
        (_Item("verify/test_chain.py", "db"), False),
        (_Item("world/test_world.py", "transactional_db"), False),
        (_Item("records/test_scope.py"), False),
        (_Item("cli/test_verify.py"), False),
    ],
)
def test_only_what_can_open_no_database_runs_once(item: _Item, once: bool) -> None:
    assert database.knows_no_database(item) is once  # type: ignore[arg-type]
