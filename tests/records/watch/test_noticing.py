"""A change of any verdict is noticed the day it happens: by a decision, by a register's snapshot, by time alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from assaymark.core.programme import DecisionKind
from assaymark.core.watching import Seen
from assaymark.records.journal import recovery
from assaymark.records.journal.queries import JournalEntry
from assaymark.records.register.models import Listing
from assaymark.records.scope import organisation_scope
from assaymark.records.watch import actions, looking, noticing, tasks
from assaymark.records.watch.models import WatchedCertificate, WatchEvent
from tests.records.attestations.conftest import NOW, Chain
from tests.records.register.conftest import CAST, Take, changed
from tests.records.watch.conftest import Buyer

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
Published = Callable[[dt.datetime], Listing]


def watched(buyer: Buyer) -> WatchedCertificate:
    with organisation_scope(buyer.organisation.pk):
        return WatchedCertificate.objects.select_related("listing__source").get()


def said(buyer: Buyer) -> list[tuple[str, str, str, bool]]:
    with organisation_scope(buyer.organisation.pk):
        events = WatchEvent.objects.order_by("noticed_at", "question")
        return [(e.question, e.before_code or e.before, e.after_code or e.after, e.worse) for e in events]


class TestACertificateOfThisInstallation:
    @pytest.fixture(autouse=True)
    def _watched(self, castell: Buyer, listed: Published) -> None:
        actions.add(listing_id=listed(NOW).pk, label="Halden, shafts", by=castell.omar, at=NOW)

    def test_is_seen_as_the_verifier_sees_it(self, castell: Buyer) -> None:
        row = watched(castell)
        assert (row.facts().answers, row.answer, row.code) == (("yes",) * 4, "yes", "VALID")

    def test_that_stays_as_it_is_makes_no_noise(self, castell: Buyer) -> None:
        for hour in range(1, 4):
            assert noticing.notice(at=NOW + hour * HOUR) == 0
        assert said(castell) == []
        assert watched(castell).seen_at == NOW + 3 * HOUR

    def test_that_is_suspended_is_noticed(self, castell: Buyer, chain: Chain, listed: Published) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR, reason="Surveillance was not allowed")
        assert noticing.notice(listings=[listed(NOW + HOUR).pk], at=NOW + HOUR) == 1
        assert said(castell) == [("in_force", "VALID", "SUSPENDED", True)]
        row = watched(castell)
        assert (row.answer, row.code, row.unread, row.changed_at) == ("no", "SUSPENDED", 1, NOW + HOUR)

    def test_is_looked_at_when_it_is_published(
        self,
        castell: Buyer,
        chain: Chain,
        listed: Published,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        with django_capture_on_commit_callbacks(execute=True):
            listed(NOW + HOUR)
        assert said(castell) == [("in_force", "VALID", "SUSPENDED", True)]

    def test_that_is_restored_is_noticed_and_is_no_worse(self, castell: Buyer, chain: Chain) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        chain.decide(chain.certificate, DecisionKind.RESTORE, at=NOW + 2 * HOUR)
        noticing.notice(at=NOW + 2 * HOUR)
        assert said(castell)[-1] == ("in_force", "SUSPENDED", "VALID", False)

    def test_that_is_withdrawn_while_suspended_is_still_no_and_worse(self, castell: Buyer, chain: Chain) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        chain.decide(chain.certificate, DecisionKind.WITHDRAW, at=NOW + 2 * HOUR)
        noticing.notice(at=NOW + 2 * HOUR)
        assert said(castell)[-1] == ("in_force", "SUSPENDED", "WITHDRAWN", True)

    def test_expires_by_time_alone(self, castell: Buyer, chain: Chain) -> None:
        end = chain.certificate.valid_until
        assert end is not None
        last = dt.datetime.combine(end, dt.time(12), dt.UTC)
        noticing.notice(at=last)
        assert ("in_force", "VALID", "EXPIRED", True) not in said(castell)
        noticing.notice(at=last + dt.timedelta(days=1))
        assert ("in_force", "VALID", "EXPIRED", True) in said(castell)

    def test_whose_body_loses_its_accreditation_is_noticed_by_the_background(
        self, castell: Buyer, chain: Chain, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=NOW + HOUR)
        assert DBTaskResult.objects.filter(task_path=tasks.look_now.module_path).count() == 1
        tasks.round_of(at=NOW + HOUR)
        assert [(question, worse) for question, _, _, worse in said(castell)] == [("accredited", True)]

    def test_that_is_no_longer_watched_is_let_be(self, castell: Buyer, chain: Chain) -> None:
        actions.stop(watched_id=watched(castell).pk, by=castell.omar, at=NOW + HOUR)
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        assert noticing.notice(at=NOW + 2 * HOUR) == 0

    def test_that_becomes_unlisted_tells_its_status_alone(
        self, castell: Buyer, chain: Chain, listed: Published
    ) -> None:
        with organisation_scope(chain.northfield.pk):
            type(chain.certificate).objects.filter(pk=chain.certificate.pk).update(public=False)
        noticing.notice(listings=[listed(NOW + HOUR).pk], at=NOW + HOUR)
        assert watched(castell).facts().answers == ("unknown", "yes", "unknown", "unknown")

    def test_is_written_into_the_watchers_journal(self, castell: Buyer, chain: Chain) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        noticing.notice(at=NOW + HOUR)
        with organisation_scope(castell.organisation.pk):
            verbs = [entry.verb for entry in JournalEntry.objects.order_by("index")]
        assert verbs[-2:] == ["watch.added", "watch.noticed"]

    def test_reaches_others_although_one_journal_stands_still(
        self, castell: Buyer, rival: Buyer, chain: Chain, listed: Published, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        actions.add(listing_id=listed(NOW).pk, by=rival.omar, at=NOW)
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW + HOUR)
        refusal = recovery.reasons_not_to_write
        stopped = castell.organisation.pk

        def reasons(head: object) -> object:
            from assaymark.core.refusal import Refusal

            if getattr(head, "organisation_id", None) == stopped:
                return [Refusal("restored", "", "The journal stands still.", "Recover it.")]
            return refusal(head)  # type: ignore[arg-type]

        monkeypatch.setattr(recovery, "reasons_not_to_write", reasons)
        noticing.notice(at=NOW + HOUR)
        assert (said(castell), said(rival)) == ([], [("in_force", "VALID", "SUSPENDED", True)])
        monkeypatch.undo()
        noticing.notice(at=NOW + 2 * HOUR)
        assert said(castell) == [("in_force", "VALID", "SUSPENDED", True)]


class TestOneThatCannotBeLookedAt:
    def test_leaves_the_others_alone_and_is_tried_again(
        self, castell: Buyer, register: Take, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in ("NC-26-00001", "HC-0005"):
            actions.add_by_number(number=number, by=castell.omar, at=NOW)
        Listing.objects.filter(number__in=("NC-26-00001", "HC-0005")).update(status="withdrawn")
        really = looking.look

        def fails_once(row: Listing, *, at: dt.datetime) -> Seen:
            if row.number == "HC-0005":
                raise RuntimeError("the key cannot be read")
            return really(row, at=at)

        with monkeypatch.context() as patched:
            patched.setattr(looking, "look", fails_once)
            assert noticing.notice(at=NOW + HOUR) == 1
        assert noticing.notice(at=NOW + 2 * HOUR) == 1

    def test_in_pieces_is_each_written(self, castell: Buyer, register: Take, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(noticing, "_AT_ONCE", 2)
        for number in ("NC-26-00001", "NC-26-00003", "HC-0005"):
            actions.add_by_number(number=number, by=castell.omar, at=NOW)
        Listing.objects.update(status="withdrawn")
        assert noticing.notice(at=NOW + HOUR) == 3


class TestAnEntryOfAForeignRegister:
    def watch(self, buyer: Buyer, number: str) -> WatchedCertificate:
        return actions.add_by_number(number=number, by=buyer.omar, at=NOW)

    def test_is_unknown_and_stays_so_whatever_the_register_says(self, castell: Buyer, register: Take) -> None:
        self.watch(castell, "NC-26-00001")
        assert watched(castell).facts().answers == ("unknown",) * 4
        assert watched(castell).facts().listed == "valid"

    def test_is_noticed_when_the_next_snapshot_says_otherwise(
        self,
        castell: Buyer,
        register: Take,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        row = self.watch(castell, "NC-26-00001")
        with organisation_scope(castell.organisation.pk):
            WatchedCertificate.objects.filter(pk=row.pk).update(seen_at=NOW - HOUR)
        with django_capture_on_commit_callbacks(execute=True):
            register("2026-02-01", changed(0, status="suspended"))
        assert said(castell) == [("listed", "valid", "suspended", True)]
        with django_capture_on_commit_callbacks(execute=True):
            register("2026-03-01", CAST)
        assert said(castell)[-1] == ("listed", "suspended", "valid", False)

    def test_that_leaves_its_register_is_noticed(self, castell: Buyer, register: Take) -> None:
        self.watch(castell, "NC-26-00003")
        register("2026-02-01", [entry for entry in CAST if entry.number != "NC-26-00003"])
        noticing.notice(at=NOW + HOUR)
        assert said(castell) == [("listed", "valid", "delisted", True)]

    def test_expires_by_time_alone(self, castell: Buyer, register: Take) -> None:
        self.watch(castell, "NC-26-00001")
        noticing.notice(at=dt.datetime(2028, 1, 1, tzinfo=dt.UTC))
        assert said(castell) == [("listed", "valid", "expired", True)]


class TestTheHourlyRound:
    def test_waits_once_in_the_queue_and_asks_for_the_next_hour(self, db: None) -> None:
        for _ in range(3):
            tasks.start_hourly_round()
        waiting = DBTaskResult.objects.filter(task_path=tasks.hourly_look.module_path)
        assert waiting.count() == 1
        due = waiting.get().run_after
        assert due.minute == 0
        assert timezone.now() < due <= timezone.now() + HOUR

    def test_of_many_is_cut_into_pieces_that_stand_behind_the_rest(
        self, castell: Buyer, register: Take, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "PIECE", 2)
        for number in ("NC-26-00001", "NC-26-00002", "HC-0005"):
            actions.add_by_number(number=number, by=castell.omar, at=NOW)
        for _ in range(2):
            assert tasks.look_now.call() == 0
        pieces = DBTaskResult.objects.filter(task_path=tasks.look_at.module_path)
        assert sorted(len(one.args_kwargs["args"][0]) for one in pieces) == [1, 2]
        assert {one.priority for one in pieces} == {-50}
        Listing.objects.filter(number="HC-0005").update(status="suspended")
        assert sum(tasks.look_at.call(*one.args_kwargs["args"]) for one in pieces) == 1

    def test_without_anybody_who_watches_finds_nothing(self, db: None) -> None:
        assert tasks.hourly_look.call("2026-11-24T10:00:00+00:00") == 0


def test_what_was_seen_is_kept_whole(castell: Buyer, listed: Published) -> None:
    row = actions.add(listing_id=listed(NOW).pk, by=castell.omar, at=NOW)
    assert Seen.of(row.seen) == row.facts()
    assert {one.code for one in row.facts().said.values()} == {"VALID"}
