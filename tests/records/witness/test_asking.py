"""A journal asks its witnesses; none of them ever stands in the way; a restored backup is noticed by what they saw."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assaymark.adapters.keys import SigningKey
from assaymark.core.refusal import Refused
from assaymark.formats import journal_bundle
from assaymark.formats.cosignature import Request, WitnessKey, cosign
from assaymark.records.journal import checkpoints, last_signed, recovery
from assaymark.records.journal.export import write_export
from assaymark.records.journal.models import Cosignature
from assaymark.records.journal.tasks import sign_checkpoint
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import actions, queries
from assaymark.records.witness.asking import ask_all
from assaymark.records.witness.queries import Seen
from assaymark.records.witness.tasks import ATTEMPTS, ask_witnesses
from tests.records.witness.conftest import AT, Work, restore_backup

LATER = AT + timedelta(minutes=1)
KEY = SigningKey.from_seed(b"w" * 32)
ELSEWHERE = WitnessKey("ab.elsewhere.example/witness/olga", KEY.public_key)


def nobody(url: str, body: str) -> tuple[int, str]:
    raise AssertionError("nobody is to be asked over the wire")


def state(organisation: Organisation) -> list[Seen]:
    with organisation_scope(organisation.pk):
        return queries.witnesses()


def tasks(organisation: Organisation) -> list[tuple[str, list[Any]]]:
    rows = DBTaskResult.objects.filter(args_kwargs__args__0=str(organisation.pk)).order_by("enqueued_at")
    return [(row.task_path.rsplit(".", 1)[1], row.args_kwargs["args"]) for row in rows]


class TestInsideOneInstallation:
    def test_each_checkpoint_is_seen_by_the_body(self, halden: Organisation, work: Work) -> None:
        for at in (AT, LATER):
            work(halden, 2)
            checkpoints.sign(halden.pk)
            assert ask_all(halden.pk, at=at, post=nobody)
        (seen,) = state(halden)
        assert (seen.name, seen.size, seen.at, seen.problem, seen.elsewhere) == ("Certlight", 5, LATER, "", False)
        with organisation_scope(halden.pk):
            assert [row.checkpoint.size for row in Cosignature.objects.all()] == [3, 5]

    def test_the_body_is_seen_by_the_body_above(self, certlight: Organisation, work: Work) -> None:
        work(certlight)
        checkpoints.sign(certlight.pk)
        assert ask_all(certlight.pk, at=AT, post=nobody)
        assert [seen.name for seen in state(certlight)] == ["Nordwerk Accreditation"]

    def test_what_was_cosigned_is_not_asked_again(self, halden: Organisation) -> None:
        checkpoints.sign(halden.pk)
        assert ask_all(halden.pk, at=AT, post=nobody)
        assert ask_all(halden.pk, at=LATER, post=nobody)
        assert state(halden)[0].at == AT

    def test_a_journal_without_checkpoint_asks_nobody(self, halden: Organisation) -> None:
        assert ask_all(halden.pk, at=AT, post=nobody)
        assert [seen.at for seen in state(halden)] == [None]

    def test_the_background_asks_after_its_checkpoint(self, halden: Organisation, work: Work) -> None:
        work(halden)
        sign_checkpoint.func(str(halden.pk))
        assert ("ask_witnesses", [str(halden.pk), 1]) in tasks(halden)
        assert ask_witnesses.func(str(halden.pk), 1)
        assert state(halden)[0].size == 2

    def test_who_has_no_witness_has_no_task(self, brandt: Organisation, work: Work) -> None:
        work(brandt)
        sign_checkpoint.func(str(brandt.pk))
        assert [name for name, _ in tasks(brandt)] == ["sign_checkpoint"]

    def test_a_proof_and_a_downloaded_checkpoint_carry_the_cosignature(self, halden: Organisation) -> None:
        signed = checkpoints.sign(halden.pk)
        ask_all(halden.pk, at=AT, post=nobody)
        with organisation_scope(halden.pk):
            from assaymark.records.journal.queries import newest

            proof = checkpoints.prove(entry_id=newest()[0].pk)
            assert "/witness/certlight " in proof.checkpoint
            assert checkpoints.with_cosignatures(signed) == proof.checkpoint


class TestAWitnessElsewhere:
    @pytest.fixture
    def asked(self, brandt: Organisation, work: Work) -> Organisation:
        actions.add_witness(organisation=brandt, url="https://ab.elsewhere.example/w/", key=ELSEWHERE, at=AT)
        work(brandt, 3)
        checkpoints.sign(brandt.pk)
        return brandt

    def test_is_asked_with_old_size_and_proof(self, asked: Organisation, work: Work) -> None:
        requests: list[tuple[str, Request]] = []

        def witness(url: str, body: str) -> tuple[int, str]:
            requests.append((url, Request.parse(body)))
            return 200, cosign(requests[-1][1].note, key=ELSEWHERE, at=AT, signer=KEY.sign)

        assert ask_all(asked.pk, at=AT, post=witness)
        work(asked, 2)
        checkpoints.sign(asked.pk)
        assert ask_all(asked.pk, at=LATER, post=witness)
        assert [(url, request.old) for url, request in requests] == [
            ("https://ab.elsewhere.example/w/add-checkpoint", 0),
            ("https://ab.elsewhere.example/w/add-checkpoint", 5),
        ]
        (seen,) = state(asked)
        assert (seen.size, seen.elsewhere, seen.problem) == (7, True, "")

    def test_that_knows_another_size_is_asked_again_with_it(self, asked: Organisation) -> None:
        olds: list[int] = []

        def witness(url: str, body: str) -> tuple[int, str]:
            request = Request.parse(body)
            olds.append(request.old)
            if request.old != 2:
                return 409, "2\n"
            return 200, cosign(request.note, key=ELSEWHERE, at=AT, signer=KEY.sign)

        assert ask_all(asked.pk, at=AT, post=witness)
        assert olds == [0, 2]

    @pytest.mark.parametrize(
        ("answer", "says"),
        [
            ((503, "Down for the night"), "It answered 503: Down for the night"),
            ((403, ""), "It answered 403"),
            ((200, ""), "without its cosignature"),
            ((200, "— somebody.example AAAAAAAAAAA=\n"), "without its cosignature"),
            ((200, f"— {ELSEWHERE.name} AAAAAAAAAAA=\n"), "without its cosignature"),
            ((200, f"— {ELSEWHERE.name} no!sense\n"), "no cosignature"),
            ((409, "nonsense"), "does not say which"),
            ((409, "900"), "It saw another history: 900 entries, and this journal has 5."),
            ((409, "1"), "another history"),
        ],
    )
    def test_that_answers_badly_is_written_down_and_stops_nothing(
        self, asked: Organisation, work: Work, answer: tuple[int, str], says: str
    ) -> None:
        assert not ask_all(asked.pk, at=AT, post=lambda url, body: answer)
        assert says in state(asked)[0].problem
        work(asked)
        assert checkpoints.sign(asked.pk).size == 6

    def test_that_forges_a_cosignature_is_not_believed(self, asked: Organisation) -> None:
        def witness(url: str, body: str) -> tuple[int, str]:
            forger = SigningKey.from_seed(b"x" * 32)
            return 200, cosign(Request.parse(body).note, key=ELSEWHERE, at=AT, signer=forger.sign)

        assert not ask_all(asked.pk, at=AT, post=witness)
        assert "no cosignature" in state(asked)[0].problem
        with organisation_scope(asked.pk):
            assert not Cosignature.objects.exists()

    def test_that_is_down_is_asked_again_later_and_not_for_ever(
        self, asked: Organisation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_: Any, **__: Any) -> bool:
            return False

        monkeypatch.setattr("assaymark.records.witness.asking.ask_all", down)
        assert not ask_witnesses.func(str(asked.pk), 3)
        assert tasks(asked)[-1] == ("ask_witnesses", [str(asked.pk), 4])
        due = DBTaskResult.objects.filter(args_kwargs__args=[str(asked.pk), 4]).get().run_after
        assert timedelta(minutes=3) < due - timezone.now() <= timedelta(minutes=4)
        before = len(tasks(asked))
        assert not ask_witnesses.func(str(asked.pk), ATTEMPTS)
        assert len(tasks(asked)) == before

    def test_inside_of_the_house_is_not_reached(self, asked: Organisation) -> None:
        """The address is treated like a stranger's: no connection to an address that is not public."""
        with organisation_scope(asked.pk):
            from assaymark.records.witness.models import Witness

            Witness.objects.update(url="http://127.0.0.1:9999/w")
        assert not ask_all(asked.pk, at=AT)
        assert "is not on the public internet" in state(asked)[0].problem


