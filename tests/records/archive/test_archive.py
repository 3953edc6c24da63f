"""Kept PDFs outlive the certificates of timestamp authorities, when they are renewed in time."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from assaymark.adapters import timestamp_authority
from assaymark.adapters.blobs import blobs
from assaymark.core.programme import DecisionKind
from assaymark.formats.pdf_signature import SignedPdf, read_signed_pdf
from assaymark.records.archive import actions, queries
from assaymark.records.archive.models import ArchivedPdf, ArchivedVersion
from assaymark.records.archive.tasks import daily_renewals, keep_soon, start_daily_renewals, want_kept
from assaymark.records.journal.queries import newest
from assaymark.records.scope import organisation_scope
from assaymark.verify import Answer, Input, Policy, verify
from tests.records.archive.conftest import FIRST_ENDS, SECOND_ENDS, THIRD_ENDS, first, second, third
from tests.records.attestations.conftest import NOW, Chain
from tests.timestamp_desk import TimestampDesk

DAY = dt.timedelta(days=1)
IN_TIME = FIRST_ENDS - 30 * DAY
AFTERWARDS = FIRST_ENDS + 200 * DAY


def the_round(desk: TimestampDesk, *, at: dt.datetime) -> list[actions.Outcome]:
    """The daily round of a day on which the desk's clock shows the same time."""
    desk.now = at
    return actions.round_of(at=at)


def kept(chain: Chain) -> ArchivedPdf:
    with organisation_scope(chain.northfield.pk):
        (row,) = queries.kept_of(chain.certificate.pk)
        return row


def version(chain: Chain, number: int) -> bytes:
    with organisation_scope(chain.northfield.pk):
        return queries.content(kept(chain).versions.get(number=number))


def read(data: bytes, *, now: dt.datetime) -> SignedPdf:
    return read_signed_pdf(data, roots=[first().root, second().root, third().root], now=now)


def renewed(chain: Chain, desk: TimestampDesk) -> None:
    """Kept now, and renewed by the second authority in time."""
    the_round(desk, at=NOW)
    desk.authority = second()
    the_round(desk, at=IN_TIME)


