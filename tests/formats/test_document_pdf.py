"""The PDF of a revision says which revision it is, shows the text, and runs nothing of it."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pypdf
import pytest

from assaymark.formats import document_pdf
from assaymark.formats.document_pdf import Sheet, blocks, render

SHEET = Sheet(
    organisation="Halden Precision",
    number="DOC-0007",
    title="Inspection #[x] $y$",
    revision="2.1",
    sha256="ab" * 32,
    facts=(("Approved by", "Marta"), ("In force from", "2 Mar 2026")),
    at=datetime(2026, 3, 2, 9, 0, 5, 123, tzinfo=UTC),
)
TEXT = """---
type: x
---
# Heading

Some *em*, **strong**, ~~gone~~, `code`, [a link](https://x.example) and ![a picture](file:///etc/passwd).

3. three
4. four
   - nested

> quoted

| a | b |
|---|---|
| 1 | 2 |
| only one |

```python
print("#import")
```

---
"""


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


class TestThePdf:
    def test_says_which_revision_of_what_it_is(self) -> None:
        said = words(render(SHEET, "text", markdown=True))
        for part in ("Halden Precision", "DOC-0007", "revision 2.1", "ab" * 32, "Marta", "2 Mar 2026", "1 / 1"):
            assert part in said, part

    def test_shows_all_of_the_text(self) -> None:
        said = words(render(SHEET, TEXT, markdown=True))
        for part in (
            "Heading",
            "em",
            "strong",
            "code",
            "a link",
            "a picture",
            "three",
            "nested",
            "quoted",
            'print("#import")',
        ):
            assert part in said, part
        assert "type: x" not in said

    def test_is_the_same_for_the_same_revision(self) -> None:
        assert render(SHEET, TEXT, markdown=True) == render(SHEET, TEXT, markdown=True)

    @pytest.mark.parametrize(
        "text",
        ['#import "/etc/passwd"', "#read(\"/etc/passwd\")", "$x^2$ @label <label> \\#", "*unclosed", "#" * 200,
         "> " * 300 + "deep", "- " * 300 + "deep", "[" * 3000, "{{7*7}} ${7*7}", "\u202eevil", "", "\x00"],
    )  # fmt: skip
    def test_shows_as_text_whatever_looks_like_a_command(self, text: str) -> None:
        for markdown in (True, False):
            said = words(render(SHEET, text.replace("\x00", ""), markdown=markdown))
            assert "root:" not in said

    def test_holds_nothing_active(self) -> None:
        pdf = render(SHEET, "[x](javascript:alert(1)) <script>x</script>", markdown=True)
        for active in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/EmbeddedFile"):
            assert active not in pdf


class TestBlocks:
    def test_leave_out_raw_html_as_markup_but_keep_it_as_text(self) -> None:
        (block,) = blocks("a <b>b</b>")
        assert "".join(piece["v"] for piece in block["c"]) == "a <b>b</b>"

    def test_stop_at_a_depth(self) -> None:
        def depth(block: dict[str, object]) -> int:
            inner = block.get("c", [])
            assert isinstance(inner, list)
            return 1 + max((depth(b) for b in inner if isinstance(b, dict)), default=0)

        assert max(depth(b) for b in blocks("> " * 500 + "x")) <= document_pdf.DEEPEST + 2
