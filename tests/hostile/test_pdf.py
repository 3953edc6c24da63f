"""Attacks on signed PDF certificates: changes after signing, active content, transplants, bombs, and page injection."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from assaymark.core.attestation import Party
from assaymark.formats.pdf_certificate import issue_certificate_pdf, render_certificate
from assaymark.formats.pdf_signature import sign_pdf
from tests.hostile.attack import answers, forgery, judge, refused
from tests.trust_cast import CERTIFICATE, HANSE, NOW, STRANGER, Chain

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return issue_certificate_pdf(CERTIFICATE, bundle=Chain().bundle(), key=HANSE, at=NOW)


@pytest.fixture(scope="module")
def page() -> bytes:
    return render_certificate(CERTIFICATE, bundle=Chain().bundle(), at=NOW)


def signed(page: bytes, *, by: object = HANSE) -> bytes:
    return sign_pdf(page, signer=by, name="Hanse Cert GmbH", reason="Issue", at=NOW)  # type: ignore[arg-type]


def updated(data: bytes, change: object) -> bytes:
    """The file with an incremental update, as an editor appends it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)  # type: ignore[operator]
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def opens(action: generic.DictionaryObject) -> object:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/OpenAction"] = action
        writer.update_root()

    return change


def action(kind: str, **more: str) -> generic.DictionaryObject:
    names = {pdf_name("/S"): pdf_name(kind)} | {
        pdf_name(f"/{name}"): generic.pdf_string(value) for name, value in more.items()
    }
    return generic.DictionaryObject(names)


ACTIONS = [
    action("/JavaScript", JS="app.alert(1)"),
    action("/Launch", F="calc.exe"),
    action("/SubmitForm", F="https://x.example/"),
    action("/ImportData", F="x"),
]


class TestControl:
    def test_the_unchanged_file_gets_four_times_yes(self, pdf: bytes) -> None:
        assert answers(judge(pdf)) == ["yes"] * 4


