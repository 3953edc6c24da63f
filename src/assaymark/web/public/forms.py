"""What the public pages ask for."""

from __future__ import annotations

from django import forms

MAX_FILE = 20 * 1024 * 1024


class FileForm(forms.Form):
    """A certificate to be checked: PDF, JSON or credential."""

    file = forms.FileField(
        max_length=255, label="The certificate", help_text="PDF or JSON. It is checked and not kept."
    )

    def clean_file(self) -> object:
        """Refuse what is larger than any certificate."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError("The file is larger than 20 MB. Certificates are much smaller.")
        return file


class DayForm(forms.Form):
    """Another day to ask about."""

    on = forms.DateField(
        required=False, label="Day", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )
