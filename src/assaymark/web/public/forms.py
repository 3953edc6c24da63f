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


class RegisterForm(forms.Form):
    """What the register is asked: a name or number, and filters. Anything may be left out."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Name or number",
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "Company or certificate number"}),
    )
    kind = forms.ChoiceField(
        required=False,
        label="What",
        widget=forms.Select(attrs={"class": "form-select"}),
        choices=[("", "any"), ("certificate", "certificates"), ("accreditation", "accreditations"),
                 ("recognition", "recognitions")],
    )  # fmt: skip
    country = forms.CharField(
        required=False,
        max_length=2,
        label="Country",
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "DE", "size": 4}),
    )
    standard = forms.CharField(
        required=False,
        max_length=40,
        label="Standard",
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "ISO 9001", "size": 12}),
    )
    sector = forms.ChoiceField(
        required=False, label="Sector", widget=forms.Select(attrs={"class": "form-select"}), choices=()
    )
    status = forms.ChoiceField(
        required=False,
        label="Status",
        widget=forms.Select(attrs={"class": "form-select"}),
        choices=[("", "any"), *((one, one) for one in ("valid", "suspended", "withdrawn", "expired", "delisted"))],
    )
    after = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, *values: object, **more: object) -> None:
        super().__init__(*values, **more)  # type: ignore[arg-type]
        from assaymark.web.attestations.scope_words import sector_titles

        titles = sorted(sector_titles().items(), key=lambda item: int(item[0]) if item[0].isdecimal() else 99)
        field = self.fields["sector"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "any"), *((code, f"{code} {title}"[:60]) for code, title in titles)]


class AsOfForm(forms.Form):
    """Which day is asked about, and by when it had to be known."""

    on = forms.DateField(
        required=False, label="On", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )
    known = forms.DateField(
        required=False, label="As known on", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )
