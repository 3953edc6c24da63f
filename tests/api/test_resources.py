"""Registers, documents, findings, assessments, certificates, verification over the wire."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assaymark.api.interface import api
from tests.permission.arguments.audits import audit
from tests.permission.arguments.certificates import certificate
from tests.permission.house import House

OPENAPI = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"


class TestRegisters:
    def test_are_listed_with_the_schema_of_their_rows(self, halden: House, ask: Any) -> None:
        registers = {r["slug"]: r for r in ask(halden, "viewer", "GET", "registers/").json()}
        assert {"risks", "objectives"} <= set(registers)
        assert "title" in registers["risks"]["row_schema"]["properties"]
        assert registers["risks"]["clause"].startswith("6.1")

    def test_take_a_row_and_give_it_back(self, halden: House, ask: Any) -> None:
        made = ask(halden, "quality_manager", "POST", "registers/risks/", {"values": {"title": "Supplier fails"}})
        assert made.status_code == 201, made.content
        row = made.json()
        assert row["number"] == "R-0001"
        assert ask(halden, "viewer", "GET", f"registers/risks/{row['id']}/").json() == row
        listed = ask(halden, "viewer", "GET", "registers/risks/").json()
        assert (listed["count"], listed["rows"][0]["title"]) == (1, "Supplier fails")

    def test_lose_nobodys_change(self, halden: House, ask: Any) -> None:
        row = ask(halden, "quality_manager", "POST", "registers/risks/", {"values": {"title": "Old"}}).json()
        address = f"registers/risks/{row['id']}/"
        change = {"values": {"title": "New"}, "version": row["version"]}
        assert ask(halden, "quality_manager", "PATCH", address, change).json()["title"] == "New"
        late = ask(halden, "administrator", "PATCH", address, {**change, "values": {"title": "Late"}})
        assert late.status_code == 409
        assert ask(halden, "viewer", "GET", address).json()["title"] == "New"

    def test_say_which_field_is_wrong(self, halden: House, ask: Any) -> None:
        answer = ask(halden, "quality_manager", "POST", "registers/risks/", {"values": {"title": "", "nonsense": 1}})
        assert answer.status_code == 422
        assert "title" in answer.json()["detail"]

    def test_do_not_take_what_is_not_theirs_to_set(self, halden: House, brandt: House, ask: Any) -> None:
        values = {"title": "Mine", "organisation_id": str(brandt.organisation.pk)}
        answer = ask(halden, "quality_manager", "POST", "registers/risks/", {"values": values})
        assert answer.status_code == 422
        assert ask(brandt, "viewer", "GET", "registers/risks/").json()["count"] == 0

    def test_know_their_states(self, halden: House, ask: Any) -> None:
        row = ask(halden, "quality_manager", "POST", "registers/risks/", {"values": {"title": "Old"}}).json()
        move = {"to": "nonsense", "version": row["version"]}
        answer = ask(halden, "quality_manager", "POST", f"registers/risks/{row['id']}/move/", move)
        assert answer.status_code == 422
        assert "nonsense" in answer.json()["detail"]

    def test_take_entries_under_a_row(self, halden: House, ask: Any) -> None:
        row = ask(
            halden, "quality_manager", "POST", "registers/objectives/", {"values": {"title": "On time", "target": "97"}}
        ).json()
        address = f"registers/objectives/{row['id']}/measurements/"
        entry = {"values": {"measured_on": timezone.now().date().isoformat(), "value": "95"}}
        made = ask(halden, "quality_manager", "POST", address, entry)
        assert made.status_code == 201, made.content
        assert len(made.json()["measurements"]) == 1
        assert ask(halden, "viewer", "POST", address, entry).status_code == 403
        assert ask(halden, "quality_manager", "POST", address, {"values": {"value": "x"}}).status_code == 422
        elsewhere = f"registers/objectives/{row['id']}/nonsense/"
        assert ask(halden, "quality_manager", "POST", elsewhere, entry).status_code == 404


class TestFindings:
    def test_go_from_raised_to_closed(self, halden: House, ask: Any) -> None:
        due = (timezone.now() + timedelta(days=20)).date().isoformat()
        new = {"title": "Burr on bore", "happened": "Three of ten.", "requirement": "8.6", "due": due}
        finding = ask(halden, "contributor", "POST", "findings/", new).json()
        address = f"findings/{finding['id']}/"

        def step(what: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = ask(halden, "auditor", "POST", f"{address}{what}/", body)
            assert answer.status_code in {200, 201}, (what, answer.content)
            result: dict[str, Any] = answer.json()
            return result

        step("contain", {"containment": "Batch locked.", "correction": "Deburred."})
        step("analyse", {"cause": "Worn tool.", "whys": ["Tool was worn.", "Nobody checks wear."], "similar": "None."})
        owner = str(halden.people["auditor"].pk)
        action = step("actions", {"description": "Check wear each shift.", "owner_id": owner, "due": due})
        done = ask(halden, "auditor", "POST", f"findings/actions/{action['id']}/complete/")
        assert done.json()["done_at"] is not None
        planned = step("plan-check", {"criterion": "No burr in 100 parts.", "check_due": due})
        assert planned["criterion"] == "No burr in 100 parts."
        assert ask(halden, "quality_manager", "POST", f"{address}close/").status_code == 409
        assert ask(halden, "viewer", "GET", address).json()["cause"] == "Worn tool."


class TestDocuments:
    def test_are_written_by_one_and_approved_by_another(self, halden: House, ask: Any) -> None:
        from assaymark.records.documents.actions import create

        made = create(title="Purchasing", text="# Purchasing", by=halden.actors["quality_manager"], at=timezone.now())
        record = ask(halden, "quality_manager", "GET", f"documents/{made.pk}/").json()
        revision = record["revisions"][0]["id"]
        assert ask(halden, "quality_manager", "POST", f"documents/revisions/{revision}/submit/").status_code == 200
        own = ask(halden, "quality_manager", "POST", f"documents/revisions/{revision}/approve/", {})
        assert own.status_code == 409
        approved = ask(halden, "decision_maker", "POST", f"documents/revisions/{revision}/approve/", {})
        assert approved.json()["approved_by"] == "HALDEN decision_maker"
        in_force = ask(halden, "viewer", "GET", "documents/in-force/").json()
        assert [(d["number"], d["sha256"]) for d in in_force] == [(record["number"], approved.json()["sha256"])]
        assert ask(halden, "viewer", "GET", "documents/in-force/?on=2001-01-01").json() == []
        assert ask(halden, "viewer", "GET", "documents/").json()["documents"][0]["title"] == "Purchasing"


class TestAssessmentsAndCertificates:
    def test_of_an_organisation_without_any_are_none(self, halden: House, ask: Any) -> None:
        assert ask(halden, "viewer", "GET", "assessments/").json() == {"count": 0, "assessments": []}
        assert ask(halden, "viewer", "GET", "certificates/").json() == {"count": 0, "certificates": []}

    def test_are_read_with_team_and_stages_and_decided_by_the_rules(self, halden: House, ask: Any) -> None:
        audit_id = audit(halden)["assessment_id"]
        record = ask(halden, "viewer", "GET", f"assessments/{audit_id}/").json()
        assert record["team"] == [{"person": "HALDEN auditor", "role": "lead"}]
        assert record["client"] == "HALDEN Ltd"
        answer = ask(halden, "decision_maker", "POST", f"assessments/{audit_id}/decide/", {"decision": "grant"})
        assert answer.status_code == 409
        assert answer.json()["refusals"]

    def test_are_given_with_status_and_bundle(self, halden: House, ask: Any) -> None:
        certificate_id = certificate(halden)["certificate_id"]
        shown = ask(halden, "viewer", "GET", f"certificates/{certificate_id}/").json()
        assert (shown["holder"], shown["status"]) == ("HALDEN Customer", "valid")
        bundle = ask(halden, "viewer", "GET", f"certificates/{certificate_id}/bundle/").content
        answer = Client().post("/api/v1/verify/", {"files": [SimpleUploadedFile("bundle.json", bundle)]})
        (verdict,) = answer.json()
        assert verdict["certificate_number"] == shown["number"]
        assert verdict["verdicts"]["authentic"]["answer"] == "yes"


class TestVerification:
    def test_is_for_everybody(self, db: None) -> None:
        file = SimpleUploadedFile("letter.txt", b"Dear Sir")
        answer = Client().post("/api/v1/verify/", {"files": [file]})
        assert answer.status_code == 200, answer.content
        (verdict,) = answer.json()
        assert verdict["file"] == "letter.txt"
        assert verdict["verdicts"]["authentic"]["answer"] == "no"

    def test_takes_a_few_files_only(self, db: None) -> None:
        files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(9)]
        assert Client().post("/api/v1/verify/", {"files": files}).status_code == 413


class TestTheDescription:
    def test_is_openapi_3_1_and_the_one_that_is_documented(self) -> None:
        current = json.loads(json.dumps(api.get_openapi_schema(), default=str))
        assert current["openapi"].startswith("3.1")
        assert json.loads(OPENAPI.read_text(encoding="utf-8")) == current, "Run: python tools/openapi.py"

    def test_is_served(self, db: None) -> None:
        assert Client().get("/api/v1/openapi.json").json()["info"]["title"] == "Assaymark"
