"""Forms made from a declaration. They draw and keep what was typed; checking is the action's (`records…entry`).

After an action said no, `show` puts its errors beside the fields, so that form, import and API say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.forms.utils import ErrorDict
from django.http import QueryDict

from assaymark.records.registers import queries
from assaymark.records.registers.entry import Directory, reference_text
from assaymark.records.registers.registry import Register
from assaymark.web.registers.picker import Picker


class RowForm(forms.Form):
    """A form whose fields are set by `form_of`."""

    use_required_attribute = False

    def show(self, errors: Mapping[str, list[str]]) -> RowForm:
        """Show these errors (field name, "" for the whole) instead of any that Django would find."""
        found = ErrorDict()
        for name, messages in errors.items():
            place = name if name in self.fields else NON_FIELD_ERRORS
            found.setdefault(place, self.error_class()).extend(messages)
        self._errors = found
        return self

    def groups(self, register: Register) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the sections of the declaration, first the title, last owner and review."""
        inside = {name for section in register.sections for name in section.fields}
        outside = [self[name] for name in self.fields if name not in inside and name not in {"title", "version"}]
        sections = [(s.title, [self[n] for n in s.fields if n in self.fields]) for s in register.sections]
        first = [("", [self["title"]])] if "title" in self.fields else []
        return [*first, *((t, f) for t, f in sections if f), *([("Who and when", outside)] if outside else [])]


def form_of(
    *,
    model: type[models.Model],
    names: Iterable[str],
    directory: Directory,
    labels: Mapping[str, str] | None = None,
    row: models.Model | None = None,
    data: QueryDict | None = None,
    files: Any = None,
    with_file: bool = False,
) -> RowForm:
    """A form with these fields of the model; filled from `data`, else from the row, else with defaults."""
    form = RowForm(data, files, prefix=None, initial=_initial(model, names, row))
    for name in names:
        model_field: Any = model._meta.get_field(name)
        field = _field(model_field, directory)
        field.required = not model_field.blank and not isinstance(model_field, models.BooleanField)
        field.label = (labels or {}).get(name) or str(model_field.verbose_name).capitalize()
        field.help_text = str(model_field.help_text)
        form.fields[name] = field
        if isinstance(field.widget, Picker):
            form.initial[name] = reference_text(getattr(row, name) if row is not None else None)
    if with_file:
        help_text = "Such as the certificate; it stays with this entry"
        form.fields["file"] = forms.FileField(required=False, label="File", help_text=help_text)
    return form


def _initial(model: type[models.Model], names: Iterable[str], row: models.Model | None) -> dict[str, Any]:
    source = row if row is not None else model()
    return {name: getattr(source, model._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]


def _field(model_field: Any, directory: Directory) -> forms.Field:
    if isinstance(model_field, models.ForeignKey):
        options = directory.choices(model_field.related_model)
        if options is None:
            return forms.CharField(widget=Picker(queries.kind_of(model_field.related_model)))
        choices = [(str(option.pk), str(getattr(option, "name", option))) for option in options]
        return forms.ChoiceField(choices=[("", "—"), *choices])
    if isinstance(model_field, models.BooleanField):
        return forms.BooleanField()
    if model_field.choices:
        blank = [("", "—")] if model_field.blank else []
        return forms.ChoiceField(choices=[*blank, *model_field.flatchoices])
    if isinstance(model_field, models.DateField):
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    if isinstance(model_field, models.TextField):
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}))
    if isinstance(model_field, models.DecimalField):
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    if isinstance(model_field, models.IntegerField):
        return forms.IntegerField()
    return forms.CharField(max_length=model_field.max_length)


def posted(names: Iterable[str], model: type[models.Model], data: QueryDict) -> dict[str, str]:
    """What the form sent for these fields; a box that is not ticked sends nothing and means no."""
    sent = {}
    for name in names:
        if isinstance(model._meta.get_field(name), models.BooleanField):
            sent[name] = "yes" if name in data else "no"
        elif name in data:
            sent[name] = data.get(name, "")
    return sent


def differences(*, register: Register, row: models.Model, sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """Fields in which the row, as it is now, says something else than what was typed: (label, what it says)."""
    found = []
    for name, typed in sent.items():
        cell = queries.cell(register, row, name)
        attname = row._meta.get_field(name).attname  # type: ignore[union-attr]
        now = getattr(row, attname)
        plain = ("yes" if now else "no") if isinstance(now, bool) else "" if now is None else str(now)
        written = reference_text(getattr(row, name)) if isinstance(getattr(row, name), models.Model) else plain
        if typed.strip() != written and plain.strip() != typed.replace("\r\n", "\n").strip():
            found.append((register.labels[name], cell.label or str(cell.value or "") or "nothing"))
    return found
