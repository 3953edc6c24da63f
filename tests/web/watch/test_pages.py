"""The watch list on its pages: find, add, hand in a list, see what changed, take notice, stop, take it along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assaymark.core.parties import Actor, Role
from assaymark.core.programme import DecisionKind
from assaymark.records.parties.actions import add_member
from assaymark.records.register.models import Listing
from assaymark.records.scope import organisation_scope
from assaymark.records.watch import actions, noticing
from assaymark.records.watch.models import WatchedCertificate, Watcher
from tests.records.attestations.conftest import NOW, Chain
from tests.records.register.conftest import Take, entry
from tests.records.watch.conftest import Buyer
from tests.web.watch.conftest import Desk

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
At = Callable[[Actor], Desk]


@pytest.fixture
def suspended(castell: Buyer, chain: Chain, listed: Callable[[dt.datetime], Listing]) -> WatchedCertificate:
    """Castell watches Halden's certificate, which was suspended since."""
    row = actions.add(listing_id=listed(NOW).pk, label="Shafts", by=castell.omar, at=NOW)
    chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR, reason="Surveillance was not allowed")
    noticing.notice(at=NOW + HOUR)
    return row


class TestAnEmptyList:
    def test_teaches_what_it_is_for(self, castell: Buyer, desk: At) -> None:
        said = desk(castell.omar).get()
        assert "Nobody is watched yet" in said
        assert "8.4.1" in said
        assert "/o/castell/watch/add/" in said

    def test_offers_nothing_to_who_may_not_change_it(self, castell: Buyer, desk: At) -> None:
        assert "watch/add/" not in desk(castell.vera).get()


class TestTheList:
    def test_shows_the_change_on_top_with_its_reason(
        self, castell: Buyer, suspended: WatchedCertificate, desk: At
    ) -> None:
        said = desk(castell.omar).get()
        assert said.index("Changed, and not seen yet") < said.index("Surveillance was not allowed")
        assert said.index("Surveillance was not allowed") < said.index("<table")

    def test_counts_it_in_the_rail_until_it_was_seen(
        self, castell: Buyer, suspended: WatchedCertificate, desk: At
    ) -> None:
        counted = 'Watch list</span><span class="count">1'
        omar = desk(castell.omar)
        assert counted in omar.client.get("/o/castell/work/").content.decode()
        said = omar.post("seen/")
        assert "Changed, and not seen yet" not in said
        assert counted not in omar.client.get("/o/castell/work/").content.decode()

    def test_costs_as_many_queries_for_many_as_for_one(self, castell: Buyer, register: Take, desk: At) -> None:
        omar = desk(castell.omar)

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                omar.get()
            return len(queries)

        actions.add_by_number(number="HC-0005", by=castell.omar, at=NOW)
        one = asked()
        for number in ("NC-26-00001", "NC-26-00002", "NC-26-00003", "NC-26-00004"):
            actions.add_by_number(number=number, by=castell.omar, at=NOW)
        assert asked() == one

    def test_is_filtered_and_searched(
        self, castell: Buyer, suspended: WatchedCertificate, register: Take, desk: At
    ) -> None:
        actions.add_by_number(number="HC-0005", by=castell.omar, at=NOW)
        omar = desk(castell.omar)
        assert "Shafts" in omar.get("?view=stop")
        assert "Brandt Shipping" not in omar.get("?view=stop")
        assert "Nothing here matches" in omar.get("?q=nobody+of+this+name")
        assert "listed as valid" in omar.get("?q=brandt")
        assert "Brandt Shipping" in omar.get("?view=no-such-view")

    def test_says_who_gets_mail_and_lets_each_choose(
        self, castell: Buyer, suspended: WatchedCertificate, desk: At
    ) -> None:
        vera = desk(castell.vera)
        assert "Changes go to Omar of Castell" in vera.get()
        assert "Vera of Castell" in vera.post("mail/", mail="yes").split("Changes go to", 1)[1]
        desk(castell.omar).post("mail/", mail="no")
        vera.post("mail/", mail="no")
        assert "Nobody gets mail" in vera.get()
        with organisation_scope(castell.organisation.pk):
            assert list(Watcher.objects.values_list("mail", flat=True)) == [False, False]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_leaves_as_a_file(self, castell: Buyer, suspended: WatchedCertificate, desk: At, kind: str) -> None:
        answer = desk(castell.vera).client.get(f"/o/castell/watch/export.{kind}?view=stop")
        assert answer.status_code == 200
        assert f"castell-watch-list-{dt.date.today():%Y-%m-%d}.{kind}" in answer["Content-Disposition"]
        if kind == "csv":
            assert "Shafts,NC-26-00417,Halden Precision Ltd" in answer.content.decode()

    def test_does_not_leave_in_another_form(self, castell: Buyer, desk: At) -> None:
        desk(castell.omar).get("export.pdf", status=404)


