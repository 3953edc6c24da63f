"""What the tests of the documentation read: its pages, their code blocks, links and headings."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every page of prose in the repository's front and under docs."""
    return [*(ROOT / name for name in TOP), *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    """A page as people call it."""
    return page.relative_to(ROOT).as_posix()


def text(page: Path) -> str:
    """The page's source."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> list[str]:
    """Code blocks in these languages; "" is a block that names none."""
    return [body for language, body in _FENCE.findall(text(page)) if language in languages]


def prose(source: str) -> str:
    """A page's source without code, which may hold what looks like a link or a word."""
    return re.sub(r"`[^`\n]+`", "", _FENCE.sub("", source))


def links(page: Path) -> list[str]:
    """Targets of the page's links and pictures."""
    return _LINK.findall(_FENCE.sub("", text(page)))


def anchors(page: Path) -> set[str]:
    """What a link can point to within a page: its headings, spelled as forges spell them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text(page)), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def commands(block: str) -> list[str]:
    """The commands of a console block: lines that begin with "$ ", joined where they end with a backslash."""
    joined = re.sub(r"\\\n\s*", " ", block)
    return [line[2:] for line in joined.splitlines() if line.startswith("$ ")]
