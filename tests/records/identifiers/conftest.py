"""Northfield Certification, on an installation that the public reaches as https://register.example."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import LazySettings

from assaymark.records.identifiers import actions
from assaymark.records.identifiers.queries import Identifier, identifier_of
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation

BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
ROTATED = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
STOLEN = dt.datetime(2026, 5, 20, 8, 30, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def reached(settings: LazySettings, tmp_path: Path) -> None:
    settings.PUBLIC_URL = "https://register.example"
    settings.HOME = tmp_path


@pytest.fixture
def northfield(db: None) -> Organisation:
    return add_organisation(slug="northfield", name="Northfield Certification", country="GB", at=BEGUN)


@pytest.fixture
def identified(northfield: Organisation) -> Organisation:
    actions.identify(organisation=northfield, at=BEGUN)
    return northfield


def known(organisation: Organisation) -> Identifier:
    """Its identifier, which it has."""
    found = identifier_of(organisation.pk)
    assert found is not None
    return found