class TestOneCertificate:
    def test_shows_its_answers_and_what_changed(self, castell: Buyer, suspended: WatchedCertificate, desk: At) -> None:
        said = desk(castell.vera).get(f"{suspended.pk}/")
        assert "Signed by Northfield Certification" in said
        assert "Surveillance was not allowed" in said
        assert "Stop watching" not in said

    def test_is_marked_as_seen_renamed_and_stopped(
        self, castell: Buyer, suspended: WatchedCertificate, desk: At
    ) -> None:
        omar = desk(castell.omar)
        assert "seen by Omar of Castell" in omar.post(f"{suspended.pk}/seen/")
        assert "<h1>Grinding</h1>" in omar.post(f"{suspended.pk}/rename/", label="Grinding")
        assert "The name is missing" in omar.post(f"{suspended.pk}/rename/", label="")
        assert "Grinding is no longer watched" in omar.post(f"{suspended.pk}/stop/")
        said = omar.get(f"{suspended.pk}/")
        assert "Watched until" in said
        assert "Stop watching" not in said
        assert "Surveillance was not allowed" in omar.get("changes/")

    def test_of_another_organisation_is_not_there(self, rival: Buyer, suspended: WatchedCertificate, desk: At) -> None:
        omar = desk(rival.omar)
        omar.get(f"{suspended.pk}/", status=404)
        for path in ("seen", "rename", "stop"):
            omar.post(f"{suspended.pk}/{path}/", status=404, label="x")
        assert "Shafts" not in omar.get() + omar.get("changes/")


class TestFinding:
    def test_understands_typing_errors_and_asks(self, castell: Buyer, register: Take, desk: At) -> None:
        said = desk(castell.omar).get("add/?q=Brandt+Shiping")
        assert "Did you mean" in said
        assert 'aria-label="Watch Brandt Shipping, HC-0005"' in said

    def test_adds_what_is_chosen_and_says_so(self, castell: Buyer, register: Take, desk: At) -> None:
        listing = Listing.objects.get(number="HC-0005")
        said = desk(castell.omar).post("add/?q=Brandt", listing=listing.pk)
        assert "Brandt Shipping is watched from now on" in said
        assert "Watched already" in desk(castell.omar).get("add/?q=Brandt+Shipping")

    def test_refuses_what_is_watched_already(self, castell: Buyer, register: Take, desk: At) -> None:
        listing = Listing.objects.get(number="HC-0005")
        omar = desk(castell.omar)
        omar.post("add/", listing=listing.pk)
        assert "is watched already" in omar.post("add/", status=409, listing=listing.pk)

    def test_of_an_entry_that_is_not_there_is_not_found(self, castell: Buyer, desk: At) -> None:
        desk(castell.omar).post("add/", status=404, listing=4711)
        desk(castell.omar).post("add/", status=422, listing="x")

    def test_of_nothing_says_what_to_do(self, castell: Buyer, register: Take, desk: At) -> None:
        assert "Ask the supplier for the certificate" in desk(castell.omar).get("add/?q=Zzyzx+Quux")

    def test_by_exact_number_and_name_of_what_is_not_public(self, castell: Buyer, take: Take, desk: At) -> None:
        take("2026-01-01", [entry("S-1", "Occult Works", visibility="status-only")])
        omar = desk(castell.omar)
        assert "Occult" not in omar.get("add/?q=S-1")
        refused = omar.post("add/by-number/", status=409, number="S-1", name="Ocult Works")
        assert "No certificate that can be watched" in refused
        omar.post("add/by-number/", status=422, number="S-1")
        said = omar.post("add/by-number/", number="S-1", name="Occult Works", label="Supplier 7")
        assert "Supplier 7 is watched" in said
        assert "Occult" not in said


