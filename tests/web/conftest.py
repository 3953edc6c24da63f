"""What every test of pages has: the number on the bell is counted for each page, so that a page always costs the same
number of queries (`web/work/counts.py` keeps it for a minute otherwise)."""

from __future__ import annotations

import pytest

from assaymark.web.work import counts


@pytest.fixture(autouse=True)
def _the_bell_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "KEPT", 0)
