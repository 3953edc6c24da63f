"""Attacks on a log's checkpoints: rolled back, forked, or signed under another name."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from assaymark.core import journal
from assaymark.formats.cosignature import Request, answer_to
from assaymark.formats.note import BadNote, Checkpoint, VerifierKey, open_checkpoint, sign
from tests.trust_cast import HANSE, STRANGER

pytestmark = pytest.mark.slow

ORIGIN = "hanse.example/journal"
LEAVES = [journal.leaf_hash(str(number).encode()) for number in range(9)]
OTHERS = [*LEAVES[:4], journal.leaf_hash(b"rewritten"), *LEAVES[5:]]


def at(size: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    return Checkpoint(ORIGIN, size, journal.tree_root(leaves[:size]))


def extends(old: int, new: int, leaves: list[bytes] = LEAVES) -> Request:
    return Request(old, tuple(journal.consistency_proof(leaves[:new], old)), "")


class TestACheckpoint:
    def test_that_extends_what_was_seen_is_accepted(self) -> None:
        assert answer_to(extends(5, 9), at(9), seen=at(5)) is HTTPStatus.OK

    def test_rolled_back_is_refused(self) -> None:
        assert answer_to(Request(9, (), ""), at(5), seen=at(9)) is HTTPStatus.BAD_REQUEST
        assert answer_to(Request(5, (), ""), at(5), seen=at(9)) is HTTPStatus.CONFLICT

    def test_forked_at_the_same_size_is_refused(self) -> None:
        assert answer_to(Request(9, (), ""), at(9, OTHERS), seen=at(9)) is HTTPStatus.CONFLICT

    def test_with_a_rewritten_past_is_refused_whatever_proof_it_brings(self) -> None:
        for proof in (extends(5, 9), extends(5, 9, OTHERS), Request(5, (), "")):
            assert answer_to(proof, at(9, OTHERS), seen=at(5)) is HTTPStatus.UNPROCESSABLE_ENTITY

    @pytest.mark.parametrize("change", [-1, 1])
    def test_with_a_hash_too_few_or_too_many_is_refused(self, change: int) -> None:
        proof = extends(5, 9).proof
        other = proof[:-1] if change < 0 else (*proof, bytes(32))
        assert answer_to(Request(5, other, ""), at(9), seen=at(5)) is HTTPStatus.UNPROCESSABLE_ENTITY

    @pytest.mark.parametrize("name", [ORIGIN, "other.example"])
    def test_signed_by_a_stranger_is_refused(self, name: str) -> None:
        note = sign(at(9).text, name=name, public_key=STRANGER.public_key, signer=STRANGER.sign)
        with pytest.raises(BadNote):
            open_checkpoint(note, keys=[VerifierKey(ORIGIN, HANSE.public_key)])

    def test_with_a_changed_size_or_root_is_refused(self) -> None:
        note = sign(at(9).text, name=ORIGIN, public_key=HANSE.public_key, signer=HANSE.sign)
        keys = [VerifierKey(ORIGIN, HANSE.public_key)]
        assert open_checkpoint(note, keys=keys) == at(9)
        for forged in (note.replace("\n9\n", "\n8\n"), at(9, OTHERS).text + note[len(at(9).text) :]):
            with pytest.raises(BadNote):
                open_checkpoint(forged, keys=keys)
