"""Attacks on status: lists and logs of others, of the wrong purpose, too old, too new, too large, or left out."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from dataclasses import replace
from typing import Any

import orjson
import pytest

from assaymark.adapters.fetch import FetchRefused
from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import StatusEventKind
from assaymark.formats.multibase import base64url_encode
from assaymark.formats.status_list import SIZE, issue_status_list
from assaymark.formats.status_log import issue_status_log
from assaymark.verify import Code
from tests.hostile.attack import NO, UNKNOWN, answers, bundled, claims_of, judge, refused, resigned, with_claims
from tests.trust_cast import CERTIFICATE, HANSE, NOW, STRANGER, WEEK, Chain, event

pytestmark = pytest.mark.slow

PLACE = CERTIFICATE.status
SUSPENDED = [
    event(1, StatusEventKind.ISSUED, dt.date(2026, 5, 1)),
    event(2, StatusEventKind.SUSPENDED, dt.date(2026, 11, 3)),
]


def suspended() -> Chain:
    chain = Chain()
    chain.of_certificate.suspended = True
    chain.of_certificate.events = SUSPENDED
    return chain


def others(chain: Chain | None = None, when: dt.datetime = NOW) -> list[str]:
    """The lists of the parties above the certificate."""
    return [one for issuer in (chain or Chain()).issuers()[1:] for one in issuer.lists(when)]


def listed(
    *, purpose: str = "suspension", url: str = "", key: SigningKey = HANSE, written: dt.datetime = NOW, **more: Any
) -> str:
    return issue_status_list(
        list_id=url or (PLACE.revocation_list if purpose == "revocation" else PLACE.suspension_list),
        purpose=purpose,
        indices=more.pop("indices", []),
        key=key,
        written=written,
        valid_until=more.pop("valid_until", written + WEEK),
        **more,
    )


def repacked(packed: bytes, *, purpose: str = "suspension", **claims: Any) -> str:
    """A list of the body's with any bytes in the place of its bits."""
    token = listed(purpose=purpose)
    subject = claims_of(token)["credentialSubject"] | {"encodedList": "u" + base64url_encode(packed)}
    return resigned(token, credentialSubject=subject, **claims).decode()


def bomb(size: int) -> bytes:
    """The beginning of a gzip stream that unpacks to a size: one megabyte of zeros, packed once and repeated."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1024 * 1024)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (size // len(block) - 1)


def with_lists(*lists: str, logs: tuple[str, ...] | None = None, **options: Any) -> bytes:
    """The cast's bundle, with other lists for the certificate, and without its log unless one is given."""
    above = tuple(issuer.log(NOW) for issuer in Chain().issuers()[1:])
    return bundled(lists=[*lists, *others()], logs=(*(logs or ()), *above), **options)


def unknown(data: bytes, **options: Any) -> str:
    """Hold that the status cannot be told, and return why."""
    verdict = refused(data, **options)
    assert verdict.in_force.answer is UNKNOWN
    return verdict.in_force.reason


class TestControl:
    def test_the_bodys_two_lists_alone_are_enough_for_yes(self) -> None:
        assert answers(judge(with_lists(listed(), listed(purpose="revocation")))) == ["yes"] * 4


