"""Tags and filters that every template may use."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch

from assaymark.core.parties import Actor, Role
from assaymark.web.templatetags import assaymark as tags

ACTOR = Actor(UUID(int=1), "Pia Novak", UUID(int=2), "halden", "Halden Precision", frozenset({Role.VIEWER}))


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


class TestAnIcon:
    def test_is_inline_and_hidden_from_assistive_technology(self) -> None:
        html = drawn('{% icon "home" %}')

        assert html.startswith("<svg")
        assert 'aria-hidden="true"' in html
        assert 'stroke="none"' not in html

    def test_that_did_not_ship_is_a_point_and_no_fault_of_the_page(self) -> None:
        assert drawn('{% icon "no-such-icon" %}') == drawn('{% icon "point" %}')

    @pytest.mark.parametrize("name", ["../../../pyproject", "home.svg", "a/b", ""])
    def test_never_reads_beside_its_folder(self, name: str) -> None:
        assert drawn("{% icon name %}", name=name) == drawn('{% icon "point" %}')

    def test_takes_a_class_and_escapes_it(self) -> None:
        assert 'class="icon ink-bad"' in drawn('{% icon "home" "ink-bad" %}')
        assert '"x"' not in drawn("{% icon 'home' css %}", css='"x"')


class TestAnAddress:
    def test_has_the_organisation_in_front(self) -> None:
        assert drawn('{% o "home" %}', actor=ACTOR) == "/o/halden/"

    def test_of_a_page_that_is_not_there_is_a_fault(self) -> None:
        with pytest.raises(NoReverseMatch):
            drawn('{% o "no-such-page" %}', actor=ACTOR)

    def test_of_a_page_that_is_not_there_yet_is_empty_when_asked_so(self) -> None:
        assert drawn('{% o_if "no-such-page" as a %}[{{ a }}]', actor=ACTOR) == "[]"
        assert drawn('{% url_if "no-such-page" as a %}[{{ a }}]') == "[]"

    def test_is_empty_when_nobody_acts(self) -> None:
        assert drawn('{% o_if "home" as a %}[{{ a }}]', actor=None) == "[]"


class TestFilters:
    def test_a_moment_names_its_time_zone(self) -> None:
        assert drawn("{{ m|moment }}", m=datetime(2026, 11, 23, 9, 41, tzinfo=UTC)) == "23 Nov 2026, 09:41 UTC"

    @pytest.mark.parametrize("name", ["day", "moment", "ago", "due", "urgency"])
    def test_of_nothing_are_empty(self, name: str) -> None:
        assert drawn("{{ nothing|" + name + " }}", nothing=None) == ""

    @pytest.mark.parametrize(
        ("name", "letters"), [("Pia Novak", "PN"), ("Ana Maria de Souza", "AS"), ("pia@example.org", "PE"), ("", "?")]
    )
    def test_initials(self, name: str, letters: str) -> None:
        assert tags.initials(name) == letters

    @pytest.mark.parametrize(("part", "whole", "share"), [(3, 12, 25), (0, 12, 0), (3, 0, 0), (None, None, 0)])
    def test_a_share_of_nothing_is_nothing(self, part: int | None, whole: int | None, share: int) -> None:
        assert tags.percent_of(part, whole) == share
