"""Letting people in, changing what they may do, and letting them go: at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assaymark.core.parties import Role
from assaymark.core.refusal import Refused
from assaymark.records.journal.queries import newest
from assaymark.records.parties import invitations, people, queries, tokens
from assaymark.records.parties.models import ApiToken, Invitation, Membership, Person
from assaymark.records.scope import new_id, organisation_scope
from tests.permission.house import House, build_house

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
GOOD = "a sentence is easier than a riddle"


@pytest.fixture
def halden(db: None) -> House:
    cache.clear()
    return build_house("halden", word="HALDEN")


@pytest.fixture
def brandt(db: None) -> House:
    return build_house("brandt", word="BRANDT")


def client_of(house: House, role: str = "administrator") -> Client:
    client = Client()
    client.force_login(house.people[role], backend=BACKEND)
    return client


def membership_of(house: House, role: str) -> Membership:
    with organisation_scope(house.organisation.pk):
        return next(m for m in queries.members(at=timezone.now()) if m.person == house.people[role])


def verbs(house: House) -> list[str]:
    with organisation_scope(house.organisation.pk):
        return [entry.verb for entry in newest()]


def invite(client: Client, email: str = "new@halden.example", **more: Any) -> Any:
    return client.post("/o/halden/people/invitations/", {"email": email, "roles": ["auditor"], **more})


def link_in_mail() -> str:
    found = re.search(r"^http\S+$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[0].removeprefix(settings.PUBLIC_URL)


class TestAnInvitation:
    def test_goes_out_as_text_and_html_with_the_public_address(self, halden: House) -> None:
        answer = client_of(halden).post(
            "/o/halden/people/invitations/",
            {"email": "New@Halden.example", "roles": ["auditor"]},
            headers={"Host": "localhost"},
        )
        assert answer.status_code == 302
        (message,) = mail.outbox
        assert message.to == ["new@halden.example"]
        assert message.subject == "HALDEN administrator invites you to HALDEN Ltd"
        html = message.alternatives[0][0]  # type: ignore[attr-defined]
        assert settings.PUBLIC_URL in str(message.body) and settings.PUBLIC_URL in html
        assert "localhost" not in str(message.body)

    def test_makes_an_account_and_signs_in(self, halden: House) -> None:
        invite(client_of(halden))
        client = Client()
        address = link_in_mail()
        page = client.get(address)
        assert b"HALDEN Ltd" in page.content
        answer = client.post(address, {"name": "Nora New", "password": GOOD})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/o/halden/")
        assert client.get("/o/halden/people/").status_code == 200
        person = Person.objects.get(email="new@halden.example")
        assert person.check_password(GOOD)
        assert {"parties.invited", "parties.member_added"} <= set(verbs(halden))

    def test_works_once(self, halden: House) -> None:
        invite(client_of(halden))
        address = link_in_mail()
        Client().post(address, {"name": "Nora", "password": GOOD})
        again = Client().get(address)
        assert again.status_code == 409
        assert b"used already" in again.content

    def test_of_somebody_with_an_account_asks_them_to_sign_in(self, halden: House, brandt: House) -> None:
        invite(client_of(halden), email="viewer@brandt.example")
        address = link_in_mail()
        stranger = Client().post(address, {"name": "Thief", "password": GOOD})
        assert stranger.status_code == 409
        assert b"Sign in" in stranger.content
        joined = client_of(brandt, "viewer").post(address)
        assert joined.headers["Location"] == "/o/halden/"
        person = brandt.people["viewer"]
        actor = queries.actor_for(person_id=person.pk, organisation_slug="halden", at=timezone.now())
        assert actor is not None
        assert actor.roles == {Role.AUDITOR}

    def test_of_another_address_is_not_for_whoever_is_signed_in(self, halden: House, brandt: House) -> None:
        invite(client_of(halden), email="viewer@brandt.example")
        answer = client_of(brandt, "auditor").post(link_in_mail())
        assert answer.status_code == 409
        assert b"another address" in answer.content

    def test_expires_after_a_week(self, halden: House) -> None:
        invite(client_of(halden))
        with organisation_scope(halden.organisation.pk):
            Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert Client().post(link_in_mail(), {"name": "Late", "password": GOOD}).status_code == 409

    def test_can_be_withdrawn(self, halden: House) -> None:
        client = client_of(halden)
        invite(client)
        with organisation_scope(halden.organisation.pk):
            row = Invitation.objects.get()
        assert b"new@halden.example" in client.get("/o/halden/people/").content
        client.post(f"/o/halden/people/invitations/{row.pk}/")
        assert Client().get(link_in_mail()).status_code == 409

    def test_replaces_an_earlier_one(self, halden: House) -> None:
        client = client_of(halden)
        invite(client)
        first = link_in_mail()
        invite(client)
        assert Client().get(first).status_code == 409
        assert Client().get(link_in_mail()).status_code == 200

    def test_leaves_its_secret_nowhere(self, halden: House) -> None:
        invite(client_of(halden))
        secret = link_in_mail().rstrip("/").rpartition("/")[2]
        with organisation_scope(halden.organisation.pk):
            assert secret not in str(Invitation.objects.get().__dict__)
            assert not any(secret.encode() in bytes(entry.body) for entry in newest())

    def test_keeps_the_address_out_of_the_journal(self, halden: House) -> None:
        invite(client_of(halden))
        with organisation_scope(halden.organisation.pk):
            assert not any(b"new@halden.example" in bytes(entry.body) for entry in newest())

    def test_of_a_member_is_refused(self, halden: House) -> None:
        answer = invite(client_of(halden), email="viewer@halden.example")
        assert answer.status_code == 409
        assert b"a member already" in answer.content
        assert mail.outbox == []

    def test_never_makes_a_guest(self, halden: House) -> None:
        assert invite(client_of(halden), roles=["guest_auditor"]).status_code == 422
        with pytest.raises(Refused, match="no role of a member"):
            invitations.invite(
                email="x@y.example",
                roles=[Role.GUEST_AUDITOR],
                by=halden.actors["administrator"],
                at=timezone.now(),
            )

    def test_is_limited_to_a_hundred_a_day(self, halden: House) -> None:
        now = timezone.now()
        with organisation_scope(halden.organisation.pk):
            Invitation.objects.bulk_create(
                Invitation(
                    organisation=halden.organisation,
                    email=f"{n}@x.example",
                    digest=str(n),
                    invited_by=halden.people["administrator"],
                    created_at=now,
                    expires_at=now,
                )
                for n in range(100)
            )
        answer = invite(client_of(halden))
        assert answer.status_code == 409
        assert mail.outbox == []

    def test_wants_a_password_that_is_worth_its_name(self, halden: House) -> None:
        invite(client_of(halden))
        for weak in ("short", "password123", "1234567890"):
            assert Client().post(link_in_mail(), {"name": "Nora", "password": weak}).status_code == 422
        assert not Person.objects.filter(email="new@halden.example").exists()

    def test_that_was_guessed_is_404_and_soon_429(self, db: None) -> None:
        cache.clear()
        answers = [Client().get(f"/account/invitation/guess-{n}/").status_code for n in range(21)]
        assert set(answers[:-1]) == {404}
        assert answers[-1] == 429
        cache.clear()


class TestRoles:
    def test_are_in_force_with_the_next_request(self, halden: House) -> None:
        viewer = client_of(halden, "viewer")
        assert viewer.get("/o/halden/people/invitations/").status_code == 403
        member = membership_of(halden, "viewer")
        client_of(halden).post(f"/o/halden/people/{member.pk}/", {"roles": ["administrator"]})
        assert viewer.get("/o/halden/people/invitations/").status_code == 200
        assert "parties.roles_changed" in verbs(halden)

    def test_of_the_only_administrator_stay(self, halden: House) -> None:
        member = membership_of(halden, "administrator")
        client = client_of(halden)
        answer = client.post(f"/o/halden/people/{member.pk}/", {"roles": ["viewer"]})
        assert answer.status_code == 409
        assert b"only administrator" in answer.content
        assert client.post(f"/o/halden/people/{member.pk}/end/").status_code == 409
        assert client.get("/o/halden/people/invitations/").status_code == 200

    def test_of_another_organisations_member_are_404(self, halden: House, brandt: House) -> None:
        theirs = membership_of(brandt, "viewer")
        client = client_of(halden)
        assert client.get(f"/o/halden/people/{theirs.pk}/").status_code == 404
        assert client.post(f"/o/halden/people/{theirs.pk}/", {"roles": ["viewer"]}).status_code == 404
        assert client.post(f"/o/halden/people/{theirs.pk}/end/").status_code == 404
        assert membership_of(brandt, "viewer").ended_at is None


class TestTheEndOfAMembership:
    def test_ends_access_at_once(self, halden: House) -> None:
        viewer = client_of(halden, "viewer")
        assert viewer.get("/o/halden/people/").status_code == 200
        member = membership_of(halden, "viewer")
        client_of(halden).post(f"/o/halden/people/{member.pk}/end/", {"reason": "Left."})
        assert viewer.get("/o/halden/people/").status_code == 404
        assert b"HALDEN viewer" not in client_of(halden).get("/o/halden/people/").content

    def test_leaves_room_for_coming_back(self, halden: House) -> None:
        member = membership_of(halden, "viewer")
        people.end_membership(membership_id=member.pk, by=halden.actors["administrator"], at=timezone.now())
        invite(client_of(halden), email="viewer@halden.example")
        answer = client_of(halden, "viewer").post(link_in_mail())
        assert answer.status_code == 302
        assert membership_of(halden, "viewer").roles == ["auditor"]

    def test_of_a_disabled_account_is_the_end_of_all(self, halden: House) -> None:
        viewer = client_of(halden, "viewer")
        Person.objects.filter(pk=halden.people["viewer"].pk).update(is_active=False)
        assert viewer.get("/o/halden/people/").status_code == 302


class TestGuests:
    def let_in(self, client: Client, **more: Any) -> Any:
        today = timezone.now().date()
        form = {
            "guest_slug": "brandt",
            "purpose": "Stage 2",
            "emails": "auditor@brandt.example",
            "since": today.isoformat(),
            "until": (today + timedelta(days=3)).isoformat(),
        }
        return client.post("/o/halden/guests/new/", form | more)

    def test_read_and_audit_for_a_time(self, halden: House, brandt: House) -> None:
        guest = client_of(brandt, "auditor")
        assert guest.get("/o/halden/people/").status_code == 404
        assert self.let_in(client_of(halden)).status_code == 302
        assert guest.get("/o/halden/people/").status_code == 200
        assert guest.get("/o/halden/people/invitations/").status_code == 403
        assert b"Stage 2" in client_of(brandt).get("/o/brandt/guests/").content
        actor = queries.actor_for(
            person_id=brandt.people["auditor"].pk, organisation_slug="halden", at=timezone.now() + timedelta(days=4)
        )
        assert actor is None

    def test_are_turned_out_at_once(self, halden: House, brandt: House) -> None:
        self.let_in(client_of(halden))
        guest = client_of(brandt, "auditor")
        with organisation_scope(halden.organisation.pk):
            (engagement,) = queries.engagements(host_id=halden.organisation.pk)
        assert client_of(brandt).post(f"/o/brandt/guests/{engagement.pk}/revoke/").status_code == 404
        client_of(halden).post(f"/o/halden/guests/{engagement.pk}/revoke/")
        assert guest.get("/o/halden/people/").status_code == 404

    def test_are_guests_no_longer_when_they_left_who_sent_them(self, halden: House, brandt: House) -> None:
        self.let_in(client_of(halden))
        member = membership_of(brandt, "auditor")
        people.end_membership(membership_id=member.pk, by=brandt.actors["administrator"], at=timezone.now())
        assert client_of(brandt, "auditor").get("/o/halden/people/").status_code == 404

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"guest_slug": "nobody"}, b"No other organisation"),
            ({"guest_slug": "halden"}, b"No other organisation"),
            ({"emails": "somebody@else.example"}, b"not a member of BRANDT"),
            ({"until": "2020-01-01"}, b"end before it begins"),
        ],
    )
    def test_are_named_rightly_or_refused(
        self, halden: House, brandt: House, wrong: dict[str, str], reason: bytes
    ) -> None:
        answer = self.let_in(client_of(halden), **wrong)
        assert answer.status_code == 409
        assert reason in answer.content


class TestSites:
    FORM = {"name": "Works", "locality": "Halden", "country": "NO", "personnel": "12", "activity": "Turning"}

    def test_are_added_and_changed(self, halden: House) -> None:
        client = client_of(halden)
        assert client.post("/o/halden/sites/new/", self.FORM).status_code == 302
        with organisation_scope(halden.organisation.pk):
            (site,) = queries.sites()
        client.post(f"/o/halden/sites/{site.pk}/", {**self.FORM, "personnel": "14"})
        assert b"14" in client_of(halden, "viewer").get("/o/halden/sites/").content
        assert verbs(halden)[0] == "parties.site_changed"

    def test_have_each_their_name(self, halden: House) -> None:
        client = client_of(halden)
        client.post("/o/halden/sites/new/", self.FORM)
        again = client.post("/o/halden/sites/new/", self.FORM)
        assert again.status_code == 422
        assert b"of this name already" in again.content


class TestTokens:
    def make(self, client: Client, days: int = 30) -> Any:
        day = (timezone.now() + timedelta(days=days)).date().isoformat()
        return client.post("/account/tokens/", {"name": "Export", "expires": day})

    def test_are_shown_once(self, halden: House) -> None:
        client = client_of(halden, "viewer")
        made = self.make(client)
        found = re.search(rb"aym_[\w-]{43}", made.content)
        assert found is not None
        assert found[0] not in client.get("/account/tokens/").content
        assert "no-store" in made.headers["Cache-Control"]
        answer = Client().get("/api/v1/halden/findings/", headers={"Authorization": f"Bearer {found[0].decode()}"})
        assert answer.status_code == 200

    def test_last_a_year_at_most(self, halden: House) -> None:
        assert self.make(client_of(halden, "viewer"), days=400).status_code == 409
        assert self.make(client_of(halden, "viewer"), days=-1).status_code == 409

    def test_are_revoked_by_their_own_person_only(self, halden: House) -> None:
        token = ApiToken.objects.get(person=halden.people["viewer"])
        assert client_of(halden).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
        assert client_of(halden, "viewer").post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
        assert tokens.person_of(halden.secrets["viewer"], at=timezone.now()) is None
        assert client_of(halden, "viewer").post(f"/account/tokens/{new_id()}/revoke/").status_code == 404
