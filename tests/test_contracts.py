"""The import contracts hold, and each of them notices the import that it is there to forbid."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"

LAYERS = "Arrows point inward"
NO_DJANGO = "The verifier needs no Django"
MODELS = "Only records know models"

FORBIDDEN_IMPORTS = [
    ("core/refusal.py", "import django", NO_DJANGO),
    ("formats/__init__.py", "def late():\n    import django.db", NO_DJANGO),
    ("verify/__init__.py", "import django.conf", NO_DJANGO),
    ("catalogue/__init__.py", "import django", NO_DJANGO),
    ("core/refusal.py", "import assaymark.formats", LAYERS),
    ("formats/__init__.py", "import assaymark.verify", LAYERS),
    ("verify/__init__.py", "import assaymark.adapters", LAYERS),
    ("records/scope.py", "import assaymark.web.page", LAYERS),
    ("web/page.py", "import assaymark.api", LAYERS),
    ("web/page.py", "from assaymark.records.parties.models import Person", MODELS),
    ("cli/main.py", "import assaymark.records.journal.models", MODELS),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of the project in this folder."""
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-logo", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy_of_the_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sources and configuration, to be broken at leisure."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copy(ROOT / "pyproject.toml", folder)
    sources = (ROOT / "src").rglob("*.py")
    for source in sources:
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return folder


class TestTheContracts:
    def test_hold(self) -> None:
        done = lint(ROOT)
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.slow
    @pytest.mark.parametrize(("module", "statement", "contract"), FORBIDDEN_IMPORTS)
    def test_notice_what_they_forbid(
        self, copy_of_the_project: Path, module: str, statement: str, contract: str
    ) -> None:
        file = copy_of_the_project / "src" / "assaymark" / module
        before = file.read_text(encoding="utf-8")
        file.write_text(f"{before}\n\n{statement}\n", encoding="utf-8")
        try:
            done = lint(copy_of_the_project)
        finally:
            file.write_text(before, encoding="utf-8")
        broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
        assert done.returncode != 0, done.stdout
        assert any(line.startswith(contract) for line in broken), done.stdout
