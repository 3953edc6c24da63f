"""The pages of the public register: each state of a certificate said in a sentence, and what is not told to anybody."""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assaymark.cli.verify import verify
from assaymark.core.attestation import AttestationKind
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.formats.trust_list import write_trust_list
from assaymark.records.assessments import actions
from assaymark.records.attestations import export, queries
from assaymark.records.attestations.models import Attestation, TrustAnchor
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import system_scope
from tests.certification_cast import NUMBER, Certified, attest_by_decision, row

PAGE = f"/c/northfield/{NUMBER}/"


def text_of(address: str) -> str:
    """The page's words, without marks and line breaks."""
    answer = Client().get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text.split("<main", 1)[1]))


def answers_of(address: str) -> dict[str, str]:
    said = Client().get(address).json()["verdicts"]
    return {name: finding["answer"] for name, finding in said.items()}


def decide(row_: Attestation, by: Actor, decision: DecisionKind, **more: Any) -> None:
    actions.decide_about(
        attestation_id=row_.pk, decision=decision, reasons="Impartiality was lost", by=by, at=timezone.now(), **more
    )


def certificate_of(holder: Organisation, by: Actor, number: str, **changes: Any) -> Attestation:
    at = changes.pop("at", timezone.now() - dt.timedelta(days=40))
    values = {
        "edition_key": "iso-9001-2015",
        "number": number,
        "scope": (row(iaf=frozenset({"17"}), countries=frozenset({"GB"}), editions=frozenset({"2015"})),),
        "expires": at.date() + dt.timedelta(days=1000),
        "statement": "Turning",
    }
    return attest_by_decision(
        by, holder, kind="certification", attests=AttestationKind.CERTIFICATE, at=at, **(values | changes)
    )


class TestTheSentence:
    def test_of_a_certificate_in_order(self, world: Certified) -> None:
        assert (
            "is certified to ISO 9001:2015 by Northfield Certification, which is accredited for it by Meridian "
            f"Accreditation Service. Certificate {NUMBER}." in text_of(PAGE)
        )

    def test_of_a_suspended_one(self, world: Certified) -> None:
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        page = text_of(PAGE)
        assert "holds a certificate to ISO 9001:2015 from Northfield Certification, which is suspended." in page
        assert "Northfield Certification is accredited for it by Meridian Accreditation Service." in page
        assert "It may be restored." in page
        assert "What you can do: ask Halden Precision Ltd" in page

    def test_of_a_withdrawn_one(self, world: Certified) -> None:
        world.decide(DecisionKind.WITHDRAW, at=timezone.now())
        assert "held a certificate to ISO 9001:2015 from Northfield Certification, which was withdrawn." in text_of(
            PAGE
        )

    def test_of_an_expired_one(self, world: Certified) -> None:
        yesterday = timezone.now().date() - dt.timedelta(days=1)
        certificate_of(world.meridian, world.cast.decider, "NC-1", expires=yesterday)
        assert f"which expired on {yesterday.day} {yesterday:%b %Y}." in text_of("/c/northfield/NC-1/")

    def test_of_one_outside_its_bodys_scope(self, world: Certified) -> None:
        certificate_of(world.meridian, world.cast.decider, "NC-33", scope=(row(iaf=frozenset({"33"})),))
        page = text_of("/c/northfield/NC-33/")
        assert "It is not accredited: it lies outside what Meridian Accreditation Service accredits" in page
        assert "not for this scope" in page

    def test_of_one_whose_body_nobody_accredited(self, world: Certified) -> None:
        certificate_of(world.meridian, world.recogniser, "QC-1")
        page = text_of("/c/arrangement/QC-1/")
        assert "holds a certificate to ISO 9001:2015 from Mutual recognition arrangement. It is not accredited" in page
        assert "no accreditation body stands behind Mutual recognition arrangement for this standard" in page
        assert "Nobody" in page

    @pytest.mark.parametrize(
        ("decision", "words"), [(DecisionKind.SUSPEND, "is suspended"), (DecisionKind.WITHDRAW, "is withdrawn")]
    )
    def test_of_one_whose_bodys_accreditation_ended(self, world: Certified, decision: DecisionKind, words: str) -> None:
        decide(world.accreditation, world.accreditor, decision)
        page = text_of(PAGE)
        assert "is certified to ISO 9001:2015 by Northfield Certification. It is not accredited" in page
        assert f"by Meridian Accreditation Service {words}" in page

    def test_of_one_that_leads_to_nobody_whom_the_register_trusts(self, world: Certified) -> None:
        TrustAnchor.objects.all().delete()
        assert answers_of(f"{PAGE}verdict.json")["recognised"] == "no"
        page = text_of(PAGE)
        assert "the trust list of this register" in page and "your trust list" not in page

    def test_of_a_day_too_far_ahead_claims_nothing(self, world: Certified) -> None:
        ahead = (timezone.now() + dt.timedelta(days=30)).strftime("%Y-%m-%d")
        assert "and whether it is in force cannot be told" in text_of(f"{PAGE}?on={ahead}")

    def test_of_an_accreditation_and_of_a_recognition(self, world: Certified) -> None:
        accreditation = text_of("/c/meridian/MAS-0042/")
        assert "is accredited as certification body (ISO/IEC 17021-1:2015) by Meridian Accreditation" in accreditation
        assert "which is recognised by Mutual recognition arrangement" in accreditation
        assert "17, 18" in accreditation
        assert "is recognised as accreditation body" in text_of("/c/arrangement/MRA-0007/")
        decide(world.recognition, world.recogniser, DecisionKind.WITHDRAW)
        assert "which is not recognised" in text_of("/c/meridian/MAS-0042/")
        assert "held a recognition as accreditation body" in text_of("/c/arrangement/MRA-0007/")


