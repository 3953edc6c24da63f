"""A list of suppliers checked in a browser: handed in, answered, taken away; on a desk and on a phone."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.cache import cache, caches
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from assaymark.cli.main import main
from assaymark.core.programme import DecisionKind
from assaymark.records.register import own
from tests.certification_cast import NUMBER, Certified, certified
from tests.plugins.browser import Console

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [(1440, False), (1440, True), (390, False), (390, True)]
ROWS = [
    {"number": "J-100", "holder": "Müller Präzision GmbH", "standard": "ISO 9001:2015", "status": "suspended",
     "body": "Rhein Cert", "country": "DE", "expires": "2029-01-31"},
]  # fmt: skip
LIST = (
    "Supplier,Certificate number,Standard\n"
    f"Halden Precision Ltd,{NUMBER},ISO 9001\n"
    "Müller Präzision GmbH,J-100,\n"
    "Muler Prazision GmbH,,\n"
    "Nobody Ltd,XX-1,\n"
)


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Certified:
    """Halden certified here; Müller suspended in a register that was read."""
    cache.clear()
    caches["pages"].clear()
    world = certified(began=timezone.now() - dt.timedelta(days=60))
    own.refresh(at=timezone.now())
    (tmp_path / "s.json").write_text(json.dumps(ROWS))
    options = ["--as-of", "2026-01-10", "--source", "rhein", "--name", "Rhein register"]
    assert CliRunner().invoke(main, ["register", "import", str(tmp_path / "s.json"), *options]).exit_code == 0
    return world


def shoot(page: Page, name: str) -> None:
    """Keep a picture, when somebody asked for pictures."""
    if folder := os.environ.get("ASSAYMARK_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def hand_in(page: Page, server: str, text: str = LIST) -> None:
    page.goto(f"{server}/verify/list/")
    page.set_input_files("input[type=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Check the list").click()


@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_answers_come_worst_first_and_fit_the_screen(
    world: Certified,
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    live_server: Any,
    width: int,
    dark: bool,
) -> None:
    page, shade = open_page(width=width, dark=dark), "dark" if dark else "light"
    page.goto(f"{live_server.url}/verify/list/")
    assert fits(page)
    axe(page)
    shoot(page, f"list-{width}-{shade}")
    hand_in(page, live_server.url)
    expect(page.get_by_role("heading", name="4 rows checked")).to_be_visible()
    assert [heading.split()[0] for heading in page.locator("h2").all_inner_texts()] == ["Stop", "Look", "Good"]
    expect(page.get_by_text("The certificate is suspended.")).to_be_visible()
    expect(page.get_by_text("Did you mean Müller Präzision GmbH?")).to_be_visible()
    expect(page.get_by_role("link", name=NUMBER)).to_be_visible()
    assert fits(page)
    axe(page)
    shoot(page, f"list-answers-{width}-{shade}")


class TestTheWorkbook:
    def test_is_taken_away_and_opens(self, world: Certified, open_page: Callable[..., Page], live_server: Any) -> None:
        page = open_page()
        hand_in(page, live_server.url)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download as XLSX").click()
        content = Path(str(waiting.value.path())).read_bytes()
        rows = list(load_workbook(io.BytesIO(content))["Answers"].iter_rows(min_row=2, values_only=True))
        assert [row[0] for row in rows] == ["Good", "Stop", "Look", "Look"]
        assert waiting.value.suggested_filename == "answers.xlsx"

    def test_says_today_what_has_changed_since_the_page(
        self, world: Certified, open_page: Callable[..., Page], live_server: Any
    ) -> None:
        page = open_page()
        hand_in(page, live_server.url)
        world.decide(DecisionKind.SUSPEND, at=timezone.now() - dt.timedelta(minutes=1))
        own.refresh(at=timezone.now())
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download as XLSX").click()
        content = Path(str(waiting.value.path())).read_bytes()
        assert load_workbook(io.BytesIO(content))["Answers"]["D2"].value == "The certificate is suspended."


def test_while_it_runs_the_button_says_so_and_sends_once(
    world: Certified, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page()
    page.goto(f"{live_server.url}/verify/list/")
    page.set_input_files("input[type=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    # The page stays where it is, as it does while the server works; what would have been sent is counted.
    page.evaluate(
        "window.sent = 0; document.addEventListener('submit', e => {"
        " window.sent += e.defaultPrevented ? 0 : 1; e.preventDefault() })"
    )
    button = page.locator("main form button[type=submit]")
    button.click()
    expect(button).to_have_text("Checking the list…")
    button.click()
    assert page.evaluate("window.sent") == 1
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    expect(button).to_have_text("Check the list")


def test_what_cannot_be_read_is_said_at_the_field(
    world: Certified, open_page: Callable[..., Page], axe: Callable[[Page], None], live_server: Any, console: Console
) -> None:
    console.allow("422")
    page = open_page(width=390)
    hand_in(page, live_server.url, "Colour\nred\n")
    expect(page.get_by_role("alert")).to_have_text(
        "No column is recognised. Give one the heading Supplier, and one Certificate number."
    )
    assert fits(page)
    axe(page)
    shoot(page, "list-not-read-390-light")
