"""Two revisions side by side, as somebody reads them who has to approve the newer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from assaymark.records.parties.models import Person
from tests.document_cast import AT, DAY, Cast, approved, assemble, revised

OLD = "# Inspection\n\nLook at every part.\n\nWrite it down.\n"
NEW = "# Inspection\n\nMeasure every part.\n\nWrite it down.\n\nSign the record.\n"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_what_changed_is_marked_in_words_and_not_by_colour_alone(
    live_server: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe: Callable[..., None],
    cast: Cast,
    width: int,
    dark: bool,
) -> None:
    first = approved(cast, text=OLD)
    revised(cast, first, text=NEW, at=AT + DAY)
    page = open_page(width=width, dark=dark)
    sign_in(page, Person.objects.get(pk=cast.marta.person_id))
    page.goto(live_server.url + reverse("documents:record", args=["halden", first.document_id]))
    page.get_by_role("link", name="Compare 1.0 with 1.1").click()
    page.get_by_text("1 line out, 3 lines in.").wait_for()
    for words in ("Look", "Measure", "Sign the record."):
        assert page.get_by_text(words).first.is_visible()
    axe(page)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.get_by_label("as", exact=True).select_option(label="One column")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**as=unified**")
    assert page.get_by_text("Sign the record.").first.is_visible()
    axe(page)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
