"""This installation's own attestations in the register: they follow from signed issues and events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from assaymark.cli.main import main
from assaymark.core.programme import DecisionKind
from assaymark.core.register import Entry, EventKind
from assaymark.records.attestations import actions as attestations
from assaymark.records.register import own, queries, tasks
from assaymark.records.register.lists import Records
from assaymark.records.register.models import Listing, ListingVersion, Party
from assaymark.records.scope import organisation_scope
from tests.records.attestations.conftest import NOW, Chain
from tests.records.attestations.conftest import chain as chain
from tests.records.attestations.conftest import row as scope_row

pytestmark = pytest.mark.django_db
BEGAN = NOW - dt.timedelta(days=365)


@pytest.fixture
def listing(chain: Chain) -> Callable[[dt.datetime], Listing]:
    """The listing of Halden's certificate, brought up to date at a moment."""

    def listed(at: dt.datetime) -> Listing:
        found = own.publish(number=chain.certificate.number, attestation_id=chain.certificate.pk, at=at)
        assert found is not None
        return found

    return listed


def said(row: Listing) -> list[tuple[dt.date, tuple[str, ...]]]:
    return [(i.version.valid_from, i.version.kinds) for i in queries.history(row)]


class TestACertificate:
    def test_is_listed_from_its_grant_with_what_its_issue_says(self, listing: Callable[..., Listing]) -> None:
        row = listing(NOW)
        assert (row.number, row.standard_key, row.country, row.status) == ("NC-26-00417", "iso9001", "GB", "valid")
        assert row.body is not None
        assert (row.holder.name, row.body.name) == ("Halden Precision Ltd", "Northfield Certification")
        assert row.listed_from == BEGAN.date()
        assert said(row) == [(BEGAN.date(), ("listed",))]
        assert queries.sectors_of(row) == ["17"]

    def test_carries_the_verifiers_four_answers(self, listing: Callable[..., Listing]) -> None:
        row = listing(NOW)
        assert (row.verdict_code, row.verdicts, row.checked_at) == ("VALID", "yes,yes,yes,yes", NOW)

    def test_is_found_by_its_holder(self, listing: Callable[..., Listing]) -> None:
        row = listing(NOW)
        assert [hit.row for hit in queries.search(text="haldn precision", on=NOW.date()).hits] == [row]

    def test_says_nothing_twice(self, listing: Callable[..., Listing]) -> None:
        listing(NOW)
        row = listing(NOW + dt.timedelta(days=1))
        assert len(said(row)) == 1

    def test_that_does_not_exist_is_not_listed(self, chain: Chain) -> None:
        assert own.publish(number="NC-26-00417", attestation_id=chain.halden.pk, at=NOW) is None


class TestItsLife:
    def test_follows_suspension_and_reinstatement(self, chain: Chain, listing: Callable[..., Listing]) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW, reason="Overdue")
        later = NOW + dt.timedelta(days=30)
        chain.decide(chain.certificate, DecisionKind.RESTORE, at=later)
        row = listing(later)
        assert said(row) == [
            (BEGAN.date(), ("listed",)),
            (NOW.date(), ("suspended",)),
            (later.date(), ("reinstated",)),
        ]
        assert row.status == "valid"

    @pytest.mark.parametrize("followed", [True, False])
    def test_is_the_same_whether_followed_or_made_at_once(
        self, chain: Chain, listing: Callable[..., Listing], *, followed: bool
    ) -> None:
        if followed:
            listing(NOW - dt.timedelta(days=1))
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW)
        row = listing(NOW)
        assert [(i.version.valid_from, i.version.recorded_at, i.version.kinds) for i in queries.history(row)] == [
            (BEGAN.date(), BEGAN, ("listed",)),
            (NOW.date(), NOW, ("suspended",)),
        ]

    def test_a_retroactive_event_restates_what_was_said_and_keeps_it(
        self, chain: Chain, listing: Callable[..., Listing]
    ) -> None:
        before = listing(NOW)
        by = chain.deciders["northfield"]
        back = NOW - dt.timedelta(days=60)
        with organisation_scope(by.organisation_id):
            _decide_back(chain, back=back, at=NOW + dt.timedelta(days=1))
        row = listing(NOW + dt.timedelta(days=1))
        day = (back + dt.timedelta(days=5)).date()
        then, now = (queries.as_of(row, on=day, known_at=k) for k in (NOW, NOW + dt.timedelta(days=2)))
        assert then is not None
        assert now is not None
        assert (then.values["status"], now.values["status"]) == ("valid", "withdrawn")
        assert before.pk == row.pk

    def test_a_reduced_scope_is_a_change(self, chain: Chain, listing: Callable[..., Listing]) -> None:
        listing(NOW)
        later = NOW + dt.timedelta(days=1)
        narrower = (scope_row(iaf=frozenset({"18"}), countries=frozenset({"GB"})),)
        chain.decide(chain.certificate, DecisionKind.REDUCE, at=later, scope=narrower, statement="Grinding only")
        row = listing(later)
        newest = queries.history(row)[-1].version
        assert newest.kinds == (EventKind.CHANGED,)
        assert newest.changes["iaf"] == [["17"], ["18"]]
        assert newest.changes["scope"][1] == "Grinding only"
        assert queries.sectors_of(row) == ["18"]

    def test_taken_off_the_list_is_found_by_its_number_alone(
        self, chain: Chain, listing: Callable[..., Listing]
    ) -> None:
        listing(NOW)
        later = NOW + dt.timedelta(days=1)
        chain.certificate.public = False
        with organisation_scope(chain.northfield.pk):
            chain.certificate.save()
        row = listing(later)
        assert not row.public
        assert said(row)[-1] == (later.date(), ("changed",))
        assert queries.search(text="Halden", on=later.date()).hits == ()
        assert len(queries.search(text="NC-26-00417", on=later.date()).hits) == 1


