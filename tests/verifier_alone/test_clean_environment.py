"""The verifier installs and runs without Django: shown in an environment that holds its own lock and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
UV = Path(sys.executable).parent / "uv"
SERVER_PARTS = ["django", "allauth", "ninja", "psycopg", "granian"]
WRITERS = {"openpyxl", "typst", "segno", "markdown_it", "nh3"}

# Imports every module of the package named as argument; prints the libraries that were not there.
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as missing:
        print(missing.name.partition(".")[0])
"""


def run(command: list[str | Path], **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment that knows nothing of the suite's own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "UV_CACHE_DIR") if name in os.environ}
    return subprocess.run(
        [str(part) for part in command],
        env={**inherited, "UV_PYTHON_DOWNLOADS": "never", **more},
        capture_output=True,
        text=True,
        check=False,
    )


def install_from_lock(python: Path) -> None:
    """By hash; from uv's cache alone where it suffices, so that a machine without network can run this twice."""
    command: list[str | Path] = [UV, "pip", "install", "-q", "--python", python, "--require-hashes"]
    command += ["-r", ROOT / "requirements" / "verify.lock"]
    if run([*command, "--offline"]).returncode:
        done = run(command)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh environment with the base dependencies and the sources."""
    folder = tmp_path_factory.mktemp("verifier") / "venv"
    done = run([UV, "venv", "-q", "--python", sys.executable, folder])
    assert done.returncode == 0, done.stderr
    python = folder / "bin" / "python"
    install_from_lock(python)
    linked = run([python, ROOT / "tools" / "link_project.py"])
    assert linked.returncode == 0, linked.stderr
    return folder / "bin"


class TestTheVerifierAlone:
    @pytest.mark.parametrize("name", SERVER_PARTS)
    def test_has_nothing_of_the_server(self, environment: Path, name: str) -> None:
        done = run([environment / "python", "-c", f"import {name}"])
        assert "ModuleNotFoundError" in done.stderr

    @pytest.mark.parametrize("package", ["core", "verify", "catalogue"])
    def test_imports_every_module_of_its_packages(self, environment: Path, package: str) -> None:
        done = run([environment / "python", "-c", IMPORT_ALL, f"assaymark.{package}"])
        assert (done.stdout, done.stderr) == ("", "")

    def test_lacks_only_what_writes_documents(self, environment: Path) -> None:
        """Reading a credential, a PDF or a bundle needs nothing of the server; writing sheets and pages does."""
        done = run([environment / "python", "-c", IMPORT_ALL, "assaymark.formats"])
        assert done.stderr == ""
        assert set(done.stdout.split()) <= WRITERS

    def test_passes_the_conformance_cases(self, environment: Path) -> None:
        done = run([environment / "python", ROOT / "tests" / "conformance" / "run.py"])
        assert done.returncode == 0, done.stdout + done.stderr
        assert [int(text) > 30 for text in re.findall(r"(\d+) passed", done.stdout)] == [True] * 3

    def test_answers_a_case_on_the_command_line(self, environment: Path) -> None:
        chain = ROOT / "tests" / "conformance" / "chain"
        question = ["--trust", chain / "trust.json", "--at", "2026-11-05", "--offline", "--json"]
        files = chain / "retroactive.bundle.json"
        for known, expected in (([], ["yes", "no", "yes", "yes"]), (["--known-at", "2026-11-08"], ["yes"] * 4)):
            done = run([environment / "assaymark", "verify", files, *question, *known])
            (verdict,) = json.loads(done.stdout)
            names = ("authentic", "in_force", "accredited", "recognised")
            assert [verdict["verdicts"][name]["answer"] for name in names] == expected
            assert done.returncode == (0 if expected == ["yes"] * 4 else 1)

    @pytest.mark.parametrize("command", [[], ["verify"], ["journal"], ["journal", "verify"]], ids=" ".join)
    def test_explains_its_commands(self, environment: Path, command: list[str]) -> None:
        done = run([environment / "assaymark", *command, "--help"])
        assert done.returncode == 0, done.stderr
        assert "Example" in done.stdout or command == ["journal"]

    def test_says_what_to_install_for_a_command_of_the_server(self, environment: Path) -> None:
        done = run([environment / "assaymark", "init"])
        assert done.returncode == 2, done.stderr
        assert "assaymark[server]" in done.stderr
