"""The throw-away PostgreSQL is a real one, with a role that row-level security binds, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import with_pg

pytestmark = pytest.mark.slow

SCRIPT = Path(with_pg.__file__)
LOOK = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone())
    print(sorted(name for name, in connection.execute("SELECT extname FROM pg_extension")))
    print(connection.info.port)
"""
GUARDED = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("CREATE TABLE t (a int)")
    connection.execute("INSERT INTO t VALUES (1)")
    connection.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    connection.execute("ALTER TABLE t FORCE ROW LEVEL SECURITY")
    print(connection.execute("SELECT count(*) FROM t").fetchone()[0])
"""


def with_server(*command: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
    """Run the wrapper as `make test` does."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    return subprocess.run(
        [sys.executable, str(SCRIPT), *command], env=environment, capture_output=True, text=True, check=False
    )


class TestTheServer:
    def test_gives_a_role_that_is_no_superuser_and_has_its_extensions(self) -> None:
        done = with_server("--", sys.executable, "-c", LOOK)
        assert done.returncode == 0, done.stderr
        role, extensions, port = done.stdout.splitlines()
        assert role == "(False, False, True)"
        assert extensions == "['pg_trgm', 'plpgsql', 'unaccent']"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(port)), timeout=1)

    def test_binds_the_owner_of_a_table_by_forced_row_level_security(self) -> None:
        assert with_server("--", sys.executable, "-c", GUARDED).stdout == "0\n"

    def test_hands_on_the_exit_status_of_the_command(self) -> None:
        assert with_server("--", "sh", "-c", "exit 7").returncode == 7

    def test_leaves_a_named_database_alone(self) -> None:
        done = with_server("--", "sh", "-c", "echo $DATABASE_URL", database_url="postgres://elsewhere/db")
        assert done.stdout == "postgres://elsewhere/db\n"

    def test_without_a_command_is_wrong_use(self) -> None:
        assert with_server().returncode == 2