class TestTheHook:
    def test_brings_the_register_up_to_date_after_the_decision(
        self, chain: Chain, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        assert own.follow in attestations.followers
        with django_capture_on_commit_callbacks(execute=True):
            chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW)
        assert Listing.objects.get().status == "suspended"

    def test_lists_an_accreditation_and_asks_for_the_verdicts_below_it(
        self, chain: Chain, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        own.refresh(at=NOW - dt.timedelta(hours=1))
        with django_capture_on_commit_callbacks(execute=True):
            chain.decide(chain.accreditation, DecisionKind.SUSPEND, at=NOW)
        assert Listing.objects.get(kind="accreditation").status == "suspended"
        assert Listing.objects.get(kind="certificate").verdict_code == "VALID"
        waiting = DBTaskResult.objects.get(task_path=tasks.verdicts_now.module_path)
        assert waiting.status == TaskResultStatus.READY
        tasks.verdicts_now.call()
        assert Listing.objects.get(kind="certificate").verdict_code == "UNACCREDITED"

    def test_of_a_certificate_asks_for_no_others(
        self, chain: Chain, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW)
        assert not DBTaskResult.objects.filter(task_path=tasks.verdicts_now.module_path).exists()


class TestTheChainAbove:
    @pytest.fixture(autouse=True)
    def listed(self, chain: Chain) -> None:
        own.refresh(at=NOW)

    @pytest.mark.parametrize(
        ("kind", "numbers"),
        [
            ("", ["ACC-0042", "NC-26-00417", "REC-1"]),
            ("certificate", ["NC-26-00417"]),
            ("accreditation", ["ACC-0042"]),
            ("recognition", ["REC-1"]),
            ("nonsense", []),
        ],
    )
    def test_is_listed_by_kind(self, kind: str, numbers: list[str]) -> None:
        assert sorted(hit.row.number for hit in queries.search(on=NOW.date(), kind=kind).hits) == numbers

    def test_is_found_by_name_and_by_number(self) -> None:
        by_name = queries.search(text="Nortfield Certificaton", on=NOW.date(), kind="accreditation")
        assert [hit.row.number for hit in by_name.hits] == ["ACC-0042"]
        assert [hit.row.holder.name for hit in queries.search(text="rec1", on=NOW.date()).hits] == [
            "Meridian Accreditation Service"
        ]

    def test_says_who_attested_of_what_and_for_which_sectors(self) -> None:
        row = Listing.objects.get(kind="accreditation")
        assert row.body is not None
        assert (row.holder.name, row.body.name) == ("Northfield Certification", "Meridian Accreditation Service")
        assert (row.standard_key, row.verdicts) == ("isoiec170211", "yes,yes,yes,yes")
        assert queries.sectors_of(row) == ["17", "18"]
        assert Entry.of(queries.history(row)[-1].version.values).kind == "accreditation"

    def test_keeps_the_history_of_an_accreditation(self, chain: Chain) -> None:
        later = NOW + dt.timedelta(days=1)
        chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=later)
        own.refresh(at=later)
        row = Listing.objects.get(kind="accreditation")
        assert [kinds for _, kinds in said(row)] == [("listed",), ("withdrawn",)]

    def test_of_a_body_is_what_it_holds_in_its_other_role(self) -> None:
        body = Party.objects.get(role="body", name="Northfield Certification")
        holder = queries.counterpart(body)
        assert holder is not None
        assert [row.number for row in queries.listings_of(holder)[0]] == ["ACC-0042"]
        assert queries.counterpart(holder) == body
        assert queries.kinds_of(body) == {"certificate"}
        assert queries.kinds_of(holder) == {"accreditation"}

    def test_that_is_not_public_is_met_by_its_number_alone(self, chain: Chain) -> None:
        chain.accreditation.public = False
        with organisation_scope(chain.meridian.pk):
            chain.accreditation.save()
        own.refresh(at=NOW + dt.timedelta(hours=1))
        assert queries.search(on=NOW.date(), kind="accreditation").hits == ()
        assert [h.row.public for h in queries.search(text="ACC-0042", on=NOW.date()).hits] == [False]
        body = Party.objects.get(role="body", name="Meridian Accreditation Service")
        assert queries.kinds_of(body) == frozenset()

    def test_is_no_certificate_for_a_list_of_suppliers(self) -> None:
        records = Records()
        assert set(records.by_numbers(["ACC-0042", "NC-26-00417", "REC-1"])) == {"NC2600417"}
        assert records.by_names(["Northfield Certification"]) == [[]]
        assert [n.name for n in records.by_names(["Halden Precision Ltd"])[0]] == ["Halden Precision Ltd"]


