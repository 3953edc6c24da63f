"""Choosing among many: a text that offers what fits as one types, in place of a list of thousands.

What is sent is how the thing is written everywhere (e-mail address or number), and the action finds it in the scope:
without scripts one types it. Scripts ask `registers:choices` (`static/js/picker.js`); the answer is bounded.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from assaymark.records.registers import queries
from assaymark.web.page import OrganisationRequest, page


class Picker(forms.TextInput):
    """The input with its list. kind: what is searched among, see `queries.kind_of`."""

    def __init__(self, kind: str) -> None:
        super().__init__(attrs={"data-choices": kind, "autocomplete": "off", "placeholder": _asks(kind)})

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The input, and an empty list that fills as one types."""
        key = f"{(attrs or {}).get('id', name)}-choices"
        drawn = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', drawn, key)


def _asks(kind: str) -> str:
    return "Name or e-mail address" if kind == "people" else "Name or number"


@page("registers.read")
@require_safe
def choices(request: OrganisationRequest, *, kind: str) -> HttpResponseBase:
    """What fits the text, as JSON: at most 20."""
    try:
        found = queries.choices_of(kind=kind, text=request.GET.get("q", ""), at=timezone.now())
    except KeyError:
        return JsonResponse({"choices": []}, status=404)
    return JsonResponse({"choices": [{"value": value, "label": label} for value, label in found]})
