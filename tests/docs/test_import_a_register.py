"""The guide to importing a register, carried out: its table, its mapping, its commands."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main
from assaymark.core.register import FIELDS, ListingStatus
from assaymark.formats.register_mapping import read_mapping
from assaymark.records.register.models import Listing
from tests.docs.pages import DOCS, blocks, commands, text

pytestmark = pytest.mark.django_db
GUIDE = DOCS / "guides" / "import-a-register.md"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """What the guide's commands answer, one after the other, in a folder with the guide's table."""
    monkeypatch.chdir(tmp_path)
    (table,) = blocks(GUIDE, "csv")
    (tmp_path / "january.csv").write_text(table, encoding="utf-8")
    (tmp_path / "february.csv").write_text(table.replace("Active", "Suspended"), encoding="utf-8")
    lines = [line for block in blocks(GUIDE, "console") for line in commands(block)]
    return [CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False) for line in lines]


class TestTheGuide:
    def test_has_commands_that_work_one_after_the_other(self, typed: list[Result]) -> None:
        assert [(done.exit_code, done.output) for done in typed if done.exit_code] == []
        first, second, *_ = typed
        assert "2 rows of 2026-01-01: 1 listed" in first.stdout
        assert "line 3, NC-26-00418: It expires on 2024-02-28" in first.stderr
        assert "1 suspended" in second.stdout

    def test_leaves_what_it_says(self, typed: list[Result], tmp_path: Path) -> None:
        assert Listing.objects.get(source__key="northland").status == "suspended"
        assert [r["certification_status"] for r in json.loads((tmp_path / "upload.json").read_bytes())] == ["suspended"]
        assert "active" in (tmp_path / "then.csv").read_text(encoding="utf-8-sig")
        assert Listing.objects.filter(source__key="copy").count() == 1

    def test_shows_a_mapping_that_is_one(self) -> None:
        (mapping,) = blocks(GUIDE, "toml")
        read = read_mapping(mapping.encode())
        assert read.shape.records == "data.items"
        assert read.status["in kraft"] == "valid"

    def test_names_every_field_and_status(self) -> None:
        said = text(GUIDE)
        for name in (FIELDS | set(ListingStatus)) - {"extra", "kind"}:
            assert f"`{name}`" in said, name
