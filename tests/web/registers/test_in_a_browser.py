"""The register's pages in a real browser: no error in the console, no serious finding of axe, the story by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assaymark.records.registers import actions
from assaymark.records.scope import organisation_scope
from tests.register_cast import NOW, Company, found

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company() -> Company:
    """Halden with a risk and an objective that was measured."""
    company = found("halden", "Halden Castings")
    with organisation_scope(company.organisation.pk):
        company.add("processes", "Casting")
        company.add("risks", "The furnace fails", process="P-0001", owner=company.anna.person_id)
        objective = company.add("objectives", "On time", target="97", unit="%")
        for month in (8, 9, 10):
            actions.add_entry(
                register="objectives", row_id=objective.pk, child="measurements",
                values={"measured_on": f"2026-{month:02d}-01", "value": str(85 + month)}, by=company.anna, at=NOW,
            )  # fmt: skip
    return company


class TestARegisterByHand:
    def test_a_risk_is_added_treated_and_found(
        self, live_server: Any, company: Company, page: Page, sign_in: Callable[..., None], console: Any
    ) -> None:
        sign_in(page, company.people["anna"])
        page.goto(f"{live_server.url}/o/halden/r/risks/")
        line = page.get_by_role("form", name="Add quickly")
        line.get_by_label("What may happen").fill("Flood in the pattern store")
        line.get_by_role("button", name="Add").click()
        page.get_by_role("link", name="Flood in the pattern store").click()
        expect(page.get_by_role("button", name="Start the treatment")).to_be_disabled()
        expect(page.get_by_text("Owner is empty; in treatment asks for it.")).to_be_visible()
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Strategy").select_option("reduce")
        page.get_by_label("Treatment", exact=False).first.fill("Move the patterns upstairs")
        page.locator("[name=treatment]").fill("Move the patterns upstairs")
        page.locator("[name=treatment_due]").fill("2027-01-31")
        page.get_by_label("Owner").select_option(label="Anna of Halden Castings")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Start the treatment").click()
        expect(page.locator(".page-head .state")).to_have_text("In treatment")
        page.goto(f"{live_server.url}/o/halden/r/risks/?q=flood")
        expect(page.get_by_role("link", name="Flood in the pattern store")).to_be_visible()
        expect(page.get_by_role("link", name="The furnace fails")).to_have_count(0)


class TestLooks:
    @pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
    def test_are_accessible_and_fit_the_screen(
        self,
        live_server: Any,
        company: Company,
        open_page: Callable[..., Page],
        sign_in: Callable[..., None],
        axe: Callable[[Page], None],
        width: int,
        dark: bool,
    ) -> None:
        page = open_page(width=width, dark=dark)
        sign_in(page, company.people["anna"])
        base = f"{live_server.url}/o/halden/"
        for path in ("r/risks/", "r/objectives/", "r/risks/new", "r/risks/import", "r/measuring-equipment/", "work/",
                     "work/all/", "chapter/planning/", "chapter/registers/"):  # fmt: skip
            page.goto(base + path)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.goto(base + "r/objectives/")
        page.get_by_role("link", name="On time").click()
        expect(page.get_by_role("img", name="Measured against the target")).to_be_visible()
        axe(page)
