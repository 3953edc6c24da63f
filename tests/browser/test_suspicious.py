"""Suspicious patterns of the demo world in a browser: a body explains one, its accreditor sees what is public."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Desk, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFFICE, ASSESSOR = "e.sandhu@northfield.example", "s.okafor@meridian.example"
DAYS, OUTSIDE = "CA-0004 took 3 days; for 1,240 people the table gives 14", "does not cover: 7, 14."


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def look(desk: Desk, name: str) -> None:
    """On a desk and on a phone, light and dark."""
    for width, height in ((1440, 900), (390, 844)):
        desk.page.set_viewport_size({"width": width, "height": height})
        for shade in ("light", "dark"):
            desk.page.emulate_media(color_scheme=shade)  # type: ignore[arg-type]
            assert fits(desk.page), (name, width)
            desk.shoot(f"{name}-{width}-{shade}")
    desk.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_body_puts_one_aside_and_its_accreditation_body_still_sees_the_other(office: Office) -> None:
    body = office.desk_of(OFFICE).opens("audits/suspicious/").sees(DAYS).sees(OUTSIDE)
    look(body, "suspicious")
    body.page.get_by_role("row").filter(has_text=DAYS).locator("a.row-link").click()
    body.sees("Nobody has looked at it yet.")
    look(body, "suspicious-one")
    body.writes(reason="Two more days on other sites are recorded as audits of their own.").presses("Put it aside")
    body.sees("UTC · E. Sandhu")
    body.opens("audits/suspicious/").sees(OUTSIDE)
    assert DAYS not in body.reads()
    body.opens("audits/suspicious/?view=aside").sees(DAYS)
    look(body, "suspicious-aside")

    assessor = office.desk_of(ASSESSOR).opens("audits/suspicious/").sees(OUTSIDE)
    assert "CA-0004" not in assessor.reads()
    assert "Two more days" not in assessor.opens("audits/suspicious/?view=all").reads()
    assessor.follows("Entry in this register").sees("Castell Packaging Group")
