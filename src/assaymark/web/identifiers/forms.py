"""What replacing a key asks for: why, since when others may have had it, and the name typed as confirmation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms


class _Confirmed(forms.Form):
    """A change that cannot be taken back: the organisation's short name is typed."""

    reason = forms.CharField(
        label="Why",
        help_text="Everybody can read it on your public page, beside the key.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )
    confirm_name = forms.CharField(label="Your short name", max_length=100, strip=True)

    def __init__(self, *args: Any, slug: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.slug = slug
        self.fields["confirm_name"].help_text = f"Type {slug} to confirm: this cannot be taken back."

    def clean_confirm_name(self) -> str:
        """Compare with the short name."""
        typed = str(self.cleaned_data["confirm_name"])
        if typed != self.slug:
            raise forms.ValidationError(f"Type {self.slug}.")
        return typed


def _since(*, required: bool, help_text: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(
        label="Others may have had it since (UTC)", help_text=help_text, required=required, widget=widget
    )


class ReplaceForm(_Confirmed):
    """Replace the key that signs."""

    field_order = ("reason", "since", "confirm_name")
    since = _since(
        required=False,
        help_text="Only if that may be: what the key signed then counts no more, unless others prove that it is older.",
    )

    @property
    def compromised_since(self) -> dt.datetime | None:
        """The moment; ``None``: the key is only replaced."""
        return self.cleaned_data.get("since")


class CompromisedForm(_Confirmed):
    """Say of a former key that others may have had it."""

    field_order = ("since", "reason", "confirm_name")
    since = _since(
        required=True,
        help_text="What it signed counts no more, unless others prove that it is older. Doubt is not taken back.",
    )
