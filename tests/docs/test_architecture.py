"""The page about the architecture names what is there, in the words of the contracts, and shows code that exists."""

from __future__ import annotations

import re
import tomllib

from tests.docs.pages import DOCS, ROOT, blocks, text

PAGE = DOCS / "architecture.md"
PACKAGE = ROOT / "src" / "assaymark"


def packages(name: str = "") -> set[str]:
    """Packages directly below."""
    return {path.parent.name for path in (PACKAGE / name).glob("*/__init__.py")}


class TestTheHouse:
    def test_is_drawn_with_every_package(self) -> None:
        drawing = blocks(PAGE, "")[0]
        assert set(re.findall(r"\b([a-z]+)/  ", drawing)) >= packages()

    def test_has_a_line_for_every_app_of_the_records(self) -> None:
        section = text(PAGE).partition("## Records")[2].partition("\n## ")[0]
        assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == packages("records")

    def test_keeps_every_idea_apart_that_settings_install(self) -> None:
        installed = re.findall(r'"assaymark\.records\.(\w+)"', text(PACKAGE / "config" / "settings.py"))
        assert packages("records") - set(installed) == {"readiness"}, "readiness keeps nothing of its own"


class TestTheContracts:
    contracts = {
        contract["id"]: contract
        for contract in tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    }

    def test_are_as_many_as_the_page_lists(self) -> None:
        section = text(PAGE).partition("## Contracts")[2].partition("\n## ")[0]
        assert len(re.findall(r"^\d\. ", section, re.MULTILINE)) == len(self.contracts)

    def test_have_the_layers_that_the_page_names(self) -> None:
        stated = re.search(r"\*\*Layers\*\*: (.+?)\. A layer", text(PAGE))
        assert stated is not None
        named = [layer.strip("` ") for layer in stated.group(1).split("→")]
        assert named == [layer.replace("assaymark.", "") for layer in self.contracts["layers"]["layers"]]

    def test_keep_django_out_of_what_the_page_says(self) -> None:
        stated = re.search(r"\*\*No Django\*\* in (.+?)\.", text(PAGE))
        assert stated is not None
        named = set(re.findall(r"`(\w+)`", stated.group(1)))
        assert named == {module.removeprefix("assaymark.") for module in self.contracts["no-django"]["source_modules"]}


class TestTheExample:
    def test_is_code_of_the_house(self) -> None:
        assert blocks(PAGE, "python")[0].strip() in text(PACKAGE / "records" / "findings" / "actions.py")