class TestListsOfOthers:
    def test_a_list_of_another_issuer_at_the_same_address_does_not_count(self) -> None:
        assert "No suspension list of the issuer" in unknown(
            with_lists(listed(key=STRANGER), listed(key=STRANGER, purpose="revocation"))
        )

    def test_a_list_that_names_the_issuer_but_is_signed_by_a_stranger_does_not_count(self) -> None:
        forged = resigned(listed(), STRANGER).decode()
        unknown(with_lists(forged, listed(purpose="revocation")))

    def test_an_unsigned_list_does_not_count(self) -> None:
        bare = listed().rpartition(".")[0] + "."
        unknown(with_lists(bare, listed(purpose="revocation")))

    def test_a_list_of_the_wrong_purpose_does_not_count(self) -> None:
        unknown(with_lists(listed(purpose="revocation", url=PLACE.suspension_list), listed(purpose="revocation")))

    @pytest.mark.parametrize(
        "purpose", ["refresh", "message", "Suspension", "suspension ", "", None, ["refresh"], [], [["suspension"]]]
    )
    def test_a_list_of_no_known_purpose_does_not_count(self, purpose: object) -> None:
        subject = claims_of(listed())["credentialSubject"] | {"statusPurpose": purpose}
        unknown(with_lists(resigned(listed(), credentialSubject=subject).decode(), listed(purpose="revocation")))

    def test_another_list_of_the_same_issuer_does_not_count(self) -> None:
        unknown(with_lists(listed(url=PLACE.suspension_list + "2"), listed(purpose="revocation")))

    def test_a_certificate_that_names_a_strangers_list_is_not_served_by_it(self) -> None:
        entry = claims_of(Chain().token)["credentialStatus"] | {"statusListCredential": "https://x.example/list"}
        certificate = resigned(Chain().token, credentialStatus=entry).decode()
        theirs = listed(key=STRANGER, url="https://x.example/list")
        unknown(with_lists(theirs, listed(purpose="revocation"), certificate=certificate))


class TestIndexes:
    def test_an_index_as_text_finds_the_same_bit(self) -> None:
        entry = claims_of(Chain().token)["credentialStatus"] | {"statusListIndex": "33"}
        certificate = resigned(Chain().token, credentialStatus=entry).decode()
        verdict = refused(bundled(certificate, suspended(), logs=()))
        assert (verdict.in_force.answer, verdict.code) == (NO, Code.SUSPENDED)

    @pytest.mark.parametrize(
        "index",
        ["0x21", " 33", "33 ", "+33", "-1", "٣٣", "3_3", "33.0", "", "1e1", 33.5, True, None, [33], -1],
        ids=repr,
    )
    def test_an_index_in_another_spelling_is_never_yes(self, index: object) -> None:
        entry = claims_of(Chain().token)["credentialStatus"] | {"statusListIndex": index}
        refused(with_claims(credentialStatus=entry))

    @pytest.mark.parametrize("index", [SIZE, 2**31, 2**53, 10**11], ids=str)
    def test_an_index_outside_the_list_is_unknown(self, index: int) -> None:
        entry = claims_of(Chain().token)["credentialStatus"] | {"statusListIndex": index}
        certificate = resigned(Chain().token, credentialStatus=entry).decode()
        lists = (listed(), listed(purpose="revocation"))
        assert "lies outside" in unknown(with_lists(*lists, certificate=certificate))


def one_list(subject: dict[str, Any], *, indices: tuple[int, ...] = (), size: int = SIZE) -> tuple[str, str]:
    """A suspension list of the body's with other members, and the revocation list beside it."""
    token = listed(indices=indices, size=size)
    subject = claims_of(token)["credentialSubject"] | subject
    return resigned(token, credentialSubject=subject).decode(), listed(purpose="revocation")


def pointing(**changes: Any) -> str:
    """The cast's certificate with another pointer to its status."""
    entry = claims_of(Chain().token)["credentialStatus"] | changes
    return resigned(Chain().token, credentialStatus=entry).decode()


