"""What the list page asks for: a file, or the rows of the answer before."""

from __future__ import annotations

from typing import Any

import orjson
from django import forms

from assaymark.core.supplier_list import Supplier
from assaymark.formats.supplier_list import read_suppliers
from assaymark.formats.table import TableError

MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 2_000
COLUMNS = "No column is recognised. Give one the heading Supplier, and one Certificate number."


class ListForm(forms.Form):
    """A list as CSV or XLSX; `suppliers` holds its rows once it is valid."""

    file = forms.FileField(
        max_length=255,
        label="The list",
        help_text="CSV or XLSX, at most 2,000 rows. It is checked and not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx", "class": "form-control"}),
    )
    suppliers: list[Supplier]

    def clean_file(self) -> Any:
        """Read the rows; what is wrong is said beside the field."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 5 MB. Split it, or use assaymark verify-list.")
        try:
            found = read_suppliers(file.read(), name=file.name)
        except TableError as error:
            text = str(error)
            raise forms.ValidationError(COLUMNS if "--column" in text else text) from error
        if len(found) > MOST_ROWS:
            raise forms.ValidationError(
                f"The list has {len(found):,} rows; {MOST_ROWS:,} are checked here. Use assaymark verify-list for more."
            )
        self.suppliers = [_without_file(one) for one in found]
        return file


class RowsForm(forms.Form):
    """The rows of an answer that was shown, sent again for the download."""

    rows = forms.CharField(max_length=MOST_BYTES, widget=forms.HiddenInput)
    suppliers: list[Supplier]

    def clean_rows(self) -> str:
        """Read them back."""
        text: str = self.cleaned_data["rows"]
        try:
            rows = orjson.loads(text)
            found = [Supplier(int(row[0]), *(str(value)[:300] for value in row[1:6])) for row in rows]
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise forms.ValidationError("The rows cannot be read. Check the list again.") from error
        if not 0 < len(found) <= MOST_ROWS:
            raise forms.ValidationError(f"Between 1 and {MOST_ROWS:,} rows are checked here.")
        self.suppliers = found
        return text


def rows_of(suppliers: list[Supplier]) -> str:
    """The rows as they are sent again."""
    return orjson.dumps([[s.line, s.name, s.number, s.standard, s.country, s.body] for s in suppliers]).decode()


def _without_file(one: Supplier) -> Supplier:
    """A page has no folder of certificates: the row is looked up by number or name."""
    return Supplier(one.line, one.name, one.number, one.standard, one.country, one.body)
