"""Days of audits beside the table: people come from the application, and what is not recorded is no pattern."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assaymark.core.programme import DecisionKind
from assaymark.core.suspicion import Pattern
from assaymark.records.assessments import actions
from assaymark.records.assessments.audit_time import allowed_for, times_of
from assaymark.records.assessments.models import Application, Assessment, Decision, Stage
from assaymark.records.assessments.planning import StagePlan
from assaymark.records.assessments.suspicion import suspicious
from assaymark.records.scope import organisation_scope
from tests.audit_cast import ISO_9001
from tests.certification_cast import Certified, certified

BEGAN = dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(db: None) -> Certified:
    """Halden, twelve people, certified by Northfield: the table gives 2.5 days, at least 1.75."""
    return certified(began=BEGAN)


def audit(world: Certified) -> Assessment:
    return Assessment.objects.get(organisation=world.cast.northfield, client=world.cast.halden)


def took(world: Certified, *days: str | None) -> list[str]:
    """The facts of the pattern after stage 1 and stage 2 took so many days."""
    with organisation_scope(world.cast.northfield.pk):
        for stage, number in zip(Stage.objects.order_by("position"), days, strict=True):
            Stage.objects.filter(pk=stage.pk).update(days=Decimal(number) if number else None)
        return [s.facts for s in suspicious() if s.pattern is Pattern.FEW_DAYS]


class TestAnInitialAudit:
    def test_under_the_least_is_named_with_its_figures(self, world: Certified) -> None:
        assert took(world, "0.5", "1") == [
            "CA-0001 took 1.5 days; for 12 people the table gives 2.5, and at most 30 % less is 1.75 days"
            " (IAF MD 5, Issue 4, version 3, table QMS 1)."
        ]

    @pytest.mark.parametrize("days", [("0.75", "1"), ("1", "1.5"), ("1", "9")])
    def test_of_the_least_or_more_is_in_order(self, world: Certified, days: tuple[str, str]) -> None:
        assert took(world, *days) == []

    @pytest.mark.parametrize("days", [(None, None), ("0.5", None)])
    def test_whose_days_are_not_all_recorded_is_passed_over(self, world: Certified, days: tuple[str, str]) -> None:
        assert took(world, *days) == []

    def test_of_a_client_whose_people_nobody_counted_is_passed_over(self, world: Certified) -> None:
        with organisation_scope(world.cast.northfield.pk):
            Application.objects.update(personnel=None)
        assert took(world, "0.25", "0.25") == []

    def test_against_a_standard_without_a_table_is_passed_over(self, world: Certified) -> None:
        with organisation_scope(world.cast.northfield.pk):
            Assessment.objects.filter(client=world.cast.halden).update(standard="iso-iec-17021-1-2015")
        assert took(world, "0.25", "0.25") == []


class TestASurveillance:
    def plan(self, world: Certified, days: str) -> Assessment:
        """Half a year later, without an application of its own; decided to maintain."""
        at = BEGAN + dt.timedelta(days=180)
        day = at.date()
        row = actions.plan_assessment(
            kind="certification",
            title="First surveillance",
            standard=ISO_9001,
            client_id=world.cast.halden.pk,
            stages=[StagePlan("surveillance", day, day, Decimal(days))],
            by=world.cast.office,
            at=at,
        )
        with organisation_scope(world.cast.northfield.pk):
            Decision.objects.create(
                organisation=world.cast.northfield,
                client=world.cast.halden,
                number="D-S",
                assessment=row,
                kind=DecisionKind.MAINTAIN,
                assessment_kind="certification",
                standard=ISO_9001,
                decided_at=at,
                decided_by_id=world.cast.decider.person_id,
                effective_from=day,
                attestation_id=world.certificate.pk,
            )
        return row

    def test_takes_a_third_for_the_people_of_the_application_before_it(self, world: Certified) -> None:
        row = self.plan(world, "0.25")
        with organisation_scope(world.cast.northfield.pk):
            (facts,) = [s.facts for s in suspicious() if s.pattern is Pattern.FEW_DAYS]
            (time,) = times_of([world.certificate.pk])[world.certificate.pk]
        assert facts.startswith("CA-0002 took 0.25 days; for 12 people the table gives 1, 1/3 of an initial audit")
        assert (time.audit, time.allowed.least) == (row.number, Decimal("0.5"))

    def test_of_half_a_day_is_in_order(self, world: Certified) -> None:
        self.plan(world, "0.5")
        with organisation_scope(world.cast.northfield.pk):
            assert [s for s in suspicious() if s.pattern is Pattern.FEW_DAYS] == []


def test_a_plan_is_told_what_the_table_allows(world: Certified) -> None:
    with organisation_scope(world.cast.northfield.pk):
        row = audit(world)
        allowed = allowed_for(row, row.stages.all())
        assert allowed is not None
        assert (allowed.people, allowed.table, allowed.least) == (12, Decimal("2.5"), Decimal("1.75"))
        assert allowed_for(row, []) is None


def test_facts_of_many_certificates_take_four_queries(world: Certified, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with organisation_scope(world.cast.northfield.pk), django_assert_num_queries(4):
        times_of([world.certificate.pk])
