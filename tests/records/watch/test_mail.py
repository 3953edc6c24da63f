"""Mail about changes: worse at once, the rest in the evening, each change once, to who wants it and may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import IntegrityError

from assaymark.core.parties import Role
from assaymark.core.programme import DecisionKind
from assaymark.records.parties.models import Membership
from assaymark.records.register.models import Listing
from assaymark.records.scope import organisation_scope
from assaymark.records.watch import actions, noticing, tasks, telling
from tests.records.attestations.conftest import NOW, Chain
from tests.records.register.conftest import Take, changed
from tests.records.watch.conftest import Buyer

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
EVENING = NOW.replace(hour=18)
Published = Callable[[dt.datetime], Listing]


@pytest.fixture
def shafts(castell: Buyer, listed: Published) -> Buyer:
    """Castell watches Halden's certificate; Omar added it."""
    actions.add(listing_id=listed(NOW).pk, label="Shafts", by=castell.omar, at=NOW)
    return castell


def suspend(chain: Chain, at: dt.datetime) -> None:
    chain.decide(chain.certificate, DecisionKind.SUSPEND, at=at, reason="Surveillance was not allowed")


def restore(chain: Chain, at: dt.datetime) -> None:
    chain.decide(chain.certificate, DecisionKind.RESTORE, at=at)


class TestWhatIsWorse:
    def test_is_mailed_at_once_with_reason_and_address(self, shafts: Buyer, chain: Chain) -> None:
        suspend(chain, NOW + HOUR)
        tasks.round_of(at=NOW + HOUR)
        (sent,) = mail.outbox
        assert sent.to == ["omar@castell.example"]
        assert sent.subject == "Castell Packaging Group: Shafts: in force: no"
        assert "In force: yes before, no now." in sent.body
        assert "NC-26-00417" in sent.body
        assert "/o/castell/watch/" in sent.body

    def test_is_mailed_once(self, shafts: Buyer, chain: Chain) -> None:
        suspend(chain, NOW + HOUR)
        for hour in range(1, 12):
            tasks.round_of(at=NOW + hour * HOUR)
        assert len(mail.outbox) == 1

    def test_of_several_is_one_mail_with_the_worst_first(self, shafts: Buyer, chain: Chain, register: Take) -> None:
        for number in ("NC-26-00001", "NC-26-00002"):
            actions.add_by_number(number=number, by=shafts.omar, at=NOW)
        register("2026-02-01", changed(1, status="valid"))
        suspend(chain, NOW + HOUR)
        tasks.round_of(at=NOW + HOUR)
        (sent,) = mail.outbox
        assert sent.subject == "Castell Packaging Group: 1 watched certificate is worse than before"
        assert sent.body.index("Shafts") < sent.body.index("Halden Precision AB")


class TestWhatIsNoWorse:
    def test_waits_for_the_evening_of_the_same_day(self, shafts: Buyer, chain: Chain) -> None:
        suspend(chain, NOW + HOUR)
        tasks.round_of(at=NOW + HOUR)
        restore(chain, NOW + 2 * HOUR)
        tasks.round_of(at=NOW + 2 * HOUR)
        assert len(mail.outbox) == 1
        tasks.round_of(at=EVENING)
        assert mail.outbox[-1].subject == "Castell Packaging Group: Shafts: in force: yes"
        assert len(mail.outbox) == 2

    def test_noticed_late_in_the_evening_still_leaves_that_day(self, shafts: Buyer, chain: Chain) -> None:
        suspend(chain, NOW + HOUR)
        tasks.round_of(at=NOW + HOUR)
        restore(chain, EVENING + 4 * HOUR)
        tasks.round_of(at=EVENING + 4 * HOUR)
        assert len(mail.outbox) == 2

    def test_left_over_by_a_background_that_stood_still_leaves_next_morning(self, shafts: Buyer, chain: Chain) -> None:
        suspend(chain, NOW + HOUR)
        tasks.round_of(at=NOW + HOUR)
        restore(chain, NOW + 2 * HOUR)
        noticing.notice(at=NOW + 2 * HOUR)
        tasks.round_of(at=NOW + dt.timedelta(days=1))
        assert len(mail.outbox) == 2


