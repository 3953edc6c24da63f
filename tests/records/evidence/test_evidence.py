"""Files, comments and links on records: kept by hash, taken back by a mark, never across organisations."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.test import Client

from assaymark.adapters.blobs import blobs
from assaymark.core.evidence import RequirementRef
from assaymark.core.refusal import Forbidden, Refused
from assaymark.records.evidence import actions, queries, subjects
from assaymark.records.evidence.models import Attachment, Comment, RequirementLink
from assaymark.records.journal.queries import history
from tests.register_cast import NOW, Company

ISO = "iso-9001-2015"


@pytest.fixture(autouse=True)
def own_blobs(settings: Any, tmp_path: Path) -> None:
    """A blob store of the test's own."""
    settings.BLOBS = tmp_path


@pytest.fixture
def risk(halden: Company) -> Any:
    """A record to keep evidence with."""
    return halden.add("risks", "The furnace fails")


def attach(
    company: Company, row: Any, name: str = "photo.jpg", content: bytes = b"pixels", by: Any = None
) -> Attachment:
    """Attach a file as Anna."""
    return actions.attach(
        subject_kind=row.subject_kind(), subject_id=row.pk, name=name, content=content, by=by or company.anna, at=NOW
    )


def evidence(row: Any) -> queries.Evidence:
    """What is kept with the row."""
    return queries.of(subject_kind=row.subject_kind(), subject_id=row.pk)


class TestFiles:
    def test_are_kept_by_the_hash_of_their_content(self, halden: Company, risk: Any) -> None:
        attachment = attach(halden, risk)
        assert attachment.sha256 == hashlib.sha256(b"pixels").hexdigest()
        assert blobs().read(attachment.sha256) == b"pixels"
        assert queries.attachment_bytes(attachment_id=attachment.pk, by=halden.anna)[1] == b"pixels"

    def test_are_attached_once(self, halden: Company, risk: Any) -> None:
        assert attach(halden, risk).pk == attach(halden, risk).pk
        assert attach(halden, risk, name="other.jpg").pk != attach(halden, risk).pk

    def test_taken_off_are_gone_from_the_page_but_not_from_the_house(self, halden: Company, risk: Any) -> None:
        attachment = attach(halden, risk)
        actions.detach(attachment_id=attachment.pk, by=halden.anna, at=NOW)
        assert evidence(risk).attachments == ()
        with pytest.raises(ObjectDoesNotExist):
            queries.attachment_bytes(attachment_id=attachment.pk, by=halden.anna)
        assert attachment.sha256 in blobs()

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.pdf", "x.pdf"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
            ("\u202efdp.exe.txt", "fdp.exe.txt"),
            ("   ", "file"),
            ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
            ("e\u0301.pdf", "é.pdf"),
        ],
    )
    def test_have_harmless_names(self, halden: Company, risk: Any, given: str, kept: str) -> None:
        assert attach(halden, risk, name=given).name == kept

    @pytest.mark.parametrize(("name", "content"), [("empty.pdf", b""), ("setup.EXE", b"MZ"), ("x.js", b"alert(1)")])
    def test_that_nobody_needs_are_refused(self, halden: Company, risk: Any, name: str, content: bytes) -> None:
        with pytest.raises(Refused):
            attach(halden, risk, name=name, content=content)
        assert Attachment.objects.count() == 0

    def test_must_have_a_hash(self, halden: Company, risk: Any) -> None:
        attach(halden, risk)
        for change in ({"sha256": "short"}, {"size": 0}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Attachment.objects.update(**change)

    def test_are_journalled(self, halden: Company, risk: Any) -> None:
        attach(halden, risk)
        newest = history(subject_kind=risk.subject_kind(), subject_id=risk.pk)[0]
        assert newest.verb == "evidence.attached"
        assert hashlib.sha256(b"pixels").hexdigest().encode() in bytes(newest.body)


class TestComments:
    def say(self, company: Company, row: Any, text: str, by: Any = None) -> Comment:
        """A comment as Carl, who may write nothing else."""
        return actions.comment(
            subject_kind=row.subject_kind(), subject_id=row.pk, text=text, by=by or company.carl, at=NOW
        )

    def test_may_come_from_whoever_may_read(self, halden: Company, risk: Any) -> None:
        self.say(halden, risk, " The valve is old.\r\nTwice this year. ")
        assert [c.text for c in evidence(risk).comments] == ["The valve is old.\nTwice this year."]
        with pytest.raises(Forbidden):
            self.say(halden, risk, "x", by=halden.vera)

    @pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001, "a\x00"])
    def test_say_something(self, halden: Company, risk: Any, text: str) -> None:
        with pytest.raises(Refused):
            self.say(halden, risk, text)

    def test_are_taken_back_by_their_author_only(self, halden: Company, risk: Any) -> None:
        said = self.say(halden, risk, "Wrong")
        with pytest.raises(Refused):
            actions.take_back(comment_id=said.pk, by=halden.anna, at=NOW)
        actions.take_back(comment_id=said.pk, by=halden.carl, at=NOW)
        assert evidence(risk).comments == ()
        assert Comment.objects.count() == 1


