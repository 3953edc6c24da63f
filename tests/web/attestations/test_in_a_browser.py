"""Certificates inside an organisation in a real browser: a suspension by hand, at the desk and on the phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from assaymark.records.parties.models import Person
from tests.certification_cast import NUMBER, Certified, certified

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> Certified:
    return certified(began=timezone.now() - dt.timedelta(days=60))


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_decision_maker_suspends_a_certificate_and_the_public_page_says_so(
    live_server: Any,
    world: Certified,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    axe: Callable[[Page], None],
    width: int,
    dark: bool,
) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, Person.objects.get(pk=world.cast.decider.person_id))
    page.goto(f"{live_server.url}/o/northfield/certificates/")
    axe(page)
    page.get_by_role("link", name="Halden Precision Ltd").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("button", name="Restore").is_disabled()
    page.get_by_role("link", name="Suspend").click()
    axe(page)
    page.get_by_label("Reasons").fill("Surveillance was not allowed")
    page.get_by_role("button", name="Suspend").click()
    assert "Surveillance was not allowed" in page.inner_text("main")
    assert page.get_by_role("link", name="Restore").is_visible()
    page.goto(f"{live_server.url}/c/northfield/{NUMBER}/")
    assert page.locator(".verdict .answer").all_inner_texts() == ["Yes", "No", "Yes", "Yes"]
