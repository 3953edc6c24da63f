"""The office at its desk and the client on a phone: decide, issue, apply; readable for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assaymark.core.assessment import State
from assaymark.core.competence import RelationKind
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Decision
from assaymark.records.attestations import queries as attestations
from assaymark.records.parties.models import Person
from assaymark.records.scope import organisation_scope
from tests.audit_cast import Cast, cast, planned_certification, walk_to


@pytest.fixture
def everybody(transactional_db: None) -> Cast:
    """Halden and Northfield."""
    return cast()


def address(name: str, *args: object, slug: str = "northfield") -> str:
    return reverse(f"assessments:{name}", args=[slug, *args])


def no_wider_than_the_screen(page: Any) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_decision_is_taken_and_issued_as_a_certificate(
    live_server: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe: Callable[..., None],
    everybody: Cast,
    width: int,
    dark: bool,
) -> None:
    now = timezone.now()
    walk_to(planned_certification(everybody, at=now), State.REVIEWED, everybody, at=now)
    page = open_page(width=width, dark=dark)
    sign_in(page, Person.objects.get(pk=everybody.decider.person_id))
    page.goto(live_server.url + address("decisions"))
    axe(page)
    page.get_by_role("link", name="Initial certification").click()
    axe(page)
    assert no_wider_than_the_screen(page)
    page.get_by_label("Reasons").fill("All requirements are met.")
    page.get_by_role("button", name="Grant the certificate").click()
    page.get_by_role("heading", name="Grant: Halden Precision Ltd").wait_for()
    axe(page)
    with organisation_scope(everybody.northfield.pk):
        decision = Decision.objects.get()

    desk = open_page(width=width, dark=dark)
    sign_in(desk, Person.objects.get(pk=everybody.office.person_id))
    desk.goto(live_server.url + address("attest", decision.pk))
    axe(desk)
    assert no_wider_than_the_screen(desk)
    desk.get_by_role("button", name="Check the scope").click()
    desk.get_by_text("Your body holds no accreditation").wait_for()
    desk.get_by_role("button", name="Issue the certificate").click()
    desk.get_by_text("The decision has been carried out.").wait_for()
    with organisation_scope(everybody.halden.pk):
        assert [row.statement for row in attestations.attestations()] == ["Precision turning and grinding of shafts"]


@pytest.mark.browser
def test_what_stands_in_the_way_is_said_above_the_button_on_a_phone_too(
    live_server: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe: Callable[..., None],
    everybody: Cast,
) -> None:
    now = timezone.now()
    audit = walk_to(planned_certification(everybody, at=now), State.REVIEWED, everybody, at=now)
    actions.record_relation(
        client_id=everybody.halden.pk,
        kind=RelationKind.CONSULTANCY,
        person_id=everybody.decider.person_id,
        by=everybody.office,
        at=now,
    )
    page = open_page(width=390)
    sign_in(page, Person.objects.get(pk=everybody.decider.person_id))
    page.goto(live_server.url + address("decide", audit.pk))
    said = page.get_by_text("D. Ecider worked for this client").bounding_box()
    button = page.get_by_role("button", name="Grant the certificate")
    placed = button.bounding_box()
    assert said is not None and placed is not None
    assert 0 < placed["y"] - said["y"] < 300
    assert button.is_disabled()
    axe(page)


@pytest.mark.browser
def test_pages_of_the_office_are_readable_for_everybody(
    live_server: Any,
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe: Callable[..., None],
    everybody: Cast,
) -> None:
    audit = planned_certification(everybody, at=timezone.now())
    page = open_page(width=390)
    sign_in(page, Person.objects.get(pk=everybody.office.person_id))
    pages = [
        address("applications") + "?view=all",
        address("application", audit.application_id),
        address("enter-application"),
        address("clients"),
        address("client", everybody.halden.pk),
        address("dates", audit.pk),
        address("competence"),
        address("impartiality"),
    ]
    for one in pages:
        page.goto(live_server.url + one)
        axe(page)
        assert no_wider_than_the_screen(page), one
