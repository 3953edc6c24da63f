"""Sample values for the gallery: invented, fixed, never stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Refusal
from assaymark.web import signs


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="One line that a colleague understands in a year.")
    story = forms.CharField(
        label="What happened", widget=forms.Textarea, required=False, help_text="Facts, not causes (10.2.1 a)."
    )
    grade = forms.ChoiceField(choices=[("minor", "Minor"), ("major", "Major")])
    due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.ChoiceField(
        label="Where it was found",
        choices=[("audit", "Audit"), ("customer", "Customer"), ("work", "At work")],
        widget=forms.RadioSelect,
    )
    told = forms.BooleanField(label="The customer was told", required=False, help_text="When parts had left the house.")
    photo = forms.FileField(required=False)


REFUSALS = (
    Refusal(
        "closing-check", "10.2.1 d", "The effectiveness check has not been made.", "It is due on 27 Nov, by P. Novak."
    ),
    Refusal("own-criterion", "own criterion", "Three lots are missing to the criterion of 20."),
    Refusal("independence", "5.3", "You carried out an action; someone else must close.", blocks=False),
)


def context(*, form: forms.Form) -> dict[str, Any]:
    """Everything that the gallery's template shows."""
    today = timezone.localdate()
    actor = Actor(
        person_id=UUID(int=1),
        name="P. Novak",
        organisation_id=UUID(int=2),
        organisation_slug="gallery",
        organisation_name="Halden Precision",
        roles=frozenset({Role.ADMINISTRATOR}),
    )
    return {
        "actor": actor,
        "workplaces": [SimpleNamespace(slug="gallery", name="Halden Precision")],
        "section": "improvement",
        "states": signs.states(),
        "refusals": REFUSALS,
        "form": form,
        "page_obj": Paginator(range(1234), 50).page(7),
        "today": today,
        "yesterday": today - timedelta(days=1),
        "later": today + timedelta(days=40),
        "moment": datetime(2026, 11, 23, 9, 41, tzinfo=UTC),
        "entries": [
            SimpleNamespace(words="Action 2 done", at=datetime(2026, 11, 12, 8, tzinfo=UTC), by="A. Brandt"),
            SimpleNamespace(words="Raised", at=datetime(2026, 10, 2, 14, tzinfo=UTC), by="J. Osei"),
        ],
        "comments": [
            SimpleNamespace(
                author="Jo Osei", text="The anvil is worn; see the photo.", at=datetime(2026, 10, 3, tzinfo=UTC)
            )
        ],
        "due": date(2026, 11, 27),
    }
