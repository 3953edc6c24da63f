"""The table of threats names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "reference" / "threats.md"


def test_every_named_test_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text("utf-8")))
    found = {name for path in HERE.glob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))}
    assert len(named) > 70
    assert named <= found


def test_every_row_names_a_test_or_why_there_is_none_and_a_verdict() -> None:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ") and "Threat" not in line]
    assert len(rows) > 90
    for row in rows:
        cells = row.strip("| ").split(" | ")
        assert len(cells) == 3, row
        assert "`test_" in cells[1] or cells[1].startswith("none: "), row
        assert cells[2], row


def test_every_numbered_list_is_whole() -> None:
    text = TABLE.read_text("utf-8")
    for letter, count in (("T", 18), ("Q", 18), ("B", 5)):
        assert [int(n) for n in re.findall(rf"^\| {letter}(\d+) ", text, re.M)] == list(range(1, count + 1))
