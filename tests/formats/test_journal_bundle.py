"""An exported journal is verified from its bytes alone, and what was changed is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assaymark.core import journal
from assaymark.formats import journal_bundle
from assaymark.formats.journal_bundle import Entry, Report
from assaymark.formats.note import Checkpoint, VerifierKey, sign

LOG = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
THIEF = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
SALT = b"s" * 16


def origin(epoch: int = 1) -> str:
    return f"qms.example/log/halden/e{epoch}"


def key(private: Ed25519PrivateKey = LOG, epoch: int = 1) -> VerifierKey:
    return VerifierKey(origin(epoch), private.public_key().public_bytes_raw())


def entry(
    index: int,
    *,
    epoch: int = 1,
    label: str = "Purchasing",
    after: object = None,
    verb: str = "documents.approved",
) -> Entry:
    body = journal.canonical(
        {
            "epoch": epoch,
            "index": index,
            "at": "2026-03-02T09:00:00.000000+00:00",
            "verb": verb,
            "actor_name_hash": journal.name_hash(salt=SALT, name="Ingrid"),
            "subject": {"kind": "documents.document", "id": str(index), "label": label},
            "after": after,
        }
    )
    return Entry(epoch, index, body, journal.leaf_hash(body), "Ingrid", SALT)


def checkpoint(entries: list[Entry], size: int, *, private: Ed25519PrivateKey = LOG, epoch: int = 1) -> str:
    """The signed checkpoint over the first `size` of these entries."""
    root = journal.tree_root(journal.leaf_hash(e.body) for e in entries[:size])
    return sign(
        Checkpoint(origin(epoch), size, root).text,
        name=origin(epoch),
        public_key=private.public_key().public_bytes_raw(),
        signer=private.sign,
    )


HONEST = [entry(n) for n in range(12)]
NOTES = [checkpoint(HONEST, 4), checkpoint(HONEST, 5), checkpoint(HONEST, 12)]


def bundle(entries: list[Entry], notes: list[str] | None = None, keys: list[VerifierKey] | None = None) -> list[bytes]:
    return list(
        journal_bundle.write(
            organisation={"slug": "halden", "name": "Halden Precision Ltd"},
            keys=[str(k) for k in keys or [key()]],
            checkpoints=NOTES if notes is None else notes,
            entries=entries,
        )
    )


def verify(lines: list[bytes], **brought: object) -> Report:
    return journal_bundle.verify(lines, **brought)  # type: ignore[arg-type]


def rewrite(entries: list[Entry], index: int, label: str = "Selling") -> list[Entry]:
    """The entry and its leaf rewritten, as somebody does who knows how hashes work."""
    return [*entries[:index], entry(index, label=label), *entries[index + 1 :]]


class TestAnHonestJournal:
    def test_is_as_recorded(self) -> None:
        report = verify(bundle(HONEST))
        assert report.intact
        assert (report.entries, report.checkpoints, report.organisation) == (12, 3, "Halden Precision Ltd")
        assert report.sizes == {1: 12}

    def test_extends_an_older_checkpoint(self) -> None:
        assert verify(bundle(HONEST), notes=[checkpoint(HONEST, 7)]).intact

    def test_extends_an_older_export(self) -> None:
        older = journal_bundle.leaves_of(bundle(HONEST[:6], notes=[]))
        assert len(older) == 6
        assert verify(bundle(HONEST), older=older).intact

    def test_may_have_forgotten_a_name(self) -> None:
        forgotten = [*HONEST[:3], replace(HONEST[3], name=None, salt=None), *HONEST[4:]]
        erasure = entry(12, verb="journal.name_erased", after={"epoch": 1, "index": 3})
        report = verify(bundle([*forgotten, erasure], notes=[*NOTES, checkpoint([*HONEST, erasure], 13)]))
        assert report.intact
        assert report.erased_names == 1

    def test_may_not_have_forgotten_a_name_in_silence(self) -> None:
        forgotten = [*HONEST[:3], replace(HONEST[3], name=None, salt=None), *HONEST[4:]]
        assert [(f.kind, f.index) for f in verify(bundle(forgotten)).findings] == [("name", 3)]

    def test_may_be_empty(self) -> None:
        assert verify(bundle([], notes=[checkpoint([], 0)])).intact

    def test_is_signed_with_the_key_known_from_elsewhere(self) -> None:
        assert verify(bundle(HONEST), key=key()).intact


class TestAnAlteredEntry:
    @pytest.mark.parametrize("index", range(12))
    def test_is_named(self, index: int) -> None:
        body = HONEST[index].body.replace(b"Purchasing", b"Purchasinq")
        altered = [*HONEST[:index], replace(HONEST[index], body=body), *HONEST[index + 1 :]]
        report = verify(bundle(altered), notes=[checkpoint(HONEST, 12)])
        assert [(f.kind, f.epoch, f.index) for f in report.findings] == [("altered", 1, index)]
        assert f"Entry {index} was altered" in report.findings[0].message
        assert "Purchasinq" in report.findings[0].message

    def test_whose_leaf_was_made_to_fit_is_found_between_two_checkpoints(self) -> None:
        report = verify(bundle(rewrite(HONEST, 4)))
        assert [(f.kind, f.index) for f in report.findings] == [("rewritten", 4)]
        assert "Entry 4 was rewritten" in report.findings[0].message

    def test_between_distant_checkpoints_is_narrowed_to_a_range(self) -> None:
        report = verify(bundle(rewrite(HONEST, 9)))
        assert [(f.kind, f.index) for f in report.findings] == [("rewritten", 5)]
        assert "entries 5 to 11" in report.findings[0].message

    def test_is_named_by_an_older_export_whatever_was_made_to_fit(self) -> None:
        forged = rewrite(HONEST, 2)
        older = journal_bundle.leaves_of(bundle(HONEST, notes=[]))
        report = verify(bundle(forged, notes=[checkpoint(forged, 12)]), older=older)
        assert [(f.kind, f.index) for f in report.findings] == [("altered", 2)]

    def test_signed_again_by_the_keys_holder_does_not_fit_a_checkpoint_kept_elsewhere(self) -> None:
        forged = rewrite(HONEST, 2)
        report = verify(bundle(forged, notes=[checkpoint(forged, 12)]), notes=[checkpoint(HONEST, 8)])
        assert [(f.kind, f.index) for f in report.findings] == [("rewritten", 0)]
        assert "the checkpoint you brought" in report.findings[0].message

    def test_under_a_false_name_is_named(self) -> None:
        lied = [*HONEST[:3], replace(HONEST[3], name="Somebody else"), *HONEST[4:]]
        assert [(f.kind, f.index) for f in verify(bundle(lied)).findings] == [("name", 3)]

    @pytest.mark.parametrize(
        "change",
        [lambda b: b.replace(b'":', b'": '), lambda b: b[:-1], lambda b: b.replace(b'"index":3', b'"index":4')],
    )
    def test_that_is_malformed_is_named(self, change: Callable[[bytes], bytes]) -> None:
        body = change(HONEST[3].body)
        forged = [*HONEST[:3], replace(HONEST[3], body=body, leaf=journal.leaf_hash(body)), *HONEST[4:]]
        report = verify(bundle(forged, notes=[checkpoint(forged, 12)]))
        assert [(f.kind, f.index) for f in report.findings] == [("altered", 3)]

    @pytest.mark.parametrize("cell", ["verb", "at", "actor", "kind", "subject", "label", "reason"])
    def test_beside_its_seal_is_named(self, cell: str) -> None:
        lied = [*HONEST[:3], replace(HONEST[3], beside={cell: "something else"}), *HONEST[4:]]
        report = verify(bundle(lied))
        assert [(f.kind, f.index) for f in report.findings] == [("altered", 3)]
        assert f"{cell} reads 'something else', recorded was " in report.findings[0].message


class TestAnEntryThatNobodySigned:
    def test_is_named(self) -> None:
        report = verify(bundle([*HONEST, entry(12)]))
        assert [(f.kind, f.index) for f in report.findings] == [("unsealed", 12)]
        assert "Entry 12 is covered by no signed checkpoint" in report.findings[0].message

    def test_is_one_finding_for_many(self) -> None:
        report = verify(bundle(HONEST, notes=NOTES[:1]))
        assert [f.message.partition(" are")[0] for f in report.findings] == ["Entries 4 to 11"]

    def test_may_stand_at_the_end_of_an_epoch_that_was_given_up(self) -> None:
        second = [entry(0, epoch=2)]
        notes = [checkpoint(HONEST, 5), checkpoint(second, 1, epoch=2)]
        assert verify(bundle([*HONEST[:7], *second], notes=notes, keys=[key(), key(epoch=2)])).intact


class TestMissingEntries:
    def test_in_the_middle_are_named(self) -> None:
        report = verify(bundle([*HONEST[:6], *HONEST[7:]]))
        assert ("missing", 6) in [(f.kind, f.index) for f in report.findings]

    def test_at_the_end_are_named_by_an_older_checkpoint(self) -> None:
        report = verify(bundle(HONEST[:9], notes=NOTES[:2]), notes=[checkpoint(HONEST, 12)])
        assert [(f.kind, f.index) for f in report.findings] == [("truncated", 9)]
        assert "covers 12 entries" in report.findings[0].message

    def test_at_the_end_are_named_by_an_older_export(self) -> None:
        older = journal_bundle.leaves_of(bundle(HONEST, notes=[]))
        report = verify(bundle(HONEST[:9], notes=[*NOTES[:2], checkpoint(HONEST, 9)]), older=older)
        assert [(f.kind, f.index) for f in report.findings] == [("truncated", 9)]

    def test_of_a_file_that_was_cut_are_noticed_without_any_checkpoint(self) -> None:
        report = verify(bundle(HONEST, notes=[])[:-3])
        assert [f.kind for f in report.findings] == ["unsealed", "incomplete"]


class TestCheckpointsAndKeys:
    def test_signed_by_another_key_do_not_count(self) -> None:
        report = verify(bundle(HONEST), notes=[checkpoint(HONEST, 7, private=THIEF)])
        assert [f.kind for f in report.findings] == ["checkpoint"]

    def test_a_journal_signed_again_with_another_key_is_noticed_by_who_knows_the_key(self) -> None:
        forged = rewrite(HONEST, 2)
        lines = bundle(forged, notes=[checkpoint(forged, 12, private=THIEF)], keys=[key(THIEF)])
        assert verify(lines).intact
        assert "checkpoint" in [f.kind for f in verify(lines, key=key()).findings]

    def test_of_another_log_are_refused(self) -> None:
        other = "elsewhere.example/log"
        note = sign(
            Checkpoint(other, 1, b"r" * 32).text,
            name=other,
            public_key=LOG.public_key().public_bytes_raw(),
            signer=LOG.sign,
        )
        lines = bundle(HONEST, keys=[key(), VerifierKey(other, LOG.public_key().public_bytes_raw())])
        assert [f.kind for f in verify(lines, notes=[note]).findings] == ["checkpoint"]

    def test_of_nothing_must_say_nothing(self) -> None:
        lie = sign(
            Checkpoint(origin(), 0, b"r" * 32).text,
            name=origin(),
            public_key=LOG.public_key().public_bytes_raw(),
            signer=LOG.sign,
        )
        assert [f.kind for f in verify(bundle([], notes=[lie])).findings] == ["checkpoint"]


class TestARecoveredJournal:
    SECOND = [entry(0, epoch=2, after={"checkpoint": "…"}), entry(1, epoch=2)]
    KEYS = [key(), key(epoch=2)]

    def test_has_two_epochs(self) -> None:
        notes = [checkpoint(HONEST, 5), checkpoint(self.SECOND, 2, epoch=2)]
        report = verify(bundle([*HONEST[:6], *self.SECOND], notes=notes, keys=self.KEYS))
        assert report.intact
        assert report.sizes == {1: 6, 2: 2}
        assert "recovered 1 time" in report.notices[0]

    def test_still_shows_what_was_lost_to_who_kept_a_checkpoint(self) -> None:
        notes = [checkpoint(self.SECOND, 2, epoch=2)]
        report = verify(bundle([*HONEST[:6], *self.SECOND], notes=notes, keys=self.KEYS), notes=[checkpoint(HONEST, 9)])
        assert [(f.kind, f.epoch, f.index) for f in report.findings] == [("truncated", 1, 6)]

    def test_without_its_second_epoch_is_missing_it(self) -> None:
        notes = [*NOTES, checkpoint(self.SECOND, 2, epoch=2)]
        assert [(f.kind, f.epoch) for f in verify(bundle(HONEST, notes=notes, keys=self.KEYS)).findings] == [
            ("missing", 2)
        ]

    def test_without_an_epoch_in_between_is_missing_it(self) -> None:
        third = [entry(0, epoch=3)]
        notes = [checkpoint(third, 1, epoch=3)]
        report = verify(bundle([*HONEST, *third], notes=notes, keys=[key(), key(epoch=3)]))
        assert [(f.kind, f.epoch) for f in report.findings] == [("missing", 2)]


class TestAFileThatIsNoJournal:
    @pytest.mark.parametrize(
        "lines",
        [
            [],
            [b"not json\n"],
            [b"[]\n"],
            [b'{"format": "something-else", "version": 1}\n'],
            [b'{"format": "assaymark-journal", "version": 2}\n'],
            [b'{"format": "assaymark-journal", "version": 1, "keys": ["nonsense"]}\n'],
            [*bundle([])[:1], b'{"epoch": 1}\n'],
            [*bundle([])[:1], b'{"epoch":1,"index":"x","body":"","leaf":"","name":null,"salt":null}\n'],
        ],
    )
    def test_is_refused(self, lines: list[bytes]) -> None:
        with pytest.raises(journal_bundle.BadBundle):
            journal_bundle.verify(lines)

    def test_carries_names_and_bodies_in_plain_sight(self) -> None:
        value = json.loads(bundle(HONEST)[4])
        assert value["name"] == "Ingrid"
        assert json.loads(value["body"])["subject"]["label"] == "Purchasing"
