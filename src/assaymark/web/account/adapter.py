"""How accounts behave here: by invitation only, and mail that never repeats what a request claims to be its host."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


def public(address: str) -> str:
    """The address under the installation's own name, whatever host it was built with."""
    parts = urlsplit(address)
    return f"{settings.PUBLIC_URL}{parts.path}{'?' if parts.query else ''}{parts.query}"


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """See the module."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        return public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return public(super().get_email_confirmation_url(request, emailconfirmation))

    def format_email_subject(self, subject: str) -> str:
        return " ".join(subject.split())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = SimpleNamespace(name="Assaymark", domain=urlsplit(settings.PUBLIC_URL).netloc)
        super().send_mail(template_prefix, email, {**context, "current_site": site})