class TestAnotherDay:
    def days(self) -> list[str]:
        now = timezone.now()
        return [(now + dt.timedelta(days=n)).strftime("%Y-%m-%d") for n in (-70, -60, -31, -30, -20, -10, -9, 0, 3, 20)]

    def test_says_the_same_as_the_command_over_the_bundle_offered_for_that_day(
        self, world: Certified, tmp_path: Path
    ) -> None:
        now = timezone.now()
        self.live_through(world, now)
        trust = tmp_path / "anchors.json"
        trust.write_bytes(write_trust_list(queries.anchors()))
        for day in self.days():
            bundle = tmp_path / f"{day}.json"
            bundle.write_bytes(Client().get(f"{PAGE}bundle.json?on={day}").content)
            words = [str(bundle), "--trust", str(trust), "--at", day, "--offline", "--json"]
            (told,) = json.loads(CliRunner().invoke(verify, words).stdout)
            command = {name: finding["answer"] for name, finding in told["verdicts"].items()}
            assert answers_of(f"{PAGE}verdict.json?on={day}") == command, day

    def live_through(self, world: Certified, now: dt.datetime) -> None:
        """Suspended 30 days ago, restored 10 days ago, reduced 9 days ago."""
        world.decide(DecisionKind.SUSPEND, at=now - dt.timedelta(days=30))
        world.decide(DecisionKind.RESTORE, at=now - dt.timedelta(days=10))
        world.decide(
            DecisionKind.REDUCE,
            at=now - dt.timedelta(days=9),
            remaining=(row(iaf=frozenset({"17"}), countries=frozenset({"GB"}), editions=frozenset({"2015"})),),
        )

    def test_is_answered_by_the_issue_of_that_day(self, world: Certified) -> None:
        self.live_through(world, timezone.now())
        given = [answers_of(f"{PAGE}verdict.json?on={day}")["in_force"] for day in self.days()]
        assert given == ["no", "yes", "yes", "no", "no", "yes", "yes", "yes", "yes", "unknown"]

    def test_is_said_on_the_page_with_a_way_back_to_today(self, world: Certified) -> None:
        day = self.days()[2]
        page = Client().get(f"{PAGE}?on={day}").text
        assert "as known today" in page
        assert f"bundle.json?on={day}" in page
        assert "was <b>certified</b>" in page

    def test_of_nonsense_is_said_at_the_form_and_answered_for_today(self, world: Certified) -> None:
        page = text_of(f"{PAGE}?on=31.13.2026")
        assert "Enter a valid date" in page
        assert "is certified to" in page

    def test_history_as_a_table_lists_every_period(self, world: Certified) -> None:
        self.live_through(world, timezone.now())
        page = text_of(PAGE).split("History as a table")[1]
        assert re.findall(r"Valid|Suspended", page) == ["Valid", "Suspended", "Valid"]
        assert "Surveillance was not allowed" in page


class TestWhatIsNotListed:
    SECRETS = ("Halden", "Precision turning", "Canal Road", "ISO 9001")

    @pytest.fixture(autouse=True)
    def unlisted(self, world: Certified) -> None:
        with system_scope():
            Attestation.unscoped.filter(pk=world.certificate.pk).update(public=False)

    def test_answers_its_status_and_nothing_else(self, world: Certified) -> None:
        assert "It is in force." in text_of(PAGE)
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        page = Client().get(PAGE).text
        assert "It is suspended since" in page
        assert [word for word in self.SECRETS if word in page] == []

    @pytest.mark.parametrize("file", ["certificate.pdf", "bundle.json", "credential.jwt", "verdict.json"])
    def test_gives_no_file(self, file: str) -> None:
        assert Client().get(f"{PAGE}{file}").status_code == 404
        assert Client().get(PAGE, headers={"Accept": "application/vc+jwt"}).status_code == 404

    def test_is_found_by_its_exact_number_alone(self) -> None:
        assert Client().get(f"/verify/?number={NUMBER.lower()}")["Location"] == PAGE
        for address in ("/verify/?number=NC-26", "/verify/?number=Halden", "/register/?q=Halden", "/register/?q=NC"):
            assert NUMBER not in text_of(address)

    def test_still_has_a_status_for_whoever_holds_the_file(self) -> None:
        assert Client().get(f"{PAGE}status-log").status_code == 200

    def test_does_not_appear_on_the_pages_of_its_parties(self, world: Certified) -> None:
        assert Client().get("/organisations/halden/").status_code == 404
        assert NUMBER not in text_of("/organisations/northfield/")


