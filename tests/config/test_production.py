"""The production profile as an operator starts it: `assaymark check` has nothing against a safe one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SAFE = {
    "ASSAYMARK_PROFILE": "production",
    "ASSAYMARK_HOSTS": "qms.example",
    "ASSAYMARK_PUBLIC_URL": "https://qms.example",
    "ASSAYMARK_MAIL": "smtp",
}


def assaymark(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAYMARK_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "assaymark.cli.main", *arguments],
        env={**kept, "ASSAYMARK_HOME": str(home), "DJANGO_SETTINGS_MODULE": "assaymark.config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("production")
    done = assaymark(folder, "init", **SAFE)
    assert done.returncode == 0, done.stderr
    return folder


class TestAProductionInstallation:
    def test_has_nothing_to_object_to_when_it_is_safe(self, home: Path) -> None:
        done = assaymark(home, "check", **SAFE)
        assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing to object to.\n", "")

    @pytest.mark.parametrize(
        ("change", "objection"),
        [
            ({"ASSAYMARK_PUBLIC_URL": "http://qms.example"}, "does not begin with https://"),
            ({"ASSAYMARK_MAIL": "file"}, "ASSAYMARK_MAIL is not smtp"),
            ({"ASSAYMARK_HOSTS": "qms.example,localhost"}, "ASSAYMARK_HOSTS"),
            ({"ASSAYMARK_DEBUG": "1"}, "ASSAYMARK_DEBUG is on"),
            ({"ASSAYMARK_SECRET_KEY": "short"}, "security.W009"),
        ],
    )
    @pytest.mark.slow
    def test_is_refused_when_it_is_not(self, home: Path, change: dict[str, str], objection: str) -> None:
        done = assaymark(home, "check", "--json", **{**SAFE, **change})
        assert done.returncode == 1
        assert any(objection in problem for problem in json.loads(done.stdout)["problems"]), done.stdout

    def test_says_when_it_was_not_made_yet(self, tmp_path: Path) -> None:
        done = assaymark(tmp_path, "check", **SAFE)
        assert done.returncode == 1
        assert "assaymark init" in done.stderr
