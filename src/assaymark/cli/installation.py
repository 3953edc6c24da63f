"""`assaymark init`, `check`, `serve`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import click

from assaymark.cli.server import fail, with_server


@click.command()
@with_server
def init() -> None:
    """Create the database under ASSAYMARK_HOME, or bring it to this version. All or nothing.

    \b
    Example:
      assaymark init
    """
    from django.conf import settings
    from django.core.management import call_command

    from assaymark.records.scope import system_scope

    with system_scope():
        call_command("migrate", verbosity=0, interactive=False)
    click.echo(f"The database is up to date. State lives under {settings.HOME}.")


@click.command()
@with_server
def check() -> None:
    """Check settings and database. Exit status 1 when something is unsafe or out of date.

    \b
    Example:
      ASSAYMARK_PROFILE=production assaymark check
    """
    from assaymark.config.checks import problems

    found = problems()
    for problem in found:
        click.echo(problem, err=True)
    if found:
        sys.exit(1)
    click.echo("Nothing to object to.")


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@with_server
def serve(port: int, host: str, workers: int) -> None:
    """Serve the pages and run the background worker, until interrupted.

    \b
    Example:
      assaymark serve --port 8000
    """
    from assaymark.config.checks import pending_migrations

    if pending_migrations():
        fail("The database is older than this version.", next_step="Run: assaymark init")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "assaymark.config.settings"}
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                host,
                "--port",
                str(port),
                "--workers",
                str(workers),
                "--blocking-threads",
                "4",
                "--no-ws",
                "--log-level",
                "warning",
                "assaymark.config.wsgi:application",
            ],
            env=environment,
        ),
        subprocess.Popen(
            [sys.executable, "-m", "django", "db_worker", "--queue-name", "*"],
            env=environment,
            stdout=subprocess.DEVNULL,
        ),
    ]
    click.echo(f"Assaymark answers on http://{host}:{port}/ (stop with Ctrl-C)")

    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while all(child.poll() is None for child in children):
        time.sleep(0.3)
    stop()
    for child in children:
        child.wait(timeout=20)