class TestProfiles:
    """What the specification allows and our own lists do not use: read rightly, or not at all."""

    def test_a_list_of_two_purposes_counts_for_both(self) -> None:
        both = {"statusPurpose": ["revocation", "suspension"]}
        assert answers(judge(with_lists(*one_list(both)))) == ["yes"] * 4
        verdict = refused(with_lists(*one_list(both, indices=(PLACE.index,))))
        assert verdict.code is Code.SUSPENDED

    def test_a_certificate_with_entries_of_two_bits_is_not_read_with_one(self) -> None:
        """Entry 33 of two bits begins at bit 66: who reads bit 33 reads somebody else's status."""
        certificate = pointing(statusSize=2, statusMessage=[{"status": hex(n), "message": "x"} for n in range(4)])
        lists = one_list({"statusSize": 2}, indices=(67,), size=SIZE * 2)
        assert refused(with_lists(*lists, certificate=certificate)).code is Code.SUSPENDED
        lists = one_list({"statusSize": 2}, indices=(33,), size=SIZE * 2)
        assert answers(judge(with_lists(*lists, certificate=certificate))) == ["yes"] * 4

    @pytest.mark.parametrize("size", [0, -1, 65, 2**31, "2", 1.5, True, None, [1]], ids=repr)
    def test_a_certificate_with_entries_of_an_impossible_size_is_never_yes(self, size: object) -> None:
        refused(with_lists(*one_list({}), certificate=pointing(statusSize=size)))

    def test_a_message_that_is_set_is_unknown_and_one_that_is_not_changes_nothing(self) -> None:
        certificate = resigned(
            Chain().token,
            credentialStatus=[
                claims_of(Chain().token)["credentialStatus"],
                claims_of(Chain().token)["credentialStatus"]
                | {"statusPurpose": "message", "statusListCredential": "https://hanse.example/messages"},
            ],
        ).decode()
        for indices, expected in (((), "yes"), ((PLACE.index,), "unknown")):
            message = resigned(
                listed(url="https://hanse.example/messages", indices=indices),
                credentialSubject=claims_of(listed(indices=indices))["credentialSubject"]
                | {"statusPurpose": "message"},
            ).decode()
            verdict = judge(with_lists(listed(), listed(purpose="revocation"), message, certificate=certificate))
            assert verdict.in_force.answer.value == expected

    def test_a_message_alone_does_not_put_a_certificate_in_force(self) -> None:
        certificate = resigned(
            Chain().token,
            credentialStatus=claims_of(Chain().token)["credentialStatus"] | {"statusPurpose": "message"},
            withdrawalStatus=None,
        ).decode()
        message = resigned(
            listed(), credentialSubject=claims_of(listed())["credentialSubject"] | {"statusPurpose": "message"}
        ).decode()
        assert "no place where its status" in unknown(with_lists(message, certificate=certificate))

    def test_that_a_newer_document_is_to_be_had_does_not_end_this_one(self) -> None:
        status = claims_of(Chain().token)["credentialStatus"]
        refresh = status | {"statusPurpose": "refresh", "statusListCredential": "https://hanse.example/refresh"}
        certificate = resigned(Chain().token, credentialStatus=[status, refresh]).decode()
        assert answers(judge(with_lists(*one_list({}), certificate=certificate))) == ["yes"] * 4
        only = resigned(Chain().token, credentialStatus=refresh, withdrawalStatus=None).decode()
        assert "no place where its status" in unknown(with_lists(certificate=only))


