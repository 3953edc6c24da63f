"""Accounts exist by invitation only: nobody signs up from the street."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the open sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
