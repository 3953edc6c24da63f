"""Attacks on the time of PDFs: stamps moved, borrowed, forged or laid over a change, and updates that are bombs."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from assaymark.formats.pdf_signature import BadPdf, SignedPdf, read_signed_pdf, renew_timestamp
from assaymark.verify import Answer, CertificateVerdict, Input, Policy, verify
from tests.hostile.attack import forgery
from tests.pdf_cast import CHANGES, certificate, certificate_by, updated
from tests.timestamp_cast import Authority, chronos, unknown
from tests.trust_cast import ANCHORS, NOW

pytestmark = pytest.mark.slow

LATER = NOW + dt.timedelta(days=30)
POLICY = Policy(timestamp_roots=(chronos().root.dump(),))


def judge(data: bytes, *, now: dt.datetime = LATER) -> CertificateVerdict:
    return verify([Input("file.pdf", data)], at=NOW, now=now, anchors=ANCHORS, policy=POLICY)[0]


def read(data: bytes, *, now: dt.datetime = LATER) -> SignedPdf:
    return read_signed_pdf(data, roots=[chronos().root], now=now)


def stamped(data: bytes, by: Authority, *, at: dt.datetime = LATER) -> bytes:
    """The file with a further archive timestamp, as anybody can add one."""
    return renew_timestamp(data, timestamps=by.stamper(at), roots=[chronos().root, unknown().root], at=at)


def contents(data: bytes, *, stamp: bool) -> bytes:
    """What stands in the place of the signature, or of the archive timestamp, in hexadecimal."""
    reader = PdfFileReader(io.BytesIO(data))
    found = (reader.embedded_timestamp_signatures if stamp else reader.embedded_regular_signatures)[0]
    numbers = [int(number) for number in found.byte_range]
    return data[numbers[1] + 1 : numbers[2] - 1]


class TestAStampOverAChange:
    @pytest.mark.parametrize("kind", CHANGES)
    @pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
    def test_does_not_make_the_change_good(self, level: str, kind: str) -> None:
        change, named = CHANGES[kind]
        verdict = judge(stamped(updated(certificate(level, field=True), change), chronos()))
        assert verdict.authentic.answer is Answer.NO
        assert named in verdict.authentic.reason

    @pytest.mark.parametrize("kind", ["content", "page"])
    def test_of_another_authority_hides_nothing_behind_a_good_one(self, kind: str) -> None:
        data = stamped(updated(stamped(certificate("B-T"), chronos()), CHANGES[kind][0]), unknown())
        assert CHANGES[kind][1] in read(data).problem


class TestAStampThatProvesNothing:
    def test_by_an_authority_of_the_attackers_own_leaves_the_time_claimed(self) -> None:
        own = Authority("Chronos Time")
        found = read(certificate_by("B-LTA", own, at=NOW - dt.timedelta(days=400)))
        assert (found.problem, found.proven_at) == ("", None)
        assert "which you do not trust" in found.undated

    def test_from_another_file_is_seen(self) -> None:
        mine, other = certificate("B-LTA"), certificate_by("B-LTA", chronos(), field=True)
        ours, theirs = contents(mine, stamp=True), contents(other, stamp=True)
        swapped = mine.replace(ours, theirs.ljust(len(ours), b"0")[: len(ours)], 1)
        try:
            problem = read(swapped).problem
        except BadPdf as error:
            problem = str(error)
        assert problem

    def test_added_years_later_proves_only_that_later_moment(self) -> None:
        late = NOW + dt.timedelta(days=900)
        found = read(stamped(certificate("B-B"), chronos(), at=late), now=late)
        assert (found.problem, found.proven_at) == ("", late)

    def test_taken_off_with_all_that_followed_leaves_the_file_as_it_was_before(self) -> None:
        whole = stamped(certificate("B-T"), chronos())
        found = read(whole[: len(certificate("B-T"))])
        assert (found.problem, found.level, found.proven_at) == ("", "B-T", NOW)

    def test_with_one_bit_turned_anywhere_in_the_token_is_never_another_time(self) -> None:
        data = certificate("B-T")
        start = data.index(contents(data, stamp=False))
        for position in range(start, start + 16_000, 211):
            edited = bytearray(data)
            edited[position] = ord("0") if edited[position] != ord("0") else ord("1")
            try:
                found = read(bytes(edited))
            except BadPdf:
                continue
            assert found.problem or found.proven_at == NOW


class TestUpdatesThatAreBombs:
    def test_a_tree_of_pages_that_contains_itself_ends(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            pages = writer.root["/Pages"]
            pages["/Kids"].append(writer.root.raw_get("/Pages"))
            writer.update_container(pages)

        assert judge(updated(certificate("B-T"), change)).authentic.answer is Answer.NO

    def test_fields_that_contain_themselves_end(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            form = writer.root["/AcroForm"]
            form["/Fields"].append(writer.root.raw_get("/AcroForm"))
            form[pdf_name("/Kids")] = generic.ArrayObject([writer.root.raw_get("/AcroForm")])
            writer.update_container(form)

        assert judge(updated(certificate("B-T", field=True), change)).authentic.answer is Answer.NO

    @pytest.mark.parametrize("number", [15_000, 60_000])
    def test_tens_of_thousands_of_annotations_are_not_compared_for_ever(self, number: int) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            first = writer.root["/Pages"]["/Kids"][0]
            notes = [generic.DictionaryObject({pdf_name("/Subtype"): pdf_name("/Text")}) for _ in range(number)]
            first[pdf_name("/Annots")] = generic.ArrayObject(notes)
            writer.update_container(first)

        assert judge(updated(certificate("B-T"), change)).authentic.answer is Answer.NO

    @pytest.mark.parametrize("text", ["a", "<?", "<a:Producer>", "a:", "=", '="', "<a:b='", "xmlns:"])
    def test_a_description_that_is_one_long_riddle_is_read_once(self, text: str) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            riddle = generic.StreamObject(stream_data=(text * 300_000)[:300_000].encode())
            writer.root[pdf_name("/Metadata")] = writer.add_object(riddle)
            writer.update_root()

        assert "the description of the document was changed" in forgery(updated(certificate("B-T"), change))
