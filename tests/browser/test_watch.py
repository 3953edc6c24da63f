"""A buyer in a real browser: finds a supplier's certificate, watches it, and learns of its suspension the same day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache, caches
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import Page, expect

from assaymark.core.parties import Role
from assaymark.core.programme import DecisionKind
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Person
from assaymark.records.watch import tasks
from tests.certification_cast import NUMBER, Certified, certified

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> Certified:
    cache.clear()
    caches["pages"].clear()
    return certified(began=timezone.now() - dt.timedelta(days=60))


@pytest.fixture
def buyer(world: Certified) -> Person:
    """Who buys at Castell, which is no client of anybody here."""
    at = timezone.now() - dt.timedelta(days=30)
    castell = add_organisation(slug="castell", name="Castell Packaging Group", country="GB", at=at)
    member = add_member(
        organisation=castell, email="omar@castell.example", name="Omar", roles=[Role.QUALITY_MANAGER], at=at
    )
    return member.person


def background() -> None:
    """What the background worker does about watch lists."""
    waiting = DBTaskResult.objects.filter(task_path=tasks.tell.module_path, status="READY").order_by("enqueued_at")
    for one in waiting:
        tasks.tell.call(*one.args_kwargs["args"])


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_suspension_is_on_the_page_and_in_the_mail_the_same_day(
    live_server: Any,
    world: Certified,
    buyer: Person,
    open_page: Open,
    sign_in: Callable[[Page, Any], None],
    axe: Axe,
    width: int,
    dark: bool,
) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, buyer)

    def looks_well() -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(f"{live_server.url}/o/castell/watch/")
    expect(page.locator("main")).to_contain_text("Nobody is watched yet")
    looks_well()

    page.get_by_role("link", name="Watch a certificate").first.click()
    page.get_by_label("Name or number").fill("Halden Precison")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("main")).to_contain_text(NUMBER)
    looks_well()
    page.get_by_role("button", name=f"Watch {world.certificate.holder.name}, {NUMBER}").click()
    expect(page.locator("main")).to_contain_text("is watched from now on")
    assert page.locator(".verdict .answer").all_inner_texts() == ["Yes"] * 4

    world.decide(DecisionKind.SUSPEND, at=timezone.now())
    background()

    (sent,) = mail.outbox
    assert sent.to == [buyer.email]
    assert "In force: yes before, no now." in sent.body

    page.goto(f"{live_server.url}/o/castell/watch/")
    news = page.get_by_role("region", name="Changed, and not seen yet")
    expect(news).to_contain_text("In force")
    expect(news.locator("time").first).to_contain_text(f"{timezone.now():%-d %b %Y}")
    looks_well()
    page.get_by_role("link", name=world.certificate.holder.name).first.click()
    looks_well()
    assert page.locator(".verdict .answer").all_inner_texts()[1] == "No"

    page.get_by_role("button", name="Mark as seen").click()
    expect(page.locator("main")).to_contain_text("seen by Omar")
    page.goto(f"{live_server.url}/o/castell/watch/changes/")
    expect(page.locator("main")).to_contain_text("suspended")
    looks_well()


def test_the_certificates_own_page_leads_to_the_watch_list(
    live_server: Any, world: Certified, buyer: Person, open_page: Open, sign_in: Callable[[Page, Any], None]
) -> None:
    page = open_page(width=390)
    sign_in(page, buyer)
    page.goto(f"{live_server.url}/c/northfield/{NUMBER}/")
    page.get_by_role("link", name="Watch it").click()
    expect(page.locator("h1")).to_have_text("Watch a certificate")
    expect(page.locator("main")).to_contain_text(NUMBER)
