"""Status over time: the page, the time line and the command agree, whatever happened in whatever order."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assaymark.core.attestation import AttestationKind, Status
from assaymark.core.parties import Actor, Role
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refused
from assaymark.records.assessments import actions as assessments
from assaymark.records.attestations import actions, export, queries, verification
from assaymark.records.attestations.models import Attestation, StatusEvent
from assaymark.records.journal.models import JournalEntry
from assaymark.records.parties.actions import add_organisation
from assaymark.records.scope import organisation_scope, system_scope
from assaymark.verify import Input, verify
from tests.audit_cast import actor
from tests.certification_cast import NUMBER, certified
from tests.records.attestations.conftest import NOW, Chain, decider, grant, row

DAY = dt.timedelta(days=1)
ALLOWED = ("suspend", "restore", "reduce", "extend", "renew", "withdraw")
BOTH, ONE = frozenset({"17", "18"}), frozenset({"17"})


def found_again(number: str = NUMBER) -> Attestation:
    return queries.public_attestation(issuer_slug="northfield", number=number)


def by_the_verifier(which: Attestation, day: dt.date) -> str:
    """In force on a day, as a stranger finds it with the bundle that the page offers for that day."""
    at = dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)
    bundle = Input("bundle", export.bundle(which, at=NOW, on=day))
    (one,) = verify([bundle], at=at, now=NOW, anchors=queries.anchors())
    return one.in_force.answer.value


def by_the_time_line(which: Attestation, day: dt.date) -> str:
    (period,) = [p for p in verification.periods(which, now=NOW) if p.start <= day <= p.end]
    return "yes" if period.status is Status.VALID else "no"


class TestTheLifeOfAnAttestation:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(st.tuples(st.sampled_from(ALLOWED), st.integers(1, 360)), max_size=6, unique_by=lambda step: step[1])
    )
    @pytest.mark.slow
    def test_reads_the_same_on_page_time_line_and_command(self, chain: Chain, steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            granted = self.live_through(chain, sorted(steps, key=lambda step: -step[1]))
            which, days = found_again(granted.number), {363, 1, 0, *(n for _, n in steps), *(n - 1 for _, n in steps)}
            for ago in days:
                day = (NOW - ago * DAY).date()
                verdict = verification.verdict_on(
                    which, at=dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC), now=NOW
                )
                assert verdict.in_force.answer.value == by_the_verifier(which, day), ago
                if day < NOW.date():
                    assert verdict.in_force.answer.value == by_the_time_line(which, day), ago
            transaction.set_rollback(True)

    def live_through(self, chain: Chain, steps: list[tuple[str, int]]) -> Attestation:
        """A certificate of a year ago, and decisions about it so many days ago."""
        by, number = chain.deciders["northfield"], f"NC-{uuid4().hex[:8]}"
        made = grant(
            by,
            chain.halden,
            AttestationKind.CERTIFICATE,
            NOW - 364 * DAY,
            number=number,
            scope=(row(iaf=BOTH, countries=frozenset({"GB"})),),
            expires=(NOW + 100 * DAY).date(),
        )
        for word, ago in steps:
            more: dict[str, object] = {}
            if word in ("reduce", "extend"):
                more["scope"] = (row(iaf=ONE if word == "reduce" else BOTH, countries=frozenset({"GB"})),)
            if word == "renew":
                more["expires"] = (NOW + 1000 * DAY).date()
            chain.decide(made, DecisionKind(word), at=NOW - ago * DAY, reason="Decided", **more)
        return made


class TestRenewal:
    def test_leaves_no_gap_when_it_takes_effect_later(self, chain: Chain) -> None:
        by = chain.deciders["northfield"]
        with transaction.atomic(), organisation_scope(by.organisation_id):
            actions.carry_out(
                attestation_id=chain.certificate.pk,
                decision=DecisionKind.RENEW,
                decision_id=uuid4(),
                decided_on=NOW.date(),
                effective_from=(NOW + 3 * DAY).date(),
                by=by,
                at=NOW,
                expires=(NOW + 2000 * DAY).date(),
            )
        which = found_again()
        for ahead in (0, 2, 3, 5):
            at = NOW + ahead * DAY
            bundle = Input("bundle", export.bundle(which, at=at))
            (one,) = verify([bundle], at=at, now=at, anchors=queries.anchors())
            assert one.in_force.answer.value == "yes", ahead
        assert queries.issue_on(which, on=NOW.date()).revision == 1
        assert queries.issue_on(which, on=(NOW + 3 * DAY).date()).revision == 2

    def test_after_expiry_shows_the_gap(self, chain: Chain) -> None:
        by = chain.deciders["northfield"]
        made = grant(
            by,
            chain.halden,
            AttestationKind.CERTIFICATE,
            NOW - 300 * DAY,
            number="NC-9",
            expires=(NOW - 100 * DAY).date(),
        )
        chain.decide(made, DecisionKind.RESTORE, at=NOW - 50 * DAY, expires=(NOW + 500 * DAY).date())
        which = found_again("NC-9")
        lived = [(p.status, (NOW.date() - p.start).days) for p in verification.periods(which, now=NOW)]
        assert lived == [(Status.VALID, 300), (Status.EXPIRED, 99), (Status.VALID, 50)]
        assert [by_the_verifier(which, (NOW - ago * DAY).date()) for ago in (200, 70, 20)] == ["yes", "no", "yes"]


class TestLists:
    def test_cost_the_same_queries_for_one_as_for_many(self, chain: Chain) -> None:
        counted = []
        for number in range(3):
            holder = add_organisation(slug=f"client-{number}", name=f"Client {number}", at=NOW)
            grant(chain.deciders["northfield"], holder, AttestationKind.CERTIFICATE, NOW, number=f"NC-{number}")
            with CaptureQueriesContext(connection) as asked, organisation_scope(chain.northfield.pk):
                for one in queries.listed(view="issued"):
                    queries.status_on(one, at=NOW)
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
        assert counted == [2, 2, 2]

    def test_count_what_was_issued_and_what_is_held(self, chain: Chain) -> None:
        for organisation, counted in (
            (chain.northfield, {"all": 2, "issued": 1, "held": 1}),
            (chain.halden, {"all": 1, "issued": 0, "held": 1}),
            (chain.arrangement, {"all": 1, "issued": 1, "held": 0}),
        ):
            with organisation_scope(organisation.pk):
                assert queries.counts() == counted


class TestReduction:
    def test_that_does_not_say_what_remains_is_refused(self, chain: Chain) -> None:
        with pytest.raises(Refused, match="What remains of the scope is not stated"):
            chain.decide(chain.certificate, DecisionKind.REDUCE, at=NOW)


class TestListing:
    def test_is_told_to_both_journals_and_changes_no_signature(self, chain: Chain) -> None:
        office = replace(chain.deciders["northfield"], roles=frozenset({Role.CERTIFICATION_OFFICE}))
        before = export.credential(found_again(), on=NOW.date())
        actions.set_listing(attestation_id=chain.certificate.pk, public=False, by=office, at=NOW)
        assert not found_again().public
        assert export.credential(found_again(), on=NOW.date()) == before
        for organisation in (chain.northfield, chain.halden):
            with organisation_scope(organisation.pk):
                assert JournalEntry.objects.filter(verb="attestations.unlisted").count() == 1


class TestTrust:
    def test_anchors_hold_from_their_first_day(self, chain: Chain) -> None:
        (anchor,) = queries.anchors()
        assert anchor.name == "Mutual recognition arrangement"
        assert not anchor.holds(on=(NOW - 400 * DAY).date())
        assert anchor.holds(on=NOW.date())

    def test_an_anchor_is_kept_once_per_identifier(self, chain: Chain) -> None:
        actions.trust_anchor(organisation=chain.arrangement, valid_from=NOW.date(), role="region")
        (anchor,) = queries.anchors()
        assert (anchor.role, anchor.valid_from) == ("region", NOW.date())

    def test_deciders_of_other_bodies_cannot_touch_it(self, chain: Chain) -> None:
        stranger = decider(chain.halden)
        for name in ("certificate", "accreditation"):
            with pytest.raises(Attestation.DoesNotExist), organisation_scope(stranger.organisation_id):
                actions.carry_out(
                    attestation_id=getattr(chain, name).pk,
                    decision=DecisionKind.WITHDRAW,
                    decision_id=uuid4(),
                    decided_on=NOW.date(),
                    effective_from=NOW.date(),
                    by=stranger,
                    at=NOW,
                )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [DecisionKind.SUSPEND, DecisionKind.WITHDRAW])
def test_two_people_deciding_at_once_leave_one_consistent_history(transactional_db: None, second: DecisionKind) -> None:
    world = certified(began=NOW - 60 * DAY)
    other = actor(world.cast.northfield, "S. Econd", Role.DECISION_MAKER)
    refused: list[Refused] = []

    def decide(decision: DecisionKind, by: Actor) -> None:
        try:
            assessments.decide_about(
                attestation_id=world.certificate.pk, decision=decision, reasons="No audit", by=by, at=NOW
            )
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    pairs = [(DecisionKind.SUSPEND, world.cast.decider), (second, other)]
    threads = [threading.Thread(target=decide, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with system_scope():
        events = list(StatusEvent.unscoped.filter(attestation=world.certificate).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len(events) == 3 - len(refused)
    if second is DecisionKind.SUSPEND:
        assert len(refused) == 1
    else:
        assert queries.status_on(found_again(), at=NOW)[0] is Status.WITHDRAWN