class TestARestoredBackup:
    @pytest.fixture
    def watched(self, halden: Organisation, work: Work) -> Organisation:
        """Three entries, all seen by Certlight; then three more, seen too."""
        work(halden, 2)
        checkpoints.sign(halden.pk)
        ask_all(halden.pk, at=AT, post=nobody)
        work(halden, 3)
        checkpoints.sign(halden.pk)
        ask_all(halden.pk, at=LATER, post=nobody)
        return halden

    def test_of_the_database_alone_is_read_only_at_once(self, watched: Organisation, work: Work) -> None:
        restore_backup(watched, size=3, home=False)
        (reason,) = recovery.state(watched.pk)
        assert reason.rule == "journal-recovery-needed"
        assert "3 journal entries and 6 were signed" in reason.message
        with pytest.raises(Refused, match="3 journal entries and 6 were signed"):
            work(watched)

    def test_of_the_whole_home_is_noticed_by_what_the_body_saw(self, watched: Organisation, work: Work) -> None:
        restore_backup(watched, size=3, home=True)
        assert recovery.state(watched.pk) == []
        work(watched)
        checkpoints.sign(watched.pk)
        assert not ask_all(watched.pk, at=LATER, post=nobody)
        with pytest.raises(Refused, match="4 journal entries and 6 were signed"):
            work(watched)
        assert "another history" in state(watched)[0].problem

    def test_that_went_on_beyond_what_the_body_saw_is_noticed_too(self, watched: Organisation, work: Work) -> None:
        restore_backup(watched, size=3, home=True)
        work(watched, 5)
        checkpoints.sign(watched.pk)
        assert not ask_all(watched.pk, at=LATER, post=nobody)
        with pytest.raises(Refused, match="does not begin with the 6 entries that were signed"):
            work(watched)

    def test_works_again_in_a_new_epoch_which_the_body_sees(self, watched: Organisation, work: Work) -> None:
        restore_backup(watched, size=3, home=True)
        work(watched)
        checkpoints.sign(watched.pk)
        ask_all(watched.pk, at=LATER, post=nobody)
        assert checkpoints.recover(organisation_id=watched.pk, reason="Disk failed.", at=LATER) == 2
        assert recovery.state(watched.pk) == []
        work(watched)
        checkpoints.sign(watched.pk)
        assert ask_all(watched.pk, at=LATER, post=nobody)
        (seen,) = state(watched)
        assert (seen.epoch, seen.size, seen.problem) == (2, 2, "")

    def test_is_reported_by_the_check_of_the_installation(self, watched: Organisation, brandt: Organisation) -> None:
        checkpoints.sign(brandt.pk)
        assert recovery.problems() == []
        restore_backup(watched, size=3, home=False)
        (problem,) = recovery.problems()
        assert problem.startswith("Halden Precision Ltd: This database has 3 journal entries")
        assert problem.endswith("assaymark journal recover")

    def test_that_is_replaced_by_a_newer_one_works_again_without_a_restart(
        self, watched: Organisation, work: Work
    ) -> None:
        from assaymark.records.journal.models import JournalHead

        with organisation_scope(watched.pk):
            newer = JournalHead.objects.get()
            JournalHead.objects.update(size=2)
        with pytest.raises(Refused):
            work(watched)
        with organisation_scope(watched.pk):
            JournalHead.objects.update(size=newer.size)
        assert recovery.state(watched.pk) == []
        work(watched)


