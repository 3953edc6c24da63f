"""How many pages of the public register a second: on two cores, with the load generator (wrk) beside the server.

A world is imported; the server runs as `assaymark serve` runs it. Bars: 500 a second for a certificate's page, for one
that many ask for, and over 10,000 different ones. Baseline: a bare Django view on the same server program.

    python bench/pages.py [certificates in the register, default 30000] [seconds for each, default 8]
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
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


def main() -> int:
    """Measure and print."""
    if shutil.which("wrk") is None:
        print("wrk is not installed: this measurement needs it (apt-get install wrk).", file=sys.stderr)
        return 2
    certificates = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    with fresh_home() as home, tempfile.TemporaryDirectory() as bare:
        port = free_port()
        server = served(granian("bare_project:application", port), port, write_bare_project(Path(bare)))
        baseline = load(f"http://127.0.0.1:{port}/", seconds=seconds)
        server.terminate()
        server.wait(timeout=20)
        run([ASSAYMARK, "world", "make", "--certificates", str(certificates), "-o", str(home / "world")])
        run([ASSAYMARK, "init"], home=home)
        run([ASSAYMARK, "demo", "load"], home=home)
        run([ASSAYMARK, "register", "import", str(home / "world"), "--as-of", "2026-11-24", "--source", "w"], home=home)
        port = free_port()
        command = [PYTHON, "-m", "assaymark.cli.main", "serve", "--port", str(port)]
        server = served(
            command, port, {"ASSAYMARK_HOME": str(home), "ASSAYMARK_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        )
        try:
            address = f"http://127.0.0.1:{port}"
            one = load(f"{address}/c/northfield/NC-26-00417/", seconds=seconds)
            script = home / "many.lua"
            script.write_text(LUA % min(10_000, certificates * 9 // 10))
            many = load(address, seconds=seconds, script=script)
        finally:
            server.terminate()
            server.wait(timeout=20)
    slow = [1000 / one, 1000 / many]
    name = "a bare view"
    return report(
        [
            Figure(f"one certificate: {one:.0f}/s; ms each", slow[0], "ms", 1000 / baseline, name, 2.0),
            Figure(f"10,000 entries: {many:.0f}/s; ms each", slow[1], "ms", 1000 / baseline, name, 2.0),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
