"""Home in a real browser: opened with the keyboard, on a phone, in the dark, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.readiness_cast import instrument
from tests.register_cast import Company

pytestmark = pytest.mark.browser
SignIn = Callable[[Page, Any], None]


@pytest.fixture
def address(live_server: Any, halden: Company) -> str:
    """Home of Halden, where a micrometer is overdue."""
    instrument(halden, "Micrometer M-07", calibrated=500)
    return f"{live_server.url}/o/{halden.slug}/"


class TestTheMatrix:
    def test_opens_a_row_by_the_keyboard(
        self, page: Page, address: str, halden: Company, sign_in: SignIn, axe: Callable[[Page], None]
    ) -> None:
        sign_in(page, halden.people["anna"])
        page.goto(address)
        row = page.locator("[id='clause-7.1.5']")
        row.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(row.get_by_role("link", name="ME-0001 Micrometer M-07")).to_be_visible()
        axe(page)

    def test_opens_without_scripts(
        self, open_page: Callable[..., Page], address: str, halden: Company, sign_in: SignIn
    ) -> None:
        page = open_page(javascript=False)
        sign_in(page, halden.people["anna"])
        page.goto(address)
        page.locator("[id='clause-7.1.5'] summary").click()
        expect(page.get_by_text("These measure without a valid calibration.")).to_be_visible()

    @pytest.mark.parametrize("query", ["", "?view=attention", "?view=processes"])
    def test_fits_a_phone_in_the_dark(
        self,
        open_page: Callable[..., Page],
        address: str,
        halden: Company,
        sign_in: SignIn,
        axe: Callable[[Page], None],
        query: str,
    ) -> None:
        page = open_page(width=390, dark=True)
        sign_in(page, halden.people["anna"])
        page.goto(address + query)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        axe(page)

    def test_tells_check_by_check_what_was_looked_at(
        self, page: Page, address: str, halden: Company, sign_in: SignIn, axe: Callable[[Page], None]
    ) -> None:
        sign_in(page, halden.people["vera"])
        page.goto(f"{address}readiness/")
        expect(page.get_by_text("Looks at: The calibration date of every instrument in use.")).to_be_visible()
        axe(page)
