"""Fields for lists of codes that people write by hand: sectors, languages, countries, editions; and lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from assaymark import catalogue

_APART = re.compile(r"[,;\s]+")


class CodesField(forms.CharField):
    """Codes apart by comma or space, as a tuple without doubles. `pattern` says what one looks like."""

    def __init__(self, *, pattern: str, example: str, upper: bool = False, **kwargs: Any) -> None:
        self.pattern, self.example, self.upper = re.compile(pattern), example, upper
        super().__init__(required=kwargs.pop("required", False), max_length=300, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else ", ".join(str(item) for item in value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        codes = [code.upper() if self.upper else code for code in _APART.split(text) if code]
        for code in codes:
            if not self.pattern.fullmatch(code):
                raise forms.ValidationError(f"“{code}” is not such a code. Write them like this: {self.example}.")
        return tuple(dict.fromkeys(codes))


class SectorsField(CodesField):
    """Sector codes of IAF ID 1, as numbers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pattern=r"\d{1,2}", example="17, 18", **kwargs)

    def clean(self, value: Any) -> tuple[int, ...]:
        codes = tuple(int(code) for code in super().clean(value))
        known = {sector.code for sector in catalogue.sectors()}
        for code in codes:
            if code not in known:
                raise forms.ValidationError(f"There is no sector {code}. The codes go from 1 to {max(known)}.")
        return codes


class PairsField(forms.CharField):
    """Lines of the form “8.3: why”, as pairs."""

    def __init__(self, *, example: str, **kwargs: Any) -> None:
        self.example = example
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(required=False, max_length=5000, **kwargs)

    def clean(self, value: Any) -> Any:
        pairs = []
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            left, colon, right = line.partition(":")
            if not (colon and left.strip() and right.strip()):
                raise forms.ValidationError(f"“{line.strip()}” has no colon. Write it like this: {self.example}")
            pairs.append((left.strip(), right.strip()))
        return tuple(pairs)


def given(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, be it empty; None while nobody has sent it."""
    return request.POST if request.method == "POST" else None


def sector_words(codes: Iterable[int]) -> list[str]:
    """Sector codes with their titles."""
    titles = {sector.code: sector.title for sector in catalogue.sectors()}
    return [f"{code} {titles.get(code, '')}".strip() for code in codes]


def date_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A day, with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, required=required)


def area(label: str, help_text: str = "", *, required: bool = False, rows: int = 3) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=widget, required=required, max_length=10_000)
