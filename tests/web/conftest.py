"""What every test of pages has: the numbers in the rail are counted for each page, so that a page always costs the same
number of queries (`web/work/counts.py` and `web/watch/counts.py` keep them for a minute otherwise)."""

from __future__ import annotations

import pytest

from assaymark.web.watch import counts as of_watch
from assaymark.web.work import counts


@pytest.fixture(autouse=True)
def _the_bell_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "KEPT", 0)
    monkeypatch.setattr(of_watch, "KEPT", 0)
