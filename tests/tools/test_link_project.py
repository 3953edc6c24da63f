"""The checkout becomes importable and gets its command, wherever it lies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.link_project import link

PROJECT = """
[project]
name = "sample"
[project.scripts]
sample = "sample.door:main"
"""
DOOR = """
import sys

def main():
    print(sys.argv[1:])
    return 3
"""


@pytest.fixture(params=["plain", "with blanks and a path that is far longer than a shebang may be " + "x" * 100])
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project of one module, in a folder of this name."""
    root = tmp_path / request.param
    (root / "src" / "sample").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "src" / "sample" / "__init__.py").touch()
    (root / "src" / "sample" / "door.py").write_text(
        "import sys\n\ndef main():\n    print(sys.argv[1:])\n    return 3\n"
    )
    return root


class TestLinking:
    def test_writes_a_path_file_and_a_command_that_passes_arguments_and_status(self, checkout: Path) -> None:
        interpreter = checkout / "python"
        interpreter.symlink_to(sys.executable)
        written = link(root=checkout, site_packages=checkout, scripts=checkout, python=interpreter)
        assert [file.name for file in written] == ["sample.pth", "sample"]
        assert written[0].read_text().strip() == str(checkout / "src")

        done = subprocess.run(
            [str(checkout / "sample"), "a b", "--c"],
            env={"PYTHONPATH": str(checkout / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (3, "['a b', '--c']\n")
