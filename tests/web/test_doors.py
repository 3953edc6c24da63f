"""The doors of the house under attack: sign-in, sessions, headers, verbs, redirects."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from assaymark.records.parties.queries import person_by_email
from tests.permission.house import House, build_house

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
PASSWORD = "a sentence is easier than a riddle"


@pytest.fixture
def halden(db: None) -> House:
    cache.clear()
    house = build_house("halden", word="HALDEN")
    person = house.people["viewer"]
    person.set_password(PASSWORD)
    person.save()
    return house


def sign_in(client: Client, password: str = PASSWORD, email: str = "viewer@halden.example", **more: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password, **more})


class TestSignIn:
    def test_opens_the_house(self, halden: House) -> None:
        client = Client()
        assert sign_in(client).status_code == 302
        assert client.get("/o/halden/").status_code == 200

    def test_gives_a_new_session(self, halden: House) -> None:
        """A session that somebody planted before is worth nothing after."""
        client = Client()
        client.get("/account/login/")
        client.session["planted"] = "yes"
        client.session.save()
        before = client.session.session_key
        sign_in(client)
        assert client.session.session_key != before

    def test_says_the_same_for_a_wrong_password_and_an_unknown_address(self, halden: House) -> None:
        def said(email: str) -> str:
            page = sign_in(Client(), password="wrong wrong wrong", email=email).content.decode()
            return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page)

        assert said("viewer@halden.example") == said("nobody@halden.example")

    def test_is_slowed_down_after_five_wrong_passwords(self, halden: House) -> None:
        client = Client()
        for _ in range(6):
            answer = sign_in(client, password="wrong wrong wrong")
        assert b"oo many" in answer.content or answer.status_code == 429
        assert "_auth_user_id" not in client.session
        sign_in(client)
        assert "_auth_user_id" not in client.session, "the right password does not open while slowed down"

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", r"/\evil.example"]
    )
    def test_leads_nowhere_else(self, halden: House, target: str) -> None:
        answer = sign_in(Client(), next=target)
        assert answer.status_code == 302
        assert "evil" not in answer.headers["Location"]
        assert not answer.headers["Location"].startswith("javascript")

    def test_is_not_open_to_new_accounts(self, db: None) -> None:
        answer = Client().post(
            "/account/signup/", {"email": "street@x.example", "password1": PASSWORD, "password2": PASSWORD}
        )
        assert b"by invitation" in answer.content.lower()
        assert person_by_email("street@x.example") is None


class TestASession:
    def test_ends_with_signing_out(self, halden: House) -> None:
        client = Client()
        sign_in(client)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/account/logout/")
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert thief.get("/o/halden/").status_code == 302

    def test_ends_everywhere_with_a_new_password(self, halden: House) -> None:
        here, elsewhere = Client(), Client()
        sign_in(here)
        sign_in(elsewhere)
        person = halden.people["viewer"]
        person.refresh_from_db()
        person.set_password("another sentence altogether")
        person.save()
        assert elsewhere.get("/o/halden/").status_code == 302

    def test_has_a_cookie_that_scripts_and_other_sites_do_not_get(self, halden: House) -> None:
        client = Client()
        sign_in(client)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


class TestAPasswordReset:
    def test_names_the_public_address_whatever_the_request_says(self, halden: House) -> None:
        Client().post("/account/password/reset/", {"email": "viewer@halden.example"}, headers={"Host": "localhost"})
        assert len(mail.outbox) == 1
        assert settings.PUBLIC_URL in str(mail.outbox[0].body)
        assert "localhost" not in str(mail.outbox[0].body)

    def test_says_the_same_whether_the_address_is_known(self, halden: House) -> None:
        known = Client().post("/account/password/reset/", {"email": "viewer@halden.example"}, follow=True)
        unknown = Client().post("/account/password/reset/", {"email": "nobody@halden.example"}, follow=True)
        strip = re.compile(rb'(?:nonce|value)="[^"]*"')
        assert strip.sub(b"", known.content) == strip.sub(b"", unknown.content)

    def test_of_a_foreign_host_is_refused(self, db: None) -> None:
        assert Client().get("/account/login/", headers={"Host": "evil.example"}).status_code == 400


class TestAForgedRequest:
    def test_without_the_forms_secret_is_403(self, halden: House) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(halden.people["administrator"], backend=BACKEND)
        for headers in ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"}):
            answer = client.post(
                "/o/halden/people/invitations/", {"email": "x@y.example", "roles": ["viewer"]}, headers=headers
            )
            assert answer.status_code == 403
        assert mail.outbox == []


class TestOddRequests:
    @pytest.mark.parametrize(
        "address",
        [
            "/o/halden/journal.json",
            "/o/halden/journal/..",
            "/o//halden/",
            "/o/halden/%2e%2e/",
            "/o/halden%00/",
            "/o/" + "x" * 5000,
        ],
    )
    def test_are_not_there_and_never_a_failure(self, halden: House, address: str) -> None:
        client = Client()
        client.force_login(halden.people["viewer"], backend=BACKEND)
        assert client.get(address).status_code in {301, 404}

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"])
    def test_with_another_verb_change_nothing(self, halden: House, method: str) -> None:
        client = Client()
        client.force_login(halden.people["administrator"], backend=BACKEND)
        assert client.generic(method, "/o/halden/people/").status_code in {200, 405}


class TestHeaders:
    @pytest.mark.parametrize("address", ["/", "/account/login/", "/o/halden/people/"])
    def test_forbid_foreign_scripts_frames_and_guesses(self, halden: House, address: str) -> None:
        client = Client()
        client.force_login(halden.people["viewer"], backend=BACKEND)
        headers = client.get(address, follow=False).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