class TestAnIssuedCertificate:
    def test_is_kept_by_the_next_round_with_a_proven_time(self, chain: Chain, desk: TimestampDesk) -> None:
        (outcome,) = the_round(desk, at=NOW)
        assert (outcome.outcome, outcome.number, outcome.lasts_until) == ("kept", chain.certificate.number, FIRST_ENDS)
        found = read(version(chain, 1), now=NOW)
        assert (found.problem, found.level, found.proven_at, found.proven_by) == ("", "B-LTA", NOW, "Early Time")

    def test_is_kept_once(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        assert the_round(desk, at=NOW + DAY) == []
        assert [v.number for v in kept(chain).versions.all()] == [1]

    def test_is_kept_anew_when_it_is_issued_anew(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        until = NOW.date() + dt.timedelta(days=1500)
        chain.decide(chain.certificate, DecisionKind.RENEW, at=NOW + DAY, expires=until)
        assert [outcome.outcome for outcome in the_round(desk, at=NOW + 2 * DAY)] == ["kept"]
        with organisation_scope(chain.northfield.pk):
            assert len(queries.kept_of(chain.certificate.pk)) == 2

    def test_is_not_kept_without_an_authority(self, chain: Chain) -> None:
        assert actions.round_of(at=NOW) == []

    def test_is_not_kept_at_a_lower_level_when_the_authority_fails(self, chain: Chain, desk: TimestampDesk) -> None:
        desk.answers = False
        (outcome,) = the_round(desk, at=NOW)
        assert (outcome.outcome, "answered 503" in outcome.reason) == ("failed", True)
        with organisation_scope(chain.northfield.pk):
            assert queries.kept_of(chain.certificate.pk) == []

    def test_that_has_expired_is_not_begun_to_be_kept(self, chain: Chain, desk: TimestampDesk) -> None:
        assert the_round(desk, at=NOW + 5000 * DAY) == []

    def test_is_nobody_elses_to_see(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        with organisation_scope(chain.halden.pk):
            assert queries.kept_of(chain.certificate.pk) == []


@pytest.mark.slow
class TestRenewing:
    def test_waits_until_the_end_is_near(self, chain: Chain, desk: TimestampDesk, settings: LazySettings) -> None:
        the_round(desk, at=NOW)
        settings.TSA_RENEW_DAYS = 20
        assert the_round(desk, at=IN_TIME) == []
        settings.TSA_RENEW_DAYS = 40
        desk.authority = second()
        assert [outcome.outcome for outcome in the_round(desk, at=IN_TIME)] == ["renewed"]

    def test_proves_the_same_signing_time_for_longer(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        before, after = kept(chain).versions.all()
        assert (after.number, after.level, after.proven_at, after.lasts_until) == (2, "B-LTA", NOW, SECOND_ENDS)
        assert (before.proven_at, before.lasts_until) == (NOW, FIRST_ENDS)

    def test_keeps_every_byte_that_was_there(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        assert version(chain, 2).startswith(version(chain, 1))

    def test_makes_the_time_provable_after_the_first_authoritys_end(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        found = read(version(chain, 2), now=AFTERWARDS)
        assert (found.problem, found.level, found.proven_at, found.proven_by) == ("", "B-LTA", NOW, "Early Time")

    def test_not_done_leaves_the_time_claimed_and_says_why(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        found = read(version(chain, 1), now=AFTERWARDS)
        assert (found.problem, found.proven_at) == ("", None)
        assert found.undated == (
            "the certificate of the timestamp authority Early Time ended on 1 Jun 2027, "
            "and no later timestamp was added before"
        )

    def test_shows_in_a_verdict(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        policy = Policy(timestamp_roots=(first().root.dump(), second().root.dump()))
        said = []
        for number in (1, 2):
            files = [Input("kept.pdf", version(chain, number))]
            (verdict,) = verify(files, at=NOW, now=AFTERWARDS, policy=policy)
            assert verdict.authentic.answer is Answer.YES
            said.append(" ".join(verdict.authentic.evidence))
        assert "signed on 24 Nov 2026 (claimed: the certificate of the timestamp authority Early Time" in said[0]
        assert "signed on 24 Nov 2026 (proven by timestamp of Early Time)" in said[1]

    def test_waits_for_an_authority_with_a_longer_certificate_until_time_runs_out(
        self, chain: Chain, desk: TimestampDesk
    ) -> None:
        the_round(desk, at=NOW)
        (outcome,) = the_round(desk, at=FIRST_ENDS - 60 * DAY)
        assert (outcome.outcome, kept(chain).problem) == ("waits", "")
        (outcome,) = the_round(desk, at=FIRST_ENDS - 20 * DAY)
        assert (outcome.outcome, kept(chain).problem) == ("failed", outcome.reason)
        assert "no longer certificate" in outcome.reason
        assert [v.number for v in kept(chain).versions.all()] == [1]

    def test_goes_on_from_authority_to_authority(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        desk.authority = third()
        assert [o.outcome for o in the_round(desk, at=SECOND_ENDS - DAY)] == ["renewed"]
        found = read(version(chain, 3), now=SECOND_ENDS + DAY)
        assert (found.problem, found.proven_at, found.lasts_until) == ("", NOW, THIRD_ENDS)
        assert read(version(chain, 2), now=SECOND_ENDS + DAY).proven_at is None

    def test_too_late_is_told_and_stays_told(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        desk.authority = second()
        (outcome,) = the_round(desk, at=AFTERWARDS)
        assert (outcome.outcome, outcome.reason) == (
            "ended",
            "its last timestamp ended on 1 Jun 2027, before it was renewed",
        )
        assert kept(chain).problem == outcome.reason

    def test_that_failed_is_tried_again_and_forgotten(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        desk.authority, desk.answers = second(), False
        assert [o.outcome for o in the_round(desk, at=IN_TIME)] == ["failed"]
        assert "503" in kept(chain).problem
        desk.answers = True
        timestamp_authority._failed_at.clear()
        assert [o.outcome for o in the_round(desk, at=IN_TIME + DAY)] == ["renewed"]
        assert kept(chain).problem == ""

    def test_of_a_damaged_file_is_told(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        path = blobs().path(kept(chain).newest.sha256)
        path.chmod(0o600)
        path.write_bytes(b"%PDF-")
        (outcome,) = the_round(desk, at=IN_TIME)
        assert outcome.outcome == "failed"
        assert kept(chain).problem


@pytest.mark.slow
class TestTheHistory:
    def test_stands_in_the_journal(self, chain: Chain, desk: TimestampDesk) -> None:
        renewed(chain, desk)
        with organisation_scope(chain.northfield.pk):
            verbs = [entry.verb for entry in newest() if entry.verb.startswith("archive.")]
        assert verbs == ["archive.renewed", "archive.kept"]

    def test_can_neither_be_changed_nor_deleted(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        with organisation_scope(chain.northfield.pk):
            rows = ArchivedVersion.objects.all()
            for attempt in (lambda: rows.update(level="B-B"), rows.delete):
                with pytest.raises(DatabaseError), transaction.atomic():
                    attempt()


class TestTheBackground:
    def asked(self) -> list[str]:
        """For which organisations a look waits."""
        rows = DBTaskResult.objects.filter(task_path=keep_soon.module_path, status=TaskResultStatus.READY)
        return [row.args_kwargs["args"][0] for row in rows]

    def test_is_asked_once_soon_after_an_issue_when_there_is_an_authority(
        self, chain: Chain, desk: TimestampDesk
    ) -> None:
        for organisation in (chain.northfield, chain.halden, chain.northfield):
            want_kept(organisation.pk)
        assert self.asked() == [str(chain.northfield.pk)]

    def test_is_not_asked_when_all_is_kept(self, chain: Chain, desk: TimestampDesk) -> None:
        the_round(desk, at=NOW)
        want_kept(chain.northfield.pk)
        assert self.asked() == []

    def test_is_not_asked_without_an_authority(self, chain: Chain) -> None:
        want_kept(chain.northfield.pk)
        assert self.asked() == []

    def test_logs_what_did_not_work(self, chain: Chain, desk: TimestampDesk, caplog: pytest.LogCaptureFixture) -> None:
        desk.answers = False
        with caplog.at_level(logging.WARNING):
            assert keep_soon.call(str(chain.northfield.pk)) == 0
        assert f"PDF of certificate {chain.certificate.number} is not kept up: the timestamp" in caplog.text

    def test_asks_for_the_next_night_once(self, db: None) -> None:
        start_daily_renewals()
        start_daily_renewals()
        waiting = DBTaskResult.objects.filter(task_path=daily_renewals.module_path)
        assert [row.run_after.hour for row in waiting] == [3]
