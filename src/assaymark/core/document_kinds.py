"""What kinds of file may be a controlled document, decided by content and never by the name alone (7.5.2 b).

A name only chooses between the kinds that the same bytes could be (text is Markdown when it is called .md). A Word or
OpenDocument file is a zip: its directory is read, never its contents, and refused when it claims to be a bomb.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from dataclasses import dataclass

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"

KIND_NAMES = {MARKDOWN: "Markdown", PLAIN: "Text", PDF: "PDF", DOCX: "Word", ODT: "OpenDocument text"}
SUFFIXES = {MARKDOWN: ".md", PLAIN: ".txt", PDF: ".pdf", DOCX: ".docx", ODT: ".odt"}
MARKDOWN_NAMES = (".md", ".markdown", ".mdx")
TEXT_NAMES = (".txt", ".rst", ".adoc", ".asciidoc")
DOCUMENT_NAMES = (*MARKDOWN_NAMES, *TEXT_NAMES, ".pdf", ".docx", ".odt")

MOST_ENTRIES = 5_000
LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_RATIO = 200

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")


@dataclass(frozen=True, slots=True)
class NotADocument(Exception):
    """The bytes are no document that can be controlled here. reason: one sentence."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def kind_of(content: bytes, *, name: str) -> str:
    """The media type of these bytes under this file name. Raises `NotADocument`."""
    if not content:
        raise NotADocument("The file is empty.")
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    text = text_of(content)
    if text is None:
        raise NotADocument("The file is neither PDF, Word (docx), OpenDocument (odt) nor text.")
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<svg", "<?xml", "<script")):
        raise NotADocument("The file is HTML, SVG or XML, which can carry programs. Save it as PDF.")
    lower = name.lower()
    if lower.endswith((".pdf", ".docx", ".odt", ".doc")):
        raise NotADocument(f"The file is called {lower.rsplit('.', 1)[-1]}, but its content is text.")
    return MARKDOWN if lower.endswith(MARKDOWN_NAMES) else PLAIN


def text_of(content: bytes) -> str | None:
    """The bytes as text when they are UTF-8 without NUL, else None."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _kind_of_zip(content: bytes) -> str:
    names = _names_in_zip(content)
    if "word/document.xml" in names and "[Content_Types].xml" in names:
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise NotADocument("The Word file carries macros. Save it without them (docx).")
        return DOCX
    first = content[30:].split(b"PK", 1)[0]
    if "content.xml" in names and first.startswith(b"mimetype" + ODT.encode()):
        return ODT
    raise NotADocument("The file is a zip, but neither Word (docx) nor OpenDocument text (odt).")


def _names_in_zip(content: bytes) -> set[str]:
    """Names of the entries from the central directory; raises `NotADocument` for a bomb or a broken directory."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if end < 0 or end + _END.size > len(content):
        raise NotADocument("The file ends in the middle: it was not copied whole.")
    _, _, _, _, count, size, offset, _ = _END.unpack_from(content, end)
    if count > MOST_ENTRIES or offset + size > end:
        raise NotADocument("The file's table of contents is broken or has too many entries.")
    names: set[str] = set()
    unpacked, at = 0, offset
    for _ in range(count):
        if at + _ENTRY.size > end or content[at : at + 4] != b"PK\x01\x02":
            raise NotADocument("The file's table of contents is broken.")
        entry = _ENTRY.unpack_from(content, at)
        packed, plain, name_length, extra, comment = entry[8], entry[9], entry[10], entry[11], entry[12]
        unpacked += plain
        if unpacked > LARGEST_UNPACKED or (plain > 1024 * 1024 and plain > LARGEST_RATIO * max(1, packed)):
            raise NotADocument("The file would unpack to far more than its size. It looks like a zip bomb.")
        start = at + _ENTRY.size
        names.add(content[start : start + name_length].decode("utf-8", "replace"))
        at = start + name_length + extra + comment
    return names


def safe_name(name: str, kind: str) -> str:
    """A file name to offer for download: last part only, no control or direction characters, with the kind's suffix."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem = re.sub(r'[<>:"|?*;%]', "_", plain).strip(" .")
    suffix = SUFFIXES.get(kind, "")
    if suffix and stem.lower().endswith(suffix):
        stem = stem[: -len(suffix)]
    return (stem[:150].strip(" .") or "document") + suffix
