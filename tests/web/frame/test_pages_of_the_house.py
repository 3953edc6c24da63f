"""Sign-in, account, landing and error pages answer in the house's look and words."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from assaymark.records.parties.models import Membership, Organisation, Person
from assaymark.records.scope import system_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def pia() -> Person:
    return Person.objects.create_user("pia@example.org", "a-long-password", name="Pia Novak")


def organisation(slug: str, name: str) -> Organisation:
    return Organisation.objects.create(slug=slug, name=name, created_at=timezone.now())


def member(person: Person, place: Organisation, role: str) -> None:
    with system_scope():
        Membership.unscoped.create(organisation=place, person=person, roles=[role], since=timezone.localdate())


class TestAVisitor:
    @pytest.mark.parametrize(
        "address", ["/", "/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/gallery/"]
    )
    def test_gets_plain_words(self, client: Client, address: str) -> None:
        response = client.get(address)

        assert response.status_code == 200
        text = re.sub(r"<[^>]+>", " ", response.content.decode()).lower()
        assert not re.search(r"\bplease\b|successfully|invalid input", text)

    def test_meets_the_landing_page_without_a_cookie(self, client: Client) -> None:
        client.get("/")

        assert not client.cookies

    def test_is_told_how_accounts_come_about(self, client: Client) -> None:
        assert b"by invitation" in client.get("/account/signup/").content

    def test_sees_one_h1_per_page(self, client: Client) -> None:
        for address in ("/", "/account/login/", "/account/password/reset/"):
            assert client.get(address).content.count(b"<h1") == 1

    def test_who_mistypes_the_password_is_told_beside_the_form(self, client: Client, pia: Person) -> None:
        html = client.post("/account/login/", {"login": "pia@example.org", "password": "wrong"}).content.decode()

        assert "That did not work" in html
        assert 'value="pia@example.org"' in html

    def test_signs_in(self, client: Client, pia: Person) -> None:
        response = client.post("/account/login/", {"login": "pia@example.org", "password": "a-long-password"})

        assert response.status_code == 302
        assert client.session["_auth_user_id"] == str(pia.pk)

    @override_settings(DEBUG=False)
    def test_who_mistypes_an_address_is_shown_the_way_home(self, client: Client) -> None:
        response = client.get("/no-such-page/")

        assert response.status_code == 404
        assert b"Nothing is here" in response.content

    def test_whose_form_is_too_old_is_told_that_nothing_was_changed(self) -> None:
        response = Client(enforce_csrf_checks=True).post("/account/login/", {})

        assert response.status_code == 403
        assert b"Nothing was changed" in response.content


class TestAPerson:
    @pytest.mark.parametrize(
        "address", ["/account/2fa/", "/account/password/change/", "/account/email/", "/account/logout/"]
    )
    def test_finds_the_pages_of_the_account(self, client: Client, pia: Person, address: str) -> None:
        client.force_login(pia, backend="django.contrib.auth.backends.ModelBackend")
        html = client.get(address).content.decode()

        assert html.count("<h1") == 1
        assert not re.search(r"\bplease\b|successfully", re.sub(r"<[^>]+>", " ", html).lower())

    def test_without_a_workplace_is_told_what_to_do(self, client: Client, pia: Person) -> None:
        client.force_login(pia, backend="django.contrib.auth.backends.ModelBackend")

        assert b"No workplace yet" in client.get("/").content

    def test_with_two_workplaces_chooses(self, client: Client, pia: Person) -> None:
        for slug in ("halden", "brandt"):
            member(pia, organisation(slug, slug.title()), "viewer")
        client.force_login(pia, backend="django.contrib.auth.backends.ModelBackend")
        html = client.get("/").content.decode()

        assert 'href="/o/halden/"' in html
        assert 'href="/o/brandt/"' in html

    def test_sees_the_other_workplaces_in_the_switcher(self, client: Client, pia: Person) -> None:
        for slug in ("halden", "brandt"):
            member(pia, organisation(slug, slug.title()), "viewer")
        client.force_login(pia, backend="django.contrib.auth.backends.ModelBackend")
        html = client.get("/o/halden/").content.decode()

        assert 'href="/o/brandt/"' in html
        assert re.search(r'href="/o/halden/" aria-current="true"', html)

    @override_settings(DEBUG=False)
    def test_without_business_in_an_organisation_learns_nothing_of_it(self, client: Client, pia: Person) -> None:
        organisation("secret", "Secret Works")
        client.force_login(pia, backend="django.contrib.auth.backends.ModelBackend")
        response = client.get("/o/secret/")

        assert response.status_code == 404
        assert b"Secret Works" not in response.content


class TestTheSecurityPolicy:
    @pytest.mark.parametrize("address", ["/", "/account/login/", "/gallery/"])
    def test_meets_no_script_or_style_inside_the_page(self, client: Client, address: str) -> None:
        html = client.get(address).content.decode()
        inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html)

        assert [tag for tag in inline if "application/json" not in tag] == []
        assert "<style" not in html
        assert not re.search(r"\sstyle=\"", html)
