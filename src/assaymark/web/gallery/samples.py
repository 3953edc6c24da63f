"""Sample values for the gallery: invented, fixed, never stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.safestring import SafeString

from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Refusal
from assaymark.web import drawing, signs


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="One line that a colleague understands in a year.")
    story = forms.CharField(
        label="What happened", widget=forms.Textarea, required=False, help_text="Facts, not causes (10.2.1 a)."
    )
    grade = forms.ChoiceField(choices=[("minor", "Minor"), ("major", "Major")])
    due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
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
        "section": "home",
        "rail_counts": {"home": 4},
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
        "drawings": drawings(today=today),
    }


def drawings(*, today: date) -> list[tuple[str, SafeString]]:
    """One of each drawing, with its name."""
    return [*_measured(today), *_counted(), *_over_time(today)]


def _measured(today: date) -> list[tuple[str, SafeString]]:
    values = (7, 6, 4, 3, 8, 9, 8.4, 10, 9, 8.2, 9.6, 9, 9.3, 8.5, 8.8, 9.7, 8.9)
    start = today - timedelta(days=30 * len(values))
    points = [
        drawing.Point(start + timedelta(days=30 * i), v, broke="below the lower limit" if v < 5 else "")
        for i, v in enumerate(values)
    ]
    event = (points[4].at, "action")
    levels = {"upper": 11, "lower": 5, "centre": 8.2, "target": 9}
    return [
        ("Trend", drawing.trend(points, title="Delivered on time", unit="%", events=[event], **levels)),
        ("Sparkline", drawing.sparkline(values, title="Complaints")),
    ]


def _counted() -> list[tuple[str, SafeString]]:
    causes: dict[str, list[drawing.Cause]] = {
        "Machine": [],
        "Material": [],
        "Method": [drawing.Cause("no lot hold before check")],
        "People": [drawing.Cause("new shift")],
        "Measurement": [drawing.Cause("M-07 worn anvil", root=True), drawing.Cause("interval by calendar")],
        "Environment": [],
    }
    frequent = [("Measurement", 12.0), ("Method", 7.0), ("Material", 3.0), ("People", 2.0)]
    looked = {
        ("Turning", "8.5"): "done",
        ("Turning", "7.2"): "found",
        ("Purchasing", "8.4"): "planned",
        ("Stores", "8.5"): "missing",
    }
    places, clauses = ["Turning", "Purchasing", "Stores"], ["4.4", "7.2", "8.4", "8.5", "9.1"]
    risks = {(2, 3): 4, (5, 4): 1, (1, 1): 7, (3, 3): 2}
    return [
        ("Risk matrix", drawing.risk_matrix(risks, link=lambda likelihood, impact: "#page")),
        ("Fishbone", drawing.fishbone("Undersize", causes)),
        ("Pareto", drawing.pareto(frequent, title="Causes")),
        ("Bars", drawing.bars(frequent, title="Causes", tones=["bad", "attention"])),
        ("Coverage", drawing.coverage(places, clauses, looked, title="Coverage of this cycle")),
    ]


def _over_time(today: date) -> list[tuple[str, SafeString]]:
    planned = (("Stage 1", -300, "good"), ("Stage 2", -260, "good"), ("Surveillance 1", 60, "accent"))
    rows = [
        drawing.Row(name, (drawing.Span(today + timedelta(days=d), today + timedelta(days=d + 14), tone, "audit"),))
        for name, d, tone in planned
    ]
    begin, end = today - timedelta(days=365), today + timedelta(days=730)
    return [
        ("Programme", drawing.gantt(rows, title="Programme", start=begin, end=end, today=today)),
        ("Status line", _life_of_a_certificate()),
    ]


def _life_of_a_certificate() -> SafeString:
    life = [
        drawing.Span(date(2019, 1, 15), date(2022, 3, 2), "good"),
        drawing.Span(date(2022, 3, 3), date(2022, 8, 9), "attention", "suspended 3 Mar – 9 Aug 2022"),
        drawing.Span(date(2022, 8, 10), date(2026, 11, 23), "good"),
    ]
    marks = [(date(2019, 1, 15), "granted"), (date(2025, 1, 15), "renewed"), (date(2028, 1, 14), "")]
    begin, end, today = date(2018, 6, 1), date(2028, 1, 14), date(2026, 11, 23)
    return drawing.status_line(life, title="Status by day", start=begin, end=end, today=today, marks=marks)


def public_context() -> dict[str, Any]:
    """What the sample of a certificate's page shows."""
    return {"moment": datetime(2026, 11, 23, 9, 41, tzinfo=UTC), "status_line": _life_of_a_certificate()}
