"""`assaymark serve`: answers, says so, and takes everything it started with it when it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "assaymark.cli.main"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation of its own."""
    home = tmp_path_factory.mktemp("home")
    subprocess.run([*COMMAND, "init"], env=environment(home), check=True, capture_output=True)
    return home


@pytest.fixture
def port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path) -> dict[str, str]:
    """A user's environment: no settings of the test suite, a database in the home."""
    inherited = {n: v for n, v in os.environ.items() if n not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
    return {**inherited, "ASSAYMARK_HOME": str(home), "PYTHONPATH": "src"}


@pytest.fixture
def server(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The command, started."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield process
    process.terminate()
    process.wait(timeout=30)


def status_of(address: str) -> int:
    """HTTP status of a page."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def processes_naming(port: int) -> list[str]:
    """Command lines of live processes that mention the port."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if str(port) in words:
            found.append(" ".join(words))
    return found


class TestServing:
    def test_announces_its_address_and_answers_there(self, server: subprocess.Popen[str], port: int) -> None:
        assert server.stdout is not None
        assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
        assert status_of(f"http://127.0.0.1:{port}/") < 500

    def test_ends_with_all_that_it_started(self, server: subprocess.Popen[str], port: int) -> None:
        assert server.stdout is not None
        server.stdout.readline()
        status_of(f"http://127.0.0.1:{port}/")
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
        assert processes_naming(port) == []

    def test_ends_when_told_so_while_still_starting(self, server: subprocess.Popen[str], port: int) -> None:
        """The page server does not hear a signal while it forks its workers; it is asked until it does."""
        assert server.stdout is not None
        server.stdout.readline()
        time.sleep(0.1)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
        assert processes_naming(port) == []

    def test_of_a_taken_port_names_another(self, home: Path, port: int) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))
            other.listen()
            done = subprocess.run(
                [*COMMAND, "serve", "--port", str(port)],
                env=environment(home),
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 1
        assert f"Port {port} is taken." in done.stderr
        assert f"--port {port + 1}" in done.stderr

    def test_of_a_home_without_database_says_what_to_run(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [*COMMAND, "serve"], env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "assaymark init" in done.stderr
