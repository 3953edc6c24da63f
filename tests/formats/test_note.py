"""Signed notes, checkpoints and proofs, against the example that all implementations of the format share."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assaymark.formats import note

# Key and note of the format's reference implementation.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = TEXT + "\n" + SIGNATURE

PETER = note.VerifierKey.parse(VERIFIER)
PRIVATE = Ed25519PrivateKey.from_private_bytes(SEED)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OTHER_KEY = note.VerifierKey("other.example/log", OTHER.public_key().public_bytes_raw())


class TestAKey:
    def test_is_read_and_written_as_published(self) -> None:
        assert PETER.name == "PeterNeumann"
        assert PETER.key_id.hex() == "c74f20a3"
        assert str(PETER) == VERIFIER

    @pytest.mark.parametrize("start", range(0, len(VERIFIER), 3))
    @pytest.mark.parametrize("cut", [0, 1, 5])
    def test_that_is_mangled_is_refused(self, start: int, cut: int) -> None:
        if start == 0 and cut == 0:
            return
        with pytest.raises(note.BadNote):
            note.VerifierKey.parse(VERIFIER[start : len(VERIFIER) - cut])

    def test_of_another_algorithm_is_refused(self) -> None:
        with pytest.raises(note.BadNote, match="Ed25519"):
            note.VerifierKey.parse("x+00000000+" + base64.b64encode(b"\x06" + b"k" * 32).decode())

    def test_under_another_name_is_another_key(self) -> None:
        assert note.VerifierKey("Somebody", PETER.public_key).key_id != PETER.key_id


class TestANote:
    def test_is_signed_byte_for_byte_as_published(self) -> None:
        signed = note.sign(TEXT, name="PeterNeumann", public_key=PETER.public_key, signer=PRIVATE.sign)
        assert signed == NOTE

    def test_opens_with_its_key(self) -> None:
        assert note.open_note(NOTE, keys=[OTHER_KEY, PETER]) == TEXT

    def test_does_not_open_with_another_key(self) -> None:
        with pytest.raises(note.BadNote, match="no known key"):
            note.open_note(NOTE, keys=[OTHER_KEY])
        with pytest.raises(note.BadNote, match="no known key"):
            note.open_note(NOTE, keys=[])

    def test_passes_over_signatures_it_does_not_know(self) -> None:
        signature = base64.b64encode(OTHER_KEY.key_id + OTHER.sign(TEXT.encode())).decode()
        both = f"{NOTE}— {OTHER_KEY.name} {signature}\n"
        assert note.open_note(both, keys=[PETER]) == TEXT
        assert note.open_note(both, keys=[OTHER_KEY]) == TEXT

    def test_is_spoilt_by_a_wrong_signature_under_a_known_name(self) -> None:
        forged = base64.b64encode(PETER.key_id + OTHER.sign(TEXT.encode())).decode()
        with pytest.raises(note.BadNote, match="does not fit"):
            note.open_note(f"{NOTE}— PeterNeumann {forged}\n", keys=[PETER])

    def test_with_one_character_changed_does_not_open(self) -> None:
        with pytest.raises(note.BadNote, match="does not fit"):
            note.open_note(NOTE.replace("cryptography", "cryptographY"), keys=[PETER])

    @pytest.mark.parametrize(
        "malformed",
        [
            "",
            TEXT,
            TEXT + "\n",
            TEXT + SIGNATURE,
            NOTE.rstrip("\n"),
            NOTE.replace("— ", "- "),
            NOTE.replace("— PeterNeumann ", "— PeterNeumann  "),
            NOTE.replace("x08go", "x08g!"),
            NOTE + "trailing\n",
            NOTE.replace("If", "\x01f"),
            TEXT + "\n" + SIGNATURE * 101,
            TEXT + "\n— PeterNeumann AAAA\n",
            "x" * 70_000 + "\n\n" + SIGNATURE,
        ],
    )
    def test_that_is_malformed_is_refused(self, malformed: str) -> None:
        with pytest.raises(note.BadNote):
            note.open_note(malformed, keys=[PETER])

    def test_wants_a_name_without_spaces_and_a_text_with_an_end(self) -> None:
        for text, name in ((TEXT, "a b"), (TEXT, "a+b"), (TEXT, ""), ("no end", "a")):
            with pytest.raises(note.BadNote):
                note.sign(text, name=name, public_key=PETER.public_key, signer=PRIVATE.sign)


class TestACheckpoint:
    CHECKPOINT = note.Checkpoint("qms.example/log/halden/e1", 42, hashlib.sha256(b"root").digest())

    def signed(self) -> str:
        return note.sign(self.CHECKPOINT.text, name=OTHER_KEY.name, public_key=OTHER_KEY.public_key, signer=OTHER.sign)

    def test_has_three_lines(self) -> None:
        assert self.CHECKPOINT.text.split("\n")[:2] == ["qms.example/log/halden/e1", "42"]
        assert self.CHECKPOINT.text.count("\n") == 3

    def test_comes_back_as_it_went(self) -> None:
        assert note.open_checkpoint(self.signed(), keys=[OTHER_KEY]) == self.CHECKPOINT
        assert note.unverified_checkpoint(self.signed()) == self.CHECKPOINT

    def test_may_carry_lines_that_we_do_not_know(self) -> None:
        assert note.Checkpoint.parse(self.CHECKPOINT.text + "extension\n") == self.CHECKPOINT

    @pytest.mark.parametrize(
        "text",
        [
            "origin\n1\n",
            "\n1\n" + base64.b64encode(b"r" * 32).decode() + "\n",
            "origin\n01\n" + base64.b64encode(b"r" * 32).decode() + "\n",
            "origin\n-1\n" + base64.b64encode(b"r" * 32).decode() + "\n",
            "origin\n²\n" + base64.b64encode(b"r" * 32).decode() + "\n",
            "origin\n1\n" + base64.b64encode(b"r" * 31).decode() + "\n",
            "origin\n1\nno base64\n",
        ],
    )
    def test_that_is_malformed_is_refused(self, text: str) -> None:
        with pytest.raises(note.BadNote):
            note.Checkpoint.parse(text)


class TestAProof:
    def test_is_written_as_the_format_has_it(self) -> None:
        h1, h2 = hashlib.sha256(b"hash1").digest(), hashlib.sha256(b"hash2").digest()
        proof = note.InclusionProof(5, (h1, h2), "test checkpoint\n")
        lines = [base64.b64encode(h).decode() for h in (h1, h2)]
        assert proof.text == f"c2sp.org/tlog-proof@v1\nindex 5\n{lines[0]}\n{lines[1]}\n\ntest checkpoint\n"
        assert note.InclusionProof.parse(proof.text) == proof

    def test_of_the_only_entry_has_no_hashes(self) -> None:
        text = "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n"
        assert note.InclusionProof.parse(text).text == text

    def test_may_carry_extra_data(self) -> None:
        text = "c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 3\n\ncheckpoint\n"
        assert note.InclusionProof.parse(text).index == 3

    @pytest.mark.parametrize(
        "text",
        [
            "not a proof at all",
            "c2sp.org/tlog-proof@v1\n",
            "c2sp.org/tlog-proof@v1\nindex notanumber\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex 05\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n",
        ],
    )
    def test_that_is_malformed_is_refused(self, text: str) -> None:
        with pytest.raises(note.BadNote):
            note.InclusionProof.parse(text)
