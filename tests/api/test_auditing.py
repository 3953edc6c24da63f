"""An audit carried out, and a certification reviewed, decided and issued, over the wire, by the rules of the pages."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from assaymark.core.assessment import State
from assaymark.core.parties import Actor
from assaymark.records.assessments import actions
from assaymark.records.parties import tokens
from assaymark.records.standards.actions import load_catalogue
from tests import audit_cast
from tests.permission.arguments.audits import audit
from tests.permission.house import House


@pytest.fixture
def planned(halden: House) -> dict[str, Any]:
    """An internal audit whose plan was sent."""
    made = audit(halden)
    actions.send_plan(assessment_id=made["assessment_id"], by=halden.actors["quality_manager"], at=timezone.now())
    return made


class TestAnInternalAudit:
    def test_goes_from_start_to_report(self, halden: House, ask: Any, planned: dict[str, Any]) -> None:
        address = f"assessments/{planned['assessment_id']}/"

        def step(where: str, body: Any = None) -> Any:
            answer = ask(halden, "auditor", "POST", where, body or {})
            assert answer.status_code in {200, 201}, (where, answer.content)
            return answer.json()

        assert step(f"{address}checklist/", {"clauses": ["8.6"]})["added"] > 0
        assert step(f"{address}start/")["state"] == "started"
        lines = ask(halden, "auditor", "GET", f"{address}checklist/").json()
        assert lines[0]["judgement"] == ""
        finding = {"title": "Supplier not evaluated", "evidence": "Order 4711: no evaluation on file."}
        raised = step(f"assessments/lines/{lines[0]['id']}/finding/", finding)
        assert ask(halden, "viewer", "GET", f"findings/{raised['id']}/").json()["title"] == "Supplier not evaluated"
        for line in lines[1:]:
            judged = step(f"assessments/lines/{line['id']}/judge/", {"judgement": "conform", "note": "Seen."})
            assert judged["judgement"] == "conform"
        stage = ask(halden, "viewer", "GET", address).json()["stages"][0]
        step(f"assessments/stages/{stage['id']}/conclude/", {"conclusion": "Purchasing is under control."})
        assert step(f"{address}report/", {"summary": "Conforms but for one supplier."})["state"] == "reported"

    def test_is_judged_by_its_team_alone(self, halden: House, ask: Any, planned: dict[str, Any]) -> None:
        ask(halden, "auditor", "POST", f"assessments/{planned['assessment_id']}/start/")
        address = f"assessments/lines/{planned['line_id']}/judge/"
        answer = ask(halden, "quality_manager", "POST", address, {"judgement": "conform"})
        assert answer.status_code == 409
        assert answer.json()["refusals"][0]["message"]

    def test_knows_its_judgements(self, halden: House, ask: Any, planned: dict[str, Any]) -> None:
        address = f"assessments/lines/{planned['line_id']}/judge/"
        assert ask(halden, "auditor", "POST", address, {"judgement": "splendid"}).status_code == 422

    def test_has_no_checklist_for_another_organisation(
        self, halden: House, brandt: House, ask: Any, planned: dict[str, Any]
    ) -> None:
        assert ask(brandt, "auditor", "GET", f"assessments/{planned['assessment_id']}/checklist/").status_code == 404
        foreign = f"assessments/lines/{planned['line_id']}/judge/"
        assert ask(brandt, "auditor", "POST", foreign, {"judgement": "conform"}).status_code == 404


class TestACertification:
    @pytest.fixture
    def cast(self, db: None) -> audit_cast.Cast:
        cache.clear()
        load_catalogue(at=audit_cast.NOW)
        return audit_cast.cast()

    @pytest.fixture
    def say(self, cast: audit_cast.Cast, ask: Any) -> Any:
        """`say(actor, "assessments/…", {...})`: a POST to the body, as one of its people."""

        def send(by: Actor, address: str, body: Any) -> Any:
            now = timezone.now()
            secret = tokens.create(
                person_id=by.person_id, name="test", expires_at=now + timedelta(days=1), at=now
            ).secret
            house: Any = SimpleNamespace(organisation=cast.northfield)
            return ask(house, "", "POST", address, body, token=secret)

        return send

    def test_is_reviewed_decided_and_issued(self, cast: audit_cast.Cast, say: Any) -> None:
        past = timezone.now() - timedelta(days=40)
        row = audit_cast.walk_to(audit_cast.planned_certification(cast, at=past), State.REPORTED, cast, at=past)
        address = f"assessments/{row.pk}/"
        early = say(cast.decider, f"{address}decide/", {"decision": "grant"})
        assert early.status_code == 409
        assert any("DEC" in r["rule"] or "review" in r["message"].lower() for r in early.json()["refusals"])
        review = {"recommendation": "Grant", "application_confirmed": True, "objectives_reached": True}
        assert say(cast.lead, f"{address}review/", review).status_code == 403
        assert say(cast.reviewer, f"{address}review/", review).json()["state"] == "reviewed"
        assert say(cast.lead, f"{address}decide/", {"decision": "grant"}).status_code == 403
        decided = say(cast.decider, f"{address}decide/", {"decision": "grant", "reasons": "All requirements are met."})
        assert decided.status_code == 201, decided.content
        assert decided.json()["decision"] == "grant"
        assert decided.json()["effective_from"] == timezone.now().date().isoformat()
        issued = say(cast.office, f"assessments/decisions/{decided.json()['id']}/attest/", {})
        assert issued.status_code == 201, issued.content
        again = say(cast.office, f"assessments/decisions/{decided.json()['id']}/attest/", {})
        assert again.status_code == 409

    def test_is_not_decided_twice(self, cast: audit_cast.Cast, say: Any) -> None:
        past = timezone.now() - timedelta(days=40)
        row = audit_cast.walk_to(audit_cast.planned_certification(cast, at=past), State.REVIEWED, cast, at=past)
        address, grant = f"assessments/{row.pk}/decide/", {"decision": "grant", "reasons": "Met."}
        assert say(cast.decider, address, grant).status_code == 201
        assert say(cast.decider, address, grant).status_code == 409
