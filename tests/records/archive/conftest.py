"""Three timestamp authorities in succession, a desk where the one of the day answers, and the chain of the cast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import LazySettings

from assaymark.adapters import timestamp_authority
from tests.records.attestations.conftest import NOW
from tests.records.attestations.conftest import chain as chain
from tests.timestamp_cast import Authority
from tests.timestamp_desk import TimestampDesk

FIRST_ENDS = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
SECOND_ENDS = dt.datetime(2031, 6, 1, tzinfo=dt.UTC)
THIRD_ENDS = dt.datetime(2036, 6, 1, tzinfo=dt.UTC)


@cache
def first() -> Authority:
    """The authority of today, whose certificate ends in June 2027."""
    return Authority("Early Time", end=FIRST_ENDS)


@cache
def second() -> Authority:
    """The authority that follows it."""
    return Authority("Later Time", end=SECOND_ENDS)


@cache
def third() -> Authority:
    """The authority after that."""
    return Authority("Last Time", end=THIRD_ENDS)


@pytest.fixture
def desk(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TimestampDesk]:
    """The first authority answers; all roots are trusted."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(first().root_pem + second().root_pem + third().root_pem)
    found = TimestampDesk(now=NOW, authority=first())
    settings.TSA_URL, settings.TSA_ROOTS, settings.BLOBS = found.url, str(roots), tmp_path / "blobs"
    monkeypatch.setattr(timestamp_authority, "_failed_at", {})
    yield found
    found.close()
