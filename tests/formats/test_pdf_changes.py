"""Changes between a revision of a PDF and the file as it is now, in words that a person understands."""

from __future__ import annotations

import io
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from assaymark.formats.pdf_changes import changes_since
from tests.pdf_cast import (
    Change,
    N,
    annotation_added,
    attachment_replaced,
    certificate,
    content_replaced,
    field_added,
    field_filled,
    language_changed,
    object_replaced,
    page_added,
    stranger,
    title_changed,
    updated,
)


@cache
def pages(number: int) -> bytes:
    """A document of some pages, each of which shows another line."""
    writer = PdfFileWriter()
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200)))
    for n in range(number):
        content = writer.add_object(generic.StreamObject(stream_data=f"{n} 0 m {n} 99 l S".encode()))
        writer.insert_page(PageObject(contents=content, media_box=box))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def named(before: bytes, *changes: Change, only_seen: bool = False) -> str:
    """The words for changes to a document, each an update of its own."""
    revision, after = PdfFileReader(io.BytesIO(before)).total_revisions - 1, before
    for change in changes:
        after = updated(after, change)
    return changes_since(PdfFileReader(io.BytesIO(after)), revision, only_seen=only_seen)


def kids(writer: IncrementalPdfFileWriter) -> generic.ArrayObject:
    found = writer.root["/Pages"]["/Kids"]
    assert isinstance(found, generic.ArrayObject)
    return found


def put(writer: IncrementalPdfFileWriter, order: list[int]) -> None:
    """Leave these pages in this order."""
    raw = [kids(writer).raw_get(n) for n in order]
    tree = writer.root["/Pages"]
    tree[N("/Kids")], tree[N("/Count")] = generic.ArrayObject(raw), generic.NumberObject(len(raw))
    writer.update_container(tree)


def entry_added(name: str) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[N(name)] = generic.pdf_string("x")
        writer.update_root()

    return change


class TestPages:
    def test_added(self) -> None:
        assert named(pages(2), page_added) == "a page was added"
        assert named(pages(2), page_added, page_added) == "2 pages were added"

    def test_removed(self) -> None:
        assert named(pages(3), lambda w: put(w, [0, 2])) == "a page was removed"
        assert named(pages(3), lambda w: put(w, [1])) == "2 pages were removed"

    def test_replaced(self) -> None:
        assert named(pages(2), lambda w: put(w, [0]), page_added) == "a page was replaced"

    def test_in_another_order(self) -> None:
        assert named(pages(3), lambda w: put(w, [0, 2, 1])) == "the pages were put into another order"

    @pytest.mark.parametrize("change", [content_replaced, object_replaced])
    def test_drawn_otherwise(self, change: Change) -> None:
        assert named(pages(2), change) == "the content of page 1 was replaced"

    def test_of_another_size(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            second = kids(writer)[1]
            second[N("/MediaBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 99, 99)))
            writer.update_container(second)

        assert named(pages(2), change) == "page 2 was changed"


class TestAnnotations:
    def test_added(self) -> None:
        assert named(pages(1), annotation_added) == "an annotation was added to page 1"
        assert named(pages(1), annotation_added, annotation_added) == "2 annotations were added to page 1"

    def test_removed(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            first = kids(writer)[0]
            first[N("/Annots")] = generic.ArrayObject()
            writer.update_container(first)

        assert named(updated(pages(1), annotation_added), change) == "an annotation was removed from page 1"

    def test_changed(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            note = kids(writer)[0]["/Annots"][0]
            note[N("/Contents")] = generic.pdf_string("valid until tomorrow")
            writer.update_container(note)

        assert named(updated(pages(1), annotation_added), change) == "an annotation on page 1 was changed"


class TestFields:
    def test_added(self) -> None:
        assert named(pages(1), field_added) == "form field Total was added"

    def test_filled_in_and_changed(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            field = writer.root["/AcroForm"]["/Fields"][0]
            field[N("/V")] = generic.pdf_string("2000")
            writer.update_container(field)

        form = updated(pages(1), field_added)
        assert named(form, field_filled) == "form field Total was filled in"
        assert named(updated(form, field_filled), change) == "form field Total was changed"

    def test_removed(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            form = writer.root["/AcroForm"]
            form[N("/Fields")] = generic.ArrayObject()
            writer.update_container(form)

        assert named(updated(pages(1), field_added), change) == "form field Total was removed"

    def test_signed(self) -> None:
        before = updated(pages(1), lambda writer: None)  # an editor adds its own words to a description at first
        revision = PdfFileReader(io.BytesIO(before)).total_revisions - 1
        after = PdfFileReader(io.BytesIO(stranger().sign(before, "B-B")))
        assert changes_since(after, revision) == "a further signature was added"

    def test_with_names_that_are_too_long_or_not_to_be_shown_are_cut_and_cleaned(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            field = writer.root["/AcroForm"]["/Fields"][0]
            field[N("/T")] = generic.pdf_string("a\x1b[31m" + "b" * 500)
            writer.update_container(field)

        said = named(updated(pages(1), field_added), change)
        assert "\x1b" not in said and "a\N{REPLACEMENT CHARACTER}[31mb" in said and len(said) < 200


class TestWhatGoesWithThePages:
    def test_an_attached_file_replaced(self) -> None:
        assert named(certificate("B-B"), attachment_replaced) == "attached file certificate.bundle.json was replaced"

    def test_an_attached_file_removed(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            files = writer.root["/Names"]["/EmbeddedFiles"]
            files[N("/Names")] = generic.ArrayObject()
            writer.update_container(files)

        assert named(certificate("B-B"), change) == "attached file certificate.bundle.json was removed"

    def test_an_attached_file_added(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
            names.extend([generic.pdf_string("other.txt"), generic.DictionaryObject()])
            writer.update_container(names)

        assert named(certificate("B-B"), change) == "attached file other.txt was added"

    def test_the_description(self) -> None:
        assert named(certificate("B-B"), title_changed) == "the description of the document was changed"

    def test_the_catalogue(self) -> None:
        french = updated(pages(1), language_changed)
        assert named(pages(1), language_changed) == "entry Lang of the document was added"
        assert named(french, entry_added("/Lang")) == "entry Lang of the document was changed"

        def taken_out(writer: IncrementalPdfFileWriter) -> None:
            del writer.root["/Lang"]
            writer.update_root()

        assert named(french, taken_out) == "entry Lang of the document was removed"


class TestNothingThatShows:
    def test_is_no_change(self) -> None:
        assert named(certificate("B-B"), lambda writer: None) == ""

    def test_objects_written_over_all_the_same_are_told_by_number_unless_that_does_not_matter(self) -> None:
        def change(writer: IncrementalPdfFileWriter) -> None:
            writer.update_container(writer.root["/Pages"])

        number = PdfFileReader(io.BytesIO(pages(1))).root.raw_get("/Pages").idnum
        said = named(pages(1), change)
        assert said.startswith("2 objects were replaced (") and str(number) in said
        assert named(pages(1), change, only_seen=True) == ""


def test_many_changes_are_named_up_to_five() -> None:
    said = named(pages(1), *(entry_added(f"/X{n}") for n in range(9)))
    assert said.count(";") == 5
    assert said.endswith("; and 4 further changes")
