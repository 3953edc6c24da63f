"""How long the first things take: help, an empty database, a server that answers.

Bars: `assaymark --help` 0.5 s, empty-database migration 10 s and 5 MB, server start 2 s.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from measure import ASSAYMARK, PYTHON, Figure, best_of, fresh_home, report, run, seconds

BARE_SETTINGS = """
from pathlib import Path
SECRET_KEY, ALLOWED_HOSTS, ROOT_URLCONF, USE_TZ = "bench", ["*"], "bare_project", True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / "bare.sqlite3"}}
WSGI_APPLICATION = "bare_project.application"
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("bare"))]
def application(environ, start_response):
    from django.core.wsgi import get_wsgi_application
    global application
    application = get_wsgi_application()
    return application(environ, start_response)
"""


def write_bare_project(folder: Path) -> dict[str, str]:
    """The smallest Django project with accounts and sessions; return the environment that selects it."""
    (folder / "bare_project.py").write_text(BARE_SETTINGS, encoding="utf-8")
    return {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "bare_project"}


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_answer(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return at the first answer of any status; end the measurement when the server ended or 30 s have passed."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
        else:
            return
    sys.exit(f"No answer on {address}")


def time_to_answer(command: list[str], *, port: int, environment: dict[str, str]) -> float:
    """Seconds from starting the command to its first answer."""
    server = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return seconds(lambda: wait_for_answer(f"http://127.0.0.1:{port}/", server))
    finally:
        server.terminate()
        server.wait(timeout=20)


def granian(application: str, port: int) -> list[str]:
    """The command that serves an application as `assaymark serve` does."""
    flags = ["--interface", "wsgi", "--port", str(port), "--workers", "2", "--no-ws", "--log-level", "warning"]
    return [PYTHON, "-m", "granian", *flags, application]


def measure_help() -> Figure:
    """The command line's help against the interpreter alone."""
    return Figure(
        question="assaymark --help (best of 5)",
        value=best_of(5, lambda: run([ASSAYMARK, "--help"])),
        unit="s",
        baseline=best_of(5, lambda: run([PYTHON, "-c", "pass"])),
        baseline_name="python -c pass",
        bar=0.5,
    )


def measure_database_and_server(home: Path, bare: Path) -> list[Figure]:
    """Migration time, size and time to the first answer, each against the bare project."""
    environment = write_bare_project(bare)
    bare_migration = seconds(lambda: run([PYTHON, "-m", "django", "migrate"], **environment))
    migration = seconds(lambda: run([ASSAYMARK, "init"], home=home))
    port, bare_port = free_port(), free_port()
    serve = [ASSAYMARK, "serve", "--port", str(port)]
    start = min(time_to_answer(serve, port=port, environment={"ASSAYMARK_HOME": str(home)}) for _ in range(3))
    bare_serve = granian("bare_project:application", bare_port)
    bare_start = min(time_to_answer(bare_serve, port=bare_port, environment=environment) for _ in range(3))
    megabytes = (home / "assaymark.sqlite3").stat().st_size / 1e6
    bare_megabytes = (bare / "bare.sqlite3").stat().st_size / 1e6
    name = "bare Django project"
    return [
        Figure("assaymark init on an empty home", migration, "s", bare_migration, name, 10),
        Figure("size of the empty database", megabytes, "MB", bare_megabytes, name, 5),
        Figure("server start to first answer (best of 3)", start, "s", bare_start, name, 2),
    ]


def main() -> int:
    """Measure all; exit status 1 when a bar is missed."""
    with fresh_home() as home, fresh_home() as bare:
        return report([measure_help(), *measure_database_and_server(home, bare)])


if __name__ == "__main__":
    sys.exit(main())
