"""What may be a document is decided by its bytes, and quickly."""

from __future__ import annotations

import io
import zipfile

import pytest

from assaymark.core import document_kinds
from assaymark.core.document_kinds import DOCX, MARKDOWN, ODT, PDF, PLAIN, NotADocument, kind_of, safe_name


def zipped(*, compress: int = zipfile.ZIP_DEFLATED, **entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compress) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target.getvalue()


def word(**more: bytes) -> bytes:
    return zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


class TestKind:
    def test_follows_from_the_content(self) -> None:
        odt = zipped(compress=zipfile.ZIP_STORED, mimetype=ODT.encode(), **{"content.xml": b"<x/>"})
        assert kind_of(b"%PDF-1.7\n", name="a.pdf") == PDF
        assert kind_of(word(), name="a.docx") == DOCX
        assert kind_of(odt, name="a.odt") == ODT
        assert kind_of("# Über".encode(), name="A.MD") == MARKDOWN
        assert kind_of(b"plain", name="a.txt") == PLAIN

    def test_is_that_of_the_bytes_whatever_the_name_says(self) -> None:
        assert kind_of(b"%PDF-1.4", name="picture.md") == PDF
        assert kind_of(word(), name="a.pdf") == DOCX

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"", "empty.pdf"),
            (b"MZ\x90\x00\x03\xff", "setup.pdf"),
            (b"plain text", "contract.pdf"),
            (b"<html><script>", "page.md"),
            (b"  <svg onload=alert(1)>", "drawing.txt"),
            (b"<?xml version='1.0'?>", "a.txt"),
            (b"text\x00with NUL", "a.txt"),
            (b"\xff\xfe\x00", "a.md"),
            (b"GIF89a/*\xff*/=1;", "a.pdf"),
            (zipped(**{"a.txt": b"x"}), "archive.docx"),
            (word()[:-30], "torn.docx"),
            (word(**{"word/vbaProject.bin": b"macro"}), "macro.docx"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_of_anything_else_is_refused_in_a_sentence(self, content: bytes, name: str) -> None:
        with pytest.raises(NotADocument) as caught:
            kind_of(content, name=name)
        assert str(caught.value).startswith("The ")

    def test_of_a_zip_bomb_is_refused_without_unpacking(self) -> None:
        with pytest.raises(NotADocument, match="zip bomb"):
            kind_of(word(**{"word/media/a.bin": bytes(30_000_000)}), name="a.docx")

    def test_of_a_zip_with_thousands_of_entries_is_refused(self) -> None:
        many = {f"word/{n}": b"" for n in range(document_kinds.MOST_ENTRIES + 1)}
        with pytest.raises(NotADocument, match="too many entries"):
            kind_of(word(**many), name="a.docx")

    def test_of_random_zip_like_bytes_never_ends_in_another_error(self) -> None:
        whole = word()
        for cut in range(4, len(whole)):
            for changed in (whole[:cut], whole[:cut] + b"\xff" * 8 + whole[cut + 8 :]):
                try:
                    kind_of(changed, name="a.docx")
                except NotADocument:
                    continue


class TestFileName:
    @pytest.mark.parametrize(
        ("given", "offered"),
        [
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\plan.PDF", "plan.pdf"),
            ("evil\u202egpj.exe", "evilgpj.exe.pdf"),
            ('a"b\r\nX: y', "a_bX_ y.pdf"),
            ("", "document.pdf"),
            ("...", "document.pdf"),
            ("x" * 400, "x" * 150 + ".pdf"),
        ],
    )
    def test_is_safe_to_offer(self, given: str, offered: str) -> None:
        assert safe_name(given, PDF) == offered
