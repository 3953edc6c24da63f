"""The issuer's status log: every event a leaf of one tree, and the document that counts named in it."""

from __future__ import annotations

import datetime as dt

import orjson
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from assaymark.core import journal
from assaymark.core.attestation import AttestationKind
from assaymark.core.programme import DecisionKind
from assaymark.formats import jws, note, strict_json
from assaymark.formats.did import KeyResolver
from assaymark.formats.status_log import StatusLog, status_log_of
from assaymark.formats.trust_list import read_trust_list
from assaymark.formats.trusted_witnesses import witnesses_in_trust_list
from assaymark.records.attestations import export, log, queries
from assaymark.records.attestations.models import Attestation, StatusCheckpoint, StatusLeaf
from assaymark.records.journal import checkpoints
from assaymark.records.scope import system_scope
from assaymark.records.witness.asking import ask_all
from assaymark.records.witness.asking_status import ask_all_of_status
from assaymark.verify import CertificateVerdict, Input, Policy, verify
from tests.records.attestations.conftest import NOW, Chain, grant, row

DAY = dt.timedelta(days=1)
BOTH, ONE = (
    (row(iaf=frozenset({"17", "18"}), countries=frozenset({"GB"})),),
    (row(iaf=frozenset({"17"}), countries=frozenset({"GB"})),),
)


@pytest.fixture
def wide(chain: Chain) -> Attestation:
    """A certificate of 100 days ago for two sectors."""
    by = chain.deciders["northfield"]
    return grant(by, chain.halden, AttestationKind.CERTIFICATE, NOW - 100 * DAY, number="NC-WIDE", scope=BOTH)


def again(number: str) -> Attestation:
    return queries.public_attestation(issuer_slug="northfield", number=number)


def asked(*files: bytes, on: dt.datetime, known_at: dt.datetime | None = None) -> CertificateVerdict:
    inputs = [Input(str(n), data) for n, data in enumerate(files)]
    return verify(inputs, at=on, now=NOW, known_at=known_at, anchors=queries.anchors())[0]


def opened(token: str) -> StatusLog:
    parts = jws.split(token)
    return status_log_of(parts, strict_json.loads_object(parts.payload), resolver=KeyResolver())


class TestADocumentThatWasReplaced:
    def test_by_a_smaller_scope_is_not_in_force_from_that_day_on(self, chain: Chain, wide: Attestation) -> None:
        before = export.credential(again("NC-WIDE"), on=(NOW - 60 * DAY).date()).encode()
        chain.decide(wide, DecisionKind.REDUCE, at=NOW - 50 * DAY, scope=ONE, reason="Left the second trade")
        fresh = export.bundle(again("NC-WIDE"), at=NOW)
        then = asked(before, fresh, on=NOW - 51 * DAY)
        after = asked(before, fresh, on=NOW - 20 * DAY)
        assert then.in_force.answer.value == "yes"
        assert (after.in_force.answer.value, after.in_force.code.value) == ("no", "WITHDRAWN")
        assert "replaced by revision 2 on 5 Oct 2026: its scope was reduced (Left the second trade)" in (
            after.in_force.reason
        )
        assert asked(fresh, on=NOW - 20 * DAY).in_force.answer.value == "yes"

    def test_counts_again_for_who_asks_what_was_known_before(self, chain: Chain, wide: Attestation) -> None:
        before = export.credential(again("NC-WIDE"), on=(NOW - 60 * DAY).date()).encode()
        chain.decide(wide, DecisionKind.REDUCE, at=NOW - 50 * DAY, scope=ONE)
        fresh = export.bundle(again("NC-WIDE"), at=NOW)
        on = NOW - 50 * DAY + dt.timedelta(hours=1)
        known_then = asked(before, fresh, on=on, known_at=NOW - 50 * DAY - dt.timedelta(hours=1))
        assert known_then.in_force.answer.value == "yes"
        assert asked(before, fresh, on=on).in_force.answer.value == "no"

    def test_by_its_renewal_says_so_too(self, chain: Chain, wide: Attestation) -> None:
        before = export.credential(again("NC-WIDE"), on=(NOW - 60 * DAY).date()).encode()
        chain.decide(wide, DecisionKind.RENEW, at=NOW - 50 * DAY, expires=(NOW + 2000 * DAY).date())
        fresh = export.bundle(again("NC-WIDE"), at=NOW)
        assert "it was issued anew" in asked(before, fresh, on=NOW).in_force.reason
        assert asked(before, fresh, on=NOW - 55 * DAY).in_force.answer.value == "yes"

    def test_an_accreditation_that_was_narrowed_covers_no_more_than_it_does_now(
        self, chain: Chain, wide: Attestation
    ) -> None:
        """The old, wider accreditation lies beside the new one; whoever keeps it gains nothing."""
        old = export.credential(
            queries.public_attestation(issuer_slug="meridian", number="ACC-0042"), on=(NOW - 60 * DAY).date()
        )
        narrow = (row(iaf=frozenset({"17"}), countries=frozenset({"GB"}), row="r1"),)
        chain.decide(chain.accreditation, DecisionKind.REDUCE, at=NOW - 50 * DAY, scope=narrow)
        fresh = export.bundle(again("NC-WIDE"), at=NOW)
        found = asked(fresh, old.encode(), on=NOW - 10 * DAY)
        assert found.accredited.answer.value == "no"
        assert asked(fresh, old.encode(), on=NOW - 60 * DAY).accredited.answer.value == "yes"

    def test_is_still_told_to_be_withdrawn_when_the_certification_is(self, chain: Chain, wide: Attestation) -> None:
        before = export.credential(again("NC-WIDE"), on=(NOW - 60 * DAY).date()).encode()
        chain.decide(wide, DecisionKind.REDUCE, at=NOW - 50 * DAY, scope=ONE)
        chain.decide(wide, DecisionKind.WITHDRAW, at=NOW - 30 * DAY, reason="Closed")
        fresh = export.bundle(again("NC-WIDE"), at=NOW)
        assert "is withdrawn since" in asked(before, fresh, on=NOW).in_force.reason


