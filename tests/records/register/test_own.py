"""This installation's own certificates in the register: they follow from signed issues and events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from assaymark.core.programme import DecisionKind
from assaymark.core.register import EventKind
from assaymark.records.attestations import actions as attestations
from assaymark.records.register import own, queries
from assaymark.records.register.models import Listing, ListingVersion
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

    def test_leaves_accreditations_alone(
        self, chain: Chain, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            chain.decide(chain.accreditation, DecisionKind.SUSPEND, at=NOW)
        assert Listing.objects.count() == 0


class TestRefreshing:
    def test_lists_what_was_there_before_and_then_adds_nothing(self, chain: Chain) -> None:
        assert own.refresh(at=NOW) == (1, 1)
        assert own.refresh(at=NOW + dt.timedelta(hours=1)) == (1, 0)
        assert queries.source(key="own").listings == 1

    def test_takes_new_verdicts_without_a_new_version(self, chain: Chain) -> None:
        own.refresh(at=NOW)
        chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=NOW)
        own.refresh(at=NOW + dt.timedelta(hours=1))
        row = Listing.objects.get()
        assert row.verdicts.split(",")[:3] == ["yes", "yes", "no"]
        assert ListingVersion.objects.count() == 1


def _decide_back(chain: Chain, *, back: dt.datetime, at: dt.datetime) -> None:
    """Withdraw with effect from an earlier day."""
    from uuid import uuid4

    from django.db import transaction

    with transaction.atomic():
        attestations.carry_out(
            attestation_id=chain.certificate.pk,
            decision=DecisionKind.WITHDRAW,
            decision_id=uuid4(),
            decided_on=at.date(),
            effective_from=back.date(),
            by=chain.deciders["northfield"],
            at=at,
        )
