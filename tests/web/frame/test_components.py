"""Components say what they should to people who see and to people who do not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from assaymark.core.refusal import Refusal
from assaymark.web import signs

TEMPLATES = Path(signs.__file__).resolve().parent / "templates"
REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "components.md"


def drawn(source: str, **context: Any) -> str:
    """A template compiled as a file would be: cotton's tags become components."""
    from django_cotton.compiler_regex import CottonCompiler

    html = Template(CottonCompiler().process(source)).render(Context(context))
    return re.sub(r"\s+", " ", html)


class TestAState:
    def test_is_word_icon_and_colour(self) -> None:
        html = drawn('<c-state value="conforming" />')

        assert "tone-good" in html
        assert "<svg" in html
        assert "Conforming" in html

    def test_escapes_what_it_is_told(self) -> None:
        assert "<b>" not in drawn('<c-state value="{{ v }}" />', v="<b>x</b>")


class TestAButton:
    def test_is_a_link_when_it_leads_somewhere(self) -> None:
        assert (
            drawn('<c-button href="/x/" kind="primary">Open</c-button>').strip().startswith('<a class="btn btn-primary')
        )

    def test_that_is_not_possible_now_points_at_the_reasons(self) -> None:
        html = drawn('<c-button disabled="yes" why="to-close">Close</c-button>')

        assert " disabled" in html
        assert 'aria-describedby="to-close"' in html

    def test_with_an_address_that_is_not_possible_now_is_no_link(self) -> None:
        assert "<a" not in drawn('<c-button href="/x/" disabled="yes">Close</c-button>')

    def test_passes_other_attributes_on(self) -> None:
        assert 'name="approve"' in drawn('<c-button name="approve">Approve</c-button>')


class TestRefusals:
    REFUSALS = (
        Refusal("r1", "10.2.1 d", "The check has not been made.", "It is due on 27 Nov."),
        Refusal("r2", "5.3", "You carried out an action.", blocks=False),
    )

    def test_all_show_at_once_with_clause_and_next_step(self) -> None:
        html = drawn('<c-refusals title="To close it" :refusals="found" id="to-close" />', found=self.REFUSALS)

        for words in ("To close it", "10.2.1 d", "The check has not been made.", "It is due on 27 Nov.", "5.3"):
            assert words in html
        assert 'id="to-close"' in html

    def test_a_warning_looks_different_from_what_blocks(self) -> None:
        html = drawn('<c-refusals :refusals="found" />', found=self.REFUSALS)

        assert html.count("ink-bad") == 1
        assert html.count("ink-attention") == 1

    def test_none_draw_nothing(self) -> None:
        assert drawn('<c-refusals :refusals="found" />', found=()).strip() == ""


class TestADueDate:
    def test_that_passed_says_how_late_it_is(self) -> None:
        html = drawn('<c-due :date="d" />', d=timezone.localdate() - timedelta(days=3))

        assert "due-late" in html
        assert "3 days late" in html

    def test_of_something_done_is_only_a_date(self) -> None:
        html = drawn('<c-due :date="d" done="yes" />', d=date(2020, 1, 2))

        assert "2 Jan 2020" in html
        assert "late" not in html

    def test_that_is_not_set_draws_nothing(self) -> None:
        assert drawn('<c-due :date="d" />', d=None).strip() == ""


class TestATable:
    def test_that_scrolls_can_be_reached_and_has_a_name(self) -> None:
        html = drawn('<c-table label="Clauses"><tbody></tbody></c-table>')

        assert 'tabindex="0" role="region" aria-label="Clauses"' in html


class TestPagination:
    def page(self, number: int, address: str = "/?state=open&page=1") -> str:
        page = Paginator(range(1000), 10).page(number)
        return drawn('<c-pagination :page="p" what="findings" />', p=page, request=RequestFactory().get(address))

    def test_keeps_filters(self) -> None:
        assert 'href="?state=open&amp;page=8"' in self.page(7)

    def test_says_where_one_is(self) -> None:
        assert "61–70 of 1000 findings" in self.page(7)
        assert '<span class="here" aria-current="page">7</span>' in self.page(7)

    def test_leads_to_the_ends_and_the_neighbours_only(self) -> None:
        numbers = re.findall(r"page=(\d+)\">\d", self.page(50))

        assert numbers == ["1", "48", "49", "51", "52", "100"]

    def test_of_a_single_page_draws_nothing(self) -> None:
        page = Paginator(range(3), 10).page(1)

        assert drawn('<c-pagination :page="p" />', p=page, request=RequestFactory().get("/")).strip() == ""


class Story(forms.Form):
    title = forms.CharField(help_text="One line.")
    story = forms.CharField(widget=forms.Textarea, required=False)
    told = forms.BooleanField(required=False)
    grade = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


class TestAForm:
    def test_has_labels_above_and_help_that_the_field_points_to(self) -> None:
        html = drawn("{{ form }}", form=Story())

        assert '<label for="id_title">Title</label>' in html
        assert 'id="id_title_helptext">One line.' in html
        assert 'aria-describedby="id_title_helptext"' in html

    def test_marks_what_is_optional_not_what_is_needed(self) -> None:
        html = drawn("{{ form }}", form=Story())

        assert 'for="id_story">Story <span class="optional">(optional)</span>' in html
        assert html.count("(optional)") == 1

    def test_shows_errors_beside_the_field_and_listed_on_top(self) -> None:
        html = drawn("{{ form }}", form=Story({"title": "", "grade": "a"}))

        assert "One thing needs a change" in html
        assert '<a href="#id_title">Title</a>: This field is required.' in html
        assert 'id="id_title_error"' in html
        assert 'aria-invalid="true"' in html
        assert "is-invalid" in html

    def test_keeps_what_was_typed(self) -> None:
        assert "half a story" in drawn("{{ form }}", form=Story({"story": "half a story"}))

    def test_draws_the_same_through_its_component(self) -> None:
        request = RequestFactory().get("/")
        html = drawn('<c-form :form="f" submit="Raise it" cancel="/x/" draft="k" />', f=Story(), request=request)

        assert 'data-draft="k"' in html
        assert "Raise it" in html
        assert 'href="/x/"' in html
        assert html.count('name="title"') == 1
        assert html.count('name="secret"') == 1

    def test_takes_a_layout_of_its_own(self) -> None:
        html = drawn('<c-form :form="f"><c-field :field="f.title" /></c-form>', f=Story())

        assert 'name="title"' in html
        assert 'name="story"' not in html


class TestAConfirmation:
    def test_wakes_its_button_only_for_the_name_of_what_is_lost(self) -> None:
        html = drawn('<c-confirm id="x" title="Delete?" action="/d/" name="NC-0042">Five comments.</c-confirm>')

        assert 'data-confirm-name="NC-0042"' in html
        assert "disabled data-confirmed" in html
        assert "Five comments." in html


class TestTheReference:
    def test_names_every_component_and_no_other(self) -> None:
        shipped = {path.stem for path in (TEMPLATES / "components").glob("*.html")}
        named = set(re.findall(r"<c-([a-z]+)", REFERENCE.read_text()))

        assert named == shipped

    @pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES)))
    def test_no_template_carries_a_style_or_a_handler_which_the_security_policy_would_stop(
        self, template: Path
    ) -> None:
        source = template.read_text()

        assert not re.search(r"\sstyle=|<style|\son[a-z]+=[\"']|javascript:", source)
