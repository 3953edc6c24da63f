"""The auditor walks through the plant with a phone: judge, note, raise; the page never reloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from assaymark.records.assessments.models import Assessment
from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties.models import Person
from assaymark.records.scope import organisation_scope
from tests.audit_cast import Cast, cast, internal_audit, start_internal_audit


@pytest.fixture(name="cast")
def everybody(transactional_db: None) -> Cast:
    return cast()


def judged(audit: Assessment) -> list[tuple[str, str]]:
    with organisation_scope(audit.organisation_id):
        return list(audit.lines.exclude(judgement="").order_by("position").values_list("judgement", "note"))


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_a_line_is_judged_and_a_nonconformity_raised_with_one_thumb(
    live_server: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe: Callable[..., None],
    cast: Cast,
    dark: bool,
) -> None:
    audit = start_internal_audit(cast)
    page = open_page(width=390, dark=dark)
    sign_in(page, Person.objects.get(pk=cast.brandt.person_id))
    page.goto(live_server.url + reverse("assessments:checklist", args=["halden", audit.pk]))
    axe(page)
    first, second = page.locator("article").nth(0), page.locator("article").nth(1)
    first.get_by_placeholder("What you saw").fill("Seen at M-07.")
    first.get_by_role("button", name="Conforms").click()
    first.get_by_text("Save the note").wait_for()
    assert judged(audit) == [("conform", "Seen at M-07.")]
    second.get_by_placeholder("What you saw").fill("Lot 2291 left unchecked.")
    second.get_by_role("button", name="Raise a major").click()
    second.get_by_role("link", name="NC-0001").wait_for()
    assert [judgement for judgement, _ in judged(audit)] == ["conform", "nonconform"]
    with organisation_scope(cast.halden.pk):
        assert Nonconformity.objects.get().happened == "Lot 2291 left unchecked."
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    axe(page)


@pytest.mark.browser
def test_the_audit_shows_its_refusals_beside_the_button_without_scripts(
    live_server: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe: Callable[..., None],
    cast: Cast,
) -> None:
    audit = internal_audit(cast, leader=cast.osei)
    page = open_page(javascript=False)
    sign_in(page, Person.objects.get(pk=cast.novak.person_id))
    page.goto(live_server.url + reverse("assessments:record", args=["halden", audit.pk]))
    assert page.get_by_role("button", name="Send the plan").is_disabled()
    assert page.get_by_text("J. Osei answers for Turning").is_visible()
