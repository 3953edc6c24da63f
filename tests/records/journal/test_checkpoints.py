"""Checkpoints are signed, never two histories; an older database is noticed and recovered in the open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from assaymark.core import journal
from assaymark.core.refusal import Refused
from assaymark.formats import journal_bundle, note
from assaymark.records.journal import checkpoints, last_signed, triggers
from assaymark.records.journal.export import write_export
from assaymark.records.journal.models import Checkpoint, JournalEntry, JournalHead, JournalName
from assaymark.records.journal.tasks import sign_checkpoint
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope, system_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def keys(organisation: Organisation) -> list[note.VerifierKey]:
    return checkpoints.verifier_keys(organisation, range(1, 4))


def restore_older_database(organisation: Organisation, size: int) -> None:
    """What a restored backup looks like: the last entries and checkpoints were never there."""
    triggers.remove()
    with organisation_scope(organisation.pk):
        JournalName.objects.filter(entry__index__gte=size).delete()
        JournalEntry.objects.filter(index__gte=size).delete()
        Checkpoint.objects.filter(size__gt=size).delete()
        leaves = [bytes(row.leaf) for row in JournalEntry.objects.order_by("index")]
        JournalHead.objects.update(size=size, frontier=b"".join(journal.frontier_of(leaves)))
    triggers.install()


class TestACheckpoint:
    def test_says_size_and_root_and_is_signed(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, *"abc")
        signed = checkpoints.sign(halden.pk)
        read = note.open_checkpoint(signed.note, keys=keys(halden))
        assert read.origin == "127.0.0.1:8000/log/halden/e1"
        assert read.size == 4
        assert read.root == bytes(signed.root)

    def test_is_not_signed_twice_for_the_same(self, halden: Organisation, note_down: Any) -> None:
        assert checkpoints.sign(halden.pk).pk == checkpoints.sign(halden.pk).pk
        note_down(halden, "a")
        assert checkpoints.sign(halden.pk).size == 2

    def test_is_signed_by_the_background_task(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, "a")
        assert sign_checkpoint.func(str(halden.pk)) == 2
        with organisation_scope(halden.pk):
            assert JournalHead.objects.get().checkpoint_due is None

    def test_is_signed_once_the_transaction_is_committed(
        self, halden: Organisation, note_down: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            note_down(halden, "issued")
            checkpoints.checkpoint_now(halden.pk)
        with organisation_scope(halden.pk):
            assert Checkpoint.objects.latest("size").size == 2

    def test_cannot_be_changed(self, halden: Organisation) -> None:
        checkpoints.sign(halden.pk)
        with (
            organisation_scope(halden.pk),
            pytest.raises(Exception, match="append-only"),
            transaction.atomic(),
        ):
            Checkpoint.objects.update(note="another")

    def test_is_kept_outside_of_the_database_too(self, halden: Organisation) -> None:
        signed = checkpoints.sign(halden.pk)
        kept = last_signed.read(halden.pk)
        assert kept is not None
        assert kept.note == signed.note

    def test_of_each_organisation_has_its_own_key(self, halden: Organisation, brandt: Organisation) -> None:
        checkpoints.sign(halden.pk)
        with pytest.raises(note.BadNote):
            note.open_checkpoint(checkpoints.sign(halden.pk).note, keys=keys(brandt))


class TestAProof:
    def test_holds_for_every_entry(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, *"abcdefg")
        checkpoints.sign(halden.pk)
        with organisation_scope(halden.pk):
            for entry in JournalEntry.objects.all():
                proof = note.InclusionProof.parse(checkpoints.prove(entry_id=entry.pk).text)
                checkpoint = note.open_checkpoint(proof.checkpoint, keys=keys(halden))
                assert journal.inclusion_holds(
                    leaf=journal.leaf_hash(bytes(entry.body)),
                    index=proof.index,
                    size=checkpoint.size,
                    proof=proof.hashes,
                    root=checkpoint.root,
                )

    def test_waits_for_a_checkpoint(self, halden: Organisation, note_down: Any) -> None:
        entry = note_down(halden, "a")
        with organisation_scope(halden.pk), pytest.raises(Checkpoint.DoesNotExist):
            checkpoints.prove(entry_id=entry.pk)

    def test_is_not_given_for_another_organisations_entry(
        self, halden: Organisation, brandt: Organisation, note_down: Any
    ) -> None:
        entry = note_down(brandt, "a")
        checkpoints.sign(brandt.pk)
        with organisation_scope(halden.pk), pytest.raises(JournalEntry.DoesNotExist):
            checkpoints.prove(entry_id=entry.pk)


class TestAnOlderDatabase:
    def test_takes_no_entry(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, *"abcd")
        checkpoints.sign(halden.pk)
        restore_older_database(halden, 3)
        with pytest.raises(Refused) as refused:
            note_down(halden, "after the restore")
        assert refused.value.refusals[0].rule == "journal-recovery-needed"
        assert "3 journal entries and 5 were signed" in refused.value.refusals[0].message

    def test_is_not_signed(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, *"abcd")
        checkpoints.sign(halden.pk)
        restore_older_database(halden, 3)
        with pytest.raises(Refused):
            checkpoints.sign(halden.pk)

    def test_that_went_on_with_another_history_is_not_signed(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, *"abcd")
        checkpoints.sign(halden.pk)
        kept = last_signed.read(halden.pk)
        assert kept is not None
        restore_older_database(halden, 3)
        last_signed._path(halden.pk).unlink()
        note_down(halden, *"wxyz")
        with last_signed.locked(halden.pk):
            last_signed.write(halden.pk, kept.note)
        with pytest.raises(Refused, match="does not begin with what was last signed"):
            checkpoints.sign(halden.pk)

    def test_works_again_in_a_new_epoch_that_holds_what_was_signed(
        self, halden: Organisation, note_down: Any, tmp_path: Path
    ) -> None:
        note_down(halden, *"abcd")
        old = checkpoints.sign(halden.pk)
        restore_older_database(halden, 3)
        assert checkpoints.recover(organisation_id=halden.pk, reason="Disk failed.", at=AT) == 2
        note_down(halden, "after the recovery")
        checkpoints.sign(halden.pk)
        with organisation_scope(halden.pk):
            first = JournalEntry.objects.get(epoch=2, index=0)
            assert first.recorded["after"] == {"checkpoint": old.note}
            assert first.reason == "Disk failed."
        write_export(organisation_id=halden.pk, path=tmp_path / "out", at=AT)
        with (tmp_path / "out").open("rb") as lines:
            report = journal_bundle.verify(lines, notes=[old.note])
        assert [(f.kind, f.epoch, f.index) for f in report.findings] == [("truncated", 1, 3)]

    def test_is_not_recovered_when_nothing_was_lost(self, halden: Organisation) -> None:
        checkpoints.sign(halden.pk)
        with pytest.raises(Refused, match="nothing to recover"):
            checkpoints.recover(organisation_id=halden.pk, reason="For fun.", at=AT)


class TestAnExport:
    def export(self, organisation: Organisation, path: Path, **brought: Any) -> journal_bundle.Report:
        write_export(organisation_id=organisation.pk, path=path, at=AT)
        with path.open("rb") as lines:
            return journal_bundle.verify(lines, **brought)

    def test_is_as_recorded(self, halden: Organisation, ingrid: Any, note_down: Any, tmp_path: Path) -> None:
        note_down(halden, *"abcdefg", by=ingrid)
        checkpoints.sign(halden.pk)
        note_down(halden, *"hij")
        report = self.export(halden, tmp_path / "halden.journal", notes=[checkpoints.sign(halden.pk).note])
        assert report.findings == []
        assert report.entries == 13
        assert str(keys(halden)[0]) in report.keys

    def test_counts_what_it_wrote(self, halden: Organisation, note_down: Any, tmp_path: Path) -> None:
        note_down(halden, *"abc")
        exported = write_export(organisation_id=halden.pk, path=tmp_path / "out", at=AT)
        assert exported.entries == 5
        assert note.open_checkpoint(exported.checkpoint, keys=keys(halden)).size == 5

    def test_leaves_out_erased_names_and_stays_as_recorded(
        self, halden: Organisation, ingrid: Any, note_down: Any, tmp_path: Path
    ) -> None:
        from assaymark.records.journal.actions import erase_name

        entry = note_down(halden, "a", by=ingrid)
        with organisation_scope(halden.pk):
            erase_name(entry_id=entry.pk, by=ingrid, at=AT)
        report = self.export(halden, tmp_path / "out")
        assert report.intact
        assert report.erased_names == 1

    def test_holds_nothing_of_another_organisation(
        self, halden: Organisation, brandt: Organisation, note_down: Any, tmp_path: Path
    ) -> None:
        note_down(brandt, "secret of Brandt")
        self.export(halden, tmp_path / "out")
        assert b"secret of Brandt" not in (tmp_path / "out").read_bytes()

    def test_names_the_row_that_was_edited_once_the_trigger_was_removed(
        self, halden: Organisation, note_down: Any, tmp_path: Path
    ) -> None:
        note_down(halden, *"abcdefg")
        older = checkpoints.sign(halden.pk).note
        triggers.remove()
        with system_scope(), connection.cursor() as cursor:
            cursor.execute('SELECT body FROM journal_journalentry WHERE "index" = 4')
            body = bytes(cursor.fetchone()[0]).replace(b"approved", b"rejected")
            cursor.execute('UPDATE journal_journalentry SET body = %s WHERE "index" = 4', [body])
        triggers.install()
        report = self.export(halden, tmp_path / "out", notes=[older])
        assert [(f.kind, f.index) for f in report.findings] == [("altered", 4)]
