"""The certificate as PDF: it says what it must, carries its proof, and no byte of it changes unnoticed."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace

import pypdf
import pytest

from assaymark.core.attestation import Party, Site
from assaymark.formats.pdf_certificate import issue_certificate_pdf, render_certificate
from assaymark.formats.pdf_signature import ATTACHMENT, BadPdf, read_signed_pdf, sign_pdf
from tests.trust_cast import CERTIFICATE, HANSE, NOW, STRANGER, UNACCREDITED, Chain

BUNDLE = Chain().bundle()


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return issue_certificate_pdf(CERTIFICATE, bundle=BUNDLE, key=HANSE, at=NOW)


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


class TestThePage:
    def test_says_what_a_certificate_must_say(self, pdf: bytes) -> None:
        text = text_of(pdf)
        for words in (
            "Hanse Cert GmbH",
            "Kehrwieder 2, 20457 Hamburg, DE",
            "Brinkmann Machining GmbH",
            "Werkstraße 4, DE",
            "ISO 9001:2015",
            "HC-2026-0042",
            "1 May 2026",
            "30 Apr 2029",
            "2 May 2023",
            "Design and manufacture of turned and milled precision components",
            "Main works",
            "Issued under accreditation NA-0042 by Nordwerk Accreditation.",
            "https://hanse.example/c/HC-2026-0042",
        ):
            assert words in text

    def test_fits_on_one_page(self, pdf: bytes) -> None:
        assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1

    def test_is_made_at_any_moment_of_a_running_clock(self) -> None:
        page = render_certificate(CERTIFICATE, bundle=BUNDLE, at=NOW.replace(microsecond=123_456))
        assert page == render_certificate(CERTIFICATE, bundle=BUNDLE, at=NOW)

    def test_of_an_unaccredited_body_says_so(self) -> None:
        page = render_certificate(UNACCREDITED, bundle=b"{}", at=NOW)
        assert "Issued without accreditation." in text_of(page)

    def test_is_pdf_a_3b(self, pdf: bytes) -> None:
        assert b"<pdfaid:part>3</pdfaid:part>" in pdf
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf

    def test_is_the_same_bytes_each_time(self, pdf: bytes) -> None:
        pages = {render_certificate(CERTIFICATE, bundle=BUNDLE, at=NOW) for _ in range(2)}
        assert len(pages) == 1

    def test_sets_hostile_text_as_text(self) -> None:
        hostile = replace(
            CERTIFICATE,
            holder=Party("https://x.example/", '#panic("x") $1$ *bold* <script>alert(1)</script> [ ] "'),
            statement='{{7*7}} ${7*7} #read("/etc/passwd") \\ @label //comment',
        )
        text = text_of(render_certificate(hostile, bundle=b"{}", at=NOW))
        assert '#panic("x") $1$ *bold* <script>' in text
        assert '#read("/etc/passwd")' in text

    def test_takes_as_many_sites_as_there_are(self) -> None:
        many = replace(CERTIFICATE, sites=tuple(Site(f"Site {n}", f"Street {n}", "DE") for n in range(80)))
        assert "Site 79" in text_of(render_certificate(many, bundle=b"{}", at=NOW))


class TestTheProofInside:
    def test_is_the_bundle_byte_for_byte(self, pdf: bytes) -> None:
        assert read_signed_pdf(pdf).attachment == BUNDLE

    def test_is_found_by_other_readers_too(self, pdf: bytes) -> None:
        assert pypdf.PdfReader(io.BytesIO(pdf)).attachments[ATTACHMENT] == [BUNDLE]


class TestTheSignature:
    def test_is_the_issuers(self, pdf: bytes) -> None:
        read = read_signed_pdf(pdf)
        assert (f"did:key:{read.signer_key}", read.signer_name, read.problem) == (HANSE.did, "Hanse Cert GmbH", "")

    def test_is_a_pades_baseline_signature_with_its_time(self, pdf: bytes) -> None:
        assert b"/SubFilter /ETSI.CAdES.detached" in pdf
        assert b"20261124100000" in pdf

    @pytest.mark.slow
    def test_covers_every_byte(self, pdf: bytes) -> None:
        start = pdf.index(b"/Contents <") if b"/Contents <" in pdf else pdf.index(b"<3082")
        places = random.Random(7).sample(range(len(pdf)), 60) + list(range(start, start + 1900, 31))
        for position in places:
            edited = bytearray(pdf)
            edited[position] ^= 0x01
            try:
                read = read_signed_pdf(bytes(edited))
            except BadPdf:
                continue
            assert read.problem, f"byte {position} changed unnoticed"

    def test_names_what_was_appended_after_signing(self, pdf: bytes) -> None:
        assert "something was appended" in read_signed_pdf(pdf + b"\n% more").problem

    def test_names_an_incremental_update_after_signing(self, pdf: bytes) -> None:
        writer = pypdf.PdfWriter(io.BytesIO(pdf), incremental=True)
        writer.add_metadata({"/Title": "Another certificate"})
        target = io.BytesIO()
        writer.write(target)
        assert "after it was signed" in read_signed_pdf(target.getvalue()).problem

    def test_added_by_somebody_else_later_is_named(self, pdf: bytes) -> None:
        page = render_certificate(CERTIFICATE, bundle=BUNDLE, at=NOW)
        other = sign_pdf(page, signer=STRANGER, name="Hanse Cert GmbH", reason="x", at=NOW)
        assert f"did:key:{read_signed_pdf(other).signer_key}" == STRANGER.did

    def test_missing_is_refused(self) -> None:
        with pytest.raises(BadPdf, match="no signature"):
            read_signed_pdf(render_certificate(CERTIFICATE, bundle=BUNDLE, at=NOW))


class TestHostileFiles:
    def test_an_attachment_that_unpacks_to_a_flood_is_refused(self) -> None:
        page = render_certificate(CERTIFICATE, bundle=b" " * (9 * 1024 * 1024), at=NOW)
        flood = sign_pdf(page, signer=HANSE, name="Hanse Cert GmbH", reason="x", at=NOW)
        with pytest.raises(BadPdf, match="unpacks to far more"):
            read_signed_pdf(flood)

    def test_an_attachment_larger_than_a_bundle_may_be_is_refused(self) -> None:
        page = render_certificate(CERTIFICATE, bundle=b" " * (5 * 1024 * 1024), at=NOW)
        large = sign_pdf(page, signer=HANSE, name="Hanse Cert GmbH", reason="x", at=NOW)
        with pytest.raises(BadPdf, match="larger than 4 MB"):
            read_signed_pdf(large)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"stream\n" * 100_000,
            b"1 0 obj\n" + b"[" * 100_000 + b"\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
            b"1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF",
            b"xref\n0 99999999\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
        ],
    )
    def test_a_malformed_file_is_refused(self, body: bytes) -> None:
        with pytest.raises(BadPdf, match="damaged"):
            read_signed_pdf(b"%PDF-1.7\n" + body)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_a_file_cut_off_is_refused_or_named(self, pdf: bytes, share: float) -> None:
        try:
            assert read_signed_pdf(pdf[: int(len(pdf) * share)]).problem
        except BadPdf as error:
            assert str(error)
