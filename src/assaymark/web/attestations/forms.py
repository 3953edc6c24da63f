"""What a decision about an attestation asks for: only what that decision needs, with the reason why it is asked."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from assaymark.core.programme import DecisionKind
from assaymark.core.trust import ANY, ScopeRow
from assaymark.web.attestations.scope_words import lines, sector_titles

_WHY = {
    DecisionKind.SUSPEND: "It stands in the status log that everybody can read (9.6.5.2).",
    DecisionKind.RESTORE: "What was missing, and how it was settled.",
    DecisionKind.REDUCE: "Which requirements the part left out has failed to meet (9.6.5.5).",
    DecisionKind.WITHDRAW: "It stands in the status log that everybody can read.",
}


def _day(label: str, help_text: str, *, initial: dt.date | None = None, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, initial=initial, widget=widget, required=required)


class DecideForm(forms.Form):
    """Suspend, restore, reduce or withdraw. `scope` is that of the attestation; a reduction says what remains."""

    def __init__(
        self, *args: Any, decision: DecisionKind, scope: Sequence[ScopeRow], statement: str, today: dt.date, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.decision, self.scope = decision, tuple(scope)
        if decision is DecisionKind.REDUCE:
            self._ask_what_remains(statement)
        self.fields["reasons"] = forms.CharField(
            label="Reasons", help_text=_WHY[decision], widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000
        )
        why = "Today or later: nothing takes effect before it is decided (DEC-5)."
        self.fields["effective"] = _day("Takes effect on", why, initial=today)
        if decision is DecisionKind.SUSPEND:
            why = "Afterwards it is restored, reduced or withdrawn; six months at most (SUS-3)."
            self.fields["until"] = _day("Suspended until", why, required=False)

    def _ask_what_remains(self, statement: str) -> None:
        titles, words = sector_titles(), lines(self.scope)
        for number, (row, said) in enumerate(zip(self.scope, words, strict=True)):
            sectors, countries = _choices(row.iaf, titles), _choices(row.countries, {})
            name = f"{said.standard}, {said.sectors}, {said.countries}"
            if len(self.scope) > 1 or not (sectors or countries):
                self.fields[f"keep_{number}"] = forms.BooleanField(label=f"Keep: {name}", required=False, initial=True)
            for key, label, offered in (("iaf", "Sectors", sectors), ("countries", "Countries", countries)):
                if offered:
                    self.fields[f"{key}_{number}"] = forms.MultipleChoiceField(
                        label=f"{label} that remain" + (f" in row {said.name or number + 1}" if self.scope[1:] else ""),
                        choices=offered,
                        initial=[value for value, _ in offered],
                        required=False,
                        widget=forms.CheckboxSelectMultiple,
                    )
        if statement:
            self.fields["statement"] = forms.CharField(
                label="Scope in words from then on", initial=statement, widget=forms.Textarea(attrs={"rows": 3})
            )

    def remaining(self) -> tuple[ScopeRow, ...] | None:
        """The rows that remain after a reduction; None for other decisions."""
        if self.decision is not DecisionKind.REDUCE:
            return None
        found = []
        for number, row in enumerate(self.scope):
            kept = self.cleaned_data.get(f"keep_{number}", True)
            changes = {
                key: frozenset(self.cleaned_data[f"{key}_{number}"])
                for key in ("iaf", "countries")
                if f"{key}_{number}" in self.fields
            }
            if kept and all(changes.values()):
                found.append(dataclasses.replace(row, **changes))  # type: ignore[arg-type]
        return tuple(found)


def _choices(values: frozenset[str], titles: dict[str, str]) -> list[tuple[str, str]]:
    """Values to choose from when a row lists more than one."""
    if ANY in values or len(values) < 2:
        return []
    ordered = sorted(values, key=lambda value: (len(value), value))
    return [(value, f"{value} {titles.get(value, '')}".strip()) for value in ordered]
