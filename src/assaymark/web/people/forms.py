"""Forms about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from assaymark.core.parties import ROLE_NAMES, Role

ROLE_CHOICES = [(str(role), name) for role, name in ROLE_NAMES.items() if role is not Role.GUEST_AUDITOR]


class RolesForm(forms.Form):
    """What a member may do."""

    roles = forms.MultipleChoiceField(choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple, label="Roles")
    job_title = forms.CharField(max_length=120, required=False, label="Job title")

    def clean_roles(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.cleaned_data["roles"])


class InviteForm(RolesForm):
    """Whom to invite."""

    email = forms.EmailField(label="E-mail address", help_text="A link is sent there; it works once, for seven days.")
    field_order = ("email", "roles", "job_title")


class SiteForm(forms.Form):
    """A place where the organisation works."""

    name = forms.CharField(max_length=120)
    street = forms.CharField(max_length=200, required=False)
    locality = forms.CharField(max_length=200, required=False, label="Town")
    country = forms.RegexField(
        r"^[A-Z]{2}$", required=False, help_text="Two letters, such as GB", error_messages={"invalid": "Two letters."}
    )
    activity = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), label="What is done here")
    personnel = forms.IntegerField(
        min_value=0,
        max_value=1_000_000,
        initial=0,
        label="Effective number of personnel",
        help_text="Audit time is worked out from it.",
    )


class GuestForm(forms.Form):
    """Whom to let in from another organisation."""

    guest_slug = forms.SlugField(label="Their organisation", help_text="Its short name on this installation")
    purpose = forms.CharField(max_length=200, help_text="Such as: Stage 2 audit, March 2026")
    emails = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), label="Their people", help_text="E-mail addresses, one a line"
    )
    since = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), label="From")
    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), label="Until, included")

    def clean_emails(self) -> list[str]:
        return [line for line in str(self.cleaned_data["emails"]).split() if line]


class NewAccountForm(forms.Form):
    """Name and password of somebody who was invited and has no account yet."""

    name = forms.CharField(max_length=200, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text="At least ten characters. A sentence is easier to remember than a riddle.",
    )

    def clean_password(self) -> Any:
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


class TokenForm(forms.Form):
    """A personal token."""

    name = forms.CharField(max_length=80, help_text="What will use it")
    expires = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), label="Works until")
