"""The pages that people look at most, on desk and phone, light and dark, with the demo world behind them.

Each one: answers, says nothing in the console, fetches nothing from elsewhere, has no violation of WCAG 2.2 A and AA
that axe can see, and is not wider than the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE, Desk, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANAGER, WORKER = "p.novak@halden.example", "j.osei@halden.example"
AUDITOR, MARSH = "a.brandt@halden.example", "g.marsh@northfield.example"


@dataclass(frozen=True)
class Place:
    """A page: where one starts, who looks (empty: a stranger), and the links followed from there, by their words."""

    name: str
    path: str
    who: str = ""
    follow: tuple[str, ...] = field(default=())
    says: str = ""


PLACES = [
    Place("clause-matrix", "/o/halden/", MANAGER, says="10.2"),
    Place("register-list", "/o/halden/r/risks/", MANAGER, says="Risks"),
    Place("register-record", "/o/halden/r/measuring-equipment/", MANAGER, ("icrometer|auge|aliper",)),
    Place("document", "/o/halden/documents/?show=in-review", MANAGER, ("Measuring equipment",)),
    Place("document-comparison", "/o/halden/documents/?show=in-review", MANAGER, ("Measuring equipment", "Compare")),
    Place("audit-checklist", "/o/halden/audits/", AUDITOR, ("Stores and dispatch", "Checklist"), "4 of 9 judged"),
    Place("decision-refused", "/o/northfield/", MARSH, ("Thornbury Springs", "Decide"), "cannot decide"),
    Place("findings", "/o/halden/findings/", MANAGER, says="NC-0043"),
    Place("finding", "/o/halden/findings/", MANAGER, ("Grinding wheel",), "You carried out an action"),
    Place("my-work", "/o/halden/work/", WORKER),
    Place("journal", "/o/halden/journal/", MANAGER),
    Place("first-page", "/", says="Number on the certificate"),
    Place("certificate-in-force", "/c/northfield/NC-26-00417/", says="Halden Precision Ltd"),
    Place("certificate-suspended", "/c/northfield/NC-25-00376/", says="Brandt Coatings Ltd"),
    Place("certificate-out-of-scope", "/c/northfield/NC-26-00398/", says="Castell Packaging Group"),
    Place("certificate-unaccredited", "/c/crestline/CC-10093/", says="Openfield Software"),
    Place("verify", "/verify/"),
    Place("learn", "/learn/", says="certified"),
]
LOOKS = [
    pytest.param(1440, False, id="desk-light"),
    pytest.param(1440, True, id="desk-dark"),
    pytest.param(390, False, id="phone-light"),
    pytest.param(390, True, id="phone-dark"),
]


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """Cookies of who signed in through the form already."""
    return {}


@pytest.fixture
def desk(office: Office, sessions: dict[str, Any], open_page: Callable[..., Page]) -> Callable[..., Desk]:
    """A desk of this person (nobody: a stranger) with a screen of this kind."""

    def sit_down(who: str, *, width: int, dark: bool) -> Desk:
        page = open_page(width=width, dark=dark)
        page.set_default_timeout(PATIENCE)
        if who:
            if who not in sessions:
                sessions[who] = office.desk_of(who).page.context.cookies()
            page.context.add_cookies(sessions[who])
        return Desk(page, office.server, who.partition("@")[2].removesuffix(".example"))

    return sit_down


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the right edge of the screen, when the page as a whole does."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll("body *")]
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
                .map(one => one.tagName.toLowerCase() + "." + one.className).slice(0, 8)"""
    )
    return found


@pytest.mark.parametrize(("width", "dark"), LOOKS)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_readable_for_everybody(
    desk: Callable[..., Desk], axe: Callable[[Page], None], place: Place, width: int, dark: bool
) -> None:
    at = desk(place.who, width=width, dark=dark).opens(place.path)
    for words in place.follow:
        at.follows(re.compile(words))
    assert place.says in at.reads()
    at.shoot(f"{place.name}-{width}-{'dark' if dark else 'light'}")
    axe(at.page)
    assert too_wide(at.page) == []