class TestAListThatIsHandedIn:
    def hand_in(self, omar: Desk, text: str, *, status: int = 200) -> str:
        return omar.post("add/list/", status=status, file=SimpleUploadedFile("list.csv", text.encode()))

    def test_is_taken_and_what_is_left_is_explained(self, castell: Buyer, register: Take, desk: At) -> None:
        omar = desk(castell.omar)
        said = self.hand_in(omar, "Supplier,Certificate number\nBrandt Shipping,HC-0005\nHalden Precisoin AB,\n")
        assert "1 watched, 0 watched already, 1 not found" in said
        assert "Did you mean Halden Precision AB" in said
        assert "/o/castell/watch/add/?q=Halden%20Precision%20AB" in said

    @pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Supplier\n"])
    def test_that_cannot_be_read_is_said_at_its_field(self, castell: Buyer, desk: At, text: str) -> None:
        assert 'class="error"' in self.hand_in(desk(castell.omar), text, status=422)

    def test_that_is_too_long_is_refused(self, castell: Buyer, desk: At) -> None:
        rows = "\n".join(f"Supplier {n}" for n in range(501))
        assert "500 are taken at once" in self.hand_in(desk(castell.omar), f"Supplier\n{rows}\n", status=409)


class TestFromACertificatesPage:
    def test_the_link_is_the_same_for_everybody(self, register: Take) -> None:
        listing = Listing.objects.get(number="HC-0005")
        said = Client().get(f"/register/entries/{listing.pk}/").content.decode()
        assert f'href="/watch/?entry={listing.pk}"' in said

    def test_a_stranger_signs_in_first(self, db: None) -> None:
        assert Client().get("/watch/?entry=1")["Location"].startswith("/account/login/")

    def test_leads_to_the_only_list_that_one_may_change(self, castell: Buyer, register: Take, desk: At) -> None:
        listing = Listing.objects.get(number="HC-0005")
        said = desk(castell.omar).get(f"/watch/?entry={listing.pk}", follow=True)
        assert 'aria-label="Watch Brandt Shipping, HC-0005"' in said

    def test_asks_which_when_there_are_several(self, castell: Buyer, rival: Buyer, desk: At) -> None:
        add_member(
            organisation=rival.organisation, email="omar@castell.example", name="Omar",
            roles=[Role.QUALITY_MANAGER], at=NOW,
        )  # fmt: skip
        said = desk(castell.omar).get("/watch/?q=HC-0005")
        assert "/o/castell/watch/add/?q=HC-0005" in said
        assert "/o/rival/watch/add/?q=HC-0005" in said

    def test_says_when_there_is_none(self, castell: Buyer, desk: At) -> None:
        assert "No watch list" in desk(castell.vera).get("/watch/?q=HC-0005")

    def test_of_what_is_not_public_cannot_be_chosen(self, castell: Buyer, take: Take, desk: At) -> None:
        take("2026-01-01", [entry("S-1", "Occult Works", visibility="status-only")])
        listing = Listing.objects.get(number="S-1")
        said = desk(castell.omar).get(f"add/?entry={listing.pk}")
        assert "exact number and name" in said
        assert "Occult" not in said
