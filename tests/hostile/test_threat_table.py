"""The table of threats names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "reference" / "threats.md"


def test_every_named_test_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text("utf-8")))
    found = {name for path in HERE.glob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))}
    assert len(named) > 50
    assert named <= found


def test_every_row_names_a_test_and_a_verdict() -> None:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ") and "Threat" not in line]
    assert rows
    assert all(len(cells := row.strip("| ").split(" | ")) == 3 and "`test_" in cells[1] for row in rows)
