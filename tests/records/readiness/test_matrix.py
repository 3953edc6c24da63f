"""The clause matrix on live records: what people do elsewhere shows here, in as many queries as before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assaymark.core.competence import TeamRole
from assaymark.core.evidence import RequirementRef
from assaymark.core.parties import Role
from assaymark.core.readiness import Finding, Outcome
from assaymark.records.assessments import actions as audits
from assaymark.records.assessments.actions import StagePlan
from assaymark.records.evidence import actions as evidence
from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties.actions import add_member
from assaymark.records.readiness import queries
from assaymark.records.readiness.legs import COLUMNS
from assaymark.records.readiness.reading import Row
from assaymark.records.registers import actions as registers
from assaymark.records.registers.declared.measuring_equipment import Calibration
from assaymark.records.registers.models import Process
from assaymark.records.scope import organisation_scope
from tests import audit_cast
from tests.readiness_cast import approver, document, finding, instrument
from tests.register_cast import NOW, TODAY, Company

DAY = timedelta(days=1)


def clause(number: str) -> Any:
    """A row of the matrix as the records stand."""
    return next(c for c in queries.matrix(at=NOW).clauses if c.number == number)


def check(number: str, key: str) -> Finding:
    """What a check found at its clause."""
    found: Finding = next(found for c, found in clause(number).findings if c.key == key)
    return found


def process(company: Company, title: str = "Turning", **values: Any) -> Process:
    """A process in use, owned by Anna."""
    good = {"owner": str(company.anna.person_id), "inputs": "Bars", "outputs": "Shafts", "measures": "Scrap rate"}
    row = company.add("processes", title, **{**good, **values})
    registers.move(register="processes", row_id=row.pk, to="active", by=company.anna, at=NOW)
    return Process.objects.get(pk=row.pk)


class TestAnEmptySystem:
    def test_says_what_is_missing_and_what_nothing_records(self, halden: Company) -> None:
        assert clause("4.2").state is Outcome.MISSING
        assert clause("8.5").state is Outcome.UNRECORDED
        assert clause("8.5").shown_by == "No register records this yet"

    def test_finds_nothing_in_a_neighbours_records(self, halden: Company, elsewhere: Company) -> None:
        with organisation_scope(elsewhere.organisation.pk):
            instrument(elsewhere, "Micrometer", calibrated=900)
            finding(elsewhere, "Wrong label")
        assert clause("7.1.5").state is Outcome.MISSING
        assert clause("10.2").state is Outcome.MISSING


class TestRegistersShow:
    def test_interested_parties_with_their_requirements(self, halden: Company) -> None:
        row = halden.add("interested-parties", "Railway operators", climate_considered="yes")
        registers.add_entry(
            register="interested-parties",
            row_id=row.pk,
            child="requirements",
            values={"text": "Traceability"},
            by=halden.anna,
            at=NOW,
        )
        assert (clause("4.2").state, clause("4.2").shown_by) == (
            Outcome.CONFORMING,
            "1 party, 1 requirement, climate considered",
        )

    def test_processes_and_who_answers_for_them(self, halden: Company) -> None:
        process(halden, "Purchasing", clauses="8.4, 8.4.1")
        assert clause("4.4").state is Outcome.CONFORMING
        assert clause("8.4").owner == halden.anna.name

    def test_a_process_whose_owner_has_left(self, halden: Company) -> None:
        process(halden)
        halden.people["anna"].memberships.update(ended_at=NOW - DAY)
        assert check("4.4", "processes-are-owned").records[0].note == "owner left"

    def test_a_high_risk_that_nobody_treats(self, halden: Company) -> None:
        halden.add("risks", "Furnace fails", likelihood="4", impact="5", owner=str(halden.anna.person_id))
        found = check("6.1", "high-risks-are-treated")
        assert [(r.label, r.note) for r in found.records] == [("R-0001 Furnace fails", "20 of 25")]

    @pytest.mark.parametrize(("value", "state"), [("98", Outcome.CONFORMING), ("90", Outcome.ATTENTION)])
    def test_an_objective_against_its_target(self, halden: Company, value: str, state: Outcome) -> None:
        row = halden.add(
            "objectives", "Deliver on time", owner=str(halden.anna.person_id), indicator="Lines on time", target="97",
            plan="Plan weekly", due_on=(TODAY + 60 * DAY).isoformat(),
        )  # fmt: skip
        registers.move(register="objectives", row_id=row.pk, to="pursued", by=halden.anna, at=NOW)
        registers.add_entry(
            register="objectives",
            row_id=row.pk,
            child="measurements",
            values={"measured_on": TODAY.isoformat(), "value": value},
            by=halden.anna,
            at=NOW,
        )
        assert clause("6.2").state is state
        assert clause("9.1.1").state is Outcome.CONFORMING

    def test_a_retired_row_no_longer(self, halden: Company) -> None:
        row = halden.add("risks", "Furnace fails", likelihood="4", impact="5")
        registers.retire(register="risks", row_id=row.pk, reason="Sold", by=halden.anna, at=NOW)
        assert clause("6.1").state is Outcome.MISSING


class TestMeasuringEquipment:
    def test_within_calibration_conforms(self, halden: Company) -> None:
        instrument(halden, "Micrometer M-07")
        assert clause("7.1.5").state is Outcome.CONFORMING
        assert clause("7.1.5").shown_by == "1 instrument in use"

    def test_overdue_is_named_with_its_day(self, halden: Company) -> None:
        instrument(halden, "Micrometer M-07", calibrated=400)
        found = check("7.1.5", "equipment-is-calibrated")
        assert found.records[0].label == "ME-0001 Micrometer M-07"
        assert found.records[0].note.startswith("was due on ")
        assert clause("7.1.5").open_words == "1 overdue"

    def test_without_a_certificate_asks_for_one(self, halden: Company) -> None:
        instrument(halden, "Micrometer M-07", number="")
        assert check("7.1.5", "calibrations-have-certificates").open == 1

    def test_the_file_of_its_latest_calibration_is_its_certificate(self, halden: Company) -> None:
        row = instrument(halden, "Micrometer M-07", number="")
        entry = Calibration.objects.get(equipment=row)
        kept = evidence.attach(
            subject_kind=entry.subject_kind(),
            subject_id=entry.pk,
            name="certificate.txt",
            content=b"In tolerance.",
            by=halden.anna,
            at=NOW,
        )
        assert check("7.1.5", "calibrations-have-certificates").outcome is Outcome.CONFORMING
        evidence.detach(attachment_id=kept.pk, by=halden.anna, at=NOW)
        assert check("7.1.5", "calibrations-have-certificates").open == 1

    def test_the_file_of_an_earlier_calibration_is_not(self, halden: Company) -> None:
        row = instrument(halden, "Micrometer M-07", number="")
        values = {"calibrated_on": (NOW.date() - timedelta(days=200)).isoformat(), "outcome": "in_tolerance"}
        registers.add_entry(
            register="measuring-equipment", row_id=row.pk, child="calibrations", values=values,
            file=("earlier.txt", b"In tolerance."), by=halden.anna, at=NOW,
        )  # fmt: skip
        assert check("7.1.5", "calibrations-have-certificates").open == 1

    def test_a_file_is_a_certificate_too(self, halden: Company) -> None:
        row = instrument(halden, "Micrometer M-07", number="")
        evidence.attach(
            subject_kind=row.subject_kind(),
            subject_id=row.pk,
            name="certificate.txt",
            content=b"In tolerance.",
            by=halden.anna,
            at=NOW,
        )
        assert check("7.1.5", "calibrations-have-certificates").outcome is Outcome.CONFORMING


class TestDocumentsShow:
    def test_the_scope_and_the_policy(self, halden: Company) -> None:
        marta = approver(halden)
        document(halden, "Quality manual", "4.3", by=marta)
        document(halden, "Quality policy", "5.2", by=marta, readers=("contributor",))
        assert clause("4.3").shown_by == "DOC-0001 Quality manual"
        assert clause("5.2").state is Outcome.CONFORMING
        assert check("7.3", "reading-is-confirmed").shown == "0 of 1 readings confirmed"
        assert clause("7.5").shown_by == "2 documents in force"

    def test_what_is_read_late(self, halden: Company) -> None:
        made = document(halden, "Quality policy", "5.2", readers=("contributor",))
        made.revisions.get().acknowledgements.update(due=TODAY - DAY)
        assert (clause("5.2").state, clause("7.3").open_words) == (Outcome.ATTENTION, "1 read late")

    def test_what_is_past_its_review(self, halden: Company) -> None:
        made = document(halden, "Quality manual")
        type(made).objects.filter(pk=made.pk).update(next_review=TODAY - DAY)
        assert clause("7.5").open_words == "1 past review"


class TestFindingsShow:
    def test_what_is_overdue_and_against_which_clause(self, halden: Company) -> None:
        finding(halden, "Shaft too thick", at=NOW - 90 * DAY, owner_id=halden.anna.person_id)
        assert check("10.2", "nonconformities-are-in-time").open == 1
        assert check("10.2", "causes-are-known").open == 1
        assert (clause("8.6").state, clause("8.6").open_words) == (Outcome.ATTENTION, "1 against it")

    def test_improvements(self, halden: Company) -> None:
        finding(halden, "Label the shelves", grade="opportunity", requirement="")
        assert clause("10.3").shown_by == "1 improvement"
        assert clause("10.2").state is Outcome.MISSING

    def test_links_from_records_help_to_find_them(self, halden: Company) -> None:
        row = halden.add("risks", "Furnace fails")
        ref = RequirementRef("iso-9001-2015", "8.1")
        evidence.link(subject_kind=row.subject_kind(), subject_id=row.pk, ref=ref, by=halden.anna, at=NOW)
        assert clause("8.1").shown_by == "named by 1 record"


class TestInternalAudits:
    def plan(self, company: Company, *, leader: Any, on: Any = TODAY + 9 * DAY) -> Process:
        """An internal audit of turning, nine days ahead."""
        turning = process(company)
        audit = audits.plan_assessment(
            kind="internal_audit",
            title="Turning",
            standard="iso-9001-2015",
            scope="Turning",
            process_ids=[turning.pk],
            stages=[StagePlan("audit", on, on)],
            by=company.anna,
            at=NOW - 30 * DAY,
        )
        audits.add_member(assessment_id=audit.pk, person_id=leader, role=TeamRole.LEAD, by=company.anna, at=NOW)
        return turning

    def test_are_among_the_next_dates(self, halden: Company) -> None:
        self.plan(halden, leader=halden.carl.person_id)
        coming = queries.matrix(at=NOW).dates
        assert [(d.on, d.what) for d in coming] == [(TODAY + 9 * DAY, "Internal audit: Turning")]

    def test_are_missing_until_one_is_reported(self, halden: Company) -> None:
        self.plan(halden, leader=halden.carl.person_id)
        assert check("9.2", "processes-are-audited").outcome is Outcome.MISSING
        assert check("9.2", "auditors-are-independent").outcome is Outcome.CONFORMING

    def test_are_late_when_they_did_not_begin(self, halden: Company) -> None:
        self.plan(halden, leader=halden.carl.person_id, on=TODAY - 3 * DAY)
        assert check("9.2", "audits-take-place").open == 1

    def test_tell_when_somebody_came_to_own_what_they_audit(self, halden: Company) -> None:
        turning = self.plan(halden, leader=halden.carl.person_id)
        Process.objects.filter(pk=turning.pk).update(owner_id=halden.carl.person_id)
        assert check("9.2", "auditors-are-independent").open == 1


class TestACertificationUnderWay:
    def test_shows_the_bodys_audits_among_the_next_dates(self, db: None) -> None:
        cast = audit_cast.cast()
        audit_cast.planned_certification(cast)
        with organisation_scope(cast.halden.pk):
            said = [d.what for d in queries.matrix(at=audit_cast.NOW).dates]
        assert said == ["Stage 1 by Northfield Certification", "Stage 2 by Northfield Certification"]


class TestTheQueries:
    def test_name_the_columns_of_the_rows(self) -> None:
        assert Row._fields == tuple(COLUMNS)

    def test_are_as_many_for_a_thousand_records_as_for_ten(self, halden: Company) -> None:
        def cost() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queried:
                queries.matrix(at=NOW)
            return len(queried)

        self.fill(halden, 10)
        few = cost()
        self.fill(halden, 1000)
        assert cost() == few <= 3

    def fill(self, company: Company, number: int) -> None:
        """So many nonconformities and processes more."""
        start = Nonconformity.objects.count()
        person, organisation = company.anna.person_id, company.organisation
        Nonconformity.objects.bulk_create(
            Nonconformity(
                organisation=organisation, number=f"NC-{start + n}", title="x", grade="minor", raised_at=NOW,
                raised_by_id=person, raised_by_organisation=organisation, due=TODAY - DAY, requirement="8.6",
            )
            for n in range(number)
        )  # fmt: skip
        Process.objects.bulk_create(
            Process(
                organisation=organisation, number=f"P-{start + n}", title="x", state="active", created_at=NOW,
                updated_at=NOW,
            )
            for n in range(number)
        )  # fmt: skip


class TestPeopleWhoJoin:
    def test_may_own_what_is_recorded(self, halden: Company) -> None:
        joined = add_member(
            organisation=halden.organisation, email="new@halden.example", name="New", roles=[Role.VIEWER], at=NOW
        )
        process(halden, owner=str(joined.person_id))
        assert check("4.4", "processes-are-owned").outcome is Outcome.CONFORMING
