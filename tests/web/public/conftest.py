from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.certification_cast import Certified, certified


@pytest.fixture
def world(db: None) -> Certified:
    """Everything in order since two months ago."""
    cache.clear()
    return certified(began=timezone.now() - dt.timedelta(days=60))
