"""`assaymark init`, `check`, `serve`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
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

    from assaymark.records.attestations.log import catch_up
    from assaymark.records.scope import system_scope

    with system_scope():
        call_command("migrate", verbosity=0, interactive=False)
    catch_up()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    click.echo(f"The database is up to date. State lives under {settings.HOME}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def check(as_json: bool) -> None:
    """Check settings and database. Exit status 1 when something is unsafe or out of date.

    \b
    Example:
      ASSAYMARK_PROFILE=production assaymark check
    """
    from assaymark.config.checks import problems

    found = problems()
    if as_json:
        click.echo(json.dumps({"problems": found}, ensure_ascii=False))
        sys.exit(1 if found else 0)
    for problem in found:
        click.echo(problem, err=True)
    if found:
        sys.exit(1)
    click.echo("Nothing to object to.")


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
def serve(port: int, host: str, workers: int) -> None:
    """Serve the pages and run the background worker, until interrupted.

    \b
    Example:
      assaymark serve --port 8000
    """
    if not _is_free(host, port):
        fail(f"Port {port} is taken.", next_step=f"Name another: assaymark serve --port {port + 1}")
    asked_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: asked_to_stop.append(received))
    # The page server loads while this process looks at the database: together they would take twice as long.
    children = [_start_pages(host=host, port=port, workers=workers)]
    try:
        _refuse_an_older_database()
        _ask_for_the_rounds()
        children.append(_start("django", "db_worker", "--queue-name", "*"))
        _attend(children, asked_to_stop, address=(host, port))
    finally:
        _end(children)
    if not asked_to_stop:
        fail("The server or its worker ended by itself; it said why above.")


@with_server
def _refuse_an_older_database() -> None:
    from assaymark.config.checks import pending_migrations

    if pending_migrations():
        fail("The database is older than this version.", next_step="Run: assaymark init")


@with_server
def _ask_for_the_rounds() -> None:
    from assaymark.records.archive.tasks import start_daily_renewals
    from assaymark.records.register.tasks import start_daily_round as start_daily_verdicts
    from assaymark.records.watch.tasks import start_hourly_round
    from assaymark.records.work.tasks import start_daily_round

    start_daily_verdicts()
    start_daily_round()
    start_hourly_round()
    start_daily_renewals()


def _is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _start(*command: str) -> subprocess.Popen[bytes]:
    """Start a Python module at the head of a process group of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "assaymark.config.settings"}
    return subprocess.Popen([sys.executable, "-m", *command], env=environment, start_new_session=True)


def _start_pages(*, host: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    """Start the page server."""
    where = ["--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws", "--log-level", "warning"]
    size = ["--workers", str(workers), "--blocking-threads", "4"]
    return _start("granian", *where, *size, "assaymark.config.wsgi:application")


def _attend(children: list[subprocess.Popen[bytes]], asked_to_stop: list[int], *, address: tuple[str, int]) -> None:
    """Say where the pages are once somebody listens there; return when asked to stop or when a child has ended."""
    host, port = address
    announced = False
    while not asked_to_stop and all(child.poll() is None for child in children):
        if not announced and not _is_free(host, port):
            click.echo(f"Assaymark answers on http://{host}:{port}/ (stop with Ctrl-C)")
            announced = True
        time.sleep(0.1)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask both to finish what they are at; after 15 s end what is left of their process groups.

    The page server's own processes are asked again and again: one that is still starting does not hear the first time.
    The background worker is asked once, for the second time means "drop your task".
    """
    pages, *background = children
    for child in background:
        child.terminate()
    deadline = time.monotonic() + 15
    while any(child.poll() is None for child in children) and time.monotonic() < deadline:
        if pages.poll() is None:
            os.killpg(pages.pid, signal.SIGTERM)
        time.sleep(0.2)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
