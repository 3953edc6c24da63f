"""How many pages of the public register a second: on two cores, with the load generator (wrk) beside the server.

A world is imported, or a register that is there already is used; the server runs as `assaymark serve` runs it. Bars:
500 a second for a certificate's page, for one that many ask for, and over different ones, spread over the register.
Baseline: a bare Django view on the same server program.

    python bench/pages.py [--certificates 30000] [--seconds 8]
    python bench/register.py --listings 1500000 --engine sqlite --home DIR && python bench/pages.py --database DIR
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import ASSAYMARK, PYTHON, Figure, fresh_home, report, run
from start import free_port, granian, wait_for_answer, write_bare_project

LUA = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/register/entries/" .. (1 + (n * 7919) %% %d) .. "/")
end
"""


def load(url: str, *, seconds: int, script: Path | None = None) -> float:
    """Answers a second; ends the measurement when one was not 2xx."""
    command = ["wrk", "-t", "1", "-c", "16", "-d", f"{seconds}s", *(["-s", str(script)] if script else []), url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        sys.exit(f"{url}: {told}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found is not None, told
    return float(found[1])


def served(command: list[str], port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The server, once it answers."""
    server = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for_answer(f"http://127.0.0.1:{port}/", server)
    return server


@contextlib.contextmanager
def serving(command: list[str], port: int, environment: dict[str, str]) -> Iterator[str]:
    """The address of the server, which ends afterwards."""
    server = served(command, port, environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def filled(home: Path, certificates: int) -> None:
    """Import a world of so many certificates."""
    run([ASSAYMARK, "world", "make", "--certificates", str(certificates), "-o", str(home / "world")])
    run([ASSAYMARK, "init"], home=home)
    run([ASSAYMARK, "register", "import", str(home / "world"), "--as-of", "2026-11-24", "--source", "w"], home=home)


def entries(home: Path) -> tuple[int, int]:
    """How many listings the register holds, and the greatest number of a page that is read here."""
    with contextlib.closing(sqlite3.connect(home / "assaymark.sqlite3")) as database:
        many, last = database.execute("SELECT count(*), max(id) FROM register_listing").fetchone()
    return int(many), int(last)


def measured(home: Path, seconds: int) -> list[Figure]:
    """The figures of one register."""
    with tempfile.TemporaryDirectory() as bare:
        port = free_port()
        with serving(granian("bare_project:application", port), port, write_bare_project(Path(bare))) as address:
            baseline = load(f"{address}/", seconds=seconds)
    run([ASSAYMARK, "init"], home=home)  # a database that is older than the program
    run([ASSAYMARK, "demo", "load"], home=home)  # one certificate with all that its body keeps of it
    many, last = entries(home)
    port = free_port()
    command = [PYTHON, "-m", "assaymark.cli.main", "serve", "--port", str(port)]
    environment = {"ASSAYMARK_HOME": str(home), "ASSAYMARK_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with serving(command, port, environment) as address, tempfile.TemporaryDirectory() as folder:
        pages = {
            "one certificate of this house": load(f"{address}/c/northfield/NC-26-00417/", seconds=seconds),
            f"one of {many:,} entries": load(f"{address}/register/entries/{last // 2}/", seconds=seconds),
        }
        script = Path(folder) / "many.lua"
        script.write_text(LUA % (last * 9 // 10))
        pages[f"different ones of {many:,}"] = load(address, seconds=seconds, script=script)
    return [
        Figure(f"{name}: {rate:.0f}/s; ms each", 1000 / rate, "ms", 1000 / baseline, "a bare view", 2.0)
        for name, rate in pages.items()
    ]


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--certificates", type=int, default=30_000, help="of the world that is imported")
    options.add_argument("--database", type=Path, help="an installation's folder whose register is filled (SQLite)")
    options.add_argument("--seconds", type=int, default=8, help="for each measurement")
    chosen = options.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed: this measurement needs it (apt-get install wrk).", file=sys.stderr)
        return 2
    if chosen.database:
        return report(measured(chosen.database, chosen.seconds))
    with fresh_home() as home:
        filled(home, chosen.certificates)
        return report(measured(home, chosen.seconds))


if __name__ == "__main__":
    sys.exit(main())