class TestWhoIsTold:
    def sent_to(self, buyer: Buyer, at: dt.datetime) -> list[str]:
        telling.tell_watchers(organisation_id=buyer.organisation.pk, at=at)
        return [address for one in mail.outbox for address in one.to]

    def test_others_may_ask_for_it(self, shafts: Buyer, chain: Chain) -> None:
        actions.choose_mail(mail=True, by=shafts.vera, at=NOW)
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        assert self.sent_to(shafts, NOW + HOUR) == ["omar@castell.example", "vera@castell.example"]

    def test_who_wants_none_gets_none(self, shafts: Buyer, chain: Chain) -> None:
        actions.choose_mail(mail=False, by=shafts.omar, at=NOW)
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        assert self.sent_to(shafts, NOW + HOUR) == []

    def test_who_asks_later_is_not_told_of_what_was_before(self, shafts: Buyer, chain: Chain) -> None:
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        actions.choose_mail(mail=True, by=shafts.vera, at=NOW + 2 * HOUR)
        assert self.sent_to(shafts, NOW + 2 * HOUR) == ["omar@castell.example"]

    def test_who_left_is_not_told(self, shafts: Buyer, chain: Chain) -> None:
        with organisation_scope(shafts.organisation.pk):
            Membership.objects.filter(person_id=shafts.omar.person_id).update(ended_at=NOW)
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        assert self.sent_to(shafts, NOW + HOUR) == []

    def test_who_may_no_longer_read_is_not_told(
        self, shafts: Buyer, chain: Chain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(telling, "PERMISSIONS", {role: frozenset() for role in Role})
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        assert self.sent_to(shafts, NOW + HOUR) == []

    def test_of_another_organisation_learn_nothing(self, shafts: Buyer, rival: Buyer, chain: Chain) -> None:
        actions.choose_mail(mail=True, by=rival.omar, at=NOW)
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        assert self.sent_to(rival, NOW + HOUR) == []

    def test_a_second_worker_at_the_same_moment_tells_nothing_again(
        self, shafts: Buyer, chain: Chain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        suspend(chain, NOW + HOUR)
        noticing.notice(at=NOW + HOUR)

        def taken(*_: object, **__: object) -> None:
            raise IntegrityError("watch_mail_once")

        with monkeypatch.context() as patched:
            patched.setattr(telling.WatchMail.objects, "bulk_create", taken)
            assert self.sent_to(shafts, NOW + HOUR) == []
        assert self.sent_to(shafts, NOW + HOUR) == ["omar@castell.example"]

    def test_by_the_background_task_of_their_organisation(self, shafts: Buyer, chain: Chain) -> None:
        from django.utils import timezone

        actions.choose_mail(mail=True, by=shafts.vera, at=NOW)
        suspend(chain, timezone.now())
        noticing.notice(at=timezone.now())
        assert tasks.tell.call(str(shafts.organisation.pk)) == 2


def test_a_name_with_a_line_break_ends_no_header(castell: Buyer, listed: Published, chain: Chain) -> None:
    actions.add(listing_id=listed(NOW).pk, label="Shafts\r\nBcc: everybody@example.org", by=castell.omar, at=NOW)
    suspend(chain, NOW + HOUR)
    tasks.round_of(at=NOW + HOUR)
    assert mail.outbox[0].subject.count("\n") == 0


def test_a_mail_server_that_is_away_keeps_nobody_else_waiting_and_is_tried_again(
    shafts: Buyer, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.choose_mail(mail=True, by=shafts.vera, at=NOW)
    suspend(chain, NOW + HOUR)
    noticing.notice(at=NOW + HOUR)
    really = telling.send_mail

    def refuses_omar(subject: str, body: str, sender: str | None, to: list[str]) -> int:
        if to == ["omar@castell.example"]:
            raise ConnectionRefusedError("no mail server")
        return int(really(subject, body, sender, to))

    with monkeypatch.context() as patched:
        patched.setattr(telling, "send_mail", refuses_omar)
        assert telling.tell_watchers(organisation_id=shafts.organisation.pk, at=NOW + HOUR) == 1
    assert telling.tell_watchers(organisation_id=shafts.organisation.pk, at=NOW + 2 * HOUR) == 1
    assert [one.to for one in mail.outbox] == [["vera@castell.example"], ["omar@castell.example"]]


def test_a_mail_about_very_many_names_some_and_counts_the_rest(
    castell: Buyer, register: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_SHOWN", 1)
    for number in ("NC-26-00001", "HC-0005"):
        actions.add_by_number(number=number, by=castell.omar, at=NOW)
    Listing.objects.filter(number__in=("NC-26-00001", "HC-0005")).update(status="withdrawn")
    tasks.round_of(at=NOW + HOUR)
    (sent,) = mail.outbox
    assert sent.subject == "Castell Packaging Group: 2 watched certificates are worse than before"
    assert "And 1 more." in sent.body
