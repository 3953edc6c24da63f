"""Forms of documents. They check shape; whether something is allowed is decided by the rules in `core.documents`."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from assaymark.core.documents import Change, Verdict
from assaymark.core.parties import ROLE_NAMES, Role

READER_ROLES = [(r.value, ROLE_NAMES[r]) for r in Role if r not in {Role.GUEST_AUDITOR, Role.ADMINISTRATOR}]


class Day(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FactsForm(forms.Form):
    """What is said about a document besides its content."""

    owner = forms.ChoiceField(required=False, help_text="Answers for the document being right (7.5.2).")
    clauses = forms.CharField(
        required=False, max_length=200, help_text="Of ISO 9001, with commas between: 8.4.1, 8.4.2"
    )
    readers = forms.MultipleChoiceField(
        required=False,
        choices=READER_ROLES,
        widget=forms.CheckboxSelectMultiple,
        label="Who reads and confirms it",
        help_text="Everybody with one of these roles is asked when a major revision is approved (7.3).",
    )
    review_months = forms.IntegerField(
        min_value=1, max_value=120, initial=24, label="Reviewed every … months", help_text="Periodic review (7.5.2 c)."
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [("", "Nobody yet"), *people]

    def clean_clauses(self) -> list[str]:
        """Clause numbers in order, each once."""
        found = [part for part in re.split(r"[,;\s]+", self.cleaned_data["clauses"]) if part]
        wrong = [part for part in found if not re.fullmatch(r"\d{1,2}(\.\d{1,2}){0,3}", part)]
        if wrong:
            raise forms.ValidationError(f"{wrong[0]} is no clause number. Write them as 8.4.1, 8.4.2.")
        return list(dict.fromkeys(found))


class NewForm(FactsForm):
    """A new document."""

    title = forms.CharField(max_length=200)
    field_order = ("title", "owner", "clauses", "readers", "review_months")


class DraftForm(forms.Form):
    """The text of a draft."""

    title = forms.CharField(max_length=200)
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=2_000_000,
        label="Text",
        help_text="Markdown: # heading, **strong**, *emphasis*, - list, [link](address).",
        widget=forms.Textarea(attrs={"rows": 28, "class": "form-control mono", "spellcheck": "true"}),
    )
    change_summary = forms.CharField(
        required=False,
        max_length=500,
        label="What changed",
        help_text="One sentence for reader and approver (7.5.3.2 c). Not needed for the first revision.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class UploadForm(forms.Form):
    """A file as the content of a draft."""

    title = forms.CharField(max_length=200)
    file = forms.FileField(
        max_length=300, help_text="PDF, Word (docx), OpenDocument (odt), Markdown or text; at most 50 MB."
    )
    change_summary = forms.CharField(required=False, max_length=500, label="What changed")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def clean_file(self) -> UploadedFile[bytes]:
        """The size, before anything is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(f"The file is larger than {settings.MAX_UPLOAD_BYTES >> 20} MB.")
        return file


class StartForm(forms.Form):
    """Which kind of revision comes next."""

    change = forms.ChoiceField(
        choices=[
            (Change.MINOR.value, "Minor: nobody has to read the whole again"),
            (Change.MAJOR.value, "Major: readers confirm it anew"),
        ],
        initial=Change.MINOR.value,
        widget=forms.RadioSelect,
        label="Kind of change",
    )


class ApproveForm(forms.Form):
    """When an approved revision takes effect."""

    effective_from = Day(required=False, label="In force from", help_text="Empty: today.")


class ReasonForm(forms.Form):
    """Why something is sent back."""

    reason = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(ReasonForm):
    """Why and from when a document is withdrawn."""

    day = Day(required=False, label="Withdrawn from", help_text="Empty: today.")


class ReviewForm(forms.Form):
    """The verdict of a periodic review."""

    verdict = forms.ChoiceField(
        choices=[
            (Verdict.KEEP.value, "Keep: it is still right"),
            (Verdict.REVISE.value, "Revise: a new revision follows"),
            (Verdict.WITHDRAW.value, "Withdraw: it is no longer needed"),
        ],
        initial=Verdict.KEEP.value,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AssignForm(forms.Form):
    """Who is asked to read a revision, and by when."""

    people = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    due = Day(label="By")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = people


class DayForm(forms.Form):
    """The day of a question."""

    on = Day(label="On")
