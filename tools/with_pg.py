#!/usr/bin/env python3
"""Runs a command against a throw-away PostgreSQL: `tools/with_pg.py -- COMMAND…`.

The server lives in a temporary folder, listens on a free port of 127.0.0.1 and is gone afterwards. The command finds
it in DATABASE_URL, as a role that owns its database, may create others (test databases), but is neither superuser nor
exempt from row-level security: what the second line of defence forbids in production, it forbids in tests too.
pg_trgm and unaccent are put into the template by the superuser beforehand.

A DATABASE_URL that is already set is used as it is. Exit status: the command's; 2 when no server program was found.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROLE = "assaymark"
EXTENSIONS = ("pg_trgm", "unaccent")

# Speed over durability: nothing here outlives the run.
SERVER_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}


class NoServer(Exception):
    """No PostgreSQL server programs on this machine."""


def find_programs() -> Path:
    """Folder of initdb and pg_ctl: Debian's newest, else what the search path has.

    Raises NoServer when there is none.
    """
    debian = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if debian:
        return max(debian, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise NoServer("PostgreSQL's server programs were not found. Debian: apt-get install postgresql, or `make test`.")


def as_server_user(command: list[str]) -> list[str]:
    """The command as it must run: PostgreSQL refuses root, so root becomes `postgres`."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def run_quietly(command: list[str], *, cwd: Path, stdin: str | None = None) -> None:
    """Run one server command; on failure show what it said and raise CalledProcessError."""
    done = subprocess.run(as_server_user(command), cwd=cwd, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def initialise(programs: Path, folder: Path) -> None:
    """Create the cluster, its settings and its superuser (local socket only)."""
    initdb = [str(programs / "initdb"), "--no-sync", "-U", "postgres", "-D", str(folder / "data")]
    access = ["--auth-local=trust", "--auth-host=scram-sha-256"]
    run_quietly([*initdb, *access, "-E", "UTF8", "--locale=C.UTF-8"], cwd=folder)


def create_role_and_database(programs: Path, folder: Path, *, port: int, password: str) -> None:
    """The application's role, its extensions in the template, and its database."""
    statements = [
        f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD '{password}';",
        "\\connect template1",
        *(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS),
        f"CREATE DATABASE {ROLE} OWNER {ROLE};",
    ]
    psql = [str(programs / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-h", str(folder), "-p", str(port)]
    run_quietly([*psql, "-U", "postgres", "-d", "postgres"], cwd=folder, stdin="\n".join(statements))


@contextlib.contextmanager
def throw_away_server() -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh server; stop it and remove its files afterwards."""
    programs = find_programs()
    # Not TMPDIR: it may be a folder that the server's user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="assaymark-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    pg_ctl = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    try:
        initialise(programs, folder)
        port, password = free_port(), secrets.token_hex(16)
        options = " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items())
        options += f" -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        run_quietly([*pg_ctl, "-l", str(folder / "log"), "-o", options, "start"], cwd=folder)
        try:
            create_role_and_database(programs, folder, port=port, password=password)
            yield f"postgres://{ROLE}:{password}@127.0.0.1:{port}/{ROLE}"
        finally:
            run_quietly([*pg_ctl, "-m", "immediate", "stop"], cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_command(command: list[str], *, database_url: str) -> int:
    """Run the command with DATABASE_URL set; hand on an interruption and return its status."""
    process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": database_url})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            continue  # the command got it too, and ends in its own way
        return status if status >= 0 else 128 - status


def main(arguments: list[str]) -> int:
    """Entry point; `arguments` as on the command line, without the program's name."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command or command[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if command else 2
    if os.environ.get("DATABASE_URL"):
        return run_command(command, database_url=os.environ["DATABASE_URL"])
    try:
        with throw_away_server() as database_url:
            return run_command(command, database_url=database_url)
    except NoServer as problem:
        print(problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
