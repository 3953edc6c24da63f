"""What is asked at each step of a finding; only what is needed now, help says why and names the clause (10.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from assaymark import catalogue
from assaymark.core.findings import CAUSE_CATEGORIES, Grade
from assaymark.records.findings.actions import ISO_9001
from assaymark.records.findings.queries import running_processes
from assaymark.records.parties import queries as parties

GRADES = [(grade.value, grade.value.capitalize()) for grade in Grade]


def _area(label: str, help_text: str, *, rows: int = 3, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=widget, required=required, max_length=10_000)


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=required,
    )


def people() -> list[tuple[str, str]]:
    """Members of the scope's organisation, with an empty choice in front."""
    return [("", "Nobody yet"), *((str(m.person_id), m.person.name) for m in parties.members(at=timezone.now()))]


def processes() -> list[tuple[str, str]]:
    """Processes that run, with an empty choice in front."""
    return [("", "None"), *((str(p.pk), p.title) for p in running_processes())]


def clauses() -> list[tuple[str, str]]:
    """Clauses of ISO 9001, with an empty choice in front."""
    edition = catalogue.edition(ISO_9001)
    return [("", "Not known yet"), *((c.number, f"{c.number} {c.title}") for c in edition.clauses if c.requirements)]


class RaiseForm(forms.Form):
    """Report a problem: one line is enough."""

    title = forms.CharField(label="What is wrong?", max_length=200, help_text="One sentence is enough.")
    happened = _area("What did you see?", "Where, when, how many.", required=False)
    photo = forms.FileField(
        label="Photo or file",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf", "capture": "environment"}),
    )
    process = forms.ChoiceField(label="Process", required=False)
    grade = forms.ChoiceField(label="Grade", choices=GRADES, initial=Grade.MINOR.value, required=False)
    requirement = forms.ChoiceField(label="Requirement", required=False, help_text="ISO 9001:2015, when you know it.")
    owner = forms.ChoiceField(label="Who deals with it", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill(self, process=processes(), requirement=clauses(), owner=people())


class DescribeForm(forms.Form):
    """What it is about."""

    title = forms.CharField(label="What is wrong", max_length=200)
    happened = _area("What happened", "What was seen, where, when, how many (10.2.2 a).", rows=5, required=False)
    evidence = _area("Evidence", "Records, measurements, photos that show it.", rows=2, required=False)
    requirement = forms.ChoiceField(label="Requirement not met", required=False)
    grade = forms.ChoiceField(label="Grade", choices=GRADES)
    process = forms.ChoiceField(label="Process", required=False)
    owner = forms.ChoiceField(label="Who deals with it", required=False)
    due = _day("Due", "By when it should be closed.", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = clauses()
        given = str(self.initial.get("requirement") or "")
        if given and given not in {value for value, _ in known}:
            known.append((given, given))
        _fill(self, process=processes(), requirement=known, owner=people())


class OwnForm(forms.Form):
    """What the organisation may set on a finding that another body raised."""

    process = forms.ChoiceField(label="Process", required=False)
    owner = forms.ChoiceField(label="Who deals with it", required=False)
    due = _day("Due", "By when it should be closed.", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill(self, process=processes(), owner=people())


class ContainForm(forms.Form):
    """First reaction (10.2.1 a)."""

    containment = _area("What was done at once", "Stop, block, separate, tell the customer: so that it does no harm.")
    correction = _area("What was put right", "Rework, replacement, scrap, concession.", required=False)


class CauseForm(forms.Form):
    """Cause (10.2.1 b)."""

    why_1 = forms.CharField(label="Why did it happen?", required=False, max_length=500)
    why_2 = forms.CharField(label="Why was that?", required=False, max_length=500)
    why_3 = forms.CharField(label="And why that?", required=False, max_length=500)
    why_4 = forms.CharField(label="And why that? (4)", required=False, max_length=500)
    why_5 = forms.CharField(label="And why that? (5)", required=False, max_length=500)
    cause = _area("Root cause", "What, if it had been otherwise, would have prevented it?")
    similar = _area(
        "Does it happen elsewhere?", "Where you looked for the same, and what you found (10.2.1 b).", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for category in CAUSE_CATEGORIES:
            field = _area(category, "One contributing cause a line.", rows=2, required=False)
            self.fields[f"bone_{category}"] = field

    @property
    def whys(self) -> list[Any]:
        """The five questions, as bound fields."""
        return [self[f"why_{number}"] for number in range(1, 6)]

    @property
    def bones(self) -> list[Any]:
        """The categories of the fishbone, as bound fields."""
        return [self[f"bone_{category}"] for category in CAUSE_CATEGORIES]


class ActionForm(forms.Form):
    """Action against the cause (10.2.1 c)."""

    description = forms.CharField(label="Action", max_length=300, help_text="What removes the cause?")
    owner = forms.ChoiceField(label="Who")
    due = _day("By when")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill(self, owner=people())


class CheckPlanForm(forms.Form):
    """How effectiveness will be judged (10.2.1 d)."""

    criterion = _area("Criterion", "Something that can be seen or counted, set before the result is known.", rows=2)
    check_due = _day("Check from", "The first day on which the effect can show. Not checked before.")


class CheckForm(forms.Form):
    """The effectiveness check (10.2.1 d)."""

    effective = forms.ChoiceField(
        label="Did the action work?",
        choices=[("yes", "Yes, the criterion is met"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    result = _area("What was seen", "Against the criterion, with figures.")


class ConsiderForm(forms.Form):
    """Consequences (10.2.1 e and f)."""

    risks = _area("Risks and opportunities", "Which had to be updated, or that none had to (10.2.1 e).", rows=2)
    changes = _area("Quality system", "What had to change, or that nothing had to (10.2.1 f).", rows=2)


class FilterForm(forms.Form):
    """Filters of the list."""

    q = forms.CharField(required=False, max_length=100)
    grade = forms.ChoiceField(required=False, choices=[("", "Any grade"), *GRADES])
    clause = forms.CharField(required=False, max_length=20)
    process = forms.UUIDField(required=False)
    owner = forms.UUIDField(required=False)
    sort = forms.CharField(required=False, max_length=20)


def _fill(form: forms.Form, **choices: list[tuple[str, str]]) -> None:
    for name, values in choices.items():
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = values


def key(text: str) -> UUID | None:
    """The id that a choice stands for."""
    return UUID(text) if text else None
