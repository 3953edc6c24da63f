"""A folder of signed certificates taken into the register, each with its verdict."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from assaymark.cli.main import main
from assaymark.records.register import queries, worlds
from assaymark.records.register.models import Listing, ListingVersion
from assaymark.world import folder
from tests.records.register.conftest import DAY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MANY = 120


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("world") / "w"
    folder.make(made, certificates=MANY, seed=3, jobs=1, done=lambda many: None)
    return made


@pytest.fixture
def take(world: Path) -> Callable[[], str]:
    def taken() -> str:
        arguments = ["register", "import", str(world), "--as-of", DAY.isoformat(), "--source", "world"]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    return taken


class TestAWorld:
    def test_is_listed_whole_with_the_verdicts_of_its_truth(self, world: Path, take: Callable[[], str]) -> None:
        assert f"{MANY} listed" in take()
        truth = json.loads((world / "truth.json").read_bytes())
        codes = Counter(Listing.objects.values_list("verdict_code", flat=True))
        assert dict(codes) == truth["verdicts"]
        assert queries.source(key="world").listings == MANY

    def test_taken_again_says_nothing_new(self, take: Callable[[], str]) -> None:
        take()
        assert f"no events; {MANY} as before" in take()
        assert ListingVersion.objects.count() == MANY

    def test_shows_four_answers_beside_each_listing(self, take: Callable[[], str]) -> None:
        take()
        row = Listing.objects.filter(verdict_code="VALID").first()
        assert row is not None
        assert row.verdicts == "yes,yes,yes,yes"
        assert row.checked_at is not None
        assert queries.search(text=row.number, on=DAY).hits[0].row == row

    def test_that_is_none_is_told(self, tmp_path: Path) -> None:
        done = CliRunner().invoke(main, ["register", "import", str(tmp_path), "--as-of", "2026-01-01", "--source", "w"])
        assert (done.exit_code, "world make" in done.output) == (1, True)

    def test_without_its_evidence_is_told(self, world: Path, tmp_path: Path) -> None:
        (tmp_path / "world.json").write_bytes((world / "world.json").read_bytes())
        with pytest.raises(worlds.NoWorld, match="is missing"):
            list(worlds.entries(tmp_path))

    def test_with_another_description_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "world.json").write_text('{"type": "Other"}')
        with pytest.raises(worlds.NoWorld, match="does not describe"):
            worlds.count(tmp_path)

    def test_lines_that_are_no_certificates_are_left_out(self, world: Path, tmp_path: Path) -> None:
        for path in world.iterdir():
            if path.is_file():
                (tmp_path / path.name).write_bytes(path.read_bytes())
        shard = tmp_path / "certificates-00000.jwt"
        first = shard.read_bytes().splitlines()[0]
        shard.write_bytes(b"\n".join([first, b"nonsense", b"a.b.c", b"", first[:40]]))
        assert len(list(worlds.entries(tmp_path))) == 1
