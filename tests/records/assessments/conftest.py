from __future__ import annotations

import pytest

from tests.audit_cast import Cast, cast


@pytest.fixture(name="cast")
def everybody(db: None) -> Cast:
    """Halden, Northfield and their people."""
    return cast()
