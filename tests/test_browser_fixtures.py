"""The browser fixtures notice what they promise to notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.plugins.browser import Console

pytestmark = pytest.mark.browser

GOOD = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Good</title>"
    "<main><h1>Good</h1><p>Words.</p></main></html>"
)


class TestAPage:
    def test_is_as_wide_as_asked_and_knows_its_colours(self, open_page: Callable[..., Page]) -> None:
        page = open_page(width=390, dark=True)
        page.set_content(GOOD)
        assert page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, True]

    def test_without_faults_passes(self, page: Page, axe: Callable[[Page], None], console: Console) -> None:
        page.set_content(GOOD)
        axe(page)
        assert console.errors == []


class TestAFault:
    def test_of_accessibility_is_named_with_its_place(self, page: Page, axe: Callable[[Page], None]) -> None:
        page.set_content(GOOD.replace("Words.", "<img id=portrait src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"))
        with pytest.raises(AssertionError, match=r"image-alt.*#portrait"):
            axe(page)

    @pytest.mark.parametrize(
        ("script", "said"),
        [
            ("console.error('broken')", "broken"),
            ("setTimeout(() => { throw new Error('thrown') })", "thrown"),
            ("new Image().src = 'http://192.0.2.1/spy.png'", "another machine"),
        ],
    )
    def test_is_noticed(self, browser: Browser, script: str, said: str) -> None:
        console = Console()
        page = browser.new_page()
        console.watch(page)
        page.set_content(GOOD)
        page.evaluate(f"() => {{ {script}; }}")
        page.wait_for_timeout(50)
        page.close()
        assert any(said in error for error in console.unexpected())

    def test_that_the_test_is_about_can_be_allowed(self, page: Page, console: Console) -> None:
        console.allow("refused on purpose")
        page.set_content(GOOD)
        page.evaluate("console.error('refused on purpose')")
        assert console.unexpected() == []
