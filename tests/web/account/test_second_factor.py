"""The second factor holds: a code works once, codes of other times do not, and the page that asks for it cannot be
walked around. A link that resets a password works once (reliability 17, 18)."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client

from assaymark.records.parties.models import Person
from tests.permission.house import House, build_house

PASSWORD = "a sentence is easier than a riddle"
SECRET = "JBSWY3DPEHPK3PXP"
INSIDE = "/o/halden/work/"


@pytest.fixture
def halden(db: None) -> House:
    cache.clear()
    return build_house("halden", word="HALDEN")


@pytest.fixture
def person(halden: House) -> Person:
    """Halden's auditor, who signs in with a password and a code."""
    auditor = halden.people["auditor"]
    auditor.set_password(PASSWORD)
    auditor.save()
    return auditor


@pytest.fixture
def guarded(person: Person) -> Person:
    totp.TOTP.activate(person, SECRET)
    return person


def code(windows: int = 0) -> str:
    """What the person's telephone shows now, or so many half minutes later."""
    counter = int(time.time()) // 30 + windows
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, counter)))


def with_password(person: Person, password: str = PASSWORD) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/account/login/", {"login": person.email, "password": password})


def is_inside(client: Client) -> bool:
    return bool(client.get(INSIDE).status_code == 200)


class TestAPassword:
    def test_alone_is_enough_without_a_second_factor(self, person: Person) -> None:
        client, _ = with_password(person)
        assert is_inside(client)

    def test_leads_to_the_second_factor(self, guarded: Person) -> None:
        client, answer = with_password(guarded)
        assert answer.status_code == 302
        assert "/2fa/authenticate/" in answer.headers["Location"]
        assert not is_inside(client)

    def test_does_not_let_anybody_walk_around_the_second_factor(self, guarded: Person) -> None:
        client, _ = with_password(guarded)
        for address in (INSIDE, "/o/halden/", "/o/halden/findings/", "/account/email/", "/account/2fa/", "/tokens/"):
            answer = client.get(address)
            assert answer.status_code in {302, 404}, address
            assert "HALDEN auditor" not in answer.content.decode()
        answer = client.post("/account/2fa/totp/deactivate/")
        assert answer.status_code == 302
        assert Authenticator.objects.filter(user=guarded, type=Authenticator.Type.TOTP).exists()


class TestACode:
    def test_lets_in(self, guarded: Person) -> None:
        client, _ = with_password(guarded)
        client.post("/account/2fa/authenticate/", {"code": code()})
        assert is_inside(client)

    def test_works_once(self, guarded: Person) -> None:
        seen = code()
        first, _ = with_password(guarded)
        first.post("/account/2fa/authenticate/", {"code": seen})
        second, _ = with_password(guarded)
        answer = second.post("/account/2fa/authenticate/", {"code": seen})
        assert is_inside(first)
        assert answer.status_code == 200
        assert not is_inside(second)

    @pytest.mark.parametrize("windows", [-3, -2, 2, 3])
    def test_of_another_time_is_refused(self, guarded: Person, windows: int) -> None:
        client, _ = with_password(guarded)
        client.post("/account/2fa/authenticate/", {"code": code(windows)})
        assert not is_inside(client)

    def test_without_a_password_opens_nothing(self, guarded: Person) -> None:
        client = Client()
        assert client.post("/account/2fa/authenticate/", {"code": code()}).status_code == 302
        assert not is_inside(client)

    def test_is_not_guessed_for_long(self, guarded: Person) -> None:
        client, _ = with_password(guarded)
        wrong = "000000" if code() != "000000" else "111111"
        for _ in range(8):
            client.post("/account/2fa/authenticate/", {"code": wrong})
        client.post("/account/2fa/authenticate/", {"code": code()})
        assert not is_inside(client)


class TestALinkThatResetsAPassword:
    def ask(self, person: Person) -> str:
        Client().post("/account/password/reset/", {"email": person.email})
        found = re.search(r"https?://\S+/password/reset/key/\S+", str(mail.outbox[-1].body))
        assert found is not None
        return re.sub(r"^https?://[^/]+", "", found[0])

    def use(self, link: str, password: str) -> Any:
        client = Client()
        form = client.get(link, follow=True)
        address = form.redirect_chain[-1][0] if form.redirect_chain else link
        return client.post(address, {"password1": password, "password2": password})

    def test_works(self, person: Person) -> None:
        self.use(self.ask(person), "another sentence that is long enough")
        assert is_inside(with_password(person, "another sentence that is long enough")[0])

    def test_works_once(self, person: Person) -> None:
        link = self.ask(person)
        self.use(link, "another sentence that is long enough")
        self.use(link, "a third sentence, by somebody who read the mail later")
        person.refresh_from_db()
        assert person.check_password("another sentence that is long enough")

    def test_is_worthless_once_the_password_changed_otherwise(self, person: Person) -> None:
        link = self.ask(person)
        person.set_password("changed by hand in the meantime")
        person.save()
        self.use(link, "another sentence that is long enough")
        person.refresh_from_db()
        assert person.check_password("changed by hand in the meantime")

    def test_does_not_pass_the_second_factor(self, guarded: Person) -> None:
        client = Client()
        link = self.ask(guarded)
        form = client.get(link, follow=True)
        client.post(form.redirect_chain[-1][0], {"password1": PASSWORD + "!", "password2": PASSWORD + "!"})
        assert not is_inside(client)

    def test_ends_other_sessions(self, person: Person) -> None:
        before, _ = with_password(person)
        assert is_inside(before)
        self.use(self.ask(person), "another sentence that is long enough")
        assert not is_inside(before)
