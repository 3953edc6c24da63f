"""PAdES levels: a signing time is claimed or proven; what is added for keeping is fine, every other change is named."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from assaymark.formats.pdf_signature import BadPdf, SignedPdf, read_signed_pdf, renew_timestamp, sign_pdf
from assaymark.formats.timestamps import BadTimestamp
from tests.pdf_cast import (
    CHANGES,
    LEVELS,
    Change,
    N,
    attachment_replaced,
    certificate,
    page,
    title_changed,
    updated,
)
from tests.timestamp_cast import chronos, unknown
from tests.trust_cast import HANSE, NOW

LATER = NOW + dt.timedelta(days=400)
STAMPED = [level for level in LEVELS if level != "B-B"]


def read(data: bytes, *, trusted: bool = True, now: dt.datetime = NOW) -> SignedPdf:
    return read_signed_pdf(data, roots=[chronos().root if trusted else unknown().root], now=now)


class TestALevel:
    @pytest.mark.parametrize("level", STAMPED)
    def test_with_a_timestamp_proves_the_signing_time_and_names_who_says_so(self, level: str) -> None:
        found = read(certificate(level))
        assert (found.problem, found.level, found.proven_at) == ("", level, NOW)
        assert found.signing_time == f"PAdES {level}, signed on 24 Nov 2026 (proven by timestamp of Chronos Time)"

    @pytest.mark.parametrize("level", STAMPED)
    def test_of_an_authority_that_nobody_trusts_is_authentic_with_a_claimed_time(self, level: str) -> None:
        found = read(certificate(level), trusted=False)
        assert (found.problem, found.proven_at) == ("", None)
        reason = "claimed: its timestamp is by Chronos Time, which you do not trust"
        assert found.signing_time == f"PAdES {level}, signed on 24 Nov 2026 ({reason})"

    def test_without_a_timestamp_claims_its_time(self) -> None:
        assert read(certificate("B-B")).signing_time == "PAdES B-B, signed on 24 Nov 2026 (claimed)"

    def test_without_roots_needs_no_present_and_claims(self) -> None:
        assert read_signed_pdf(certificate("B-LTA")).signing_time == "PAdES B-LTA, signed on 24 Nov 2026 (claimed)"

    def test_with_roots_asks_for_the_present(self) -> None:
        with pytest.raises(TypeError, match="present"):
            read_signed_pdf(certificate("B-T"), roots=[chronos().root])


class TestAChangedByte:
    @pytest.mark.slow
    @pytest.mark.parametrize("level", ["B-T", "B-LTA"])
    def test_is_never_authentic_wherever_it_is(self, level: str) -> None:
        data = certificate(level)
        for position in range(0, len(data), 1499):
            changed = bytearray(data)
            changed[position] ^= 1
            try:
                assert read(bytes(changed)).problem != "", position
            except BadPdf:
                continue

    @pytest.mark.slow
    def test_in_what_the_signature_covers_is_never_authentic_at_b_lt_either(self) -> None:
        data, covered = certificate("B-LT"), len(certificate("B-T")) // 2
        for position in range(0, covered, 2999):
            changed = bytearray(data)
            changed[position] ^= 1
            try:
                assert read(bytes(changed)).problem != "", position
            except BadPdf:
                continue

    @pytest.mark.parametrize("level", LEVELS)
    def test_after_the_end_is_named(self, level: str) -> None:
        assert "something was appended" in read(certificate(level) + b"\n% more").problem


class TestAChangeInALaterRevision:
    @pytest.mark.parametrize("level", LEVELS)
    @pytest.mark.parametrize("kind", CHANGES)
    def test_is_never_authentic_and_is_named(self, level: str, kind: str) -> None:
        change, named = CHANGES[kind]
        problem = read(updated(certificate(level, field=True), change)).problem
        assert problem.startswith("The PDF was changed after it was signed: ")
        assert named in problem

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            (attachment_replaced, "attached file certificate.bundle.json was replaced"),
            (title_changed, "the description of the document was changed"),
        ],
    )
    def test_of_what_goes_with_the_page_is_named_too(self, change: Change, named: str) -> None:
        assert named in read(updated(certificate("B-B"), change)).problem

    def test_of_nothing_that_shows_is_an_addition_all_the_same(self) -> None:
        data = updated(certificate("B-B"), lambda writer: None)
        assert "something was appended" in read(data + data[data.rindex(b"startxref") :]).problem

    def test_several_are_named_together(self) -> None:
        def both(writer: object) -> None:
            CHANGES["annotation"][0](writer)  # type: ignore[arg-type]
            CHANGES["form field"][0](writer)  # type: ignore[arg-type]

        problem = read(updated(certificate("B-T", field=True), both)).problem
        assert "an annotation was added to page 1; form field Total was filled in" in problem


class TestContentThatActs:
    @pytest.mark.parametrize(
        "action",
        [
            {"/S": N("/JavaScript"), "/JS": generic.TextStringObject("app.alert(1)")},
            {"/S": N("/Launch"), "/F": generic.TextStringObject("program")},
        ],
    )
    def test_is_refused_even_when_the_body_signed_it(self, action: dict[str, generic.PdfObject]) -> None:
        def change(writer: object) -> None:
            acts = generic.DictionaryObject({N(key): value for key, value in action.items()})
            writer.root[N("/OpenAction")] = writer.add_object(acts)  # type: ignore[attr-defined]
            writer.update_root()  # type: ignore[attr-defined]

        data = sign_pdf(updated(page(), change), signer=HANSE, name="Hanse Cert", reason="Issue", at=NOW)
        with pytest.raises(BadPdf, match="content that acts"):
            read(data)


class TestTheArchiveTimestamp:
    def end_of_the_last(self, data: bytes) -> int:
        last = list(PdfFileReader(io.BytesIO(data)).embedded_timestamp_signatures)[-1]
        return int(last.byte_range[2]) + int(last.byte_range[3])

    def test_is_the_last_thing_in_the_file(self) -> None:
        assert self.end_of_the_last(certificate("B-LTA")) == len(certificate("B-LTA"))

    @pytest.mark.parametrize("level", LEVELS)
    def test_added_later_is_the_last_thing_and_leaves_all_before_as_it_was(self, level: str) -> None:
        before = certificate(level)
        after = renew_timestamp(before, timestamps=chronos().stamper(LATER), roots=[chronos().root], at=LATER)
        assert after.startswith(before)
        assert self.end_of_the_last(after) == len(after)
        found = read(after, now=LATER)
        assert (found.problem, found.level) == ("", "B-LTA")
        assert found.proven_at == (LATER if level == "B-B" else NOW)

    def test_is_not_added_over_one_that_nobody_trusts(self) -> None:
        with pytest.raises(BadTimestamp, match="which you do not trust"):
            renew_timestamp(certificate("B-LTA"), timestamps=unknown().stamper(LATER), roots=[unknown().root], at=LATER)

    def test_is_not_added_over_one_that_has_ended(self) -> None:
        late = dt.datetime(2040, 6, 1, tzinfo=dt.UTC)
        with pytest.raises(BadTimestamp, match="ended on 1 Jan 2040"):
            renew_timestamp(certificate("B-LTA"), timestamps=chronos().stamper(late), roots=[chronos().root], at=late)
