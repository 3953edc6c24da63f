"""What the pages of a watch list ask for."""

from __future__ import annotations

from django import forms

from assaymark.records.watch.actions import MOST_AT_ONCE
from assaymark.records.watch.queries import VIEWS
from assaymark.web.lists.forms import ListForm


class FindForm(forms.Form):
    """Which certificate: by name or number, or the entry that a register's page named."""

    q = forms.CharField(
        label="Name or number",
        max_length=200,
        required=False,
        help_text="Typing errors, other alphabets and former names are understood.",
    )
    entry = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)


class ChosenForm(forms.Form):
    """The entry that was chosen, and what it is called here."""

    listing = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    label = forms.CharField(label="What you call it", max_length=200, required=False)


class ExactForm(forms.Form):
    """A certificate that is not public."""

    number = forms.CharField(label="Certificate number", max_length=100, help_text="Exactly as on the certificate.")
    name = forms.CharField(
        label="Holder", max_length=300, help_text="The name of the organisation exactly as on the certificate."
    )
    label = forms.CharField(
        label="What you call it", max_length=200, required=False, help_text="The number, unless you write something."
    )


class SuppliersForm(ListForm):
    """A list of suppliers to watch."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields[
            "file"
        ].help_text = f"CSV or XLSX with a column Supplier or Certificate number, at most {MOST_AT_ONCE} rows."


class LabelForm(forms.Form):
    """What it is called here."""

    label = forms.CharField(label="What you call it", max_length=200)


class ViewForm(forms.Form):
    """What of the list is shown."""

    view = forms.ChoiceField(choices=list(VIEWS.items()), required=False)
    q = forms.CharField(label="Name, holder, body or number", max_length=100, required=False)
