"""What is asked when an audit is planned, staffed and reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from assaymark import catalogue
from assaymark.core.competence import TeamRole
from assaymark.core.findings import Grade
from assaymark.core.rules import Kind
from assaymark.records.assessments import queries
from assaymark.records.assessments.actions import StagePlan
from assaymark.records.assessments.queries import KINDS
from assaymark.records.findings.queries import running_processes
from assaymark.records.parties import queries as parties

ROLES = [(role.value, role.value.capitalize()) for role in TeamRole]


def _date(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=required
    )


def _area(label: str, help_text: str = "", *, required: bool = False, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=widget, required=required, max_length=10_000)


def people() -> list[tuple[str, str]]:
    """Members of the scope's organisation."""
    return [(str(m.person_id), m.person.name) for m in parties.members(at=timezone.now())]


def stage_words(kind: Kind) -> list[tuple[str, str]]:
    """The stages of a kind as choices."""
    return [(stage, stage.replace("_", " ").capitalize()) for stage in kind.stages]


def _standards(kind: Kind) -> list[tuple[str, str]]:
    """Editions to assess against, those usual for the kind first; a body keeps to them."""
    usual = [(key, catalogue.edition(key).name) for key in kind.criteria]
    others = [(e.key, e.name) for e in catalogue.standards() if e.key not in kind.criteria]
    return usual if kind.party == "third" else [*usual, *others]


class PlanForm(forms.Form):
    """Plan an audit of any kind: the kind decides which fields there are."""

    title = forms.CharField(label="What is audited", max_length=200)
    standard = forms.ChoiceField(label="Against which standard")
    client = forms.CharField(label="Short name of the organisation", required=False, max_length=60)
    application = forms.ChoiceField(label="Application", required=False)
    processes = forms.MultipleChoiceField(label="Processes", required=False, widget=forms.CheckboxSelectMultiple)
    scope = _area("Scope", "How far: places, lines, periods (9.2.2 b).", rows=2)
    objectives = _area("Objectives", "What the audit is to find out.", rows=2)
    leader = forms.ChoiceField(
        label="Team leader", required=False, help_text="Not somebody who answers for the process."
    )
    auditors = forms.MultipleChoiceField(label="Further auditors", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        choices: dict[str, list[tuple[str, str]]] = {
            "standard": _standards(kind),
            "leader": [("", "Nobody yet"), *people()],
            "auditors": people(),
        }
        if kind.party == "first":
            choices["processes"] = [(str(p.pk), p.title) for p in running_processes()]
            del self.fields["client"], self.fields["application"]
        else:
            del self.fields["processes"]
            self._ask_for_client()
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        self._ask_for_stages()

    def _ask_for_client(self) -> None:
        field = self.fields["application"]
        assert isinstance(field, forms.ChoiceField)
        accepted = queries.accepted_applications(kind=self.kind.key)
        field.choices = [(str(row.pk), f"{row.number} {row.client.name}") for row in accepted]
        if self.kind.party == "third":
            del self.fields["client"]
            field.required = True
        else:
            del self.fields["application"]
            self.fields["client"].required = True

    def _ask_for_stages(self) -> None:
        """Up to two stages; a kind with one stage asks for its dates only."""
        for number in (1, 2)[: len(self.kind.stages)]:
            if len(self.kind.stages) > 1:
                words = stage_words(self.kind)
                first = self.kind.stages[number - 1] if number <= len(self.kind.stages) else ""
                choices = words if number == 1 else [("", "No second stage"), *words]
                self.fields[f"stage_{number}"] = forms.ChoiceField(
                    label=f"Stage {number}", choices=choices, initial=first, required=number == 1
                )
            self.fields[f"starts_{number}"] = _date("First day", required=number == 1)
            self.fields[f"ends_{number}"] = _date("Last day", required=number == 1)

    def stages(self) -> list[StagePlan]:
        """The stages asked for."""
        data = self.cleaned_data
        found = []
        for number in (1, 2)[: len(self.kind.stages)]:
            kind = data.get(f"stage_{number}") or (self.kind.stages[0] if number == 1 else "")
            if kind and data.get(f"starts_{number}"):
                starts = data[f"starts_{number}"]
                found.append(StagePlan(kind, starts, data.get(f"ends_{number}") or starts))
        return found

    @property
    def team(self) -> list[tuple[UUID, TeamRole]]:
        """Leader and auditors chosen."""
        leader = self.cleaned_data.get("leader")
        chosen = [(UUID(leader), TeamRole.LEAD)] if leader else []
        others = [key for key in self.cleaned_data.get("auditors", ()) if key != leader]
        return [*chosen, *((UUID(key), TeamRole.AUDITOR) for key in others)]


class MemberForm(forms.Form):
    """Somebody for the team."""

    person = forms.ChoiceField(label="Person")
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=TeamRole.AUDITOR.value)
    under = forms.ChoiceField(label="Under", required=False, help_text="Who answers for an expert or a trainee.")

    def __init__(self, *args: Any, team: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people()  # type: ignore[attr-defined]
        self.fields["under"].choices = [("", "Nobody"), *team]  # type: ignore[attr-defined]


class RaiseForm(forms.Form):
    """A finding from a line; all but the grade is taken from the line where it is not given."""

    grade = forms.ChoiceField(label="Grade", choices=[(g.value, g.value.capitalize()) for g in Grade], initial="minor")
    title = forms.CharField(label="In one sentence", max_length=200, required=False)
    note = _area("What was seen", rows=4)
    evidence = forms.CharField(label="Evidence", max_length=1000, required=False)


class ReportForm(forms.Form):
    """The conclusion of the audit."""

    summary = _area("Conclusion", "Does the system conform, and does it work? (9.2.1)", required=True, rows=6)
    recommendation = _area("Recommendation", rows=2)


class ProgrammeForm(forms.Form):
    """A programme of audits (9.2.2 a)."""

    title = forms.CharField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="Of which audits", choices=[(k.key, k.title) for k in KINDS.values()])
    starts = _date("From")
    ends = _date("Until")
    considered = _area("What shaped it", "Importance of processes, changes, results of earlier audits (9.2.2 a).")

    def clean(self) -> dict[str, Any]:
        """The last day does not lie before the first."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] < data["starts"]:
            self.add_error("ends", "The last day lies before the first.")
        return data
