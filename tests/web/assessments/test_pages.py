"""The pages of audits: the same for every kind; planning, team, checklist, report, programme."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assaymark.core.assessment import State
from assaymark.core.parties import Actor
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Assessment, ChecklistLine, Programme
from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties.models import Person
from assaymark.records.scope import organisation_scope
from tests.audit_cast import (
    Cast,
    cast,
    internal_audit,
    judge_all,
    planned_certification,
    start_internal_audit,
    walk_to,
)

NOW = timezone.now()


@pytest.fixture(name="cast")
def everybody(db: None) -> Cast:
    return cast()


def as_(who: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=who.person_id))
    return client


def address(name: str, *args: object, slug: str = "halden") -> str:
    return reverse(f"assessments:{name}", args=[slug, *args])


def first_line(cast: Cast, audit: Assessment) -> ChecklistLine:
    with organisation_scope(audit.organisation_id):
        line = audit.lines.order_by("position").first()
    assert line is not None
    return line


class TestTheList:
    def test_shows_audits_by_view(self, cast: Cast) -> None:
        internal_audit(cast)
        page = as_(cast.novak).get(address("list")).text
        assert "Turning and final inspection" in page
        assert "Planned" in page
        assert "No audit here" in as_(cast.novak).get(address("list") + "?view=ended").text

    def test_shows_the_client_what_a_body_does_with_it(self, cast: Cast) -> None:
        planned_certification(cast)
        assert "by Northfield Certification" in as_(cast.novak).get(address("list") + "?view=of-us").text


class TestPlanning:
    def data(self, cast: Cast, **more: object) -> dict[str, object]:
        day = timezone.localdate()
        return {
            "title": "Turning",
            "standard": "iso-9001-2015",
            "scope": "Leeds",
            "processes": [str(cast.turning.pk)],
            "leader": str(cast.brandt.person_id),
            "starts_1": str(day),
            "ends_1": str(day + timedelta(days=1)),
        } | more

    def test_makes_an_internal_audit_with_its_team(self, cast: Cast) -> None:
        answer = as_(cast.novak).post(address("plan"), self.data(cast), follow=True)
        assert answer.status_code == 200
        for words in ("IA-0001", "A. Brandt", "Turning", "Send the plan"):
            assert words in answer.text

    def test_shows_beside_the_button_that_nobody_audits_their_own_work(self, cast: Cast) -> None:
        data = self.data(cast, leader=str(cast.osei.person_id))
        answer = as_(cast.novak).post(address("plan"), data, follow=True)
        assert "J. Osei answers for Turning, which is part of this audit." in answer.text
        assert "ISO 9001:2015, 9.2.2" in answer.text
        assert 'aria-describedby="refusals"' in answer.text

    def test_asks_for_what_the_kind_needs(self, cast: Cast) -> None:
        form = as_(cast.office).get(address("plan", slug="northfield") + "?kind=certification").text
        assert "Stage 2" in form
        assert "Application" in form
        assert "Processes" not in form
        assert as_(cast.novak).get(address("plan") + "?kind=seance").status_code == 404

    def test_says_what_is_missing(self, cast: Cast) -> None:
        assert as_(cast.novak).post(address("plan"), {"title": "x"}).status_code == 422

    def test_takes_members_in_and_out(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        client = as_(cast.novak)
        client.post(
            address("add-member", audit.pk),
            {"person": str(cast.osei.person_id), "role": "trainee", "under": str(cast.brandt.person_id)},
        )
        with organisation_scope(cast.halden.pk):
            member = audit.teammembers.get(role="trainee")
        assert "J. Osei" in client.get(address("record", audit.pk)).text
        client.post(address("remove-member", audit.pk, member.pk))
        with organisation_scope(cast.halden.pk):
            assert audit.teammembers.count() == 1
        twice = {"person": str(cast.brandt.person_id), "role": "lead"}
        assert client.post(address("add-member", audit.pk), twice).status_code == 409


class TestTheRecord:
    def test_leads_through_the_steps(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        client = as_(cast.novak)
        assert client.post(address("send", audit.pk)).status_code == 302
        page = client.post(address("start", audit.pk), follow=True).text
        assert "Write the report" in page
        assert client.post(address("close", audit.pk)).status_code == 409
        assert client.post(address("cancel", audit.pk), {"reason": "Fire"}, follow=True).status_code == 200
        assert "Cancelled" in client.get(address("record", audit.pk)).text

    def test_of_a_certification_is_the_same_page_at_the_body_and_at_the_client(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.REPORTED, cast)
        body = as_(cast.office).get(address("record", audit.pk, slug="northfield")).text
        client = as_(cast.novak).get(address("record", audit.pk)).text
        for page in (body, client):
            for words in ("Initial certification", "M. Kowalska", "The system conforms.", "Stage 2"):
                assert words in page
        assert "Checklist" in body
        assert "Checklist" not in client

    def test_costs_a_constant_number_of_queries(self, cast: Cast) -> None:
        audit = start_internal_audit(cast, clauses=("4",))
        client, counted = as_(cast.novak), []
        for clauses in (("5",), ("7", "8", "9")):
            actions.make_checklist(assessment_id=audit.pk, clauses=clauses, by=cast.brandt, at=NOW)
            with CaptureQueriesContext(connection) as asked:
                client.get(address("record", audit.pk))
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
        assert counted[0] == counted[1]

    def test_is_404_for_strangers_and_403_without_the_permission(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        assert as_(cast.lead).get(address("record", audit.pk, slug="northfield")).status_code == 404
        assert as_(cast.osei).get(address("record", audit.pk)).status_code == 403
        assert as_(cast.brandt).post(address("send", audit.pk)).status_code == 403


class TestTheChecklist:
    def test_is_made_from_chosen_clauses(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        client = as_(cast.brandt)
        assert "No checklist yet" in client.get(address("checklist", audit.pk)).text
        client.post(address("checklist", audit.pk), {"clause": ["8.6"]})
        assert first_line(cast, audit).question in client.get(address("checklist", audit.pk)).text

    def test_answers_a_judgement_with_the_line_alone(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        line = first_line(cast, audit)
        data = {"judgement": "conform", "note": "Seen at M-07."}
        answer = as_(cast.brandt).post(address("judge", line.pk), data, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert "Seen at M-07." in answer.text
        assert "<html" not in answer.text
        assert "judged-conform" in answer.text

    def test_works_without_scripts(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        line = first_line(cast, audit)
        answer = as_(cast.brandt).post(address("judge", line.pk), {"judgement": "observation"})
        assert answer["Location"] == f"{address('checklist', audit.pk)}#line-{line.pk}"
        assert "Observation" in as_(cast.brandt).get(address("checklist", audit.pk)).text

    def test_raises_a_nonconformity_in_one_click(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        line = first_line(cast, audit)
        data = {"grade": "major", "note": "Lot 2291 left unchecked.", "evidence": "IR-2291"}
        answer = as_(cast.brandt).post(address("raise", line.pk), data, headers={"HX-Request": "true"})
        assert "NC-0001 Lot 2291 left unchecked" in answer.text
        with organisation_scope(cast.halden.pk):
            raised = Nonconformity.objects.get()
        assert (raised.grade, raised.requirement, raised.process_id) == ("major", line.requirement, cast.turning.pk)

    def test_says_why_a_line_cannot_be_judged(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        actions.make_checklist(assessment_id=audit.pk, clauses=["8.6"], by=cast.brandt, at=NOW)
        line = first_line(cast, audit)
        data = {"judgement": "conform"}
        plain = as_(cast.brandt).post(address("judge", line.pk), data)
        assert plain.status_code == 409
        assert "The audit has not begun." in plain.text
        scripted = as_(cast.brandt).post(address("judge", line.pk), data, headers={"HX-Request": "true"})
        assert "The audit has not begun." in scripted.text

    def test_is_not_for_people_who_do_not_audit(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        line = first_line(cast, audit)
        assert as_(cast.visitor).get(address("checklist", audit.pk)).status_code == 403
        assert as_(cast.visitor).post(address("judge", line.pk), {"judgement": "conform"}).status_code == 403
        assert as_(cast.lead).post(address("judge", line.pk, slug="northfield")).status_code == 404


class TestTheReport:
    def test_shows_what_is_missing_and_is_issued_when_nothing_is(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        client = as_(cast.brandt)
        assert "lines are not judged" in client.get(address("report", audit.pk)).text
        assert client.post(address("report", audit.pk), {"summary": "Fine."}).status_code == 409
        assert client.get(address("report-pdf", audit.pk)).status_code == 404
        judge_all(audit.pk, by=cast.brandt)
        answer = client.post(address("report", audit.pk), {"summary": "Turning conforms."}, follow=True)
        assert "Turning conforms." in answer.text
        pdf = client.get(address("report-pdf", audit.pk))
        assert pdf.content.startswith(b"%PDF")
        assert pdf["Content-Disposition"] == 'attachment; filename="IA-0001.pdf"'

    def test_reaches_the_client_as_pdf(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.REPORTED, cast)
        assert as_(cast.novak).get(address("report-pdf", audit.pk)).content.startswith(b"%PDF")


class TestStages:
    def test_are_concluded_and_started_from_the_record(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        client = as_(cast.office)
        client.post(address("start", audit.pk, slug="northfield"))
        page = client.get(address("record", audit.pk, slug="northfield")).text
        assert "Start stage 2" in page
        assert "The first stage has no conclusion on readiness." in page
        with organisation_scope(cast.northfield.pk):
            stage = audit.stages.get(kind="stage_1")
        done = as_(cast.lead).post(address("conclude", audit.pk, stage.pk, slug="northfield"), {"conclusion": "Ready."})
        assert done.status_code == 302
        assert client.post(address("start", audit.pk, slug="northfield")).status_code == 302


class TestAProgramme:
    def test_is_drawn_and_names_what_it_leaves_out(self, cast: Cast) -> None:
        day = timezone.localdate()
        data = {
            "title": "Internal audits",
            "kind": "internal_audit",
            "starts": str(day - timedelta(days=10)),
            "ends": str(day + timedelta(days=300)),
            "considered": "Two findings in turning.",
        }
        client = as_(cast.novak)
        client.post(address("new-programme"), data)
        internal_audit(cast, at=NOW)
        with organisation_scope(cast.halden.pk):
            audit = Assessment.objects.get()
        assert "Not audited in the last twelve months: Turning." in client.get(address("programmes")).text
        with organisation_scope(cast.halden.pk):
            programme = Programme.objects.get()
        page = client.get(address("programme", programme.pk)).text
        assert "<svg" in page
        assert audit.number in page
        assert "Two findings in turning." in page

    def test_ends_after_it_begins(self, cast: Cast) -> None:
        data = {"title": "x", "kind": "internal_audit", "starts": "2027-01-02", "ends": "2027-01-01"}
        assert as_(cast.novak).post(address("new-programme"), data).status_code == 422
