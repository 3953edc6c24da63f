"""The table of audit time that ships: its figures, and which audits it is for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from assaymark import catalogue
from assaymark.core.audit_time import Reading

(QUALITY,) = catalogue.time_tables()


def test_bands_rise_in_people_and_days() -> None:
    assert len(QUALITY.bands) == 23
    assert all(a.up_to < b.up_to and a.days < b.days for a, b in pairwise(QUALITY.bands))


@pytest.mark.parametrize(
    ("people", "days"),
    [(1, "1.5"), (5, "1.5"), (6, "2"), (25, "3"), (26, "4"), (55, "5"), (66, "6"), (125, "7"), (126, "8"), (425, "10"),
     (626, "12"), (1240, "14"), (2025, "15"), (5450, "19"), (8501, "22"), (10700, "22")],
)  # fmt: skip
def test_it_gives_the_published_figures(people: int, days: str) -> None:
    assert QUALITY.days(people) == Fraction(days)


def test_above_its_last_band_it_gives_none() -> None:
    assert QUALITY.days(10_701) is None


def test_it_is_read_in_steps_with_at_most_thirty_percent_off_and_not_confirmed_yet() -> None:
    assert (QUALITY.reading, QUALITY.reduction) == (Reading.STEPS, Fraction(3, 10))
    assert (QUALITY.source, QUALITY.confirmed) == ("secondary", False)


def test_every_share_is_of_a_stage_that_certification_has() -> None:
    (kind,) = [kind for kind in catalogue.kinds() if kind.key == "certification"]
    assert set(QUALITY.shares) <= set(kind.stages)


@pytest.mark.parametrize("edition", ["iso-9001-2015", "iso-9001-2026"])
def test_every_edition_of_the_standard_has_it(edition: str) -> None:
    assert catalogue.time_table(edition) is QUALITY


@pytest.mark.parametrize("edition", ["iso-iec-17021-1-2015", "iso-14001-2015", ""])
def test_what_it_is_not_for_has_none(edition: str) -> None:
    assert catalogue.time_table(edition) is None


def test_a_house_of_twelve_hundred_takes_at_least_nine_point_eight_days() -> None:
    allowed = QUALITY.allowed(people=1240, stages=frozenset({"stage_1", "stage_2"}))
    assert allowed is not None and (allowed.table, allowed.least) == (Decimal("14"), Decimal("9.8"))