class TestTheLogOfAnIssuer:
    def test_holds_every_event_of_all_its_attestations_in_one_tree(self, chain: Chain, wide: Attestation) -> None:
        chain.decide(wide, DecisionKind.SUSPEND, at=NOW - 3 * DAY, reason="Overdue")
        chain.decide(wide, DecisionKind.RESTORE, at=NOW - DAY)
        with system_scope():
            leaves = list(StatusLeaf.unscoped.filter(organisation=chain.northfield))
        told = [orjson.loads(bytes(leaf.body)) for leaf in leaves]
        assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
        assert [one["event"] for one in told][-3:] == ["issued", "suspended", "reinstated"]
        assert all(bytes(leaf.leaf) == journal.leaf_hash(bytes(leaf.body)) for leaf in leaves)
        assert len({one["salt"] for one in told}) == len(told)

    def test_of_one_attestation_is_proven_under_the_issuers_checkpoint(self, chain: Chain, wide: Attestation) -> None:
        chain.decide(wide, DecisionKind.SUSPEND, at=NOW - 3 * DAY)
        found = opened(export.status_log(again("NC-WIDE"), at=NOW))
        keys = log.verifier_keys(chain.northfield)
        assert found.checkpoint == note.open_checkpoint(found.note, keys=keys)
        assert found.checkpoint is not None
        assert found.checkpoint.root == log.tree_of(chain.northfield.pk).root()
        assert [event.event.value for event in found.events] == ["issued", "suspended"]

    def test_names_the_signed_document_that_counts(self, chain: Chain, wide: Attestation) -> None:
        chain.decide(wide, DecisionKind.EXTEND, at=NOW - 3 * DAY, scope=BOTH)
        which = again("NC-WIDE")
        events = opened(export.status_log(which, at=NOW)).events
        assert [(e.event.value, e.revision, e.digest) for e in events] == [
            (name, issue.revision, issue.digest)
            for name, issue in zip(
                ("issued", "reissued"), sorted(which.issues.all(), key=lambda i: i.revision), strict=True
            )
        ]

    def test_refuses_changes_by_the_database_itself(self, chain: Chain) -> None:
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), system_scope(), connection.cursor() as cursor:
            cursor.execute("UPDATE attestations_statusleaf SET target = 'another'")

    def test_is_signed_at_each_size_once(self, chain: Chain) -> None:
        first, second = log.sign(chain.northfield.pk), log.sign(chain.northfield.pk)
        assert first is not None and second is not None and first.pk == second.pk
        with system_scope():
            assert StatusCheckpoint.unscoped.filter(organisation=chain.northfield, size=first.size).count() == 1
        assert log.sign(chain.halden.pk) is None

    def test_is_written_later_for_issuers_that_are_older_than_it(self, chain: Chain, wide: Attestation) -> None:
        chain.decide(wide, DecisionKind.REDUCE, at=NOW - 50 * DAY, scope=ONE, reason="Smaller")
        chain.decide(wide, DecisionKind.RENEW, at=NOW - 20 * DAY, expires=(NOW + 900 * DAY).date())
        written = [(e.event, e.revision, e.digest) for e in opened(export.status_log(again("NC-WIDE"), at=NOW)).events]
        _forget_all()
        assert log.catch_up() == 3
        caught = [(e.event, e.revision, e.digest) for e in opened(export.status_log(again("NC-WIDE"), at=NOW)).events]
        assert caught == written
        assert log.catch_up() == 0


