"""Clients of a body: what they hold, what is due and late; one client; days of a plan; competence and ties."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assaymark.core.assessment import State
from assaymark.core.competence import RelationKind
from assaymark.core.parties import Role
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Assessment, CompetenceRecord, RelationRecord
from assaymark.records.parties.actions import add_organisation
from assaymark.records.scope import organisation_scope
from tests.audit_cast import CONTENT, Cast, actor, cast, planned_certification, walk_to
from tests.body_cast import Browser, Stage


@pytest.fixture
def everybody(db: None) -> Cast:
    """Halden and Northfield."""
    return cast()


def certified(everybody: Cast, *, days_ago: int = 0) -> Assessment:
    """Halden certified so many days ago, and attested."""
    at = timezone.now() - timedelta(days=days_ago)
    audit = walk_to(planned_certification(everybody, at=at - timedelta(days=40)), State.REVIEWED, everybody, at=at)
    decision = actions.decide(
        assessment_id=audit.pk, decision=DecisionKind.GRANT, reasons="All is met.", by=everybody.decider, at=at
    )
    actions.attest(decision_id=decision.pk, by=everybody.office, at=at)
    return audit


class TestTheList:
    def test_is_empty_until_somebody_is_planned(self, everybody: Cast) -> None:
        office = Browser(everybody.office)
        assert "No client yet" in office.see("clients")
        planned_certification(everybody, at=timezone.now())
        assert "Not certified yet" in office.see("clients")

    def test_says_what_somebody_holds_and_by_when_the_next_surveillance_is_due(self, everybody: Cast) -> None:
        certified(everybody)
        page = Browser(everybody.office).see("clients")
        assert "Certified" in page
        assert "Cycles of the clients and their next surveillance" in page
        assert "should have been carried out already" not in page

    def test_says_what_is_late(self, everybody: Cast) -> None:
        certified(everybody, days_ago=400)
        page = Browser(everybody.office).see("clients")
        assert "1 surveillance audit should have been carried out already." in page

    def test_finds_by_name(self, everybody: Cast) -> None:
        planned_certification(everybody, at=timezone.now())
        office = Browser(everybody.office)
        assert "Halden" in office.see("clients", query="?q=hald")
        assert "Nothing here matches" in office.see("clients", query="?q=zzz")

    def test_costs_the_same_for_one_client_and_for_many(self, everybody: Cast) -> None:
        office, counted = Browser(everybody.office), []
        planned_certification(everybody, at=timezone.now())
        office.see("clients")
        for wave in range(2):
            with CaptureQueriesContext(connection) as asked:
                office.see("clients")
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
            for number in range(3):
                other = add_organisation(slug=f"c{wave}{number}", name=f"Client {wave}{number}", at=timezone.now())
                actions.plan_assessment(
                    kind="certification",
                    title="Certification",
                    standard="iso-9001-2015",
                    client_id=other.pk,
                    stages=[actions.StagePlan("stage_1", date(2026, 1, 5), date(2026, 1, 5))],
                    by=everybody.office,
                    at=timezone.now(),
                )
        assert counted[0] == counted[1] <= 12


class TestOneClient:
    def test_shows_what_it_holds_with_its_story(self, everybody: Cast) -> None:
        certified(everybody)
        actions.record_relation(
            client_id=everybody.halden.pk, kind=RelationKind.CONSULTANCY, by=everybody.office, at=timezone.now()
        )
        page = Browser(everybody.office).see("client", everybody.halden.pk)
        for words in ("Halden Precision Ltd", "Initial certification", "Grant", "The body itself: consultancy"):
            assert words in page
        assert "stage=surveillance" in page

    def test_leads_to_a_surveillance_that_is_filled_in(self, everybody: Cast) -> None:
        audit = certified(everybody)
        query = f"?kind=certification&application={audit.application_id}&stage=surveillance"
        page = Browser(everybody.office).see("plan", query=query)
        assert "Surveillance of Halden Precision Ltd" in page
        assert CONTENT.scope in page

    def test_is_not_there_for_the_client_itself_nor_for_strangers(self, everybody: Cast) -> None:
        certified(everybody)
        assert Browser(everybody.novak).status("client", everybody.halden.pk) == 404
        other = add_organisation(slug="other", name="Other Body", at=timezone.now())
        stranger = actor(other, "S. Tranger", Role.CERTIFICATION_OFFICE)
        assert Browser(stranger).status("client", everybody.halden.pk) == 404


class TestTheDaysOfAPlan:
    def rows(self, **first: str) -> dict[str, str]:
        return {"form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "5", **{f"form-0-{k}": v for k, v in first.items()}}

    def test_are_set_anew_until_the_audit_begins(self, everybody: Cast) -> None:
        audit = planned_certification(everybody, at=timezone.now())
        rows = self.rows(kind="stage_1", starts="2027-03-01", ends="2027-03-02", days="2", on_site="")
        Browser(everybody.office).do("dates", audit.pk, **rows)
        with organisation_scope(everybody.northfield.pk):
            (stage,) = audit.stages.all()
        assert (stage.starts, stage.ends, stage.days, stage.on_site) == (date(2027, 3, 1), date(2027, 3, 2), 2, False)

    def test_need_a_first_day_that_is_not_after_the_last(self, everybody: Cast) -> None:
        audit = planned_certification(everybody, at=timezone.now())
        office = Browser(everybody.office)
        missing = office.send("dates", audit.pk, **self.rows(kind="stage_1"))
        assert missing.status_code == 422
        assert "The first day is missing." in missing.text
        wrong = self.rows(kind="stage_1", starts="2027-03-02", ends="2027-03-01")
        assert "The last day lies before the first." in office.send("dates", audit.pk, **wrong).text

    def test_stand_once_the_audit_has_begun(self, everybody: Cast) -> None:
        audit = walk_to(planned_certification(everybody, at=timezone.now()), State.STARTED, everybody)
        rows = self.rows(kind="stage_1", starts="2027-03-01", ends="2027-03-02")
        answer = Browser(everybody.office).send("dates", audit.pk, **rows)
        assert answer.status_code == 409
        assert "The audit has begun; its plan stands." in answer.text


class TestThePlanAtTheClient:
    def test_waits_for_the_client_alone(self, everybody: Cast) -> None:
        audit = planned_certification(everybody, at=timezone.now())
        actions.send_plan(assessment_id=audit.pk, by=everybody.office, at=timezone.now())
        assert "Accept plan and team" in Browser(everybody.novak).see("record", audit.pk)
        assert "has not accepted it yet" in Browser(everybody.office).see("record", audit.pk)
        assert "Accept plan and team" not in Browser(everybody.visitor).see("record", audit.pk)
        assert Browser(everybody.visitor).send("accept", audit.pk).status_code == 403
        assert Browser(everybody.office).send("accept", audit.pk).status_code == 403

    def test_is_objected_to_with_a_reason(self, everybody: Cast) -> None:
        audit = planned_certification(everybody, at=timezone.now())
        actions.send_plan(assessment_id=audit.pk, by=everybody.office, at=timezone.now())
        answer = Browser(everybody.novak).send("object", audit.pk, objection=" ")
        assert answer.status_code == 409
        assert "The reason is missing." in answer.text


class TestCompetence:
    def evaluation(self, stage: Stage, **more: str) -> dict[str, str]:
        return {
            "person": str(stage.lead.person_id),
            "standard": "iso-9001-2015",
            "role": "auditor",
            "sectors": "17, 18",
            "languages": "en",
            "since": "2024-01-01",
            "basis": "Witnessed.",
        } | more

    def test_is_recorded_and_listed(self, certification: Stage) -> None:
        page = Browser(certification.office).do("record-competence", **self.evaluation(certification))
        assert "18 Machinery and equipment" in page
        with organisation_scope(certification.body.pk):
            assert CompetenceRecord.objects.get().sectors == [17, 18]

    def test_that_ended_is_shown_as_ended(self, certification: Stage) -> None:
        page = Browser(certification.office).do(
            "record-competence", **self.evaluation(certification, until="2025-01-01")
        )
        assert "ended 1 Jan 2025" in page

    def test_is_not_ones_own_judgement(self, certification: Stage) -> None:
        own = self.evaluation(certification, person=str(certification.office.person_id))
        answer = Browser(certification.office).send("record-competence", **own)
        assert answer.status_code == 409
        assert "Nobody evaluates their own competence." in answer.text

    def test_says_what_is_missing(self, certification: Stage) -> None:
        assert Browser(certification.office).send("record-competence").status_code == 422
        assert Browser(certification.lead).send("record-competence").status_code == 403
        assert "Record an evaluation" not in Browser(certification.lead).see("competence")


class TestImpartiality:
    def test_records_a_tie_and_how_long_it_counts(self, certification: Stage) -> None:
        tie = {"client": "client", "person": str(certification.lead.person_id), "kind": "employment"}
        page = Browser(certification.office).do("record-relation", until=str(timezone.localdate()), **tie)
        assert "Employment" in page
        free = timezone.localdate()
        assert f"until {free.day} {free:%b} {free.year + 2}" in page

    def test_ends_a_tie_that_went_on(self, certification: Stage) -> None:
        office = Browser(certification.office)
        office.do("record-relation", client="client", person="", kind="consultancy")
        with organisation_scope(certification.body.pk):
            row = RelationRecord.objects.get()
        assert "goes on" in office.see("impartiality")
        office.do("end-relation", row.pk)
        with organisation_scope(certification.body.pk):
            assert RelationRecord.objects.get().until == timezone.localdate()

    def test_says_beside_the_field_what_is_wrong(self, certification: Stage) -> None:
        office = Browser(certification.office)
        nobody = office.send("record-relation", client="nobody", kind="employment")
        assert nobody.status_code == 422
        assert "There is no organisation with this short name here." in nobody.text
        turned = {"since": "2025-02-01", "until": "2025-01-01"}
        answer = office.send("record-relation", client="client", kind="employment", **turned)
        assert "The last day lies before the first." in answer.text
