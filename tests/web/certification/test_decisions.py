"""Review and decision: who may, what stands in the way, what the client sees; and carrying a decision out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assaymark.core.assessment import State
from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Assessment, Decision
from assaymark.records.attestations import queries as attestations
from assaymark.records.scope import organisation_scope
from tests.audit_cast import Cast, cast, planned_certification, walk_to
from tests.body_cast import Browser

ROWS = {
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "1",
    "form-0-standard": "urn:iso:std:iso:9001",
    "form-0-editions": "2015",
    "form-0-iaf": "17",
    "form-0-countries": "GB",
    "form-0-activity": "ms-certification",
    "form-0-competence": "urn:iso:std:iso-iec:17021:-1",
}


@pytest.fixture
def everybody(db: None) -> Cast:
    """Halden, certified by Northfield."""
    return cast()


def reviewed(everybody: Cast) -> Assessment:
    """A certification that waits for its decision."""
    now = timezone.now()
    return walk_to(planned_certification(everybody, at=now), State.REVIEWED, everybody, at=now)


def decided(everybody: Cast, audit: Assessment, kind: DecisionKind = DecisionKind.GRANT) -> Decision:
    """A decision on it."""
    return actions.decide(
        assessment_id=audit.pk,
        decision=kind,
        reasons="All requirements are met.",
        notes="Watch the second shift.",
        by=everybody.decider,
        at=timezone.now(),
    )


class TestTheReview:
    def test_says_what_it_waits_for(self, everybody: Cast) -> None:
        audit = planned_certification(everybody, at=timezone.now())
        page = Browser(everybody.reviewer).see("review", audit.pk)
        assert "The report is not issued yet." in page

    def test_is_refused_before_the_report(self, everybody: Cast) -> None:
        audit = planned_certification(everybody, at=timezone.now())
        answer = Browser(everybody.reviewer).send("review", audit.pk, recommendation="Grant")
        assert answer.status_code == 409

    def test_is_not_for_auditors_nor_for_the_client(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        assert Browser(everybody.lead).status("review", audit.pk) == 403
        assert Browser(everybody.novak).status("review", audit.pk) == 403


class TestTheDecision:
    def test_offers_what_is_open(self, everybody: Cast) -> None:
        page = Browser(everybody.decider).see("decide", reviewed(everybody).pk)
        assert "?decision=grant" in page
        assert "?decision=refuse" in page
        assert "?decision=suspend" not in page
        assert "Grant the certificate" in page

    def test_names_the_tie_that_keeps_somebody_away(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        actions.record_relation(
            client_id=everybody.halden.pk,
            kind=RelationKind.EMPLOYMENT,
            person_id=everybody.decider.person_id,
            by=everybody.office,
            at=timezone.now(),
        )
        page = Browser(everybody.decider).see("decide", audit.pk)
        assert "D. Ecider worked for this client" in page
        assert "5.2.10" in page
        assert "disabled" in page

    def test_says_that_the_team_does_not_decide(self, everybody: Cast) -> None:
        now = timezone.now()
        audit = planned_certification(everybody, at=now)
        person = everybody.decider.person_id
        actions.add_member(
            assessment_id=audit.pk, person_id=person, role=TeamRole.OBSERVER, by=everybody.office, at=now
        )
        audit = walk_to(audit, State.REVIEWED, everybody, at=now)
        page = Browser(everybody.decider).see("decide", audit.pk)
        assert "D. Ecider was in the audit team and cannot decide." in page
        assert "9.5.1.1" in page
        grant = {"reasons": "Fine.", "effective": str(timezone.localdate()), "scope": "Turning"}
        assert Browser(everybody.decider).send("decide", audit.pk, **grant).status_code == 409

    def test_against_the_client_needs_its_reasons(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        answer = Browser(everybody.decider).send("decide", audit.pk, query="?decision=refuse")
        assert answer.status_code == 422
        page = Browser(everybody.decider).do("decide", audit.pk, query="?decision=refuse", reasons="Majors stay open.")
        assert "Nothing is issued." in page

    def test_keeps_its_note_from_the_client(self, everybody: Cast) -> None:
        decision = decided(everybody, reviewed(everybody))
        assert "Watch the second shift." in Browser(everybody.office).see("decision", decision.pk)
        seen = Browser(everybody.novak).see("decision", decision.pk)
        assert "All requirements are met." in seen
        assert "Watch the second shift." not in seen

    def test_is_for_decision_makers(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        for who in (everybody.office, everybody.lead, everybody.novak):
            assert Browser(who).status("decide", audit.pk) == 403

    def test_waits_in_the_list_until_it_is_taken_and_issued(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        office = Browser(everybody.office)
        assert "1 waiting" in office.see("decisions")
        decision = decided(everybody, audit)
        page = office.see("decisions")
        assert "0 waiting" in page
        assert "Issue the certificate" in page
        actions.attest(decision_id=decision.pk, by=everybody.office, at=timezone.now())
        assert "Issue the certificate" not in office.see("decisions")

    def test_about_what_stands_goes_on_after_the_audit(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        actions.attest(decision_id=decided(everybody, audit).pk, by=everybody.office, at=timezone.now())
        page = Browser(everybody.decider).see("decide", audit.pk)
        assert "Suspend the certificate" in page
        assert "/decide/reduce/" in page
        assert "?decision=grant" not in page

    def test_costs_the_same_for_one_decision_and_for_many(self, everybody: Cast) -> None:
        audit = reviewed(everybody)
        browser = Browser(everybody.office)
        decision = decided(everybody, audit)
        actions.attest(decision_id=decision.pk, by=everybody.office, at=timezone.now())
        browser.see("decisions")
        counted = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                browser.see("decisions")
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
            for _ in range(3):
                decided(everybody, audit, DecisionKind.SUSPEND)
                decided(everybody, audit, DecisionKind.RESTORE)
        assert counted[0] == counted[1] <= 15


class TestIssuing:
    def at(self, everybody: Cast) -> UUID:
        return decided(everybody, reviewed(everybody)).pk

    def send(self, by: Actor, decision: UUID, **more: Any) -> Any:
        stated = {"statement": "Turning of shafts", "sites": "Works; 14 Canal Road, Leeds; GB"}
        return Browser(by).send("attest", decision, **{**ROWS, **stated, **more})

    def held(self, everybody: Cast) -> list[Any]:
        with organisation_scope(everybody.halden.pk):
            return list(attestations.attestations())

    def test_proposes_what_the_decision_and_the_application_say(self, everybody: Cast) -> None:
        page = Browser(everybody.office).see("attest", self.at(everybody))
        assert "Works; 14 Canal Road, Leeds; GB" in page
        assert 'value="17"' in page
        assert 'value="GB"' in page

    def test_says_before_the_signature_what_a_verifier_will_say(self, everybody: Cast) -> None:
        decision = self.at(everybody)
        answer = self.send(everybody.office, decision, check="yes")
        assert answer.status_code == 200
        assert "Your body holds no accreditation" in answer.text
        assert self.held(everybody) == []

    def test_signs_what_is_stated(self, everybody: Cast) -> None:
        exclusions = "8.3: Customers give the drawings."
        self.send(everybody.office, self.at(everybody), issue="yes", number="N-26-1", exclusions=exclusions)
        (row,) = self.held(everybody)
        assert (row.number, row.statement) == ("N-26-1", "Turning of shafts")
        assert row.exclusions == [{"clause": "8.3", "justification": "Customers give the drawings."}]
        assert row.sites[0]["address"] == "14 Canal Road, Leeds"

    def test_happens_once(self, everybody: Cast) -> None:
        decision = self.at(everybody)
        self.send(everybody.office, decision, issue="yes")
        page = Browser(everybody.office).see("attest", decision)
        assert "This decision has been carried out." in page
        assert self.send(everybody.office, decision, issue="yes").status_code == 409
        assert len(self.held(everybody)) == 1

    def test_says_beside_the_field_what_is_wrong(self, everybody: Cast) -> None:
        decision = self.at(everybody)
        answer = self.send(everybody.office, decision, issue="yes", exclusions="8.3", sites="Works; Leeds; England")
        assert answer.status_code == 422
        assert "has no colon" in answer.text
        assert "“England” is not a country code of two letters." in answer.text

    def test_says_that_a_number_is_taken(self, everybody: Cast) -> None:
        first = self.at(everybody)
        self.send(everybody.office, first, issue="yes", number="N-1")
        withdrawn = decided(everybody, everybody_audit(everybody), DecisionKind.WITHDRAW)
        assert withdrawn.kind == "withdraw"
        now = timezone.now()
        again = walk_to(planned_certification(everybody, at=now), State.REVIEWED, everybody, at=now)
        answer = self.send(everybody.office, decided(everybody, again).pk, issue="yes", number="N-1")
        assert answer.status_code == 422
        assert "This number is taken." in answer.text

    def test_is_not_for_who_decided(self, everybody: Cast) -> None:
        assert Browser(everybody.decider).status("attest", self.at(everybody)) == 403

    def test_is_not_there_for_the_client(self, everybody: Cast) -> None:
        decision = self.at(everybody)
        assert Browser(everybody.novak).status("attest", decision) == 403


def everybody_audit(everybody: Cast) -> Assessment:
    """The assessment of the cast."""
    with organisation_scope(everybody.northfield.pk):
        return Assessment.objects.get()
