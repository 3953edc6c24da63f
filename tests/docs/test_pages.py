"""Pages of the documentation: links lead somewhere, every page can be found, decisions name their price."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, anchors, blocks, links, name, pages, text


def target(page: Path, link: str) -> tuple[Path, str]:
    """File and heading that a link of the page points to."""
    place, _, heading = link.partition("#")
    return ((page.parent / place).resolve() if place else page), heading


class TestLinks:
    @pytest.mark.parametrize("page", pages(), ids=name)
    def test_lead_to_what_is_there(self, page: Path) -> None:
        lost = []
        for link in links(page):
            if "://" in link or link.startswith("mailto:"):
                continue
            file, heading = target(page, link)
            there = file.exists() and (not heading or file.suffix != ".md" or heading in anchors(file))
            inside = file.is_relative_to(ROOT)
            lost += [] if there and inside else [link]
        assert not lost

    def test_are_found_by_this_test(self) -> None:
        """Guards the pattern: a test that finds no link passes everything."""
        assert "docs/architecture.md" in links(ROOT / "README.md")
        assert "house-rules" in anchors(ROOT / "CONTRIBUTING.md")


class TestSettings:
    @pytest.mark.parametrize("page", pages(), ids=name)
    def test_that_a_page_names_are_in_the_reference(self, page: Path) -> None:
        known = set(re.findall(r"^\| `([A-Z_]+)`", text(DOCS / "reference" / "settings.md"), re.MULTILINE))
        assert set(re.findall(r"\b(?:ASSAYMARK_[A-Z_]+|DATABASE_URL)\b", text(page))) - known == set()


class TestTheIndex:
    def test_names_every_page(self) -> None:
        index = DOCS / "README.md"
        listed = {target(index, link)[0] for link in links(index)}
        expected = {page.resolve() for page in DOCS.rglob("*.md")} - {index}
        assert {name(page) for page in expected - listed} == set()


class TestEveryPage:
    @pytest.mark.parametrize("page", pages(), ids=name)
    def test_opens_with_one_heading(self, page: Path) -> None:
        assert text(page).startswith("# ")
        bare = re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)
        assert len(re.findall(r"^# ", bare, re.MULTILINE)) == 1

    @pytest.mark.parametrize("page", sorted((DOCS / "guides").glob("*.md")), ids=name)
    def test_of_the_guides_shows_something_to_do(self, page: Path) -> None:
        assert blocks(page, "console", "sh", "python") or re.search(r"^1\. ", text(page), re.MULTILINE)


class TestDecisions:
    records = sorted((DOCS / "adr").glob("*.md"))

    @pytest.mark.parametrize("page", records, ids=name)
    def test_say_what_they_cost(self, page: Path) -> None:
        assert re.search(r"^(\*\*|## ).*what it costs", text(page), re.MULTILINE | re.IGNORECASE)

    @pytest.mark.parametrize("page", records, ids=name)
    def test_carry_their_number_in_name_and_heading(self, page: Path) -> None:
        heading = re.match(r"# 0*(\d+)[. ]", text(page))
        assert heading is not None
        assert int(heading.group(1)) == int(page.name[:4])

    def test_have_numbers_of_their_own(self) -> None:
        numbers = [page.name[:4] for page in self.records]
        assert len(numbers) == len(set(numbers))


class TestThePromisesOfSecurity:
    named = re.findall(r"`((?:tests|requirements)/[^`]+)`", text(ROOT / "SECURITY.md"))

    def test_are_backed_by_files_that_exist(self) -> None:
        assert len(self.named) > 15
        assert [place for place in self.named if not (ROOT / place).is_file()] == []

    def test_each_name_where(self) -> None:
        rows = [row for row in text(ROOT / "SECURITY.md").splitlines() if row.startswith("| ")][1:]
        assert [row for row in rows if "`tests/" not in row] == []
