"""The frame in a real browser: light and dark, with and without scripts, large and small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assaymark.records.parties.models import Membership, Organisation, Person
from assaymark.records.scope import system_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


@pytest.fixture
def pia() -> Person:
    person = Person.objects.create_user("pia@example.org", "a-long-password", name="Pia Novak")
    with system_scope():
        for slug, name in (("halden", "Halden Precision"), ("brandt", "Brandt Coatings")):
            place = Organisation.objects.create(slug=slug, name=name, created_at=timezone.now())
            Membership.unscoped.create(
                organisation=place, person=person, roles=["quality_manager"], since=timezone.localdate()
            )
    return person


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


class TestEveryLook:
    @pytest.mark.parametrize(
        "address", ["/", "/account/login/", "/account/password/reset/", "/gallery/", "/gallery/public/"]
    )
    @pytest.mark.parametrize("width", [1440, 390])
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_can_be_read_by_everyone(
        self, live_server: Any, open_page: OpenPage, axe: Callable[[Page], None], address: str, width: int, dark: bool
    ) -> None:
        page = open_page(width=width, dark=dark)
        page.goto(live_server.url + address)

        axe(page)
        assert not scrolls_sideways(page)


class TestTheTheme:
    def test_follows_the_device_until_someone_chooses(self, live_server: Any, open_page: OpenPage) -> None:
        page = open_page(dark=True)
        page.goto(live_server.url + "/account/login/")

        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    def test_once_chosen_stays(
        self, live_server: Any, page: Page, pia: Person, sign_in: Callable[[Page, Any], None]
    ) -> None:
        sign_in(page, pia)
        page.goto(live_server.url + "/o/halden/")
        page.get_by_label("Pia Novak: account and appearance").click()
        page.get_by_role("button", name="Dark").click()
        page.reload()

        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


class TestThePalette:
    @pytest.fixture(autouse=True)
    def at_home(self, live_server: Any, page: Page, pia: Person, sign_in: Callable[[Page, Any], None]) -> None:
        sign_in(page, pia)
        page.goto(live_server.url + "/o/halden/")

    def test_opens_by_keyboard_and_goes_where_one_types(self, page: Page, live_server: Any) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("standa")
        page.keyboard.press("Enter")

        page.wait_for_url(live_server.url + "/o/halden/standards/")

    def test_moves_with_the_arrows(self, page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.press("ArrowDown")

        expect(page.locator("#palette [aria-selected=true]")).to_have_count(1)
        expect(page.locator("#palette li a").nth(1)).to_have_attribute("aria-selected", "true")

    def test_closes_on_escape(self, page: Page) -> None:
        page.keyboard.press("Control+k")
        expect(page.locator("#palette")).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.locator("#palette")).to_be_hidden()

    def test_can_be_read_by_everyone_while_open(self, page: Page, axe: Callable[[Page], None]) -> None:
        page.keyboard.press("Control+k")

        axe(page)


class TestWithoutScripts:
    def test_one_can_change_the_workplace_and_sign_out(
        self, live_server: Any, open_page: OpenPage, pia: Person, sign_in: Callable[[Page, Any], None]
    ) -> None:
        page = open_page(javascript=False)
        sign_in(page, pia)
        page.goto(live_server.url + "/o/halden/")
        page.get_by_label("Halden Precision: change workplace").click()
        page.get_by_role("link", name="Brandt Coatings").click()
        page.wait_for_url(live_server.url + "/o/brandt/")
        page.get_by_label("Pia Novak: account and appearance").click()
        page.get_by_role("button", name="Sign out").click()

        page.wait_for_url(live_server.url + "/")

    def test_one_can_sign_in(self, live_server: Any, open_page: OpenPage, pia: Person) -> None:
        page = open_page(javascript=False)
        page.goto(live_server.url + "/account/login/?next=/o/halden/")
        page.get_by_label("E-mail address").fill("pia@example.org")
        page.get_by_label("Password").fill("a-long-password")
        page.get_by_role("button", name="Sign in", exact=True).click()

        page.wait_for_url(live_server.url + "/o/halden/")

    def test_nothing_is_offered_that_would_need_them(self, live_server: Any, open_page: OpenPage) -> None:
        page = open_page(javascript=False)
        page.goto(live_server.url + "/account/login/")

        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


class TestOnAPhone:
    def test_the_bar_is_at_the_bottom_and_more_opens_the_rest(
        self, live_server: Any, open_page: OpenPage, pia: Person, sign_in: Callable[[Page, Any], None]
    ) -> None:
        page = open_page(width=390)
        sign_in(page, pia)
        page.goto(live_server.url + "/o/halden/")
        bar = page.get_by_role("navigation", name="Main, short")

        expect(bar).to_be_visible()
        expect(page.locator(".rail")).to_be_hidden()
        bar.get_by_text("More").click()
        bar.get_by_role("link", name="Standards").click()

        page.wait_for_url(live_server.url + "/o/halden/standards/")


class TestAHalfWrittenForm:
    def test_is_offered_again_after_the_page_was_left(self, live_server: Any, page: Page) -> None:
        page.goto(live_server.url + "/gallery/?fresh")
        page.get_by_label("What happened").fill("Eleven shafts were undersize.")
        page.goto(live_server.url + "/account/login/")
        page.goto(live_server.url + "/gallery/?fresh")
        expect(page.get_by_label("What happened")).to_have_value("")
        page.get_by_role("button", name="Bring it back").click()

        expect(page.get_by_label("What happened")).to_have_value("Eleven shafts were undersize.")

    def test_can_be_discarded(self, live_server: Any, page: Page) -> None:
        page.goto(live_server.url + "/gallery/?fresh")
        page.get_by_label("What happened").fill("Never mind.")
        page.reload()
        page.get_by_role("button", name="Discard it").click()
        page.reload()

        expect(page.get_by_text("You left unsaved text here.")).to_have_count(0)


class TestDeletingByName:
    def test_needs_the_name(self, live_server: Any, page: Page) -> None:
        page.goto(live_server.url + "/gallery/")
        page.get_by_role("button", name="Delete").first.click()
        dialog = page.get_by_role("dialog", name="Delete NC-0042?")
        button = dialog.get_by_role("button", name="Delete")
        expect(button).to_be_disabled()
        dialog.get_by_label("Type NC-0042 to confirm").fill("NC-0042")

        expect(button).to_be_enabled()
        dialog.get_by_role("button", name="Keep it").click()
        expect(dialog).to_be_hidden()
