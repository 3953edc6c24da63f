"""What `make test-fast` leaves out by folder: exhaustive tables, and pages that take long for what they tell.

The whole suite runs them. Single tests that are slow bear the marker themselves.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
EXHAUSTIVE = tuple(
    TESTS / folder
    for folder in (
        "conformance",
        "docs",
        "hostile",
        "isolation",
        "permission",
        "records/archive",
        "records/watch",
        "web/assessments",
        "web/attestations",
        "web/certification",
        "web/public",
        "web/watch",
    )
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything below these folders as slow, before markers are asked about."""
    for item in items:
        if any(folder in item.path.parents for folder in EXHAUSTIVE):
            item.add_marker(pytest.mark.slow)
