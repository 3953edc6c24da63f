"""The rules of the registers themselves: interested parties, risks, objectives, measuring equipment, processes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assaymark.core.refusal import Refused
from assaymark.core.registers import State
from assaymark.records.registers import actions, declaration, queries, registry
from assaymark.records.registers.declaration import Column, Register, Section
from assaymark.records.registers.declared.interested_parties import InterestedParty, PartyRequirement
from assaymark.records.registers.declared.measuring_equipment import Calibration, MeasuringEquipment
from assaymark.records.registers.declared.objectives import Measurement, Objective
from assaymark.records.registers.declared.risks import HIGH, Risk
from assaymark.records.registers.entry import Invalid
from tests.register_cast import NOW, Company

pytestmark = pytest.mark.slow

LATER = NOW + dt.timedelta(days=1)


def enter(company: Company, row: Any, child: str, register: str, **values: Any) -> Any:
    """Something under a row, entered by Anna."""
    return actions.add_entry(register=register, row_id=row.pk, child=child, values=values, by=company.anna, at=NOW)


def move(company: Company, register: str, row: Any, to: str) -> Any:
    """The row into another state, by Anna."""
    return actions.move(register=register, row_id=row.pk, to=to, by=company.anna, at=NOW)


def refused(company: Company, register: str, row: Any, to: str) -> set[str]:
    """The rules that stand in the way."""
    with pytest.raises(Refused) as error:
        move(company, register, row, to)
    return {refusal.rule for refusal in error.value.refusals}


class TestRisks:
    def treated(self, company: Company, **values: Any) -> Any:
        """A risk in treatment."""
        row = company.add(
            "risks", "The furnace fails", likelihood=4, impact=4, owner=company.anna.person_id, strategy="reduce",
            treatment="Spare parts", treatment_due="2027-01-01", **values,
        )  # fmt: skip
        return move(company, "risks", row, "treated")

    def test_have_a_level_of_likelihood_times_impact(self, halden: Company) -> None:
        risk = halden.add("risks", "x", likelihood=4, impact=5, residual_likelihood=1, residual_impact=5)
        assert (risk.level, risk.residual) == (20, 5)
        assert halden.add("risks", "y").residual is None

    def test_are_controlled_only_when_what_remains_was_graded(self, halden: Company) -> None:
        assert refused(halden, "risks", self.treated(halden), "controlled") == {
            "register-requires-residual_likelihood",
            "register-requires-residual_impact",
            "register-requires-effectiveness",
            "risk-residual-high",
        }

    def test_are_not_controlled_while_what_remains_is_high(self, halden: Company) -> None:
        risk = self.treated(halden, residual_likelihood=2, residual_impact=5, effectiveness="Tried")
        assert risk.residual == HIGH
        assert refused(halden, "risks", risk, "controlled") == {"risk-residual-high"}

    def test_are_controlled_when_it_is_not(self, halden: Company) -> None:
        risk = self.treated(halden, residual_likelihood=1, residual_impact=5, effectiveness="Two test runs")
        assert move(halden, "risks", risk, "controlled").state == "controlled"

    def test_that_are_high_are_accepted_only_by_decision(self, halden: Company) -> None:
        risk = self.treated(halden)
        assert refused(halden, "risks", risk, "accepted") == {"risk-accept-high"}
        actions.change(register="risks", row_id=risk.pk, values={"strategy": "accept"}, by=halden.anna, at=NOW)
        assert move(halden, "risks", risk, "accepted").state == "accepted"

    def test_are_graded_twice_or_not_at_all(self, halden: Company) -> None:
        with pytest.raises(Invalid) as error:
            halden.add("risks", "x", residual_likelihood=3)
        assert "residual_impact" in error.value.errors

    def test_are_counted_in_the_matrix(self, halden: Company) -> None:
        for likelihood, impact in ((2, 3), (2, 3), (5, 5)):
            halden.add("risks", "x", likelihood=likelihood, impact=impact)
        listing = queries.listing(
            register=registry.get("risks"), query=queries.ListQuery(), at=NOW, person_id=halden.anna.person_id
        )
        assert listing.matrices[0][1] == {(2, 3): 2, (5, 5): 1}

    def test_of_the_high_view_are_those_from_the_limit_on(self, halden: Company) -> None:
        for likelihood in range(1, 6):
            for impact in range(1, 6):
                halden.add("risks", "x", likelihood=likelihood, impact=impact)
        high = queries.rows_for(
            register=registry.get("risks"),
            query=queries.ListQuery(view="high"),
            at=NOW,
            person_id=halden.anna.person_id,
        )
        assert {r.pk for r in high} == {r.pk for r in Risk.objects.all() if r.level >= HIGH}


class TestObjectives:
    def pursued(self, company: Company, **values: Any) -> Any:
        """An objective that is pursued."""
        row = company.add(
            "objectives", "On time", indicator="Share", target="97", plan="Weekly", due_on="2027-01-01",
            owner=company.anna.person_id, **values,
        )  # fmt: skip
        return move(company, "objectives", row, "pursued")

    def test_are_pursued_only_when_they_can_be_measured(self, halden: Company) -> None:
        assert refused(halden, "objectives", halden.add("objectives", "Better"), "pursued") == {
            f"register-requires-{name}" for name in ("owner", "indicator", "target", "plan", "due_on")
        }

    def test_are_reached_only_by_measurement(self, halden: Company) -> None:
        row = self.pursued(halden)
        assert refused(halden, "objectives", row, "reached") == {"objective-unmeasured"}
        enter(halden, row, "measurements", "objectives", measured_on="2026-10-01", value="96.9")
        assert refused(halden, "objectives", row, "reached") == {"objective-off-target"}
        enter(halden, row, "measurements", "objectives", measured_on="2026-11-01", value="97")
        assert move(halden, "objectives", row, "reached").state == "reached"

    def test_may_have_a_target_from_above(self, halden: Company) -> None:
        row = self.pursued(halden, direction="down")
        enter(halden, row, "measurements", "objectives", measured_on="2026-10-01", value="96.9")
        assert Objective.objects.get().on_target is True

    def test_remember_the_latest_value_whatever_the_order_of_entry(self, halden: Company) -> None:
        row = self.pursued(halden)
        enter(halden, row, "measurements", "objectives", measured_on="2026-11-01", value="95")
        enter(halden, row, "measurements", "objectives", measured_on="2026-10-01", value="99")
        row = Objective.objects.get()
        assert (row.latest_on, row.latest_value, row.on_target) == (dt.date(2026, 11, 1), Decimal(95), False)

    def test_correct_a_value_by_entering_the_day_again(self, halden: Company) -> None:
        row = self.pursued(halden)
        for value in ("50", "98"):
            enter(halden, row, "measurements", "objectives", measured_on="2026-11-01", value=value)
        trend = queries.record(register=registry.get("objectives"), row_id=row.pk, at=NOW).trends[0]
        assert trend.points == ((dt.date(2026, 11, 1), Decimal(98)),)
        assert Measurement.objects.count() == 2

    def test_keep_their_measurements(self, halden: Company) -> None:
        row = self.pursued(halden)
        entry = enter(halden, row, "measurements", "objectives", measured_on="2026-11-01", value="95")
        with pytest.raises(Refused) as error:
            actions.remove_entry(
                register="objectives", row_id=row.pk, child="measurements", entry_id=entry.pk, by=halden.anna, at=NOW
            )
        assert error.value.refusals[0].rule == "register-append-only"


class TestMeasuringEquipment:
    def calibrated(self, company: Company, on: str, outcome: str = "in_tolerance", **values: Any) -> Any:
        """A caliper in use that was calibrated then."""
        row = company.add("measuring-equipment", "Caliper")
        enter(company, row, "calibrations", "measuring-equipment", calibrated_on=on, outcome=outcome, **values)
        return move(company, "measuring-equipment", row, "in_use")

    def test_is_used_only_when_calibrated(self, halden: Company) -> None:
        row = halden.add("measuring-equipment", "Caliper")
        assert refused(halden, "measuring-equipment", row, "in_use") == {"register-requires-calibration_due"}
        assert self.calibrated(halden, "2026-10-01").state == "in_use"

    def test_is_not_released_when_the_calibration_is_overdue(self, halden: Company) -> None:
        row = halden.add("measuring-equipment", "Caliper")
        enter(halden, row, "calibrations", "measuring-equipment", calibrated_on="2025-11-23", outcome="in_tolerance")
        assert refused(halden, "measuring-equipment", row, "in_use") == {"equipment-overdue"}

    def test_may_be_used_on_the_day_that_its_calibration_is_due(self, halden: Company) -> None:
        assert self.calibrated(halden, "2025-11-24").state == "in_use"

    def test_may_be_edited_while_overdue(self, halden: Company) -> None:
        """The date is a reason to calibrate, not to forbid a change of location."""
        row = self.calibrated(halden, "2025-11-24")
        actions.change(
            register="measuring-equipment", row_id=row.pk, values={"location": "Hall 2"}, by=halden.anna,
            at=NOW + dt.timedelta(days=30),
        )  # fmt: skip

    def test_out_of_tolerance_asks_for_the_impact_and_is_blocked_at_once(self, halden: Company) -> None:
        row = self.calibrated(halden, "2026-01-01")
        out = {"calibrated_on": "2026-11-01", "outcome": "out_of_tolerance"}
        with pytest.raises(Invalid) as error:
            enter(halden, row, "calibrations", "measuring-equipment", **out)
        assert list(error.value.errors) == ["impact"]
        enter(halden, row, "calibrations", "measuring-equipment", **out, impact="Lots 1 to 9 measured again")
        assert MeasuringEquipment.objects.get().state == "blocked"
        assert refused(halden, "measuring-equipment", row, "in_use") == {"equipment-out-of-tolerance"}
        enter(halden, row, "calibrations", "measuring-equipment", calibrated_on="2026-11-10", outcome="adjusted")
        assert move(halden, "measuring-equipment", row, "in_use").state == "in_use"

    def test_takes_an_older_certificate_without_going_back_in_time(self, halden: Company) -> None:
        row = self.calibrated(halden, "2026-10-01")
        enter(halden, row, "calibrations", "measuring-equipment", calibrated_on="2025-10-01", outcome="in_tolerance")
        assert MeasuringEquipment.objects.get().calibrated_on == dt.date(2026, 10, 1)

    def test_impact_is_asked_by_the_database_too(self, halden: Company) -> None:
        self.calibrated(halden, "2026-10-01")
        with pytest.raises(IntegrityError), transaction.atomic():
            Calibration.objects.update(outcome="out_of_tolerance")


class TestInterestedParties:
    def test_are_relevant_only_with_a_reason(self, halden: Company) -> None:
        row = halden.add("interested-parties", "Railway")
        assert refused(halden, "interested-parties", row, "relevant") == {"register-requires-relevance"}

    def test_have_requirements_that_come_and_go(self, halden: Company) -> None:
        row = halden.add("interested-parties", "Railway")
        entry = enter(halden, row, "requirements", "interested-parties", text="Traceability", binding="yes")
        actions.remove_entry(
            register="interested-parties",
            row_id=row.pk,
            child="requirements",
            entry_id=entry.pk,
            by=halden.anna,
            at=NOW,
        )
        assert PartyRequirement.objects.count() == 0
        assert InterestedParty.objects.get().version == 3

    def test_of_others_cannot_be_removed_through_ones_own(self, halden: Company) -> None:
        mine, other = halden.add("interested-parties", "A"), halden.add("interested-parties", "B")
        entry = enter(halden, other, "requirements", "interested-parties", text="x")
        with pytest.raises(PartyRequirement.DoesNotExist):
            actions.remove_entry(
                register="interested-parties", row_id=mine.pk, child="requirements", entry_id=entry.pk,
                by=halden.anna, at=NOW,
            )  # fmt: skip


class TestDeclaring:
    """A declaration that does not fit its model stops the start, and says where."""

    def declared(self, **changes: Any) -> Register:
        """A register over the model of risks."""
        values: dict[str, Any] = {
            "slug": "wrong", "model": Risk, "name": "Wrong", "one": "wrong", "prefix": "W-", "clause": "6.1",
            "purpose": "", "example": "", "states": (State("open", "Open"),),
            "sections": (Section("What", ("cause",)),), "columns": (Column("title"),),
        }  # fmt: skip
        return Register(**(values | changes))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"filters": ("nonsense",)}, "no field nonsense"),
            ({"columns": (Column("nonsense"),)}, "neither field nor property nonsense"),
            ({"states": (State("open", "Open", to=("gone",)),)}, "leads to gone"),
            ({"states": (State("open", "Open", requires=("nonsense",)),)}, "requires nonsense"),
            ({"due": (declaration.DueField("title", "x"),)}, "title is no date"),
            ({"sections": (Section("What", ("nonsense",)),)}, "no field nonsense"),
        ],
    )
    def test_names_the_fault(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            declaration.declare(self.declared(**changes))

    def test_gives_a_slug_once(self) -> None:
        with pytest.raises(ValueError, match="taken"):
            declaration.declare(self.declared(slug="processes"))

    def test_lists_registers_in_the_order_of_the_standard(self) -> None:
        assert [r.slug for r in registry.all()] == [
            "interested-parties", "processes", "risks", "objectives", "measuring-equipment",
        ]  # fmt: skip

    @pytest.mark.parametrize("slug", [r.slug for r in registry.all()])
    def test_is_complete_for_the_pages(self, slug: str) -> None:
        register = registry.get(slug)
        assert register.purpose and register.example
        assert registry.for_kind(register.model.subject_kind()) is register
        assert {s.key for s in register.states} == {value for value, _ in _states_of(register)}


def _states_of(register: Register) -> Any:
    """The states that the database lets in."""
    constraint = next(c for c in register.model._meta.constraints if c.name.endswith("state_is_known"))
    ((_, values),) = constraint.condition.children  # type: ignore[attr-defined]
    return [(value, value) for value in values]
