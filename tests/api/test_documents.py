"""Documents over the wire: written by one, sent back, approved by another, withdrawn; drafts are not for all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permission.house import House

WRITER, APPROVER = "quality_manager", "decision_maker"


@pytest.fixture
def document(halden: House, ask: Any) -> dict[str, Any]:
    made = ask(halden, WRITER, "POST", "documents/", {"title": "Welding", "text": "# Welding", "clauses": ["8.5.1"]})
    assert made.status_code == 201, made.content
    record: dict[str, Any] = made.json()
    return record


def of(document: dict[str, Any], what: str = "") -> str:
    return f"documents/revisions/{document['revisions'][0]['id']}/{what}"


def approve(house: House, ask: Any, document: dict[str, Any]) -> None:
    assert ask(house, WRITER, "POST", of(document, "submit/")).status_code == 200
    assert ask(house, APPROVER, "POST", of(document, "approve/"), {}).status_code == 200


class TestWriting:
    def test_begins_with_a_draft(self, document: dict[str, Any]) -> None:
        assert document["number"].startswith("DOC-")
        assert document["clauses"] == ["8.5.1"]
        assert [r["state"] for r in document["revisions"]] == ["draft"]

    def test_saves_what_was_read(self, halden: House, ask: Any, document: dict[str, Any]) -> None:
        read = ask(halden, WRITER, "GET", of(document)).json()
        assert read["text"].strip() == "# Welding"
        draft = {"title": "Welding", "text": "# Welding\n\nWear gloves.", "version": read["version"]}
        saved = ask(halden, WRITER, "PUT", of(document), draft).json()
        assert "Wear gloves." in saved["text"]
        assert saved["sha256"] != read["sha256"]

    def test_loses_nobodys_change(self, halden: House, ask: Any, document: dict[str, Any]) -> None:
        draft = {
            "title": "Welding",
            "text": "First.",
            "version": ask(halden, WRITER, "GET", of(document)).json()["version"],
        }
        assert ask(halden, WRITER, "PUT", of(document), draft).status_code == 200
        late = ask(halden, "administrator", "PUT", of(document), {**draft, "text": "Second."})
        assert late.status_code == 409
        assert "First." in ask(halden, WRITER, "GET", of(document)).json()["text"]

    def test_needs_a_title(self, halden: House, ask: Any) -> None:
        assert ask(halden, WRITER, "POST", "documents/", {"text": "# Nameless"}).status_code == 422

    def test_is_not_for_who_only_approves(self, halden: House, ask: Any) -> None:
        assert ask(halden, APPROVER, "POST", "documents/", {"title": "Mine"}).status_code == 403

    def test_begins_the_next_revision_with_the_text_of_the_last(
        self, halden: House, ask: Any, document: dict[str, Any]
    ) -> None:
        early = ask(halden, WRITER, "POST", f"documents/{document['id']}/revisions/", {"change": "major"})
        assert early.status_code == 409
        approve(halden, ask, document)
        following = ask(halden, WRITER, "POST", f"documents/{document['id']}/revisions/", {"change": "major"})
        assert following.status_code == 201
        assert (following.json()["label"], following.json()["text"].strip()) == ("2.0", "# Welding")


class TestDeciding:
    def test_sends_back_with_a_reason(self, halden: House, ask: Any, document: dict[str, Any]) -> None:
        ask(halden, WRITER, "POST", of(document, "submit/"))
        assert ask(halden, APPROVER, "POST", of(document, "send-back/"), {"reason": ""}).status_code == 409
        back = ask(halden, APPROVER, "POST", of(document, "send-back/"), {"reason": "Name the gloves."})
        assert back.json()["state"] == "draft"

    def test_withdraws_what_is_in_force(self, halden: House, ask: Any, document: dict[str, Any]) -> None:
        address = f"documents/{document['id']}/withdraw/"
        assert ask(halden, APPROVER, "POST", address, {"reason": "No welding any more."}).status_code == 409
        approve(halden, ask, document)
        answer = ask(halden, APPROVER, "POST", address, {"reason": "No welding any more."})
        assert answer.status_code == 200, answer.content
        assert answer.json()["revisions"][0]["withdrawn_from"] is not None
        assert ask(halden, "viewer", "GET", "documents/in-force/").json() == []


class TestDrafts:
    @pytest.mark.parametrize("who", ["viewer", "contributor", "auditor", "accreditation_assessor"])
    def test_are_not_there_for_who_only_reads(
        self, halden: House, ask: Any, document: dict[str, Any], who: str
    ) -> None:
        assert ask(halden, who, "GET", f"documents/{document['id']}/").status_code == 404
        assert ask(halden, who, "GET", of(document)).status_code == 404
        assert ask(halden, who, "GET", "documents/?selection=all").json()["count"] == 0

    def test_beside_what_is_in_force_are_left_out(self, halden: House, ask: Any, document: dict[str, Any]) -> None:
        approve(halden, ask, document)
        ask(halden, WRITER, "POST", f"documents/{document['id']}/revisions/", {})
        seen = ask(halden, "viewer", "GET", f"documents/{document['id']}/").json()["revisions"]
        assert [r["label"] for r in seen] == ["1.0"]
        assert len(ask(halden, WRITER, "GET", f"documents/{document['id']}/").json()["revisions"]) == 2
