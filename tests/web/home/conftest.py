"""The cast of home: Halden Castings and an outsider."""

import pytest

from tests.register_cast import elsewhere, halden

__all__ = ["elsewhere", "halden"]


@pytest.fixture(autouse=True)
def _the_bell_forgets() -> None:
    """In place of the one of all other pages: home draws the list of what is due and hands its number to the bell."""
