"""Checkpoints of status logs are stamped: then it is proven when a certificate was signed."""

from __future__ import annotations

import datetime as dt

from assaymark.records.archive import log
from assaymark.records.archive.tasks import keep_soon
from assaymark.records.attestations import export, queries
from assaymark.records.attestations import log as status_log
from assaymark.verify import CertificateVerdict, Input, Policy, verify
from tests.records.archive.conftest import first
from tests.records.attestations.conftest import NOW, Chain
from tests.timestamp_desk import TimestampDesk

LATER = NOW + dt.timedelta(days=2)


def judged(chain: Chain, *, policy: Policy) -> CertificateVerdict:
    row = queries.public_attestation(issuer_slug="northfield", number=chain.certificate.number)
    data = export.bundle(row, at=LATER)
    return verify([Input("b", data)], at=LATER, now=LATER, anchors=queries.anchors(), policy=policy)[0]


class TestTheCheckpointOfAStatusLog:
    def test_that_was_stamped_proves_when_a_certificate_was_signed(self, chain: Chain, desk: TimestampDesk) -> None:
        status_log.sign(chain.northfield.pk)
        assert log.unstamped(organisation_id=chain.northfield.pk)
        keep_soon.func(str(chain.northfield.pk))
        assert not log.unstamped(organisation_id=chain.northfield.pk)
        found = judged(chain, policy=Policy(timestamp_roots=(first().root.dump(),)))
        assert found.answer.value == "yes"
        assert "signed by 24 Nov 2026, when Early Time saw it" in found.authentic.evidence

    def test_proves_nothing_to_whom_the_authority_is_unknown(self, chain: Chain, desk: TimestampDesk) -> None:
        status_log.sign(chain.northfield.pk)
        assert log.stamp(organisation_id=chain.northfield.pk)
        assert "when it was signed is claimed" in judged(chain, policy=Policy()).authentic.evidence

    def test_is_stamped_once(self, chain: Chain, desk: TimestampDesk) -> None:
        status_log.sign(chain.northfield.pk)
        assert log.stamp(organisation_id=chain.northfield.pk) and log.stamp(organisation_id=chain.northfield.pk)
        assert desk.asked == 1

    def test_waits_for_an_authority_that_does_not_answer(self, chain: Chain, desk: TimestampDesk) -> None:
        status_log.sign(chain.northfield.pk)
        desk.answers = False
        assert not log.stamp(organisation_id=chain.northfield.pk)
        assert log.unstamped(organisation_id=chain.northfield.pk)

    def test_has_nothing_to_stamp_without_events(self, chain: Chain, desk: TimestampDesk) -> None:
        assert not log.stamp(organisation_id=chain.halden.pk)
        assert not log.unstamped(organisation_id=chain.halden.pk)