class TestForTheInternationalDatabase:
    def test_leaves_the_certificates_alone_with_what_is_asked_for(self, chain: Chain, tmp_path: Path) -> None:
        chain.halden.locality = "Leeds"
        chain.halden.save()
        own.refresh(at=NOW)
        arguments = ["register", "export", "--source", "own", "-o", str(tmp_path / "up.json"), "--json"]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output
        assert orjson.loads(done.stdout)["lacking"] == {
            "accreditation_body_acronym_name": 1,
            "certified_entity_street_address": 1,
        }
        (record,) = orjson.loads((tmp_path / "up.json").read_bytes())
        assert (record["certificate_number"], record["certification_status"]) == ("NC-26-00417", "active")
        assert record["certificate_accreditation_status"] == "Accredited"
        assert record["accreditation_body_name"] == "Meridian Accreditation Service"
        assert record["certified_entity_city"] == "Leeds"
        assert record["sites"] == [{"name": "Works", "street": "14 Canal Road, Leeds", "country": "United Kingdom"}]


class TestTheDailyRound:
    def test_waits_once_in_the_queue_for_the_begin_of_the_next_day(self, chain: Chain) -> None:
        for _ in range(3):
            tasks.start_daily_round()
        waiting = DBTaskResult.objects.get(task_path=tasks.daily_verdicts.module_path)
        assert waiting.run_after.time() == dt.time(0, 10)

    def test_gives_verdicts_and_asks_for_tomorrow(self, chain: Chain) -> None:
        assert tasks.daily_verdicts.call("2026-11-24") == 3
        assert Listing.objects.count() == 3
        assert DBTaskResult.objects.filter(task_path=tasks.daily_verdicts.module_path).count() == 1

    def test_lets_what_was_decided_for_a_later_day_count_from_that_day(
        self, chain: Chain, listing: Callable[..., Listing]
    ) -> None:
        listing(NOW)
        begins = NOW + dt.timedelta(days=10)
        by = chain.deciders["northfield"]
        with organisation_scope(by.organisation_id):
            _decide(chain, DecisionKind.SUSPEND, effective=begins, at=NOW + dt.timedelta(hours=1))
        assert listing(NOW + dt.timedelta(hours=2)).status == "valid"
        own.refresh(at=begins + dt.timedelta(minutes=1))
        row = Listing.objects.get(kind="certificate")
        assert (row.status, row.verdict_code) == ("suspended", "SUSPENDED")
        assert [hit.row for hit in queries.search(on=begins.date(), status="suspended").hits] == [row]

    def test_goes_on_when_one_of_them_fails(
        self, chain: Chain, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        judged = own.verification.verdict_on

        def fails(row: Any, **more: Any) -> Any:
            if row.number == "ACC-0042":
                raise ValueError("broken")
            return judged(row, **more)

        monkeypatch.setattr(own.verification, "verdict_on", fails)
        own.refresh(at=NOW)
        assert Listing.objects.filter(source__key="own").count() == 2
        assert "ACC-0042" in caplog.text


class TestRefreshing:
    def test_lists_what_was_there_before_and_then_adds_nothing(self, chain: Chain) -> None:
        assert own.refresh(at=NOW) == (3, 3)
        assert own.refresh(at=NOW + dt.timedelta(hours=1)) == (3, 0)
        assert queries.source(key="own").listings == 3

    def test_takes_new_verdicts_without_a_new_version(self, chain: Chain) -> None:
        own.refresh(at=NOW)
        chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=NOW)
        own.refresh(at=NOW + dt.timedelta(hours=1))
        row = Listing.objects.get(kind="certificate")
        assert row.verdicts.split(",")[:3] == ["yes", "yes", "no"]
        assert ListingVersion.objects.filter(listing=row).count() == 1


def _decide_back(chain: Chain, *, back: dt.datetime, at: dt.datetime) -> None:
    """Withdraw with effect from an earlier day."""
    _decide(chain, DecisionKind.WITHDRAW, effective=back, at=at)


def _decide(chain: Chain, decision: DecisionKind, *, effective: dt.datetime, at: dt.datetime) -> None:
    """Decide about the certificate with effect from another day."""
    from uuid import uuid4

    from django.db import transaction

    with transaction.atomic():
        attestations.carry_out(
            attestation_id=chain.certificate.pk,
            decision=decision,
            decision_id=uuid4(),
            decided_on=at.date(),
            effective_from=effective.date(),
            by=chain.deciders["northfield"],
            at=at,
        )
