"""PDFs that others signed: read at every PAdES level and with usual kinds of keys, and never called wrong wrongly."""

from __future__ import annotations

import pytest
from pyhanko.sign.fields import MDPPerm

from assaymark.formats.pdf_signature import SignedPdf, UnsupportedPdf, read_signed_pdf
from tests.pdf_cast import (
    CHANGES,
    LEVELS,
    annotation_added,
    content_replaced,
    field_filled,
    letter,
    page,
    stranger,
    updated,
)
from tests.timestamp_cast import chronos
from tests.trust_cast import NOW

KINDS = ("P-256", "RSA", "Ed25519")


def read(data: bytes) -> SignedPdf:
    return read_signed_pdf(data, roots=[chronos().root], now=NOW)


class TestALetterOfSomebodyElse:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("level", LEVELS)
    def test_is_read_at_its_level_with_any_usual_key(self, level: str, kind: str) -> None:
        found = read(stranger(kind).sign(letter(), level))
        assert (found.problem, found.level, found.signer_name) == ("", level, "Elsewhere Ltd")
        assert found.attachment is None

    @pytest.mark.parametrize("level", LEVELS)
    def test_has_its_time_proven_when_it_carries_a_timestamp(self, level: str) -> None:
        found = read(stranger().sign(letter(), level))
        assert found.proven_at == (None if level == "B-B" else NOW)

    @pytest.mark.parametrize("kind", [kind for kind in CHANGES if kind != "form field"])
    @pytest.mark.parametrize("level", LEVELS)
    def test_changed_later_is_called_so_and_the_change_named(self, level: str, kind: str) -> None:
        change, named = CHANGES[kind]
        problem = read(updated(stranger().sign(letter(), level), change)).problem
        assert problem.startswith("The PDF was changed after it was signed: ")
        assert named in problem

    @pytest.mark.parametrize("level", LEVELS)
    def test_filled_in_as_its_signer_allowed_is_unchanged_and_tells_of_it(self, level: str) -> None:
        found = read(updated(stranger().sign(letter(), level), field_filled))
        assert (found.problem, found.allowed) == ("", "form field Total was filled in")

    def test_filled_in_though_its_signer_allowed_nothing_is_changed(self) -> None:
        signed = stranger().sign(letter(), "B-B", certify=MDPPerm.NO_CHANGES)
        problem = read(updated(signed, field_filled)).problem
        assert problem == "The PDF was changed after it was signed: form field Total was filled in"

    def test_signed_again_by_somebody_tells_of_the_further_signature(self) -> None:
        twice = stranger("RSA").sign(stranger().sign(letter(), "B-B"), "B-B", field="Second")
        found = read(twice)
        assert (found.problem, found.allowed) == ("", "a further signature was added")

    def test_with_a_byte_changed_is_called_so(self) -> None:
        data = bytearray(stranger().sign(letter(), "B-LTA"))
        data[data.index(b"10 10 90 90")] ^= 1
        assert read(bytes(data)).problem == "The PDF was changed after it was signed"

    def test_spelled_in_small_hexadecimal_is_as_good(self) -> None:
        data = stranger().sign(letter(), "B-B")
        start = data.index(b"/Contents <") + len(b"/Contents <")
        end = data.index(b">", start)
        assert read(data[:start] + data[start:end].lower() + data[end:]).problem == ""


class TestWhatIsNotReadHere:
    def test_is_no_wrong_but_unsupported_when_the_digest_is_weak(self) -> None:
        with pytest.raises(UnsupportedPdf, match="sha1"):
            read(stranger("RSA").sign(letter(), "B-B", digest="sha1"))

    def test_is_unsupported_in_another_format(self) -> None:
        data = stranger().sign(letter(), "B-B").replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ", 1)
        with pytest.raises(UnsupportedPdf, match=r"adbe\.x509"):
            read(data)


class TestACertificateInAStrangersHands:
    @pytest.mark.parametrize("kind", KINDS)
    def test_is_read_with_the_strangers_key_so_that_it_can_be_compared(self, kind: str) -> None:
        found = read(stranger(kind).sign(page(), "B-T"))
        assert found.attachment is not None
        assert bool(found.signer_key) == (kind != "RSA")

    def test_allows_no_change_even_when_its_signer_allowed_some(self) -> None:
        signed = stranger().sign(page(), "B-B", certify=MDPPerm.ANNOTATE)
        assert "an annotation was added" in read(updated(signed, annotation_added)).problem
        assert "content of page 1 was replaced" in read(updated(signed, content_replaced)).problem


class TestATimestampOfOthers:
    def test_over_a_weak_digest_leaves_the_time_claimed(self) -> None:
        found = read(stranger().sign(letter(), "B-T", stamp_digest="sha1"))
        assert (found.problem, found.proven_at) == ("", None)
        assert "over a sha1 digest" in found.signing_time
