"""What comes onto a watch list and off it; who may; and that nobody learns more by watching than by asking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from assaymark.core.parties import ROLE_NAMES, Actor, Role
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Forbidden, Refused
from assaymark.core.supplier_list import Supplier
from assaymark.records.journal.queries import JournalEntry
from assaymark.records.register.models import Listing
from assaymark.records.scope import organisation_scope
from assaymark.records.watch import actions, noticing, queries, tables
from assaymark.records.watch.actions import Taken
from assaymark.records.watch.models import WatchedCertificate, WatchEvent
from tests.records.attestations.conftest import NOW, Chain
from tests.records.register.conftest import Take, entry
from tests.records.watch.conftest import Buyer

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
Published = Callable[[dt.datetime], Listing]


def id_of(number: str) -> int:
    return int(Listing.objects.get(number=number).pk)


def rules(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def labels(buyer: Buyer, **asked: str) -> list[str]:
    with organisation_scope(buyer.organisation.pk):
        return [row.label for row in queries.listed(**asked)]


class TestAdding:
    def test_takes_the_holders_name_unless_told(self, castell: Buyer, register: Take) -> None:
        actions.add(listing_id=id_of("NC-26-00001"), by=castell.omar, at=NOW)
        actions.add(listing_id=id_of("HC-0005"), label="  The shipper ", by=castell.omar, at=NOW)
        assert labels(castell) == ["Müller Metallbau GmbH", "The shipper"]

    def test_is_refused_when_it_is_watched_already(self, castell: Buyer, register: Take) -> None:
        actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        assert rules(refused) == ["watch-twice"]

    def test_again_after_it_ended_begins_anew(self, castell: Buyer, register: Take) -> None:
        first = actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        actions.stop(watched_id=first.pk, by=castell.omar, at=NOW + HOUR)
        again = actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW + 2 * HOUR)
        assert again.pk != first.pk
        assert labels(castell) == ["Brandt Shipping"]

    def test_is_written_into_the_journal(self, castell: Buyer, register: Take) -> None:
        row = actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        actions.rename(watched_id=row.pk, label="Brandt", by=castell.omar, at=NOW)
        actions.stop(watched_id=row.pk, by=castell.omar, at=NOW)
        with organisation_scope(castell.organisation.pk):
            verbs = [one.verb for one in JournalEntry.objects.filter(subject_id=row.pk).order_by("index")]
        assert verbs == ["watch.added", "watch.renamed", "watch.stopped"]

    def test_at_the_same_moment_as_somebody_else_is_refused(
        self, castell: Buyer, register: Take, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listing = Listing.objects.select_related("source", "holder", "body").get(number="HC-0005")
        really = actions.look

        def meanwhile(row: Listing, *, at: dt.datetime) -> object:
            WatchedCertificate.objects.create(
                organisation=castell.organisation, listing=row, label="x", since=at, seen={}, seen_at=at
            )
            return really(row, at=at)

        monkeypatch.setattr(actions, "look", meanwhile)
        with pytest.raises(Refused) as refused:
            actions.add(listing_id=listing.pk, by=castell.omar, at=NOW)
        assert rules(refused) == ["watch-twice"]

    def test_is_refused_when_the_list_is_full(
        self, castell: Buyer, register: Take, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "MOST", 1)
        actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.add(listing_id=id_of("NC-26-00001"), by=castell.omar, at=NOW)
        assert rules(refused) == ["watch-full"]


class TestACertificateThatIsNotPublic:
    @pytest.fixture(autouse=True)
    def _unlisted(self, take: Take) -> None:
        take("2026-01-01", [entry("S-1", "Occult Works", visibility="status-only", other_names=("Occult",))])

    def test_is_not_watched_by_choosing_it(self, castell: Buyer) -> None:
        with pytest.raises(Refused) as refused:
            actions.add(listing_id=id_of("S-1"), by=castell.omar, at=NOW)
        assert rules(refused) == ["watch-unknown"]

    @pytest.mark.parametrize(("number", "name"), [("S-1", ""), ("S-1", "Ocult Works"), ("S-2", "Occult Works")])
    def test_is_refused_alike_for_a_wrong_number_and_a_wrong_name(self, castell: Buyer, number: str, name: str) -> None:
        with pytest.raises(Refused) as refused:
            actions.add_by_number(number=number, name=name, by=castell.omar, at=NOW)
        assert refused.value.refusals == (actions._UNKNOWN,)

    @pytest.mark.parametrize("name", ["Occult Works", "occult works", "Occult"])
    def test_is_watched_by_its_exact_number_and_name(self, castell: Buyer, name: str) -> None:
        row = actions.add_by_number(number="S-1", name=name, by=castell.omar, at=NOW)
        assert row.label == "S-1"

    def test_shows_neither_holder_nor_body_nor_dates(self, castell: Buyer) -> None:
        actions.add_by_number(number="S-1", name="Occult Works", label="Supplier 7", by=castell.omar, at=NOW)
        with organisation_scope(castell.organisation.pk):
            (row,) = queries.listed()
            one = queries.shown(row)
            sheet = tables.export_csv(queries.listed()).decode()
        assert (one.label, one.number, one.holder, one.body, one.standard, one.expires) == (
            "Supplier 7", "S-1", "", "", "", None,
        )  # fmt: skip
        assert "Occult" not in sheet
        assert "Northfield" not in sheet

    def test_is_not_met_by_searching_the_list_for_its_holder(self, castell: Buyer) -> None:
        actions.add_by_number(number="S-1", name="Occult Works", label="Supplier 7", by=castell.omar, at=NOW)
        assert labels(castell, text="occult") == []
        assert labels(castell, text="northfield") == []
        assert labels(castell, text="s1") == ["Supplier 7"]

    def test_is_left_out_of_what_can_be_chosen(self, castell: Buyer) -> None:
        with organisation_scope(castell.organisation.pk):
            assert queries.to_choose_from(text="S-1", on=NOW.date()) == []
            assert queries.listing(listing_id=id_of("S-1")) is None

    def test_on_a_list_needs_its_exact_name_too(self, castell: Buyer) -> None:
        asked = [Supplier(2, number="S-1"), Supplier(3, "Occult Works Ltd", "S-1"), Supplier(4, "Occult Works", "S-1")]
        told = actions.add_many(suppliers=asked, by=castell.omar, at=NOW)
        assert [row.taken for row in told] == [Taken.NOT_FOUND, Taken.NOT_FOUND, Taken.WATCHED]
        assert all("Occult" not in row.why for row in told)


class TestANumberThatStandsMoreThanOnce:
    def test_is_refused_until_the_holder_is_named(self, castell: Buyer, take: Take) -> None:
        entries = [entry("N-1", "Ahorn Bau"), entry("N-1", "Birke Bau", body="Hanse Cert")]
        take("2026-01-01", entries)
        with pytest.raises(Refused) as refused:
            actions.add_by_number(number="n1", by=castell.omar, at=NOW)
        assert rules(refused) == ["watch-several"]
        assert actions.add_by_number(number="n1", name="Birke Bau", by=castell.omar, at=NOW).label == "Birke Bau"


class TestAList:
    def test_is_taken_row_by_row_with_a_reason_for_what_is_left(self, castell: Buyer, register: Take) -> None:
        actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        told = actions.add_many(
            suppliers=[
                Supplier(2, "Mueller Metallbau", "NC-26-00001"),
                Supplier(3, "Halden Precisoin AB"),
                Supplier(4, "Brandt Shipping"),
                Supplier(5, "Somebody Else", "NC-26-00003"),
                Supplier(6, "Müller Metallbau GmbH", "NC-26-00001"),
                Supplier(7, "Nobody knows"),
            ],
            by=castell.omar,
            at=NOW,
        )
        assert [row.taken for row in told] == [
            Taken.WATCHED, Taken.NOT_FOUND, Taken.ALREADY, Taken.NOT_FOUND, Taken.ALREADY, Taken.NOT_FOUND,
        ]  # fmt: skip
        assert "Did you mean Halden Precision AB" in told[1].why
        assert "belongs to" in told[3].why
        assert labels(castell) == ["Brandt Shipping", "Mueller Metallbau"]

    def test_of_what_was_exported_is_read_back_as_already_watched(self, castell: Buyer, register: Take) -> None:
        from assaymark.formats.supplier_list import read_suppliers

        for number in ("HC-0005", "NC-26-00001"):
            actions.add(listing_id=id_of(number), by=castell.omar, at=NOW)
        with organisation_scope(castell.organisation.pk):
            content = tables.export_csv(queries.listed())
        told = actions.add_many(suppliers=read_suppliers(content, name="x.csv"), by=castell.omar, at=NOW)
        assert {row.taken for row in told} == {Taken.ALREADY}

    def test_that_is_too_long_is_refused_whole(self, castell: Buyer, db: None) -> None:
        with pytest.raises(Refused) as refused:
            actions.add_many(suppliers=[Supplier(n, f"S{n}") for n in range(501)], by=castell.omar, at=NOW)
        assert rules(refused) == ["watch-many"]


class TestTheList:
    @pytest.fixture(autouse=True)
    def _watched(self, castell: Buyer, chain: Chain, listed: Published, register: Take) -> None:
        actions.add(listing_id=listed(NOW).pk, label="Shafts", by=castell.omar, at=NOW)
        actions.add(listing_id=id_of("HC-0005"), by=castell.omar, at=NOW)
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        noticing.notice(at=NOW + HOUR)

    def test_puts_unseen_changes_first(self, castell: Buyer) -> None:
        assert labels(castell) == ["Shafts", "Brandt Shipping"]

    def test_is_searched_by_own_name_holder_body_and_number(self, castell: Buyer) -> None:
        assert labels(castell, text="shaf") == ["Shafts"]
        assert labels(castell, text="halden prec") == ["Shafts"]
        assert labels(castell, text="hanse") == ["Brandt Shipping"]
        assert labels(castell, text="nc-26 004") == ["Shafts"]
        assert labels(castell, text="nothing of it") == []

    def test_is_split_by_what_is_answered(self, castell: Buyer) -> None:
        with organisation_scope(castell.organisation.pk):
            assert queries.counts() == {"all": 2, "changed": 1, "stop": 1, "unknown": 1, "good": 0}
        assert labels(castell, view="stop") == ["Shafts"]
        assert labels(castell, view="unknown") == ["Brandt Shipping"]

    def test_counts_what_nobody_has_seen_until_somebody_has(self, castell: Buyer) -> None:
        with organisation_scope(castell.organisation.pk):
            assert queries.unseen() == 1
            (row,) = queries.listed(view="changed")
        assert actions.mark_seen(watched_id=row.pk, by=castell.omar, at=NOW + 2 * HOUR) == 1
        assert actions.mark_seen(by=castell.omar, at=NOW + 2 * HOUR) == 0
        with organisation_scope(castell.organisation.pk):
            assert queries.unseen() == 0
            (event,) = queries.changes_of(row)
        assert (event.read_at, event.read_by_id) == (NOW + 2 * HOUR, castell.omar.person_id)

    def test_leaves_as_a_workbook_with_every_change(self, castell: Buyer) -> None:
        from assaymark.formats import xlsx

        with organisation_scope(castell.organisation.pk):
            first, second = xlsx.read(content=tables.export_xlsx(queries.listed(), queries.all_changes()))
        assert [row[0] for row in first.rows] == ["Shafts", "Brandt Shipping"]
        assert [tuple(row[3:7]) for row in second.rows] == [("In force", "yes", "no", "yes")]

    def test_keeps_the_changes_of_what_is_no_longer_watched(self, castell: Buyer) -> None:
        with organisation_scope(castell.organisation.pk):
            (row,) = queries.listed(view="changed")
        actions.stop(watched_id=row.pk, by=castell.omar, at=NOW + 2 * HOUR)
        with organisation_scope(castell.organisation.pk):
            assert queries.unseen() == 0
            assert len(queries.all_changes()) == 1
            assert queries.record(watched_id=row.pk).ended_at == NOW + 2 * HOUR


class TestWhoMay:
    def test_change_the_list(self) -> None:
        writing = {role for role in ROLE_NAMES if "watch.write" in permissions(role)}
        assert writing == {
            Role.ADMINISTRATOR, Role.QUALITY_MANAGER, Role.AUDITOR, Role.CERTIFICATION_OFFICE,
            Role.ACCREDITATION_ASSESSOR,
        }  # fmt: skip

    def test_read_it_is_everybody_but_a_guest(self) -> None:
        assert {role for role in ROLE_NAMES if "watch.read" not in permissions(role)} == {Role.GUEST_AUDITOR}

    def test_a_viewer_changes_nothing(self, castell: Buyer, register: Take) -> None:
        with pytest.raises(Forbidden):
            actions.add(listing_id=id_of("HC-0005"), by=castell.vera, at=NOW)


def permissions(role: Role) -> frozenset[str]:
    from assaymark.core.parties import PERMISSIONS

    return PERMISSIONS[role]


class TestAnotherOrganisation:
    @pytest.fixture(autouse=True)
    def _both(self, castell: Buyer, rival: Buyer, register: Take) -> None:
        actions.add(listing_id=id_of("HC-0005"), label="Ours", by=castell.omar, at=NOW)
        actions.add(listing_id=id_of("HC-0005"), label="Theirs", by=rival.omar, at=NOW)

    def test_watches_the_same_without_meeting_ours(self, castell: Buyer, rival: Buyer) -> None:
        assert (labels(castell), labels(rival)) == (["Ours"], ["Theirs"])

    @pytest.mark.parametrize("act", [actions.stop, actions.mark_seen, lambda **w: actions.rename(label="x", **w)])
    def test_cannot_touch_ours(self, castell: Buyer, rival: Buyer, act: Callable[..., object]) -> None:
        with organisation_scope(castell.organisation.pk):
            ours = WatchedCertificate.objects.get()
        by: Actor = rival.omar
        with pytest.raises(WatchedCertificate.DoesNotExist):
            act(watched_id=ours.pk, by=by, at=NOW)

    def test_has_changes_of_its_own(self, castell: Buyer, rival: Buyer, register: Take) -> None:
        noticing.notice(at=dt.datetime(2028, 1, 1, tzinfo=dt.UTC))
        for buyer in (castell, rival):
            with organisation_scope(buyer.organisation.pk):
                assert [event.watched.organisation_id for event in WatchEvent.objects.all()] == [buyer.organisation.pk]
