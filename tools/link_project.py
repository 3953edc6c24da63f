"""Makes the checkout importable in the environment that runs this, and writes its console command.

`pip install -e .` would fetch a build backend that no lock file names. What an editable install amounts to is two
files, so they are written here: a path file for `src`, and one script per entry of `[project.scripts]`.
"""

from __future__ import annotations

import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A shebang may hold neither blanks nor more than 127 bytes; a shell reading this hands over to the interpreter, and
# Python reads the same two lines as a string.
SCRIPT = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from {module} import {function}

sys.exit({function}())
"""


def link(*, root: Path, site_packages: Path, scripts: Path, python: Path) -> list[Path]:
    """Write the path file and the console commands; return what was written."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    path_file = site_packages / f"{project['name']}.pth"
    path_file.write_text(f"{root / 'src'}\n", encoding="utf-8")
    written = [path_file]
    for command, target in project["scripts"].items():
        module, function = target.split(":")
        script = scripts / command
        script.write_text(SCRIPT.format(python=python, module=module, function=function), encoding="utf-8")
        script.chmod(0o755)
        written.append(script)
    return written


def main() -> int:
    """Link the checkout that holds this file into the running environment."""
    if sys.prefix == sys.base_prefix:
        print("This is not a virtual environment. Run it as `.venv/bin/python tools/link_project.py`.", file=sys.stderr)
        return 2
    link(
        root=ROOT,
        site_packages=Path(sysconfig.get_path("purelib")),
        scripts=Path(sysconfig.get_path("scripts")),
        python=Path(sys.executable),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