class TestLinks:
    def link(self, company: Company, row: Any, requirement: str, edition: str = ISO) -> RequirementLink:
        """A link as Anna."""
        ref = RequirementRef(edition, requirement)
        return actions.link(subject_kind=row.subject_kind(), subject_id=row.pk, ref=ref, by=company.anna, at=NOW)

    def test_name_a_clause_or_a_requirement_of_an_edition(self, halden: Company, risk: Any) -> None:
        self.link(halden, risk, "6.1")
        self.link(halden, risk, "6.1.2 a")
        self.link(halden, risk, "6.1")
        assert [str(link) for link in evidence(risk).links] == [f"{ISO} 6.1", f"{ISO} 6.1.2 a"]
        found = queries.linked_to(edition=ISO, requirements=["6.1"])
        assert [link.subject_label for link in found] == ["R-0001 The furnace fails"]

    @pytest.mark.parametrize(("edition", "requirement"), [(ISO, "99.9"), ("iso-9001-1987", "4.1")])
    def test_to_what_is_not_there_are_refused(self, halden: Company, risk: Any, edition: str, requirement: str) -> None:
        with pytest.raises(Refused):
            self.link(halden, risk, requirement, edition)

    def test_are_removed_and_journalled(self, halden: Company, risk: Any) -> None:
        link = self.link(halden, risk, "6.1")
        assert actions.unlink(link_id=link.pk, by=halden.anna, at=NOW) == (risk.subject_kind(), risk.pk)
        assert [e.verb for e in history(subject_kind=risk.subject_kind(), subject_id=risk.pk)][:2] == [
            "evidence.unlinked",
            "evidence.linked",
        ]

    def test_are_offered_in_the_order_of_the_standard(self) -> None:
        offered = [label for _, label in queries.requirement_choices(edition=ISO)]
        assert offered.index(next(o for o in offered if o.startswith("9.2"))) < offered.index(
            next(o for o in offered if o.startswith("10.2"))
        )


class TestTheBorder:
    def test_of_a_record_elsewhere_nothing_can_be_kept_or_read(self, halden: Company, elsewhere: Company) -> None:
        theirs = elsewhere.add("risks", "Theirs")
        attachment = attach(elsewhere, theirs, by=elsewhere.anna)
        with pytest.raises(ObjectDoesNotExist):
            attach(halden, theirs)
        with pytest.raises(ObjectDoesNotExist):
            queries.attachment_bytes(attachment_id=attachment.pk, by=halden.anna)
        with pytest.raises(ObjectDoesNotExist):
            actions.detach(attachment_id=attachment.pk, by=halden.anna, at=NOW)

    def test_a_kind_that_takes_no_evidence_is_unknown(self, halden: Company) -> None:
        for kind in ("parties.person", "journal.journalentry", "nonsense"):
            with pytest.raises(KeyError):
                subjects.row(kind, uuid4())


class TestThePages:
    @pytest.fixture
    def anna(self, halden: Company) -> Client:
        """The quality manager's browser."""
        client = Client()
        client.force_login(halden.people["anna"], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def test_give_a_file_as_a_download_that_cannot_run(self, halden: Company, risk: Any, anna: Client) -> None:
        hostile = attach(halden, risk, name='x".svg', content=b"<svg onload=alert(1)>")
        response = anna.get(f"/o/halden/evidence/file/{hostile.pk}")
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]

    def test_attach_comment_and_link(self, halden: Company, risk: Any, anna: Client) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        base = f"/o/halden/evidence/{risk.subject_kind()}/{risk.pk}"
        files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]
        for path, sent in (
            ("attach", {"file": files}),
            ("comment", {"text": "<b>x</b>"}),
            ("link", {"ref": f"{ISO} 6.1"}),
        ):
            assert anna.post(f"{base}/{path}", sent).status_code == 302
        page = anna.get(f"/o/halden/r/risks/{risk.pk}/").content.decode()
        assert all(said in page for said in ("a.txt", "b.txt", "&lt;b&gt;x&lt;/b&gt;", f"{ISO} 6.1"))

    def test_say_what_was_wrong(self, halden: Company, risk: Any, anna: Client) -> None:
        base = f"/o/halden/evidence/{risk.subject_kind()}/{risk.pk}"
        assert "The comment says nothing." in anna.post(f"{base}/comment", {"text": ""}, follow=True).content.decode()
        assert "has no requirement 99" in anna.post(f"{base}/link", {"ref": f"{ISO} 99"}, follow=True).content.decode()
        assert "Write the edition" in anna.post(f"{base}/link", {"ref": "x"}, follow=True).content.decode()

    def test_know_no_other_kind_and_no_other_house(self, halden: Company, elsewhere: Company, anna: Client) -> None:
        theirs = elsewhere.add("risks", "Theirs")
        file = attach(elsewhere, theirs, by=elsewhere.anna)
        assert anna.post(f"/o/halden/evidence/parties.person/{uuid4()}/comment", {"text": "x"}).status_code == 404
        assert anna.post(f"/o/halden/evidence/registers.risk/{theirs.pk}/comment", {"text": "x"}).status_code == 404
        assert anna.get(f"/o/halden/evidence/file/{file.pk}").status_code == 404

    def test_tell_a_damaged_file_from_a_good_one(self, halden: Company, risk: Any, anna: Client) -> None:
        attachment = attach(halden, risk)
        path = blobs().path(attachment.sha256)
        path.chmod(0o600)
        path.write_bytes(b"rot")
        response = anna.get(f"/o/halden/evidence/file/{attachment.pk}")
        assert response.status_code == 500
        assert b"damaged" in response.content
