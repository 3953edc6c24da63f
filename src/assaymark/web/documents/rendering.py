"""Markdown as HTML that may stand on a page of ours.

What people write is read without raw HTML and cleaned again by an allow-list; no picture is loaded, no style is kept.
Headings go down one level, because the page has its own title. A relative link to a document of the same source leads
to that document's page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assaymark.core.documents import without_front_matter

TAGS = {
    "h2", "h3", "h4", "h5", "h6", "p", "a", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
    "br", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
Resolver = Callable[[Iterable[str]], Mapping[str, str]]


def _picture(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return str(escape(tokens[index].content or "picture"))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _picture)
    return parser


def as_html(text: str, *, title: str = "", path: str = "", resolve: Resolver | None = None) -> SafeString:
    """The text as safe HTML.

    title     left out when it is the first heading, because the page shows it already
    path      where the document lies in its source; relative links start from there
    resolve   answers the page's address for each path that is a document here
    """
    parser = _parser()
    tokens = parser.parse(without_front_matter(text).replace("\x00", ""))
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[1].content.strip() == title.strip():
        tokens = tokens[3:]
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    if resolve and path:
        _resolve_links(tokens, path, resolve)
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href", "title"}, "ol": {"start"}}, url_schemes=SCHEMES, link_rel="nofollow"
    )
    return mark_safe(clean)  # noqa: S308 cleaned by the allow-list above


def as_plain(text: str) -> SafeString:
    """Text that is no Markdown, as it is."""
    return mark_safe(f"<pre>{escape(text)}</pre>")  # noqa: S308 escaped


def _resolve_links(tokens: Sequence[Token], path: str, resolve: Resolver) -> None:
    links = [t for token in tokens for t in token.children or () if t.type == "link_open"]
    targets = {id(link): _target(str(link.attrs.get("href", "")), path) for link in links}
    known = resolve({target for target in targets.values() if target})
    for link in links:
        if address := known.get(targets[id(link)]):
            link.attrs["href"] = address


def _target(href: str, path: str) -> str:
    """The path within the source that a relative link means; "" when it leads elsewhere."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    if parts.path.startswith("/"):
        return posixpath.normpath(unquote(parts.path)).lstrip("/")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
    return "" if target.startswith("..") else target
