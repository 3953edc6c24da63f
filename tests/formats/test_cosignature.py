"""A witness's line says that it saw a checkpoint, and a request says what the witness is to see."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

import proofbundle
import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.formats import note
from assaymark.formats.cosignature import MAX_PROOF, Request, WitnessKey, answer_to, cosign, sightings
from assaymark.formats.note import BadNote, Checkpoint

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGIN = "qms.example/log/halden/e1"
LOG, CERTLIGHT, NORDWERK = (SigningKey.from_seed(bytes([n]) * 32) for n in (1, 2, 3))
WITNESS = WitnessKey("cb.example/witness/certlight", CERTLIGHT.public_key)
OTHER = WitnessKey("ab.example/witness/nordwerk", NORDWERK.public_key)
LEAVES = [journal.leaf_hash(str(n).encode()) for n in range(9)]


def checkpoint(size: int, *, root: bytes | None = None) -> str:
    text = Checkpoint(ORIGIN, size, root or journal.tree_root(LEAVES[:size])).text
    return note.sign(text, name=ORIGIN, public_key=LOG.public_key, signer=LOG.sign)


def cosigned(size: int = 7) -> str:
    signed = checkpoint(size)
    return signed + cosign(signed, key=WITNESS, at=AT, signer=CERTLIGHT.sign)


class TestAKey:
    def test_is_written_and_read(self) -> None:
        assert WitnessKey.parse(str(WITNESS)) == WITNESS

    def test_has_another_id_than_a_log_of_that_name_and_key(self) -> None:
        assert WITNESS.key_id != note.VerifierKey(WITNESS.name, WITNESS.public_key).key_id

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "certlight",
            str(note.VerifierKey(WITNESS.name, WITNESS.public_key)),
            str(WITNESS).replace("certlight", "somebody"),
            str(WITNESS)[:-4],
            f"two words{str(WITNESS)[len(WITNESS.name) :]}",
        ],
    )
    def test_that_is_malformed_or_a_logs_is_refused(self, text: str) -> None:
        with pytest.raises(BadNote):
            WitnessKey.parse(text)


class TestACosignature:
    def test_says_who_saw_the_checkpoint_and_when(self) -> None:
        (sighting,) = sightings(cosigned(), keys=[WITNESS])
        assert (sighting.witness, sighting.at) == (WITNESS.name, AT)

    def test_leaves_the_logs_own_signature_good(self) -> None:
        key = note.VerifierKey(ORIGIN, LOG.public_key)
        assert note.open_checkpoint(cosigned(), keys=[key]).size == 7

    def test_alone_is_no_signature_of_the_log(self) -> None:
        with pytest.raises(BadNote, match="no known key"):
            note.open_checkpoint(cosigned(), keys=[note.VerifierKey(WITNESS.name, WITNESS.public_key)])

    def test_of_an_unknown_witness_is_passed_over(self) -> None:
        assert sightings(cosigned(), keys=[OTHER]) == []

    def test_of_two_witnesses_is_told_of_both(self) -> None:
        twice = cosigned() + cosign(cosigned(), key=OTHER, at=AT, signer=NORDWERK.sign)
        assert [one.witness for one in sightings(twice, keys=[OTHER, WITNESS])] == [WITNESS.name, OTHER.name]

    def test_of_another_size_is_refused(self) -> None:
        with pytest.raises(BadNote, match="does not fit the checkpoint"):
            sightings(cosigned(7).replace("\n7\n", "\n8\n"), keys=[WITNESS])

    def test_with_any_byte_changed_is_no_sighting(self) -> None:
        head, _, last = cosigned().rstrip("\n").rpartition(" ")
        data = note.bytes_of(last)
        for position in range(len(data)):
            changed = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
            forged = f"{head} {note.base64_of(changed)}\n"
            try:
                assert sightings(forged, keys=[WITNESS]) == [], position
            except BadNote:
                assert position >= 4

    @pytest.mark.parametrize("length", [5, 12, 75, 77])
    def test_of_another_length_is_refused(self, length: int) -> None:
        line = f"— {WITNESS.name} {note.base64_of(WITNESS.key_id + bytes(length - 4))}\n"
        with pytest.raises(BadNote):
            sightings(checkpoint(3) + line, keys=[WITNESS])

    def test_is_accepted_by_an_independent_library_which_refuses_the_forged_one(self) -> None:
        told = proofbundle.verify_cosignature(cosigned(), str(WITNESS))
        assert told["ok"]
        assert told["timestamp"] == int(AT.timestamp())
        assert (told["origin"], told["tree_size"]) == (ORIGIN, 7)
        assert not proofbundle.verify_cosignature(cosigned(7).replace("\n7\n", "\n8\n"), str(WITNESS))["ok"]

    def test_counts_as_a_witness_for_an_independent_library(self) -> None:
        log = str(note.VerifierKey(ORIGIN, LOG.public_key))
        assert proofbundle.verify_witnessed_checkpoint(cosigned(), log, [str(WITNESS)], threshold=1)["ok"]
        assert not proofbundle.verify_witnessed_checkpoint(cosigned(), log, [str(OTHER)], threshold=1)["ok"]


class TestAProofOfAnEntry:
    """`.tlog-proof` as we write it, read by an independent library (C2SP tlog-proof)."""

    LOG_KEY = str(note.VerifierKey(ORIGIN, LOG.public_key))

    def proof(self, index: int) -> str:
        return note.InclusionProof(index, tuple(journal.inclusion_proof(LEAVES[:7], index)), cosigned(7)).text

    @pytest.mark.parametrize("index", range(7))
    def test_is_accepted_with_its_witness(self, index: int) -> None:
        data = str(index).encode()
        told = proofbundle.verify_tlog_proof(self.proof(index), data, self.LOG_KEY, [str(WITNESS)], threshold=1)
        assert told["ok"], told

    @pytest.mark.parametrize(
        ("change", "to"), [("index 3", "index 2"), ("\n7\n", "\n6\n"), ("log/halden", "log/olga"), ("\n\n", "\n")]
    )
    def test_that_was_tampered_with_is_refused(self, change: str, to: str) -> None:
        forged = self.proof(3).replace(change, to)
        assert forged != self.proof(3)
        try:
            told = proofbundle.verify_tlog_proof(forged, b"3", self.LOG_KEY, [str(WITNESS)], threshold=1)
        except proofbundle.ProofBundleError:
            return
        assert not told["ok"]

    def test_of_another_entry_is_refused(self) -> None:
        assert not proofbundle.verify_tlog_proof(self.proof(3), b"4", self.LOG_KEY)["ok"]


def request(old: int, new: int) -> Request:
    return Request(old, tuple(journal.consistency_proof(LEAVES[:new], old)), checkpoint(new))


class TestARequest:
    @pytest.mark.parametrize(("old", "new"), [(0, 1), (0, 7), (3, 7), (4, 8), (7, 7)])
    def test_is_written_and_read(self, old: int, new: int) -> None:
        assert Request.parse(request(old, new).text) == request(old, new)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "old 3",
            "old 3\n\n"[:-1],
            f"3\n\n{checkpoint(3)}",
            f"old\n\n{checkpoint(3)}",
            f"old -1\n\n{checkpoint(3)}",
            f"old 03\n\n{checkpoint(3)}",
            f"old ٣\n\n{checkpoint(3)}",
            f"old {'9' * 20}\n\n{checkpoint(3)}",
            f"old 3\nAAAA\n\n{checkpoint(3)}",
            f"old 3\nno base64!\n\n{checkpoint(3)}",
            "old 3\n" + f"{note.base64_of(bytes(32))}\n" * (MAX_PROOF + 1) + f"\n{checkpoint(3)}",
        ],
    )
    def test_that_is_malformed_is_refused(self, text: str) -> None:
        with pytest.raises(BadNote):
            Request.parse(text)


class TestTheAnswer:
    def told(self, asked: Request, seen: int | None, *, root: bytes | None = None) -> HTTPStatus:
        last = Checkpoint(ORIGIN, seen, root or journal.tree_root(LEAVES[:seen])) if seen is not None else None
        return answer_to(asked, note.unverified_checkpoint(asked.note), seen=last)

    def test_is_yes_to_every_honest_extension(self) -> None:
        for new in range(10):
            for old in range(new + 1):
                assert self.told(request(old, new), old or None) == HTTPStatus.OK, (old, new)

    def test_is_a_conflict_when_another_size_was_seen(self) -> None:
        assert self.told(request(3, 7), 4) == HTTPStatus.CONFLICT
        assert self.told(request(0, 7), 4) == HTTPStatus.CONFLICT
        assert self.told(request(3, 7), None) == HTTPStatus.CONFLICT

    def test_is_a_conflict_to_a_fork_of_the_same_size(self) -> None:
        assert self.told(request(7, 7), 7, root=bytes(32)) == HTTPStatus.CONFLICT

    def test_is_a_bad_request_when_the_old_size_is_beyond_the_new(self) -> None:
        asked = Request(8, (), checkpoint(7))
        assert self.told(asked, 8) == HTTPStatus.BAD_REQUEST

    def test_is_unprocessable_when_the_proof_does_not_hold(self) -> None:
        honest = request(3, 7)
        assert self.told(Request(3, honest.proof[::-1], honest.note), 3) == HTTPStatus.UNPROCESSABLE_ENTITY
        assert self.told(Request(3, (), honest.note), 3) == HTTPStatus.UNPROCESSABLE_ENTITY
        assert self.told(Request(0, honest.proof, honest.note), None) == HTTPStatus.UNPROCESSABLE_ENTITY
        assert self.told(request(3, 7), 3, root=bytes(32)) == HTTPStatus.UNPROCESSABLE_ENTITY
