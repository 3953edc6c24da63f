"""The pages of standards: list, tree, search within, and a large catalog chapter by chapter."""

from __future__ import annotations

import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assaymark.core.parties import Role
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Person
from assaymark.records.standards import actions

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NIST = Path(__file__).parent.parent.parent / "data" / "catalogues" / "nist-sp-800-53-rev5-moderate.json.xz"
LIST = "/o/halden/standards/"
ISO_9001 = "/o/halden/standards/iso-9001-2015/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ingrid(db: None) -> Person:
    halden = add_organisation(slug="halden", name="Halden Precision Ltd", at=AT)
    member = add_member(
        organisation=halden, email="ingrid@halden.example", name="Ingrid", roles=[Role.QUALITY_MANAGER], at=AT
    )
    return member.person


@pytest.fixture
def browser_of_ingrid(ingrid: Person, client: Client) -> Client:
    client.force_login(ingrid)
    return client


@pytest.fixture
def catalogue_loaded(db: None) -> None:
    actions.load_catalogue(at=AT)


class TestTheList:
    def test_says_how_to_begin_when_there_is_none(self, browser_of_ingrid: Client) -> None:
        assert b"assaymark standards load" in browser_of_ingrid.get(LIST).content

    @pytest.mark.usefixtures("catalogue_loaded")
    def test_shows_each_standard_with_its_standing(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get(LIST).content.decode()
        assert ISO_9001 in page
        assert "ISO/IEC 17021-1:2015" in page
        assert "In force" in page and "To be confirmed" in page

    def test_is_for_reading_only(self, browser_of_ingrid: Client) -> None:
        assert browser_of_ingrid.post(LIST).status_code == 405
        assert browser_of_ingrid.post(ISO_9001).status_code == 405

    def test_asks_strangers_to_sign_in(self, client: Client) -> None:
        assert client.get(LIST).status_code == 302

    def test_does_not_exist_in_an_organisation_one_does_not_belong_to(self, browser_of_ingrid: Client) -> None:
        add_organisation(slug="brandt", name="Brandt Machining", at=AT)
        assert browser_of_ingrid.get("/o/brandt/standards/").status_code == 404


@pytest.mark.usefixtures("catalogue_loaded")
class TestAStandard:
    def test_shows_clauses_requirements_questions_and_evidence(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get(ISO_9001).content.decode()
        for text in (
            'id="c-7.1.5.2"',
            'id="c-10.2.1-d"',
            "Measurement traceability",
            "Whether that worked is checked.",
            "When and how did you check that it worked?",
            "Calibration plan and certificates",
        ):
            assert text in page

    def test_says_whether_a_document_or_a_record_is_asked_for(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get(ISO_9001).content.decode()
        assert '<span class="asks">document</span>' in page
        assert '<span class="asks">record</span>' in page

    def test_searches_within(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get(ISO_9001, {"q": "calibrated traceable"}).content.decode()
        assert 'id="c-7.1.5.2-a"' in page
        assert 'id="c-4.1"' not in page
        assert "1 place holds" in page

    def test_says_so_when_nothing_is_found(self, browser_of_ingrid: Client) -> None:
        assert b"0 places hold" in browser_of_ingrid.get(ISO_9001, {"q": "zeppelin"}).content

    def test_shows_what_a_reader_typed_as_text(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get(ISO_9001, {"q": "<script>alert(1)</script>"}).content
        assert b"<script>alert(1)" not in page

    def test_that_awaits_confirmation_says_so(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get("/o/halden/standards/iso-9001-2026/").content.decode()
        assert "to be confirmed" in page
        assert "New in this edition" in page

    def test_in_full_text_names_its_source(self, browser_of_ingrid: Client) -> None:
        page = browser_of_ingrid.get("/o/halden/standards/iso-iec-5230-2020/").content.decode()
        assert "A written open source policy shall exist" in page
        assert "CC BY 4.0" in page and "OpenChain Project contributors" in page

    def test_that_is_not_there_is_not_found(self, browser_of_ingrid: Client) -> None:
        assert browser_of_ingrid.get("/o/halden/standards/iso-9001-1987/").status_code == 404

    def test_costs_the_same_queries_however_long(
        self, browser_of_ingrid: Client, django_assert_max_num_queries: Any
    ) -> None:
        for address in (ISO_9001, "/o/halden/standards/iso-iec-5230-2020/"):
            with django_assert_max_num_queries(12):
                browser_of_ingrid.get(address)


class TestALargeCatalog:
    def test_opens_chapter_by_chapter(self, browser_of_ingrid: Client) -> None:
        key = actions.import_oscal(raw=lzma.decompress(NIST.read_bytes()), at=AT, key="nist-5").loaded.key
        address = f"/o/halden/standards/{key}/"
        first = browser_of_ingrid.get(address).content.decode()
        assert 'id="c-AC-2-1"' in first and 'id="c-AT-1"' not in first
        assert f"{address}?chapter=AT#c-AT" in first
        second = browser_of_ingrid.get(address, {"chapter": "AT"}).content.decode()
        assert 'id="c-AT-1"' in second and 'id="c-AC-2-1"' not in second


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
def test_a_standard_is_readable_by_everybody(
    live_server: Any, open_page: Any, sign_in: Any, axe: Any, ingrid: Person, width: int
) -> None:
    actions.load_catalogue(at=AT)
    page = open_page(width=width)
    sign_in(page, ingrid)
    page.goto(live_server.url + ISO_9001 + "#c-10.2.1-d")
    assert page.locator('[id="c-10.2.1-d"]').is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
