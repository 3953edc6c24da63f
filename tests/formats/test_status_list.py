"""Bitstring status lists: what is written is read, and what cannot be trusted is refused, never read as 'not set'."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.formats import data_integrity, jws, secured
from assaymark.formats.did import KeyResolver
from assaymark.formats.multibase import base64url_encode
from assaymark.formats.status_list import (
    SIZE,
    BadStatusList,
    StatusList,
    decode,
    encode,
    issue_status_list,
    read_status_list,
    status_list_from,
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
            (resign({}, subject={"statusPurpose": []}), "purpose"),
            (resign({}, subject={"statusPurpose": ["suspension", 5]}), "purpose"),
            (resign({}, subject={"statusPurpose": ""}), "purpose"),
            (resign({}, subject={"statusPurpose": ["a"] * 9}), "purpose"),
            (resign({}, subject={"statusSize": 0}), "statusSize"),
            (resign({}, subject={"statusSize": True}), "statusSize"),
            (resign({}, subject={"statusSize": "2"}), "statusSize"),
            (resign({}, subject={"statusSize": 65}), "statusSize"),
            (resign({}, subject={"statusSize": 2}), "is the least"),
            (resign({}, subject={"encodedList": None}), "missing"),
            (resign({"validFrom": None}), "not an instant"),
            (resign({"validUntil": "soon"}), "not an instant"),
            (resign({"credentialSubject": []}), "says nothing"),
            (resign({"@context": ["https://x.example/"]}), "first context"),
            (resign({"type": ["BitstringStatusListCredential"]}), "not a Verifiable Credential"),
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


def without(*names: str, **more: object) -> str:
    claims = {name: value for name, value in orjson.loads(jws.split(issue()).payload).items() if name not in names}
    return jws.sign(orjson.dumps(claims | more), signer=HANSE, typ="vc+jwt")


def read(token: str) -> StatusList:
    return read_status_list(token, resolver=KeyResolver())


class TestTheProfilesInUse:
    """What others write and the specification allows."""

    @pytest.mark.parametrize("typ", ["vc+jwt", "application/vc+jwt", "VC+JWT"])
    def test_a_media_type_may_be_written_out(self, typ: str) -> None:
        assert read(resign({}, typ=typ)).is_set(33)

    def test_one_list_may_serve_two_purposes(self) -> None:
        found = read(resign({}, subject={"statusPurpose": ["revocation", "suspension"]}))
        assert (found.purpose, found.purposes) == ("revocation", ("revocation", "suspension"))

    def test_a_list_that_does_not_say_when_it_was_written_is_as_old_as_its_signature(self) -> None:
        assert read(without("validFrom", iat=int(NOW.timestamp()))).written == NOW

    def test_a_list_that_says_nothing_of_when_is_refused(self) -> None:
        with pytest.raises(BadStatusList, match="when it was written"):
            read(without("validFrom"))

    def test_exp_narrows_until_when_it_may_be_used(self) -> None:
        end = NOW + dt.timedelta(hours=1)
        assert read(resign({"exp": int(end.timestamp())})).valid_until == end
        assert read(without("validUntil", exp=int(end.timestamp()))).valid_until == end
        assert read(without("validUntil")).valid_until is None

    @pytest.mark.parametrize("ttl", [300000, 0, -1, "5", None])
    def test_ttl_concerns_caches_alone(self, ttl: object) -> None:
        assert read(resign({}, subject={"ttl": ttl})).is_set(33)

    def test_an_embedded_proof_serves_too(self) -> None:
        claims = orjson.loads(jws.split(issue()).payload)
        text = data_integrity.sign(claims, key=HANSE, created=NOW)
        found = status_list_from(secured.check(text, resolver=KeyResolver()))
        assert (found.issuer, found.is_set(33), found.is_set(34)) == (HANSE.did, True, False)

    def test_a_list_of_a_million_entries_is_read(self) -> None:
        found = read(issue(size=1024 * 1024 * 8, indices=[1024 * 1024 * 8 - 1]))
        assert (found.is_set(1024 * 1024 * 8 - 1), found.is_set(5)) == (True, False)


class TestEntriesOfSeveralBits:
    """``statusSize`` counts positions in entries, not in bits."""

    @pytest.mark.parametrize("size", [2, 3, 8])
    @pytest.mark.parametrize("bit", [0, 1])
    def test_are_set_when_they_are_not_zero(self, size: int, bit: int) -> None:
        token = resign({}, subject={"encodedList": encode([7 * size + bit], size=SIZE * size), "statusSize": size})
        found = read(token)
        assert [index for index in range(64) if found.is_set(index)] == [7]
        assert [index for index in range(64) if found.is_set(index, size=size)] == [7]

    def test_may_be_told_by_the_credential_alone(self) -> None:
        found = read(issue(indices=[67], size=SIZE * 2))
        assert [index for index in range(64) if found.is_set(index, size=2)] == [33]

    def test_are_refused_when_list_and_credential_differ(self) -> None:
        found = read(resign({}, subject={"encodedList": encode([], size=SIZE * 8), "statusSize": 8}))
        with pytest.raises(BadStatusList, match="differ"):
            found.is_set(0, size=4)

    def test_are_refused_in_a_list_that_is_too_short_for_them(self) -> None:
        with pytest.raises(BadStatusList, match="is the least"):
            read(issue()).is_set(0, size=2)

    def test_are_refused_outside_the_list(self) -> None:
        with pytest.raises(BadStatusList, match="lies outside"):
            read(issue(size=SIZE * 2)).is_set(SIZE, size=2)
