"""Timestamp tokens: a digest existed at a moment, by an authority that the verifier trusts, or there is no date."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from assaymark.formats.timestamps import (
    MAX_TOKEN,
    BadTimestamp,
    authority_of,
    digest_of,
    read_roots,
    timestamp_request,
    token_of_response,
    verify_timestamp,
)
from tests.timestamp_cast import Authority, chronos, unknown

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
DIGEST = digest_of(b"a checkpoint")


def stamp(authority: Authority, digest: bytes = DIGEST, *, at: dt.datetime = AT) -> bytes:
    request = timestamp_request(digest)
    return token_of_response(authority.answer(request, at=at), request=request)


class TestATokenThatHolds:
    def test_gives_the_moment_that_the_authority_stated(self) -> None:
        assert verify_timestamp(stamp(chronos()), DIGEST, [chronos().root]) == AT

    @pytest.mark.parametrize("length", [32, 48, 64])
    def test_may_be_over_each_usual_length_of_digest(self, length: int) -> None:
        digest = bytes(range(length))
        assert verify_timestamp(stamp(chronos(), digest), digest, [chronos().root]) == AT

    def test_holds_with_further_roots_beside(self) -> None:
        assert verify_timestamp(stamp(chronos()), DIGEST, [unknown().root, chronos().root]) == AT

    def test_names_its_authority(self) -> None:
        assert authority_of(stamp(chronos())) == "Chronos Time"


class TestATokenThatProvesNothing:
    def test_an_unknown_authority_gives_no_date_and_is_named(self) -> None:
        with pytest.raises(BadTimestamp, match=r"do not trust \(Unknown Time\)"):
            verify_timestamp(stamp(unknown()), DIGEST, [chronos().root])

    def test_without_roots_there_is_no_date(self) -> None:
        with pytest.raises(BadTimestamp, match="do not trust"):
            verify_timestamp(stamp(chronos()), DIGEST, [])

    def test_another_digest_is_refused(self) -> None:
        with pytest.raises(BadTimestamp, match="something else"):
            verify_timestamp(stamp(chronos()), digest_of(b"another"), [chronos().root])

    def test_a_certificate_for_other_purposes_makes_no_timestamps(self) -> None:
        web = Authority("Web server", purpose=ExtendedKeyUsageOID.SERVER_AUTH)
        with pytest.raises(BadTimestamp):
            verify_timestamp(stamp(web), DIGEST, [web.root])

    def test_a_time_after_the_end_of_the_authoritys_certificate_is_refused(self) -> None:
        late = stamp(chronos(), at=dt.datetime(2041, 1, 1, tzinfo=dt.UTC))
        with pytest.raises(BadTimestamp):
            verify_timestamp(late, DIGEST, [chronos().root])

    def test_a_changed_time_breaks_the_signature(self) -> None:
        token = stamp(chronos())
        moved = token.replace(b"20261124100000Z", b"20201124100000Z", 1)
        assert moved != token
        with pytest.raises(BadTimestamp, match=r"does not hold|cannot be checked"):
            verify_timestamp(moved, DIGEST, [chronos().root])

    def test_a_token_of_odd_length_of_digest_is_refused(self) -> None:
        with pytest.raises(BadTimestamp, match="SHA-256"):
            verify_timestamp(stamp(chronos()), b"short", [chronos().root])

    def test_rubbish_is_refused(self) -> None:
        for rubbish in (b"", b"0", b"\x30\x80", b"{}", stamp(chronos())[:200], stamp(chronos()) + b"0"):
            with pytest.raises(BadTimestamp):
                verify_timestamp(rubbish, DIGEST, [chronos().root])

    def test_what_is_too_large_is_not_parsed(self) -> None:
        with pytest.raises(BadTimestamp, match="64 KB"):
            verify_timestamp(bytes(MAX_TOKEN + 1), DIGEST, [chronos().root])

    def test_no_flipped_byte_gives_another_moment(self) -> None:
        token = stamp(chronos())
        for position in range(0, len(token), 97):
            flipped = bytearray(token)
            flipped[position] ^= 1
            try:
                assert verify_timestamp(bytes(flipped), DIGEST, [chronos().root]) == AT
            except BadTimestamp:
                continue


class TestAnAnswer:
    def test_to_another_request_is_refused(self) -> None:
        first, second = timestamp_request(DIGEST), timestamp_request(DIGEST)
        with pytest.raises(BadTimestamp, match="another request"):
            token_of_response(chronos().answer(first, at=AT), request=second)

    def test_that_refuses_is_an_error(self) -> None:
        refusal = bytes.fromhex("30053003020102")  # a status (2, rejection) and no token
        with pytest.raises(BadTimestamp, match="refused"):
            token_of_response(refusal, request=timestamp_request(DIGEST))

    def test_that_is_no_answer_is_an_error(self) -> None:
        with pytest.raises(BadTimestamp, match="malformed"):
            token_of_response(b"<html>", request=timestamp_request(DIGEST))


class TestRoots:
    def test_several_are_read_from_one_file(self) -> None:
        roots = read_roots(chronos().root_pem + unknown().root_pem)
        assert [r.subject.native["common_name"] for r in roots] == ["Chronos Time root", "Unknown Time root"]

    def test_one_is_read_from_der(self) -> None:
        assert [r.dump() for r in read_roots(chronos().root.dump())] == [chronos().root.dump()]

    @pytest.mark.parametrize(
        "data", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    )
    def test_other_files_are_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="timestamp authorities"):
            read_roots(data)
