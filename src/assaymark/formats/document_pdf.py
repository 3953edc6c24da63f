"""The PDF of an approved revision: its text set on pages that say which revision it is (ISO 9001:2015, 7.5.2 a).

Markdown is read into a tree of plain values and set by a template; nothing of the text is ever evaluated as markup of
the typesetter, no picture and no address is fetched. The same revision gives the same bytes.

Needs typst and markdown-it-py, which belong to the server part; both are imported when a page is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

from assaymark.core.documents import without_front_matter

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the pages say besides the text. facts: (name, value) in order."""

    organisation: str
    number: str
    title: str
    revision: str
    sha256: str
    facts: tuple[tuple[str, str], ...]
    at: datetime


def render(sheet: Sheet, text: str, *, markdown: bool) -> bytes:
    """The PDF. markdown: whether the text is Markdown; otherwise it is set line by line as it is."""
    import typst

    content = {
        "organisation": sheet.organisation,
        "number": sheet.number,
        "title": sheet.title,
        "revision": sheet.revision,
        "sha256": sheet.sha256,
        "facts": sheet.facts,
        "blocks": blocks(text) if markdown else [{"t": "code", "v": text}],
    }
    compiler = typst.Compiler(
        input=resources.files("assaymark").joinpath("formats", "document.typ").read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
        sys_inputs={"content": orjson.dumps(content).decode()},
    )
    pdf = compiler.compile(format="pdf", timestamp=sheet.at.astimezone(UTC).replace(microsecond=0))
    assert isinstance(pdf, bytes)
    return pdf


def blocks(text: str) -> list[dict[str, Any]]:
    """Markdown as blocks: {"t": kind, …}. Raw HTML is left out, of a picture its description stays."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable(["table", "strikethrough"])
    tree = SyntaxTreeNode(parser.parse(without_front_matter(text).replace("\x00", "")))
    return [block for child in tree.children for block in _block(child)]


def _block(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    match node.type:
        case "heading":
            return [{"t": "heading", "level": int(node.tag[1]), "c": _inlines(node)}]
        case "paragraph":
            return [{"t": "par", "c": _inlines(node)}]
        case "fence" | "code_block":
            return [{"t": "code", "v": node.content.rstrip("\n")}]
        case "hr":
            return [{"t": "rule"}]
        case "blockquote":
            return [{"t": "quote", "c": _children(node)}]
        case "bullet_list" | "ordered_list":
            start = node.attrs.get("start", 1)
            items = [_children(item) for item in node.children]
            return [{"t": "list", "ordered": node.type == "ordered_list", "start": int(start), "items": items}]
        case "table":
            rows = [row for part in node.children for row in part.children]
            return [{"t": "table", "rows": [[_inlines(cell) for cell in row.children] for row in rows]}]
        case _:
            return []


def _children(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    return [block for child in node.children for block in _block(child)]


def _inlines(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    """The text inside a paragraph, heading or cell, as pieces."""
    pieces: list[dict[str, Any]] = []
    for child in node.children:
        match child.type:
            case "inline":
                pieces += _inlines(child)
            case "text":
                pieces.append({"t": "text", "v": child.content})
            case "softbreak":
                pieces.append({"t": "text", "v": " "})
            case "hardbreak":
                pieces.append({"t": "break"})
            case "code_inline":
                pieces.append({"t": "mono", "v": child.content})
            case "image":
                pieces.append({"t": "text", "v": child.content})
            case "strong" | "em" | "s" | "link":
                pieces.append({"t": child.type, "c": _inlines(child)})
    return pieces