class TestTheTree:
    def test_forgets_what_a_transaction_took_back(self, chain: Chain, wide: Attestation) -> None:
        before = log.tree_of(chain.northfield.pk).root()
        with transaction.atomic():
            chain.decide(wide, DecisionKind.SUSPEND, at=NOW)
            chain.decide(wide, DecisionKind.RESTORE, at=NOW)
            assert log.tree_of(chain.northfield.pk).root() != before
            transaction.set_rollback(True)
        assert log.tree_of(chain.northfield.pk).root() == before
        chain.decide(wide, DecisionKind.WITHDRAW, at=NOW)
        with system_scope():
            rows = StatusLeaf.unscoped.filter(organisation=chain.northfield).order_by("index")
            plain = journal.tree_root(bytes(leaf) for leaf in rows.values_list("leaf", flat=True))
        assert log.tree_of(chain.northfield.pk).root() == plain


class TestWhatTheBodyAboveSaw:
    def test_proves_when_a_certificate_was_signed_to_whoever_takes_the_trust_list(
        self, chain: Chain, wide: Attestation
    ) -> None:
        log.sign(chain.northfield.pk)
        checkpoints.sign(chain.northfield.pk)
        assert ask_all(chain.northfield.pk, at=NOW) and ask_all_of_status(chain.northfield.pk, at=NOW)
        data, trust = export.bundle(again("NC-WIDE"), at=NOW), export.trust_list()
        policy = Policy(witnesses=witnesses_in_trust_list(trust))
        found = verify([Input("b", data)], at=NOW, now=NOW, anchors=read_trust_list(trust), policy=policy)[0]
        assert found.answer.value == "yes"
        assert any("/witness/meridian saw it" in line for line in found.authentic.evidence)

    def test_stays_the_first_time_that_it_was_seen(self, chain: Chain, wide: Attestation) -> None:
        """Later events of the body make later checkpoints; the bundle carries the one that saw the document first."""
        for at in (NOW, NOW + DAY):
            if at > NOW:
                chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW, reason="Other")
            log.sign(chain.northfield.pk)
            checkpoints.sign(chain.northfield.pk)
            assert ask_all(chain.northfield.pk, at=at) and ask_all_of_status(chain.northfield.pk, at=at)
        data = export.bundle(again("NC-WIDE"), at=NOW + 2 * DAY)
        policy = Policy(witnesses=witnesses_in_trust_list(export.trust_list()))
        later = NOW + 2 * DAY
        found = verify([Input("b", data)], at=later, now=later, anchors=queries.anchors(), policy=policy)[0]
        assert found.answer.value == "yes"
        assert any("signed by 24 Nov 2026, when" in line for line in found.authentic.evidence)

    def test_is_claimed_only_as_long_as_nobody_saw_it(self, chain: Chain, wide: Attestation) -> None:
        assert (
            "when it was signed is claimed" in asked(export.bundle(again("NC-WIDE"), at=NOW), on=NOW).authentic.evidence
        )


def _forget_all() -> None:
    """Make the database one of before status logs: no leaves, no checkpoints."""
    from assaymark.records.journal import triggers

    triggers.remove()
    try:
        with system_scope():
            StatusCheckpoint.unscoped.all().delete()
            StatusLeaf.unscoped.all().delete()
    finally:
        triggers.install()
