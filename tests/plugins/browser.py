"""A real browser for tests marked `browser`: Debian's Chromium through Playwright, checked with axe.

    @pytest.mark.browser
    def test_…(live_server, page, axe): page.goto(live_server.url + "/verify"); axe(page)

* `page`: 1440 px wide, light. `open_page(width=390, dark=True, javascript=False)` opens further ones.
* `sign_in(page, person)`: the person's session, without walking through the form.
* `axe(page)`: no violation of WCAG 2.2 A and AA.
* A test fails on any error in the console (a broken content security policy shows there), on an uncaught exception in
  a script, and on a request that leaves this machine. A test that provokes an error says so beforehand:
  `console.allow("status of 409")`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HEIGHT_OF = {390: 844, 1440: 900}


def chromium_path() -> str:
    """Where Chromium is. Raises pytest.fail, not skip: a suite that saw no browser has not passed."""
    if named := os.environ.get("ASSAYMARK_CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("No Chromium was found. `make test` installs it; or name one in ASSAYMARK_CHROMIUM.")


class Console:
    """What the pages of one test said that they should not have said."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """Errors matching this regular expression are what the test is about."""
        self.allowed.append(pattern)

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {"127.0.0.1", "localhost"}:
            self.errors.append(f"request to another machine: {request.url}")

    def unexpected(self) -> list[str]:
        """The errors that no pattern allows."""
        return [error for error in self.errors if not any(re.search(p, error) for p in self.allowed)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    # Playwright's synchronous interface keeps an event loop on this thread; Django would refuse to query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def console() -> Iterator[Console]:
    """The errors seen by this test; it fails on what it did not allow."""
    console = Console()
    yield console
    assert console.unexpected() == []


@pytest.fixture
def open_page(browser: Browser, console: Console, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own: `open_page(width=1440, dark=False, javascript=True)`."""
    contexts = []

    def open_one(*, width: int = 1440, dark: bool = False, javascript: bool = True) -> Page:
        phone = width < 600
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT_OF.get(width, 900)},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            has_touch=phone,
            is_mobile=phone,
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        console.watch(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A desktop page in light colours."""
    return open_page()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    """`sign_in(page, person)` gives the page's context a session of that person."""

    def give_session(page: Page, person: Any) -> None:
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return give_session


def describe(violation: dict[str, Any]) -> str:
    """One violation as a line a developer can act on."""
    places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
    return f"[{violation['impact']}] {violation['id']}: {violation['help']} at {places}"


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails with the list of WCAG 2.2 A and AA violations of the page as it stands."""

    def check(page: Page) -> None:
        page.wait_for_load_state()  # after a click the next page's style sheets may still be on their way
        results = Axe().run(page, options={"runOnly": WCAG_TAGS, "resultTypes": ["violations"]})
        assert [describe(violation) for violation in results.response["violations"]] == []

    return check