class TestTheCost:
    def test_of_asking_is_no_query_while_all_is_well(self, halden: Organisation, work: Work) -> None:
        work(halden)
        checkpoints.sign(halden.pk)
        recovery.state(halden.pk)
        with CaptureQueriesContext(connection) as queries_made:
            for _ in range(5):
                assert recovery.state(halden.pk) == []
        assert len(queries_made) == 0

    def test_of_an_organisation_that_never_signed_is_no_query(self, brandt: Organisation) -> None:
        with CaptureQueriesContext(connection) as queries_made:
            assert recovery.state(brandt.pk) == []
        assert len(queries_made) == 0

    def test_holds_though_the_process_died_between_signing_and_saving(self, halden: Organisation, work: Work) -> None:
        """The file says 2 entries, no checkpoint in the database does: the leaves themselves are asked."""
        from assaymark.records.journal import triggers
        from assaymark.records.journal.models import Checkpoint

        work(halden)
        checkpoints.sign(halden.pk)
        triggers.remove()
        with organisation_scope(halden.pk):
            Checkpoint.objects.all().delete()
        triggers.install()
        recovery._good.clear()
        work(halden, 2)
        assert recovery.state(halden.pk) == []
        assert last_signed.changed_at(halden.pk) > 0


class TestTheExport:
    def test_says_who_saw_what_and_when(self, halden: Organisation, certlight: Organisation, tmp_path: Path) -> None:
        checkpoints.sign(halden.pk)
        ask_all(halden.pk, at=AT, post=nobody)
        file = tmp_path / "halden.journal"
        write_export(organisation_id=halden.pk, path=file, at=AT)
        key = actions.witness_key(certlight)
        with file.open("rb") as lines:
            report = journal_bundle.verify(lines, witnesses=[key])
        assert report.findings == []
        (seen,) = report.seen
        assert (seen.witness, seen.size, seen.at, seen.known) == (key.name, 1, AT.isoformat(), True)
        with file.open("rb") as lines:
            assert not journal_bundle.verify(lines).seen[0].known

    def test_names_a_witness_that_saw_nothing_and_one_whose_key_was_exchanged(
        self, halden: Organisation, tmp_path: Path
    ) -> None:
        checkpoints.sign(halden.pk)
        ask_all(halden.pk, at=AT, post=nobody)
        file = tmp_path / "halden.journal"
        write_export(organisation_id=halden.pk, path=file, at=AT)
        with file.open("rb") as lines:
            report = journal_bundle.verify(lines, witnesses=[ELSEWHERE])
        assert f"{ELSEWHERE.name} saw no checkpoint" in report.notices[0]
        exchanged = WitnessKey("127.0.0.1:8000/witness/certlight", KEY.public_key)
        with file.open("rb") as lines:
            report = journal_bundle.verify(lines, witnesses=[exchanged])
        assert report.findings[0].kind == "witness"
        assert report.seen == []

    def test_with_a_moved_time_is_found(self, halden: Organisation, tmp_path: Path) -> None:
        checkpoints.sign(halden.pk)
        ask_all(halden.pk, at=AT, post=nobody)
        file = tmp_path / "halden.journal"
        write_export(organisation_id=halden.pk, path=file, at=AT)
        lines = [json.loads(line) for line in file.read_bytes().splitlines()]
        (row,) = [line for line in lines if "/witness/" in line.get("checkpoint", "")]
        head, _, data = row["checkpoint"].rstrip("\n").rpartition(" ")
        from assaymark.formats.note import base64_of, bytes_of

        moved = bytearray(bytes_of(data))
        moved[11] ^= 1
        row["checkpoint"] = f"{head} {base64_of(bytes(moved))}\n"
        report = journal_bundle.verify([json.dumps(line).encode() for line in lines])
        assert [finding.kind for finding in report.findings] == ["witness"]
