"""The public pages in a real browser: every width, light and dark, with and without scripts, on paper."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page

from assaymark.core.programme import DecisionKind
from assaymark.records.attestations import export, queries
from tests.certification_cast import NUMBER, Certified, certified

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = f"/c/northfield/{NUMBER}/"
EVERY_PAGE = [
    PAGE,
    "/c/meridian/MAS-0042/",
    "/verify/",
    "/verify/list/",
    "/register/",
    "/register/?q=a",
    "/learn/",
    "/organisations/northfield/",
]


@pytest.fixture
def world(transactional_db: None) -> Certified:
    """Suspended for a month, restored since."""
    cache.clear()
    now = timezone.now()
    made = certified(began=now - dt.timedelta(days=60))
    made.decide(DecisionKind.SUSPEND, at=now - dt.timedelta(days=40))
    made.decide(DecisionKind.RESTORE, at=now - dt.timedelta(days=20))
    return made


class TestEveryPage:
    @pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
    def test_is_accessible_fits_and_sets_no_cookie(
        self,
        live_server: Any,
        world: Certified,
        open_page: Callable[..., Page],
        axe: Callable[[Page], None],
        width: int,
        dark: bool,
    ) -> None:
        page = open_page(width=width, dark=dark)
        for address in EVERY_PAGE:
            page.goto(live_server.url + address)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.context.cookies() == []


class TestWithoutScripts:
    def test_a_day_can_be_asked_for(self, live_server: Any, world: Certified, open_page: Callable[..., Page]) -> None:
        page = open_page(javascript=False)
        page.goto(live_server.url + PAGE)
        page.fill("input[name=on]", (timezone.now() - dt.timedelta(days=30)).strftime("%Y-%m-%d"))
        page.get_by_role("button", name="Ask for this day").click()
        assert "which was suspended" in page.inner_text("main")
        page.get_by_role("link", name="Ask for today").click()
        assert "is certified to" in page.inner_text("main")

    def test_a_number_and_a_file_can_be_verified(
        self, live_server: Any, world: Certified, open_page: Callable[..., Page], tmp_path: Path
    ) -> None:
        file = tmp_path / "certificate.pdf"
        found = queries.public_attestation(issuer_slug="northfield", number=NUMBER)
        file.write_bytes(export.pdf(found, at=timezone.now()))
        page = open_page(width=390, javascript=False)
        page.goto(live_server.url + "/verify/")
        page.set_input_files("input[type=file]", str(file))
        page.get_by_role("button", name="Check this file").click()
        assert page.locator(".verdict .answer").all_inner_texts() == ["Yes"] * 4
        page.goto(live_server.url + "/verify/")
        page.fill("input[name=number]", NUMBER)
        page.get_by_role("button", name="Look it up").click()
        assert page.url == live_server.url + PAGE


class TestOnPaper:
    @pytest.mark.parametrize("address", [PAGE, "/c/meridian/MAS-0042/"])
    def test_prints_on_one_page(self, live_server: Any, world: Certified, page: Page, address: str) -> None:
        page.goto(live_server.url + address)
        assert len(pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages) == 1
