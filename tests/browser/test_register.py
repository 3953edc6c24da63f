"""The public register in a real browser: a certificate in each of its states, its history, the search on a phone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.cache import cache, caches
from django.utils import timezone
from playwright.sync_api import Page, expect

from assaymark.cli.main import main
from assaymark.core.programme import DecisionKind
from assaymark.records.assessments import actions
from assaymark.records.register.models import Listing
from tests.certification_cast import NUMBER, Certified, certified, row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = f"/c/northfield/{NUMBER}/"
WIDTHS = [(1440, False), (390, True)]
ROWS = [
    {"number": "J-100", "holder": "Müller Präzision GmbH", "standard": "ISO 9001:2015", "status": "valid",
     "body": "Rhein Cert", "country": "DE", "expires": "2029-01-31", "iaf": ["17"]},
    {"number": "J-101", "holder": "Atelier Dubois", "standard": "ISO 9001:2015", "status": "valid",
     "body": "Rhein Cert", "country": "FR", "expires": "2029-01-31"},
]  # fmt: skip
SUSPENDED = [ROWS[0] | {"status": "suspended"}, ROWS[1]]


@pytest.fixture
def world(transactional_db: None) -> Certified:
    cache.clear()
    caches["pages"].clear()
    return certified(began=timezone.now() - dt.timedelta(days=60))


@pytest.fixture
def rhein(world: Certified, tmp_path: Path) -> Listing:
    """A foreign register in three snapshots: listed, suspended, in force again."""
    for day, rows in (("2026-01-10", ROWS), ("2026-03-01", SUSPENDED), ("2026-05-01", ROWS)):
        file = tmp_path / f"{day}.json"
        file.write_text(json.dumps(rows))
        options = ["--as-of", day, "--source", "rhein", "--name", "Rhein register"]
        assert CliRunner().invoke(main, ["register", "import", str(file), *options]).exit_code == 0
    listing: Listing = Listing.objects.get(number="J-100")
    return listing


@pytest.mark.parametrize(("width", "dark"), WIDTHS)
class TestACertificate:
    def shown(
        self, open_page: Callable[..., Page], axe: Callable[[Page], None], live_server: Any, width: int, dark: bool
    ) -> Page:
        page = open_page(width=width, dark=dark)
        page.goto(live_server.url + PAGE)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        return page

    def answers(self, page: Page) -> list[str]:
        return [text.strip() for text in page.locator(".verdict .answer").all_inner_texts()]

    def test_in_force(
        self, live_server: Any, world: Certified, open_page: Any, axe: Any, width: int, dark: bool
    ) -> None:
        page = self.shown(open_page, axe, live_server, width, dark)
        assert self.answers(page) == ["Yes", "Yes", "Yes", "Yes"]

    def test_suspended(
        self, live_server: Any, world: Certified, open_page: Any, axe: Any, width: int, dark: bool
    ) -> None:
        world.decide(DecisionKind.SUSPEND, at=timezone.now() - dt.timedelta(days=2))
        page = self.shown(open_page, axe, live_server, width, dark)
        assert self.answers(page)[1] == "No"
        expect(page.locator("main")).to_contain_text("suspended")

    def test_out_of_scope(
        self, live_server: Any, world: Certified, open_page: Any, axe: Any, width: int, dark: bool
    ) -> None:
        actions.decide_about(
            attestation_id=world.accreditation.pk,
            decision=DecisionKind.REDUCE,
            by=world.accreditor,
            at=timezone.now() - dt.timedelta(days=1),
            reasons="Sector 17 was given up",
            remaining=[row(iaf=frozenset({"18"}), countries=frozenset({"GB"}), row="qms")],
        )
        page = self.shown(open_page, axe, live_server, width, dark)
        assert self.answers(page)[2] == "No"

    def test_unaccredited(
        self, live_server: Any, world: Certified, open_page: Any, axe: Any, width: int, dark: bool
    ) -> None:
        actions.decide_about(
            attestation_id=world.accreditation.pk,
            decision=DecisionKind.WITHDRAW,
            by=world.accreditor,
            at=timezone.now() - dt.timedelta(days=2),
            reasons="Ended",
        )
        page = self.shown(open_page, axe, live_server, width, dark)
        assert self.answers(page)[2] == "No"
        expect(page.locator("main")).to_contain_text("not accredited")

    def test_unknown(self, live_server: Any, rhein: Listing, open_page: Any, axe: Any, width: int, dark: bool) -> None:
        page = open_page(width=width, dark=dark)
        page.goto(f"{live_server.url}/register/entries/{rhein.pk}/")
        axe(page)
        assert self.answers(page) == ["Cannot tell"] * 4
        expect(page.locator(".life svg.drawing")).to_be_visible()
        page.get_by_text("History as a table").click()
        expect(page.locator(".life table")).to_contain_text("status: valid → suspended")


@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_a_misspelt_name_is_found_on_the_phone_and_leads_to_its_page(
    live_server: Any, rhein: Listing, open_page: Any, axe: Any, width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    page.goto(f"{live_server.url}/register/")
    page.get_by_label("Name or number").fill("Muler Präzision")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main")).to_contain_text("Did you mean")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Müller Präzision GmbH").click()
    expect(page.locator("h1")).to_have_text("Müller Präzision GmbH")


def test_the_badge_and_its_lines_are_shown(live_server: Any, world: Certified, open_page: Any, axe: Any) -> None:
    page = open_page(width=390, dark=False)
    page.goto(f"{live_server.url}{PAGE}badge/")
    axe(page)
    assert page.locator("img").first.evaluate("image => image.naturalWidth") > 0
