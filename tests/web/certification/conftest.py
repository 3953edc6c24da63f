"""The levels of the chain as fixtures: see tests/body_cast.py."""

from __future__ import annotations

import pytest

from tests.body_cast import ACCREDITATION, CERTIFICATION, RECOGNITION, Stage, set_stage


@pytest.fixture(params=[CERTIFICATION, ACCREDITATION, RECOGNITION], ids=lambda level: level.kind)
def stage(request: pytest.FixtureRequest, db: None) -> Stage:
    """Each level in turn."""
    return set_stage(request.param)


@pytest.fixture
def certification(db: None) -> Stage:
    """Certification alone, where one level is enough."""
    return set_stage(CERTIFICATION)