class TestSizes:
    def test_a_gzip_bomb_of_a_gigabyte_is_not_unpacked(self) -> None:
        unknown(with_lists(repacked(bomb(1024**3)), listed(purpose="revocation")))

    def test_a_gzip_bomb_of_512_megabytes_under_the_limit_of_a_token_is_not_unpacked(self) -> None:
        verdict = refused(with_lists(repacked(bomb(512 * 1024**2)), listed(purpose="revocation")))
        assert verdict.in_force.answer is UNKNOWN
        assert any("more than 16 MiB" in notice for notice in verdict.notices)

    def test_sixty_bombs_in_one_file_stay_within_bounds(self) -> None:
        packed = bomb(20 * 1024**2)
        lists = [repacked(packed, id=f"https://hanse.example/{n}") for n in range(60)]
        verdict = refused(bundled(lists=lists, logs=()))
        assert verdict.in_force.answer is UNKNOWN

    def test_sixty_lists_of_the_largest_size_stay_within_bounds(self) -> None:
        packed = gzip.compress(bytes(16 * 1024**2), mtime=0)
        lists = [repacked(packed, id=f"https://hanse.example/{n}") for n in range(60)]
        refused(bundled(lists=lists, logs=()))

    @pytest.mark.parametrize(
        "packed",
        [
            gzip.compress(bytes(SIZE // 8 - 1)),
            gzip.compress(b""),
            gzip.compress(bytes(SIZE // 8))[:-8],
            b"",
            b"\x1f\x8b",
        ],
        ids=["short", "empty", "cut off", "nothing", "head only"],
    )
    def test_a_list_of_the_wrong_length_does_not_count(self, packed: bytes) -> None:
        unknown(with_lists(repacked(packed), listed(purpose="revocation")))

    def test_ten_thousand_and_one_events_are_refused(self) -> None:
        many = [replace(SUSPENDED[0], seq=n) for n in range(10_001)]
        log = issue_status_log(target=CERTIFICATE.credential_id, events=many, key=HANSE, as_of=NOW)
        unknown(with_lists(logs=(log,)))


class TestTimes:
    def test_an_expired_list_does_not_count(self) -> None:
        old = NOW - dt.timedelta(days=2)
        lists = [
            listed(purpose=p, written=old, valid_until=NOW - dt.timedelta(hours=1))
            for p in ("suspension", "revocation")
        ]
        assert refused(with_lists(*lists)).in_force.code is Code.STALE

    def test_a_list_without_end_grows_stale(self) -> None:
        old = NOW - dt.timedelta(days=8)
        lists = [
            resigned(listed(purpose=p, written=old), validUntil=None).decode() for p in ("suspension", "revocation")
        ]
        assert refused(with_lists(*lists)).in_force.code is Code.STALE

    @pytest.mark.parametrize(
        "ahead", [dt.timedelta(minutes=6), dt.timedelta(days=8), dt.timedelta(days=36500)], ids=str
    )
    def test_a_clock_that_runs_ahead_does_not_make_status_fresh(self, ahead: dt.timedelta) -> None:
        lists = [listed(purpose=p, written=NOW + ahead) for p in ("suspension", "revocation")]
        log = issue_status_log(target=CERTIFICATE.credential_id, events=[], key=HANSE, as_of=NOW + ahead)
        verdict = refused(with_lists(*lists, logs=(log,)))
        assert verdict.in_force.answer is UNKNOWN
        assert any("after the moment of knowledge" in notice for notice in verdict.notices)

    def test_a_replayed_list_beside_the_newer_one_does_not_count(self) -> None:
        before = Chain().of_certificate.lists(NOW - dt.timedelta(days=1))
        for order in (
            (*before, *suspended().of_certificate.lists(NOW)),
            (*suspended().of_certificate.lists(NOW), *before),
        ):
            assert refused(with_lists(*order)).code is Code.SUSPENDED

    def test_a_replayed_bundle_beside_a_fresh_one_does_not_count(self) -> None:
        old = Chain().bundle(NOW - dt.timedelta(days=3))
        assert refused(old, suspended().bundle()).code is Code.SUSPENDED
        assert refused(suspended().bundle(), old).code is Code.SUSPENDED

    def test_a_shortened_log_beside_the_whole_one_does_not_count(self) -> None:
        short = issue_status_log(target=CERTIFICATE.credential_id, events=SUSPENDED[:1], key=HANSE, as_of=NOW)
        whole = issue_status_log(target=CERTIFICATE.credential_id, events=SUSPENDED, key=HANSE, as_of=NOW)
        for logs in ((short, whole), (whole, short)):
            assert refused(bundled(logs=(*logs,))).code is Code.SUSPENDED

    def test_a_replayed_bundle_alone_is_unknown_after_its_week(self) -> None:
        assert refused(Chain().bundle(NOW - dt.timedelta(days=8))).in_force.code is Code.STALE


class TestLogs:
    def test_a_log_about_another_certificate_does_not_count(self) -> None:
        log = issue_status_log(target=CERTIFICATE.credential_id + "0", events=[], key=HANSE, as_of=NOW)
        unknown(with_lists(logs=(log,)))

    def test_a_log_by_a_stranger_does_not_count(self) -> None:
        log = issue_status_log(target=CERTIFICATE.credential_id, events=[], key=STRANGER, as_of=NOW)
        unknown(with_lists(logs=(log,)))

    @pytest.mark.parametrize("events", [[*reversed(SUSPENDED)], [SUSPENDED[0], SUSPENDED[0]]], ids=["turned", "twice"])
    def test_a_log_out_of_order_does_not_count(self, events: list[Any]) -> None:
        log = issue_status_log(target=CERTIFICATE.credential_id, events=events, key=HANSE, as_of=NOW)
        unknown(with_lists(logs=(log,)))

    def test_a_reinstatement_dated_before_the_suspension_does_not_lift_it(self) -> None:
        events = [
            *SUSPENDED,
            event(3, StatusEventKind.REINSTATED, dt.date(2026, 11, 2), recorded=dt.date(2026, 11, 20)),
        ]
        log = issue_status_log(target=CERTIFICATE.credential_id, events=events, key=HANSE, as_of=NOW)
        assert refused(with_lists(logs=(log,))).code is Code.SUSPENDED

    def test_a_reinstatement_after_a_withdrawal_does_not_lift_it(self) -> None:
        events = [
            event(1, StatusEventKind.WITHDRAWN, dt.date(2026, 11, 3)),
            event(2, StatusEventKind.REINSTATED, dt.date(2026, 11, 5)),
        ]
        log = issue_status_log(target=CERTIFICATE.credential_id, events=events, key=HANSE, as_of=NOW)
        assert refused(with_lists(logs=(log,))).code is Code.WITHDRAWN

    def test_a_clean_log_does_not_hide_a_set_bit_of_the_same_moment(self) -> None:
        clean = issue_status_log(target=CERTIFICATE.credential_id, events=[], key=HANSE, as_of=NOW)
        chain = Chain()
        chain.of_certificate.suspended = True
        assert refused(with_lists(*chain.of_certificate.lists(NOW), logs=(clean,))).code is Code.SUSPENDED


class TestLeftOut:
    @pytest.mark.parametrize("kept", ["suspension", "revocation"])
    def test_one_of_two_lists_left_out_is_unknown(self, kept: str) -> None:
        unknown(with_lists(listed(purpose=kept)))

    def test_all_status_left_out_is_unknown(self) -> None:
        unknown(bundled(lists=(), logs=()))

    def test_a_certificate_that_names_no_status_is_unknown(self) -> None:
        certificate = resigned(Chain().token, credentialStatus=None, withdrawalStatus=None).decode()
        assert "names no place" in unknown(bundled(certificate, logs=()))

    def test_a_flood_of_lists_does_not_push_out_a_suspension(self) -> None:
        flood = [listed(key=STRANGER, url=f"https://x.example/{n}") for n in range(61)]
        assert refused(bundled(lists=flood), suspended().bundle()).code is Code.SUSPENDED


class TestOnline:
    @pytest.mark.parametrize(
        "error",
        [
            FetchRefused("it leads from redirect to redirect"),
            FetchRefused("the answer has status 304, not 200"),
            TimeoutError("five seconds are used up"),
            FetchRefused("more than one megabyte"),
        ],
        ids=["redirects", "304 loop", "slow", "endless"],
    )
    def test_a_list_that_cannot_be_fetched_is_unknown(self, error: Exception) -> None:
        def fetch(url: str) -> bytes:
            raise error

        unknown(bundled(lists=(), logs=()), fetch=fetch)

    @pytest.mark.parametrize(
        "page", [b"", b"<html>valid</html>", b"{}", b"null", b"\xff" * 1000, orjson.dumps({"status": "valid"})]
    )
    def test_a_page_of_something_else_is_unknown(self, page: bytes) -> None:
        unknown(bundled(lists=(), logs=()), fetch=lambda url: page)

    def test_every_address_answering_with_another_chain_ends(self) -> None:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            return resigned(Chain().parents()[0], STRANGER, id=f"https://x.example/{len(asked)}")

        refused(bundled(lists=(), logs=()), fetch=fetch)
        assert len(asked) <= 16
