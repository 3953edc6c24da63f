"""Bitstring status lists: what is written is read, and what cannot be trusted is refused, never read as 'not set'."""

from __future__ import annotations

import gzip
import zlib

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.formats import jws
from assaymark.formats.did import KeyResolver
from assaymark.formats.multibase import base64url_encode
from assaymark.formats.status_list import (
    SIZE,
    BadStatusList,
    decode,
    encode,
    issue_status_list,
    read_status_list,
)
from tests.trust_cast import HANSE, NOW, STRANGER, WEEK

URL = "https://hanse.example/status/suspension"


def issue(**changes: object) -> str:
    given_: dict[str, object] = {
        "list_id": URL,
        "purpose": "suspension",
        "indices": [33],
        "key": HANSE,
        "written": NOW,
        "valid_until": NOW + WEEK,
    }
    return issue_status_list(**(given_ | changes))  # type: ignore[arg-type]


def resign(change: dict[str, object], *, subject: dict[str, object] | None = None, typ: str = "vc+jwt") -> str:
    """Sign a list whose content a test has changed."""
    claims = orjson.loads(jws.split(issue()).payload)
    claims["credentialSubject"] |= subject or {}
    return jws.sign(orjson.dumps(claims | change), signer=HANSE, typ=typ)


class TestAList:
    def test_round_trip(self) -> None:
        read = read_status_list(issue(), resolver=KeyResolver())
        assert (read.id, read.issuer, read.purpose) == (URL, HANSE.did, "suspension")
        assert (read.written, read.valid_until) == (NOW, NOW + WEEK)
        assert [index for index in range(64) if read.is_set(index)] == [33]

    def test_has_at_least_131072_entries(self) -> None:
        assert len(decode(encode([]))) * 8 == SIZE == 131_072

    def test_counts_from_the_left_most_bit(self) -> None:
        assert decode(encode([0]))[0] == 0b1000_0000

    @settings(max_examples=20)
    @given(st.sets(st.integers(0, SIZE - 1), max_size=50))
    def test_sets_exactly_the_given_bits(self, indices: set[int]) -> None:
        bits = decode(encode(indices))
        found = {i * 8 + j for i, byte in enumerate(bits) if byte for j in range(8) if byte & (0x80 >> j)}
        assert found == indices

    def test_is_the_same_bytes_each_time(self) -> None:
        assert issue() == issue()

    @pytest.mark.parametrize("index", [-1, SIZE, 10**12])
    def test_refuses_an_index_outside(self, index: int) -> None:
        with pytest.raises(BadStatusList, match="lies outside"):
            read_status_list(issue(), resolver=KeyResolver()).is_set(index)

    def test_is_not_written_with_an_index_outside(self) -> None:
        with pytest.raises(ValueError, match="lies outside"):
            encode([SIZE])

    def test_is_not_written_for_an_unknown_purpose(self) -> None:
        with pytest.raises(ValueError, match="purpose"):
            issue(purpose="refresh")


class TestUnpacking:
    def test_refuses_a_bomb_without_unpacking_it(self) -> None:
        packer = zlib.compressobj(9, wbits=31)
        packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(64)) + packer.flush()
        with pytest.raises(BadStatusList, match="more than 16 MiB"):
            decode("u" + base64url_encode(packed))

    @pytest.mark.parametrize(
        ("encoded", "why"),
        [
            ("u" + base64url_encode(gzip.compress(bytes(SIZE // 8 - 1))), "is the least"),
            ("u" + base64url_encode(gzip.compress(bytes(SIZE // 8))[:-4]), "cut off"),
            ("u" + base64url_encode(gzip.compress(bytes(SIZE // 8)) + b"more"), "after its end"),
            ("u" + base64url_encode(b"not gzip"), "cannot be unpacked"),
            ("u###", "cannot be unpacked"),
            ("z" + base64url_encode(gzip.compress(bytes(SIZE // 8))), "not base64url"),
            ("", "not base64url"),
        ],
        ids=["short", "cut off", "more after its end", "not gzip", "not base64url", "another base", "empty"],
    )
    def test_refuses_what_is_short_cut_off_or_malformed(self, encoded: str, why: str) -> None:
        with pytest.raises(BadStatusList, match=why):
            decode(encoded)


class TestReading:
    @pytest.mark.parametrize(
        ("token", "why"),
        [
            (resign({"issuer": STRANGER.did}), "different issuers"),
            (resign({"type": ["VerifiableCredential"]}), "not a Bitstring"),
            (resign({}, subject={"type": "Other"}), "not a Bitstring"),
            (resign({}, subject={"statusPurpose": ["suspension"]}), "missing"),
            (resign({"id": None}), "missing"),
            (resign({"validFrom": "yesterday"}), "not an instant"),
            (resign({"validFrom": "2026-02-30T00:00:00Z"}), "does not|exists"),
            (resign({}, typ="jwt"), "vc.jwt"),
            ("nonsense", "three parts"),
        ],
    )
    def test_refuses_another_issuer_purpose_type_or_date(self, token: str, why: str) -> None:
        with pytest.raises(BadStatusList, match=why):
            read_status_list(token, resolver=KeyResolver())

    def test_refuses_an_unsigned_list(self) -> None:
        with pytest.raises(BadStatusList):
            read_status_list(issue().rpartition(".")[0] + ".", resolver=KeyResolver())
