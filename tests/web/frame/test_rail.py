"""Who sees which rail."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from assaymark.core.parties import Actor, Role
from assaymark.records.scope import current_scope
from assaymark.web import frame

pytestmark = pytest.mark.urls(__name__)


def view(request: HttpRequest, **captured: str) -> HttpResponse:
    return HttpResponse("")


def _pages(name: str, *routes: tuple[str, str]) -> object:
    return include(([path(route, view, name=called) for route, called in routes], name))


urlpatterns = [
    path("o/<slug:organisation>/", view, name="home"),
    path("o/<slug:organisation>/work/", _pages("work", ("", "mine"))),
    path("o/<slug:organisation>/r/", _pages("registers", ("<slug:register>/", "list"))),
    path("o/<slug:organisation>/findings/", _pages("findings", ("", "list"), ("raise/", "raise"))),
    path("o/<slug:organisation>/documents/", _pages("documents", ("", "list"))),
    path("o/<slug:organisation>/audits/", _pages("assessments", ("", "list"), ("decisions/", "decisions"))),
]


def actor(*roles: Role) -> Actor:
    return Actor(UUID(int=1), "Pia Novak", UUID(int=2), "halden", "Halden Precision", frozenset(roles))


def names(rail: frame.Rail) -> list[str]:
    return [link.name for link in rail.links]


class TestTheRail:
    def test_follows_the_order_of_the_standard(self) -> None:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path="/o/halden/")

        assert names(rail)[:7] == ["Home", "Context", "Leadership", "Planning", "Support", "Operation", "Improvement"]

    def test_leaves_out_what_has_no_page_yet(self) -> None:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path="/o/halden/")

        assert "Journal" not in names(rail)
        assert "Evaluation" not in names(rail)

    def test_puts_documents_and_audits_into_a_group_of_their_own(self) -> None:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path="/o/halden/")

        assert [title for title, _ in rail.groups] == ["", "Everywhere"]
        assert [link.name for link in rail.groups[1][1]] == ["My work", "Documents", "Audits"]

    def test_of_a_certification_body_is_about_its_own_work(self) -> None:
        rail = frame.rail_for(actor=actor(Role.CERTIFICATION_OFFICE), path="/o/halden/")

        assert [link.name for link in rail.groups[0][1]] == ["Home", "Audits", "Decisions"]
        assert "Leadership" not in names(rail)

    def test_of_a_contributor_is_short(self) -> None:
        rail = frame.rail_for(actor=actor(Role.CONTRIBUTOR), path="/o/halden/")

        assert names(rail) == ["Home", "My work", "Report a problem", "Documents"]

    def test_of_a_viewer_offers_nothing_that_would_be_refused(self) -> None:
        rail = frame.rail_for(actor=actor(Role.VIEWER), path="/o/halden/")

        assert "Report" not in [link.name for link in rail.bar]

    def test_leads_into_the_organisation_the_actor_acts_in(self) -> None:
        rail = frame.rail_for(actor=actor(Role.VIEWER), path="/o/halden/")

        assert all(link.address.startswith("/o/halden/") for link in rail.links)

    def test_of_the_phone_has_room_for_four_and_more(self) -> None:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path="/o/halden/")

        assert [link.name for link in rail.bar] == ["Home", "My work", "Report", "Audits"]


class TestThePalettesDoings:
    def test_are_what_the_person_may_do_and_what_has_a_page(self) -> None:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path="/o/halden/")

        assert [link.name for link in rail.doings] == ["Report a problem"]

    def test_are_none_for_someone_who_only_reads(self) -> None:
        assert frame.rail_for(actor=actor(Role.VIEWER), path="/o/halden/").doings == ()


class TestTheMarkedEntry:
    def active(self, path: str, section: str = "") -> list[str]:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path=path, section=section)
        return [link.key for link in rail.links if link.active]

    def test_is_the_one_whose_address_begins_the_pages(self) -> None:
        assert self.active("/o/halden/findings/0042/") == ["improvement"]

    def test_is_home_only_on_home_and_where_nothing_else_fits(self) -> None:
        assert self.active("/o/halden/") == ["home"]

    def test_is_what_the_page_says_when_it_says_so(self) -> None:
        assert self.active("/o/halden/r/somewhere/", section="planning") == ["planning"]


class TestCounts:
    @pytest.fixture(autouse=True)
    def no_other_providers(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(frame, "_providers", [])
        yield

    def test_of_several_providers_are_added_up(self) -> None:
        frame.provide_counts(lambda _: {"improvement": 4, "work": 1})
        frame.provide_counts(lambda _: {"work": 2})

        assert frame.counts_for(actor(Role.VIEWER)) == {"improvement": 4, "work": 3}

    def test_a_provider_registered_twice_counts_once(self) -> None:
        def provider(_: Actor) -> dict[str, int]:
            return {"work": 2}

        frame.provide_counts(provider)
        frame.provide_counts(provider)

        assert frame.counts_for(actor(Role.VIEWER)) == {"work": 2}

    def test_are_counted_inside_the_organisations_scope(self) -> None:
        seen: list[UUID | None] = []

        def provider(_: Actor) -> dict[str, int]:
            scope = current_scope()
            seen.append(scope.organisation_id if scope else None)
            return {}

        frame.provide_counts(provider)
        frame.counts_for(actor(Role.VIEWER))

        assert seen == [UUID(int=2)]

    def test_stand_beside_their_entry(self) -> None:
        rail = frame.rail_for(actor=actor(Role.QUALITY_MANAGER), path="/o/halden/", counts={"improvement": 4})

        assert {link.key: link.count for link in rail.links if link.count} == {"improvement": 4}