class TestTheVerifier:
    def upload(self, data: bytes, name: str = "certificate.pdf") -> Any:
        return Client(enforce_csrf_checks=True).post("/verify/", {"file": SimpleUploadedFile(name, data)})

    def test_answers_a_file_of_this_register_with_todays_knowledge(self, world: Certified) -> None:
        found = queries.public_attestation(issuer_slug="northfield", number=NUMBER)
        old = export.pdf(found, at=timezone.now() - dt.timedelta(days=30))
        cards = re.findall(r'class="answer ink-(\w+)"', self.upload(old).text)
        assert cards == ["good"] * 4
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        assert "The certificate is suspended since" in self.upload(old).text

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("empty.pdf", b" "),
            ("garbage.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40),
            ("bomb.pdf", b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode/Length 9>>stream\n" + zlib.compress(bytes(10**7))),
            ("deep.json", b"[" * 100_000),
            ("wide.json", b"{" + b'"a":1,' * 50_000 + b'"b":2}'),
            ("token.jwt", b"eyJ.eyJ.eyJ"),
            ("<script>alert(1)</script>.json", b"{}"),
            ("image.png", b"\x89PNG\r\n\x1a\n"),
        ],
    )
    def test_answers_hostile_files_in_words(self, db: None, name: str, data: bytes) -> None:
        answer = self.upload(data, name)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert ">Yes<" not in answer.text

    def test_refuses_what_is_larger_than_any_certificate(self, db: None) -> None:
        answer = self.upload(b"%PDF-" + bytes(20 * 1024 * 1024))
        assert answer.status_code == 422
        assert "The file is larger than 20 MB" in answer.text

    def test_says_what_is_missing(self, db: None) -> None:
        assert Client().post("/verify/").status_code == 422

    def test_finds_by_number_and_name(self, world: Certified) -> None:
        assert Client().get(f"/verify/?number={NUMBER}")["Location"] == PAGE
        assert "Halden Precision Ltd" in text_of("/verify/?number=halden")
        assert "That does not make a certificate false" in text_of("/verify/?number=nowhere")

    def test_lets_each_address_ask_only_so_often(self, db: None) -> None:
        cache.clear()
        given = {Client().get("/verify/").status_code for _ in range(61)}
        assert given == {200, 429}


class TestAnybody:
    @pytest.mark.parametrize(
        "address", [PAGE, "/verify/", "/register/", "/learn/", "/organisations/northfield/", "/organisations/halden/"]
    )
    def test_gets_pages_without_a_cookie(self, world: Certified, address: str) -> None:
        answer = Client().get(address)
        assert (answer.status_code, dict(answer.cookies)) == (200, {})

    def test_is_told_what_an_organisation_is(self, world: Certified) -> None:
        page = text_of("/organisations/halden/")
        for sentence in (
            "Halden Precision Ltd is certified to ISO 9001:2015 by Northfield Certification.",
            "Northfield Certification is accredited to certify management systems",
            "Meridian Accreditation Service is recognised as an accreditation body",
            "Mutual recognition arrangement is trusted by this register.",
        ):
            assert sentence in page
        assert Client().get("/learn/?organisation=halden")["Location"] == "/organisations/halden/"

    @pytest.mark.parametrize("address", ["/c/northfield/NC-0/", "/c/nobody/NC-0/", "/organisations/nobody/"])
    def test_is_told_404_for_what_is_not_there(self, world: Certified, address: str) -> None:
        assert Client().get(address).status_code == 404

    def test_costs_a_bounded_number_of_queries(self, world: Certified) -> None:
        with CaptureQueriesContext(connection) as asked:
            Client().get(PAGE)
        assert len(asked) <= 60


class TestMachines:
    def test_get_the_credential_at_its_own_identifier(self, world: Certified) -> None:
        answer = Client().get(PAGE, headers={"Accept": "application/vc+jwt, application/json, */*;q=0.1"})
        assert answer["Content-Type"] == "application/vc+jwt"
        found = queries.public_attestation(issuer_slug="northfield", number=NUMBER)
        assert answer.content.decode() == queries.newest_issue(found).credential
        assert "Accept" in answer["Vary"]

    @pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", ""])
    def test_browsers_get_the_page(self, world: Certified, accept: str) -> None:
        assert Client().get(PAGE, headers={"Accept": accept})["Content-Type"].startswith("text/html")

    def test_a_status_list_shows_a_suspension_at_once(self, world: Certified) -> None:
        before = Client().get("/status/northfield/suspension").content
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        assert Client().get("/status/northfield/suspension").content != before

    def test_find_identifiers_and_no_other_lists(self, world: Certified) -> None:
        document = Client().get("/did/northfield/did.json").json()
        assert document["alsoKnownAs"][0].startswith("did:key:z6Mk")
        assert Client().get("/status/northfield/gossip").status_code == 404
        assert Client().get("/status/halden/suspension").status_code == 404
