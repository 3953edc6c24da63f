"""Arguments of sign-in pages: keys that open nothing."""

from __future__ import annotations

from typing import Any

from tests.permission.house import House, arguments_for


@arguments_for("account_reset_password_from_key")
def reset(house: House) -> dict[str, Any]:
    return {"uidb36": "0", "key": "set-password"}


@arguments_for("account_confirm_email")
def confirm(house: House) -> dict[str, Any]:
    return {"key": "nothing"}


@arguments_for("mfa_edit_webauthn", "mfa_remove_webauthn")
def passkey(house: House) -> dict[str, Any]:
    return {"pk": 0}
