"""PAdES levels: a signing time is claimed or proven; what is added for keeping is fine, every other change is named."""

from __future__ import annotations

import io
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from assaymark.formats.pdf_certificate import render_certificate
from assaymark.formats.pdf_signature import BadPdf, SignedPdf, read_signed_pdf, sign_pdf
from tests.timestamp_cast import chronos, unknown
from tests.trust_cast import CERTIFICATE, HANSE, NOW, Chain

N = generic.NameObject


@cache
def page() -> bytes:
    return render_certificate(CERTIFICATE, bundle=Chain().bundle(), at=NOW)


@cache
def signed(level: str) -> bytes:
    stamper = None if level == "B-B" else chronos().stamper(NOW)
    roots = [chronos().root] if level == "B-LTA" else []
    return sign_pdf(page(), signer=HANSE, name="Hanse Cert", reason="Issue", at=NOW, timestamps=stamper, roots=roots)


def read(data: bytes, *, trusted: bool = True) -> SignedPdf:
    return read_signed_pdf(data, roots=[chronos().root if trusted else unknown().root])


class TestALevel:
    @pytest.mark.parametrize("level", ["B-T", "B-LTA"])
    def test_with_a_timestamp_proves_the_signing_time_and_names_who_says_so(self, level: str) -> None:
        found = read(signed(level))
        assert (found.problem, found.level, found.proven_at) == ("", level, NOW)
        assert found.signing_time == (f"PAdES {level}, signing time proven by timestamp of Chronos Time on 24 Nov 2026")

    @pytest.mark.parametrize("level", ["B-T", "B-LTA"])
    def test_of_an_authority_that_nobody_trusts_is_authentic_with_a_claimed_time(self, level: str) -> None:
        found = read(signed(level), trusted=False)
        assert (found.problem, found.proven_at) == ("", None)
        assert found.signing_time == f"PAdES {level}, signing time claimed"

    def test_without_a_timestamp_claims_its_time(self) -> None:
        assert read(signed("B-B")).signing_time == "PAdES B-B, signing time claimed"


class TestAChangedByte:
    @pytest.mark.slow
    @pytest.mark.parametrize("level", ["B-T", "B-LTA"])
    def test_is_never_authentic_wherever_it_is(self, level: str) -> None:
        data = signed(level)
        for position in range(0, len(data), 1499):
            changed = bytearray(data)
            changed[position] ^= 1
            try:
                assert read(bytes(changed)).problem != "", position
            except BadPdf:
                continue

    @pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
    def test_after_the_end_is_named(self, level: str) -> None:
        assert "something was appended" in read(signed(level) + b"\n% more").problem


def changed(level: str, kind: str) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(level)))
    first = writer.root["/Pages"]["/Kids"][0]
    if kind == "note":
        note = generic.DictionaryObject(
            {
                N("/Type"): N("/Annot"),
                N("/Subtype"): N("/Text"),
                N("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 9, 9)]),
                N("/Contents"): generic.TextStringObject("valid for ever"),
            }
        )
        first[N("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    else:
        first[N("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 500 500 re f"))
    writer.update_container(first)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


class TestAChangeInALaterRevision:
    @pytest.mark.parametrize("level", ["B-B", "B-LTA"])
    @pytest.mark.parametrize("kind", ["note", "page"])
    def test_is_never_authentic_and_is_named(self, level: str, kind: str) -> None:
        problem = read(changed(level, kind)).problem
        assert problem.startswith("The PDF was changed after it was signed: ")
        assert ("annotation" in problem) or ("content was replaced" in problem)


class TestContentThatActs:
    @pytest.mark.parametrize(
        "action",
        [
            {"/S": N("/JavaScript"), "/JS": generic.TextStringObject("app.alert(1)")},
            {"/S": N("/Launch"), "/F": generic.TextStringObject("program")},
        ],
    )
    def test_is_refused_even_when_the_body_signed_it(self, action: dict[str, generic.PdfObject]) -> None:
        writer = IncrementalPdfFileWriter(io.BytesIO(page()))
        acts = generic.DictionaryObject({N(key): value for key, value in action.items()})
        writer.root[N("/OpenAction")] = writer.add_object(acts)
        writer.update_root()
        output = io.BytesIO()
        writer.write(output)
        data = sign_pdf(output.getvalue(), signer=HANSE, name="Hanse Cert", reason="Issue", at=NOW)
        with pytest.raises(BadPdf, match="content that acts"):
            read(data)


def test_the_archive_timestamp_is_the_last_thing_in_the_file() -> None:
    reader = PdfFileReader(io.BytesIO(signed("B-LTA")))
    last = list(reader.embedded_timestamp_signatures)[-1]
    assert int(last.byte_range[2]) + int(last.byte_range[3]) == len(signed("B-LTA"))