class TestChangesAfterSigning:
    def test_an_incremental_update_is_seen(self, pdf: bytes) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            writer.root["/Lang"] = generic.pdf_string("fr")
            writer.update_root()

        assert "changed after it was signed" in forgery(updated(pdf, change))

    def test_an_empty_update_is_seen(self, pdf: bytes) -> None:
        forgery(pdf + pdf[pdf.rindex(b"startxref") :])

    def test_a_replaced_page_is_seen(self, pdf: bytes) -> None:
        """A shadow attack of the kind *replace*: the visible page comes from the update."""

        def change(writer: IncrementalPdfFileWriter) -> None:
            first = writer.root["/Pages"]["/Kids"][0]
            content = writer.add_object(generic.StreamObject(stream_data=b"BT (Other Ltd) Tj ET"))
            first[pdf_name("/Contents")] = content
            writer.update_container(first)

        forgery(updated(pdf, change))

    def test_an_added_page_over_the_first_is_seen(self, pdf: bytes) -> None:
        """A shadow attack of the kind *hide*: something is laid over what was signed."""

        def change(writer: IncrementalPdfFileWriter) -> None:
            first = writer.root["/Pages"]["/Kids"][0]
            note = generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Annot"),
                    pdf_name("/Subtype"): pdf_name("/FreeText"),
                    pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 800))),
                    pdf_name("/Contents"): generic.pdf_string("Other Ltd"),
                }
            )
            first[pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
            writer.update_container(first)

        forgery(updated(pdf, change))

    def test_a_replaced_attachment_is_seen(self, pdf: bytes) -> None:
        other = Chain(certificate=replace(CERTIFICATE, number="HC-9")).bundle()

        def change(writer: IncrementalPdfFileWriter) -> None:
            spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
            spec["/EF"][pdf_name("/F")] = writer.add_object(generic.StreamObject(stream_data=other))
            writer.update_container(spec["/EF"])

        forgery(updated(pdf, change))

    def test_a_second_signature_by_a_stranger_is_seen(self, pdf: bytes) -> None:
        page = updated(pdf, lambda writer: None)
        try:
            twice = signed(page, by=STRANGER)
        except Exception as error:  # the signer itself refuses a document that allows no changes
            assert "sign" in str(error).lower() or "field" in str(error).lower()
            return
        forgery(twice)

    @pytest.mark.parametrize("where", [0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
    def test_a_flipped_bit_anywhere_is_seen(self, pdf: bytes, where: float) -> None:
        changed = bytearray(pdf)
        changed[int(len(pdf) * where)] ^= 1
        forgery(bytes(changed))

    @pytest.mark.parametrize("extra", [b"%", b"\n", b"\0" * 1024, b"%%EOF", b"PK\x03\x04"])
    def test_something_at_the_end_is_seen(self, pdf: bytes, extra: bytes) -> None:
        forgery(pdf + extra)

    @pytest.mark.parametrize("extra", [b"GIF89a", b"<script>", b"\0", b"MZ"])
    def test_something_before_the_beginning_is_seen(self, pdf: bytes, extra: bytes) -> None:
        forgery(extra + pdf)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
    def test_a_cut_off_file_is_seen(self, pdf: bytes, share: float) -> None:
        forgery(pdf[: int(len(pdf) * share)])


class TestSignatures:
    def test_a_page_signed_by_a_stranger_around_the_genuine_bundle_is_seen(self, page: bytes) -> None:
        assert "somebody other" in forgery(signed(page, by=STRANGER))

    def test_a_page_that_says_another_name_signed_by_a_stranger_is_seen(self) -> None:
        other = replace(CERTIFICATE, holder=Party("https://other.example/", "Other Ltd"))
        forgery(signed(render_certificate(other, bundle=Chain().bundle(), at=NOW), by=STRANGER))

    def test_an_unsigned_page_is_seen(self, page: bytes) -> None:
        assert "no signature" in forgery(page)

    def test_a_signature_from_another_file_is_seen(self, pdf: bytes, page: bytes) -> None:
        """The signature of one certificate in the place of the signature of another."""
        other = issue_certificate_pdf(
            replace(CERTIFICATE, number="HC-2026-0043"), bundle=Chain().bundle(), key=HANSE, at=NOW
        )
        ours, theirs = (re.search(rb"/Contents ?<([0-9A-Fa-f]{1000,})>", data) for data in (pdf, other))
        assert ours
        assert theirs
        assert len(ours[1]) == len(theirs[1])
        forgery(other.replace(theirs[1], ours[1]))

    def test_a_signature_of_nothing_is_seen(self, pdf: bytes) -> None:
        """Known as *universal signature forgery*: the signature is there, but empty."""
        found = re.search(rb"/Contents ?<([0-9A-Fa-f]{1000,})>", pdf)
        assert found
        for empty in (b"", b"00" * (len(found[1]) // 2), b"30" + b"00" * (len(found[1]) // 2 - 1)):
            forgery(pdf.replace(found[1], empty))

    @pytest.mark.parametrize("spelled", [b"[0 0 0 0]", b"[]", b"[0 10 20 99999999]", b"[-1 5 9 9]", b"null", b"[0 1]"])
    def test_a_signature_over_another_part_of_the_file_is_seen(self, pdf: bytes, spelled: bytes) -> None:
        found = re.search(rb"/ByteRange ?\[[^\]]*\]", pdf)
        assert found
        forgery(pdf.replace(found[0], (b"/ByteRange " + spelled).ljust(len(found[0]))[: len(found[0])], 1))


class TestActiveContent:
    @pytest.mark.parametrize("what", ACTIONS, ids=lambda a: str(a["/S"]))
    def test_a_script_or_program_is_refused_even_when_the_body_signed_it(
        self, page: bytes, what: generic.DictionaryObject
    ) -> None:
        assert "content that acts" in forgery(signed(updated(page, opens(what))))

    @pytest.mark.parametrize("what", ACTIONS, ids=lambda a: str(a["/S"]))
    def test_a_script_or_program_appended_after_signing_is_refused(
        self, pdf: bytes, what: generic.DictionaryObject
    ) -> None:
        forgery(updated(pdf, opens(what)))

    def test_a_script_among_the_names_is_refused(self, page: bytes) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            writer.root["/Names"][pdf_name("/JavaScript")] = generic.DictionaryObject(
                {pdf_name("/Names"): generic.ArrayObject([generic.pdf_string("x"), ACTIONS[0]])}
            )
            writer.update_container(writer.root["/Names"])

        assert "content that acts" in forgery(signed(updated(page, change)))


class TestBombs:
    @pytest.mark.parametrize("megabytes", [64, 192])
    def test_a_stream_that_unpacks_to_far_more_is_refused(self, page: bytes, megabytes: int) -> None:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(bytes(1024**2)) for _ in range(megabytes)) + packer.flush()

        def change(writer: IncrementalPdfFileWriter) -> None:
            spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
            stream = generic.StreamObject({pdf_name("/Filter"): pdf_name("/FlateDecode")}, encoded_data=packed)
            spec["/EF"][pdf_name("/F")] = writer.add_object(stream)
            writer.update_container(spec["/EF"])

        forgery(signed(updated(page, change)))

    def test_a_tree_of_pages_that_contains_itself_ends(self, page: bytes) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            pages = writer.root["/Pages"]
            pages["/Kids"].append(writer.root.raw_get("/Pages"))
            writer.update_container(pages)

        refused(updated(page, change))

    def test_a_cross_reference_that_leads_back_to_itself_ends(self, pdf: bytes) -> None:
        place = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
        size = PdfFileReader(io.BytesIO(pdf)).trailer["/Size"]
        root = PdfFileReader(io.BytesIO(pdf)).trailer.raw_get("/Root").idnum
        here = len(pdf) + 1
        loop = f"\nxref\n0 0\ntrailer\n<< /Size {size} /Root {root} 0 R /Prev {here} >>\nstartxref\n{here}\n%%EOF\n"
        assert place < here
        forgery(pdf + loop.encode())

    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 100_000,
            b"<<" * 100_000,
            b"1 0 obj\n" * 100_000,
            b"xref\n0 999999999\n",
            b"trailer<</Root 1 0 R>>\n" * 10_000,
            b"(" * 300_000,
            b"\0" * 300_000,
            b"startxref\n99999999999999999999\n%%EOF",
            b"startxref\n0\n%%EOF\n" * 10_000,
            b"",
        ],
        ids=["lists", "dictionaries", "objects", "table", "trailers", "texts", "zeros", "far", "many ends", "empty"],
    )
    def test_a_file_that_is_only_called_pdf_is_refused_within_bounds(self, body: bytes) -> None:
        forgery(b"%PDF-1.7\n" + body)
        forgery(b"%PDF-1.7\n" + body + b"\nstartxref\n9\n%%EOF\n")

    def test_a_file_of_more_than_eight_megabytes_is_refused_unread(self) -> None:
        assert "larger than 8 MB" in forgery(b"%PDF-1.7\n" + b"\0" * (9 * 1024**2) + b"\nstartxref\n9\n%%EOF\n")

    def test_a_file_of_nothing_is_not_searched_for_its_end(self) -> None:
        assert "no end" in forgery(b"%PDF-1.7\n" + b"\0" * (7 * 1024**2))


class TestWritingThePage:
    @pytest.mark.parametrize(
        "text",
        [
            '#read("/etc/hostname")',
            '#include "/etc/passwd"',
            '#image("http://169.254.169.254/latest")',
            '"); #read("/etc/hostname',
            '#import "@preview/x:1.0.0"',
            "{{7*7}} ${7*7} <img src=file:///etc/passwd>",
            "$ sum_(k=1)^n $ \\ #panic() `x` *b* _i_ <l> @r",
        ],
    )
    def test_a_scope_that_looks_like_code_is_printed_as_it_stands(self, text: str) -> None:
        content = replace(CERTIFICATE, statement=text)
        made = issue_certificate_pdf(content, bundle=Chain(certificate=content).bundle(), key=HANSE, at=NOW)
        assert answers(judge(made)) == ["yes"] * 4
        assert b"root:x:" not in made
