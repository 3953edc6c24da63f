"""Multibase: one spelling per value, so that no byte can change unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.formats.multibase import (
    EncodingError,
    base58_decode,
    base58_encode,
    base64url_decode,
    base64url_encode,
    digest_matches,
    digest_multibase,
)


class TestBase58:
    @given(st.binary(max_size=64))
    def test_round_trip(self, data: bytes) -> None:
        assert base58_decode(base58_encode(data)) == data

    def test_keeps_leading_zeros(self) -> None:
        assert base58_encode(b"\0\0a") == "112g"

    @pytest.mark.parametrize("text", ["0", "O", "I", "l", "a b", "é"])
    def test_refuses_foreign_characters(self, text: str) -> None:
        with pytest.raises(EncodingError):
            base58_decode(text)


class TestBase64url:
    @given(st.binary(max_size=64))
    def test_round_trip(self, data: bytes) -> None:
        assert base64url_decode(base64url_encode(data)) == data

    @pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "+/+/", "QU E", "QQ\n", "é"])
    def test_refuses_every_second_spelling(self, text: str) -> None:
        with pytest.raises(EncodingError):
            base64url_decode(text)


class TestADigest:
    def test_matches_its_bytes_only(self) -> None:
        assert digest_matches(digest_multibase(b"a"), b"a")
        assert not digest_matches(digest_multibase(b"a"), b"b")

    @pytest.mark.parametrize("digest", ["", "z", "x123", "u####", "zQm"])
    def test_that_is_malformed_matches_nothing(self, digest: str) -> None:
        assert not digest_matches(digest, b"a")
