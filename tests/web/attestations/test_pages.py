"""Certificates inside an organisation: list, record, files, and the decisions about what stands."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assaymark.adapters.blobs import blobs
from assaymark.core.attestation import AttestationKind
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.records.archive.actions import round_of
from assaymark.records.archive.models import ArchivedPdf, ArchivedVersion
from assaymark.records.attestations import queries
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Person
from assaymark.records.scope import organisation_scope, system_scope
from tests.certification_cast import NUMBER, Certified, attest_by_decision, certified, row
from tests.timestamp_cast import chronos
from tests.timestamp_desk import TimestampDesk

BEGAN = timezone.now() - dt.timedelta(days=60)


@pytest.fixture
def world(db: None) -> Certified:
    return certified(began=BEGAN)


def as_(who: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=who.person_id))
    return client


def address(name: str, *args: object, slug: str = "northfield") -> str:
    return reverse(f"attestations:{name}", args=[slug, *args])


def status_of(world: Certified) -> str:
    found = queries.public_attestation(issuer_slug="northfield", number=NUMBER)
    return queries.status_on(found, at=timezone.now())[0].value


class TestTheList:
    def test_shows_a_body_what_it_issued_and_what_it_holds(self, world: Certified) -> None:
        client = as_(world.cast.office)
        issued = client.get(address("list")).text
        assert NUMBER in issued and "Halden Precision Ltd" in issued and "MAS-0042" not in issued
        held = client.get(address("list") + "?view=held").text
        assert "MAS-0042" in held and "Meridian Accreditation Service" in held

    def test_shows_a_client_what_it_holds(self, world: Certified) -> None:
        page = as_(world.cast.novak).get(address("list", slug="halden")).text
        assert NUMBER in page and "Northfield Certification" in page and "MAS-0042" not in page

    def test_tells_the_status_of_today(self, world: Certified) -> None:
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        assert "Suspended" in as_(world.cast.office).get(address("list")).text

    def test_finds_by_number_and_name(self, world: Certified) -> None:
        client = as_(world.cast.office)
        assert NUMBER in client.get(address("list") + "?q=halden").text
        assert "Nothing here matches" in client.get(address("list") + "?q=nonsense").text

    def test_says_what_belongs_here_when_there_is_nothing(self, world: Certified) -> None:
        assert "Nothing issued" in as_(world.cast.novak).get(address("list", slug="halden") + "?view=issued").text

    def test_costs_the_same_queries_for_one_as_for_many(self, world: Certified) -> None:
        client = as_(world.cast.decider)
        counted = []
        for number in ("", "a", "b", "c", "d"):
            if number:
                client_of = add_organisation(slug=f"client-{number}", name=f"Client {number}", at=BEGAN)
                attest_by_decision(
                    world.cast.decider,
                    client_of,
                    kind="certification",
                    attests=AttestationKind.CERTIFICATE,
                    at=BEGAN,
                    edition_key="iso-9001-2015",
                    number=f"NC-{number}",
                    scope=(row(),),
                    expires=BEGAN.date() + dt.timedelta(days=1000),
                )
            with CaptureQueriesContext(connection) as asked:
                client.get(address("list"))
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
        assert len(set(counted)) == 1
        assert counted[0] <= 15


class TestTheRecord:
    def test_tells_scope_issues_and_life(self, world: Certified) -> None:
        page = as_(world.cast.office).get(address("record", world.certificate.pk)).text
        for words in ("Precision turning", "17, 18", "GB", "Counts today", "Granted", "Next surveillance", "8.3"):
            assert words in page

    def test_offers_decisions_to_decision_makers_alone(self, world: Certified) -> None:
        decider = as_(world.cast.decider).get(address("record", world.certificate.pk)).text
        assert address("decide", world.certificate.pk, "suspend") in decider
        assert "It is in force; there is nothing to restore." in decider
        assert "What can be decided" not in as_(world.cast.office).get(address("record", world.certificate.pk)).text

    def test_shows_the_holder_files_and_public_page_but_no_decisions(self, world: Certified) -> None:
        page = as_(world.cast.novak).get(address("record", world.certificate.pk, slug="halden")).text
        assert f"/c/northfield/{NUMBER}/" in page
        assert address("pdf", world.certificate.pk, slug="halden") in page
        assert "What can be decided" not in page
        assert "Take it off the list" not in page

    def test_warns_the_issuer_when_the_scope_lies_outside_its_accreditation(self, world: Certified) -> None:
        outside = attest_by_decision(
            world.cast.decider,
            world.meridian,
            kind="certification",
            attests=AttestationKind.CERTIFICATE,
            at=BEGAN,
            edition_key="iso-9001-2015",
            number="NC-33",
            scope=(row(iaf=frozenset({"33"}), countries=frozenset({"GB"})),),
            expires=BEGAN.date() + dt.timedelta(days=1000),
        )
        page = as_(world.cast.office).get(address("record", outside.pk)).text
        assert "The scope lies outside your accreditation MAS-0042." in page
        assert "ISO/IEC 17011:2017, 7.8.3" in page

    def test_is_404_for_organisations_that_neither_issued_nor_hold_it(self, world: Certified) -> None:
        for name in ("record", "pdf", "bundle"):
            assert as_(world.accreditor).get(address(name, world.certificate.pk, slug="meridian")).status_code == 404
            assert as_(world.accreditor).get(address(name, world.certificate.pk)).status_code == 404

    def test_costs_a_bounded_number_of_queries(self, world: Certified) -> None:
        client = as_(world.cast.decider)
        with CaptureQueriesContext(connection) as before:
            client.get(address("record", world.certificate.pk))
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        world.decide(DecisionKind.RESTORE, at=timezone.now())
        with CaptureQueriesContext(connection) as after:
            client.get(address("record", world.certificate.pk))
        assert len(after) <= len(before)


class TestFiles:
    def test_pdf_and_bundle_are_written_now(self, world: Certified) -> None:
        client = as_(world.cast.visitor)
        pdf = client.get(address("pdf", world.certificate.pk, slug="halden"))
        assert pdf.content.startswith(b"%PDF-")
        assert pdf["Content-Disposition"] == f'attachment; filename="{NUMBER}.pdf"'
        bundle = client.get(address("bundle", world.certificate.pk, slug="halden"))
        assert bundle.json()["type"] == "AssaymarkBundle"

    def test_an_accreditation_has_no_pdf(self, world: Certified) -> None:
        assert as_(world.accreditor).get(address("pdf", world.accreditation.pk, slug="meridian")).status_code == 404


class TestDeciding:
    def form(self, **changes: object) -> dict[str, object]:
        return {"reasons": "Surveillance was not allowed", "effective": str(timezone.now().date())} | changes

    def test_suspends_and_restores(self, world: Certified) -> None:
        client = as_(world.cast.decider)
        answer = client.post(address("decide", world.certificate.pk, "suspend"), self.form(), follow=True)
        assert "Surveillance was not allowed" in answer.text
        assert status_of(world) == "suspended"
        client.post(address("decide", world.certificate.pk, "restore"), self.form(reasons="Surveillance was done"))
        assert status_of(world) == "valid"

    def test_shows_what_stands_in_the_way_beside_the_button_and_refuses(self, world: Certified) -> None:
        client = as_(world.cast.decider)
        page = client.get(address("decide", world.certificate.pk, "restore")).text
        assert "It is in force; there is nothing to restore." in page
        answer = client.post(address("decide", world.certificate.pk, "restore"), self.form())
        assert answer.status_code == 409
        assert "ISO/IEC 17021-1:2015, 9.6.5" in answer.text

    def test_says_all_reasons_at_once(self, world: Certified) -> None:
        world.decide(DecisionKind.WITHDRAW, at=timezone.now())
        yesterday = str((timezone.now() - dt.timedelta(days=1)).date())
        answer = as_(world.cast.decider).post(
            address("decide", world.certificate.pk, "suspend"), self.form(effective=yesterday)
        )
        assert answer.status_code == 409
        assert "It is withdrawn since" in answer.text

    def test_refuses_a_suspension_longer_than_six_months(self, world: Certified) -> None:
        until = str((timezone.now() + dt.timedelta(days=300)).date())
        answer = as_(world.cast.decider).post(
            address("decide", world.certificate.pk, "suspend"), self.form(until=until)
        )
        assert answer.status_code == 409
        assert "longer than 6 months" in answer.text

    def test_reduces_to_the_sectors_that_remain(self, world: Certified) -> None:
        client = as_(world.cast.decider)
        page = client.get(address("decide", world.certificate.pk, "reduce")).text
        assert "17 Basic metals" in page and "18 Machinery" in page
        client.post(
            address("decide", world.certificate.pk, "reduce"),
            self.form(iaf_0=["17"], statement="Turning of shafts", reasons="Grinding was given up"),
        )
        found = queries.public_attestation(issuer_slug="northfield", number=NUMBER)
        assert [scope.iaf for scope in found.scopes.all()] == [["17"]]
        assert (found.statement, found.revision) == ("Turning of shafts", 2)

    @pytest.mark.parametrize(
        ("sectors", "said"), [(["17", "18"], "The scope would stay as it is."), ([], "Nothing would remain.")]
    )
    def test_refuses_a_reduction_to_everything_or_nothing(
        self, world: Certified, sectors: list[str], said: str
    ) -> None:
        answer = as_(world.cast.decider).post(
            address("decide", world.certificate.pk, "reduce"), self.form(iaf_0=sectors, statement="Turning")
        )
        assert answer.status_code == 409
        assert said in answer.text

    def test_asks_for_reasons(self, world: Certified) -> None:
        answer = as_(world.cast.decider).post(
            address("decide", world.certificate.pk, "withdraw"), self.form(reasons="")
        )
        assert answer.status_code == 422
        assert status_of(world) == "valid"

    def test_is_not_for_others(self, world: Certified) -> None:
        where = address("decide", world.certificate.pk, "suspend")
        assert as_(world.cast.office).post(where, self.form()).status_code == 403
        assert as_(world.accreditor).post(where, self.form()).status_code == 404
        assert as_(world.cast.decider).get(address("decide", world.certificate.pk, "grant")).status_code == 404

    def test_of_what_another_body_issued_is_404_even_for_its_holder(self, world: Certified) -> None:
        where = address("decide", world.accreditation.pk, "suspend")
        assert as_(world.cast.decider).post(where, self.form()).status_code == 404


class TestListing:
    def test_takes_a_certificate_off_the_list_and_back(self, world: Certified) -> None:
        client = as_(world.cast.office)
        for word, public in (("no", False), ("yes", True)):
            assert client.post(address("listing", world.certificate.pk), {"public": word}).status_code == 302
            with system_scope():
                assert Attestation.unscoped.get(pk=world.certificate.pk).public is public

    def test_is_the_issuers_matter(self, world: Certified) -> None:
        where = address("listing", world.certificate.pk, slug="halden")
        assert as_(world.cast.novak).post(where, {"public": "no"}).status_code == 403


class TestKeptPdfs:
    @pytest.fixture
    def kept(self, world: Certified, settings: LazySettings, tmp_path: Path) -> Iterator[ArchivedVersion]:
        (tmp_path / "roots.pem").write_bytes(chronos().root_pem)
        desk = TimestampDesk(now=timezone.now().replace(microsecond=0))
        settings.TSA_URL, settings.TSA_ROOTS = desk.url, str(tmp_path / "roots.pem")
        settings.BLOBS = tmp_path / "blobs"
        round_of(at=timezone.now())
        desk.close()
        with organisation_scope(world.certificate.organisation_id):
            yield ArchivedVersion.objects.get(archived__attestation_id=world.certificate.pk)

    def test_are_listed_for_the_issuer_with_what_proves_their_time(
        self, world: Certified, kept: ArchivedVersion
    ) -> None:
        page = as_(world.cast.office).get(address("record", world.certificate.pk)).text
        for words in (
            "Kept PDFs",
            "Chronos Time",
            "B-LTA",
            "1 Jan 2040",
            address("kept", world.certificate.pk, kept.pk),
        ):
            assert words in page
        assert "Not renewed" not in page

    def test_say_why_they_were_not_renewed(self, world: Certified, kept: ArchivedVersion) -> None:
        ArchivedPdf.objects.update(problem="the timestamp authority answered 503")
        page = as_(world.cast.office).get(address("record", world.certificate.pk)).text
        assert "Not renewed" in page and "the timestamp authority answered 503." in page

    def test_are_handed_out_byte_for_byte(self, world: Certified, kept: ArchivedVersion) -> None:
        answer = as_(world.cast.office).get(address("kept", world.certificate.pk, kept.pk))
        assert hashlib.sha256(answer.content).hexdigest() == kept.sha256
        assert answer["Content-Disposition"] == f'attachment; filename="{NUMBER}.kept.pdf"'

    def test_are_the_issuers_alone(self, world: Certified, kept: ArchivedVersion) -> None:
        holder = as_(world.cast.novak)
        assert "Kept PDFs" not in holder.get(address("record", world.certificate.pk, slug="halden")).text
        assert holder.get(address("kept", world.certificate.pk, kept.pk, slug="halden")).status_code == 404

    def test_of_another_certificate_or_lost_are_not_there(self, world: Certified, kept: ArchivedVersion) -> None:
        office = as_(world.cast.office)
        assert office.get(address("kept", world.accreditation.pk, kept.pk)).status_code == 404
        blobs().path(kept.sha256).unlink()
        assert office.get(address("kept", world.certificate.pk, kept.pk)).status_code == 404

    def test_are_not_mentioned_when_none_is_kept(self, world: Certified) -> None:
        assert "Kept PDFs" not in as_(world.cast.office).get(address("record", world.certificate.pk)).text
