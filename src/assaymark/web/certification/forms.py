"""What an application, its review, a plan's days, competence and ties ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from assaymark import catalogue
from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.rules import Kind
from assaymark.records.assessments.actions import ApplicationContent, StagePlan
from assaymark.records.assessments.queries import KINDS
from assaymark.records.parties.queries import organisation_by_slug
from assaymark.web.assessments.forms import people, stage_words
from assaymark.web.certification.codes import CodesField, SectorsField, area, date_field

THIRD_PARTY: dict[str, Kind] = {key: kind for key, kind in KINDS.items() if kind.party == "third"}
STAGE_ROWS = 5


def standards_of(kind: Kind) -> list[tuple[str, str]]:
    """The editions that this kind assesses against, the usual one first."""
    return [(key, catalogue.edition(key).name) for key in kind.criteria]


class ApplicationForm(forms.Form):
    """What the client asks for, and what the body has to know to answer (ISO/IEC 17021-1:2015, 9.1.1)."""

    standard = forms.ChoiceField(label="Against which standard")
    scope = area("Scope", "What you do, as it is to stand in public.", rows=2)
    sectors = SectorsField(label="Sectors", help_text="Codes of IAF ID 1, such as 17 for basic metals.")
    languages = CodesField(
        label="Languages", help_text="In which the assessment can be held.", pattern="[a-z]{2}", example="en, de"
    )
    sites = area("Sites", "One a line: name, address.", rows=3)
    processes = area("Processes", "What is done, and what is bought in from outside.", rows=2)
    personnel = forms.IntegerField(label="People", min_value=1, max_value=10_000_000, required=False)
    consultancy = area(
        "Consultancy",
        "Who advised you in the last two years, or “none”: it decides who may come.",
        rows=2,
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["standard"].choices = standards_of(kind)  # type: ignore[attr-defined]

    @property
    def content(self) -> ApplicationContent:
        """The application as the records take it."""
        asked = {name: self.cleaned_data[name] for name in ApplicationForm.base_fields}
        return ApplicationContent(kind=self.kind.key, **asked)


class ToBodyForm(ApplicationForm):
    """An application of one's own organisation to a body of this installation."""

    body = forms.ChoiceField(label="To whom", widget=forms.RadioSelect, required=False)
    other = forms.CharField(
        label="Or the short name of another body",
        max_length=60,
        required=False,
        help_text="Of one that is not in the register yet. It tells you its short name.",
    )

    def __init__(self, *args: Any, bodies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]
        self.order_fields(["body", "other"])

    def clean(self) -> dict[str, Any]:
        """One of the two says to whom."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("other"):
            found = organisation_by_slug(data["other"].strip())
            data["body"] = str(found.pk) if found else ""
            if found is None:
                self.add_error("other", "There is no organisation with this short name here.")
        elif not data.get("body") and "body" not in self.errors:
            self.add_error("body", "Choose a body, or write its short name.")
        return data


class FromClientForm(ApplicationForm):
    """An application that reached the body's office on another way."""

    client = forms.CharField(
        label="Short name of the organisation", max_length=60, help_text="As in its addresses here: /o/short-name/."
    )
    field_order = ("client",)


class VerdictForm(forms.Form):
    """The review of an application (9.1.2)."""

    verdict = area("Why", "Competence, time, sites, language, impartiality: what the answer rests on.", required=True)


class StageForm(forms.Form):
    """The days of one stage."""

    kind = forms.ChoiceField(label="Stage", required=False)
    starts = date_field("First day", required=False)
    ends = date_field("Last day", required=False)
    days = forms.DecimalField(label="Audit days", min_value=0, max_digits=5, decimal_places=2, required=False)
    on_site = forms.BooleanField(label="On site", required=False, initial=True)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "None"), *stage_words(kind)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A stage that is named has its days, in order."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("kind"):
            return data
        if not data.get("starts") and "starts" not in self.errors:
            self.add_error("starts", "The first day is missing.")
        elif data.get("ends") and data["ends"] < data["starts"]:
            self.add_error("ends", "The last day lies before the first.")
        return data

    @property
    def plan(self) -> StagePlan | None:
        """The stage, when one is named."""
        data = self.cleaned_data
        if not data.get("kind"):
            return None
        ends: date = data["ends"] or data["starts"]
        return StagePlan(data["kind"], data["starts"], ends, data["days"], data["on_site"])


class CompetenceForm(forms.Form):
    """What somebody was evaluated to be able to do (7.1 and 7.2)."""

    person = forms.ChoiceField(label="Person")
    standard = forms.ChoiceField(label="For which standard")
    role = forms.ChoiceField(label="As", choices=[(r.value, r.value.capitalize()) for r in TeamRole], initial="auditor")
    sectors = SectorsField(label="Sectors", help_text="Codes of IAF ID 1.")
    languages = CodesField(label="Languages", pattern="[a-z]{2}", example="en, de")
    since = date_field("From")
    until = date_field("Until", "Empty while no new evaluation is due.", required=False)
    basis = area("What it rests on", "Witnessed audits, training, years in the trade.", required=True, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in KINDS.values() if kind.party == "third"]
        keys = dict.fromkeys(key for kind in kinds for key in kind.criteria)
        self.fields["person"].choices = people()  # type: ignore[attr-defined]
        self.fields["standard"].choices = [(key, catalogue.edition(key).name) for key in keys]  # type: ignore[attr-defined]


class RelationForm(forms.Form):
    """A tie with a client (5.2)."""

    client = forms.CharField(label="Short name of the organisation", max_length=60)
    person = forms.ChoiceField(label="Whose tie", required=False)
    kind = forms.ChoiceField(
        label="What it is", choices=[(k.value, k.value.replace("_", " ").capitalize()) for k in RelationKind]
    )
    since = date_field("From", required=False)
    until = date_field("Until", "Empty while it goes on.", required=False)
    note = area("Note", rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "The body itself"), *people()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """It does not end before it began."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "The last day lies before the first.")
        return data
