"""Organisations are certified, bodies accredited, accreditation bodies recognised: in every page and every text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, name, pages, prose, text

TEMPLATES = ROOT / "src" / "assaymark" / "web" / "templates"
CATALOGUE = ROOT / "src" / "assaymark" / "catalogue"

# Fixed phrases that mix the words up. Plain adjectives ("accredited certification") are right and stay.
MIXED_UP = [
    r"\bISO[ /IEC]* ?\d+(?::\d{4})?[- ]accredited\b",
    r"\baccredited (?:to|for|against) ISO 9001\b",
    r"\baccredited (?:organi[sz]ation|company|client|supplier|firm|management system)s?\b",
    r"\bcertified (?:certification|accreditation) (?:body|bodies)\b",
    r"\brecogni[sz]ed (?:certification body|organi[sz]ation)\b",
    r"\b(?:certification body|certification bodies) (?:is|are) certified\b",
    r"\b(?:organi[sz]ation|company|client) (?:is|was|gets|becomes) accredited\b",
    r"\b(?:accreditation body|accreditation bodies) (?:is|are) (?:certified|accredited)\b",
    r"\bISO (?:certifies|accredits)\b",
    r"\bcertified by ISO\b",
]
# A sentence that says it is wrong may name the wrong phrase, in quotation marks.
QUOTED = re.compile(r"[“\"«][^”\"»]*[”\"»]|\*[^*\n]+\*")


def mixed_up(source: str) -> list[str]:
    """Phrases that mix the words up, outside of quotation marks."""
    plain = QUOTED.sub("", re.sub(r"\s+", " ", source))
    return [found.group() for phrase in MIXED_UP for found in re.finditer(phrase, plain, re.IGNORECASE)]


class TestNobodyMixesThemUp:
    @pytest.mark.parametrize("page", pages(), ids=name)
    def test_in_the_documentation(self, page: Path) -> None:
        assert mixed_up(prose(text(page))) == []

    def test_in_what_people_see(self) -> None:
        files = [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt"), *CATALOGUE.rglob("*.toml")]
        without_tags = {file: re.sub(r"<[^>]+>|\{[{%#].*?[}%#]\}", " ", text(file)) for file in files}
        found = {name(file): mixed_up(source) for file, source in without_tags.items()}
        assert {file: phrases for file, phrases in found.items() if phrases} == {}

    @pytest.mark.parametrize(
        "wrong",
        [
            "We are ISO 9001 accredited.",
            "Halden is accredited to ISO 9001.",
            "Ask an accredited organisation.",
            "A certified certification body issues it.",
            "The client is accredited by Northfield.",
            "They are certified by ISO.",
        ],
    )
    def test_unnoticed(self, wrong: str) -> None:
        assert mixed_up(wrong)

    @pytest.mark.parametrize(
        "right",
        [
            "Halden is certified to ISO 9001 by Northfield, which is accredited to certify to it.",
            "An accredited certification body issued it; Meridian is recognised under the arrangement.",
            "Whoever writes “ISO 9001 accredited” has not looked.",
        ],
    )
    def test_without_being_scolded_for_what_is_right(self, right: str) -> None:
        assert mixed_up(right) == []


class TestTheGlossary:
    rows = re.findall(r"^\| \*\*(.+?)\*\*", text(DOCS / "glossary.md"), re.MULTILINE)

    def test_is_in_order(self) -> None:
        assert self.rows == sorted(self.rows, key=str.lower)

    def test_has_each_word_once(self) -> None:
        assert len(self.rows) == len(set(self.rows))

    def test_has_the_words_of_the_code(self) -> None:
        """What the core is divided into is spoken of by everybody."""
        modules = {path.stem for path in (ROOT / "src" / "assaymark" / "records").iterdir() if path.is_dir()}
        spoken = {
            "assessments",
            "attestations",
            "documents",
            "evidence",
            "findings",
            "journal",
            "readiness",
            "registers",
        }
        assert spoken <= modules
        assert {word if word.endswith("ss") else word.removesuffix("s") for word in spoken} <= set(self.rows)


class TestGuides:
    """What a guide tells to press or to look for stands in italics with a capital, and is there to be pressed."""

    source = re.sub(
        r"\s+", " ", " ".join(text(file) for end in ("html", "py", "txt") for file in (ROOT / "src").rglob(f"*.{end}"))
    )

    @pytest.mark.parametrize("page", sorted((DOCS / "guides").glob("*.md")), ids=name)
    def test_name_what_is_on_the_page(self, page: Path) -> None:
        phrases = re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", prose(text(page)))
        words = {word for phrase in phrases for word in re.sub(r"\s+", " ", phrase).split(" → ")}
        assert {word for word in words if word not in self.source} == set()
