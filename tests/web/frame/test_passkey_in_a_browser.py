"""A passkey from its making to the sign-in with it, in a real browser with a virtual authenticator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assaymark.records.parties.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def pia() -> Person:
    return Person.objects.create_user("pia@example.org", "a-long-password", name="Pia Novak")


def sign_in_by_password(page: Page, address: str) -> None:
    page.goto(address + "/account/login/")
    page.get_by_label("E-mail address").fill("pia@example.org")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Pia Novak: account and appearance")).to_be_visible()


class TestAPasskey:
    def test_is_made_and_then_opens_the_account_without_a_password(
        self, live_server: Any, page: Page, pia: Person, axe: Callable[[Page], None]
    ) -> None:
        address = live_server.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        sign_in_by_password(page, address)

        page.goto(address + "/account/2fa/webauthn/add/")
        page.get_by_label("Password").fill("a-long-password")  # whoever changes the locks proves who they are
        page.get_by_role("button", name="Confirm").click()
        page.get_by_label("Name").fill("Laptop")
        page.get_by_label("Passwordless").check()
        axe(page)
        page.get_by_role("button", name="Add it").click()
        page.wait_for_url(address + "/account/2fa/recovery-codes/")
        axe(page)

        page.goto(address + "/account/logout/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
        page.goto(address + "/account/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()

        expect(page.get_by_label("Pia Novak: account and appearance")).to_be_visible()
