"""Proofs out of a long journal read tiles, and are the same as those made from all leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assaymark.core import journal
from assaymark.records.journal import checkpoints, recovery, tiles
from assaymark.records.journal.models import JournalEntry, Tile
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope

SIZE = 21


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four hashes, so that a short journal has three levels of them."""
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_BITS", 2)


@pytest.fixture
def signed(halden: Organisation, note_down: Any, small: None) -> Iterator[Any]:
    """Halden's journal of 21 entries with its checkpoint, inside of Halden's scope."""
    note_down(halden, *map(str, range(SIZE - 1)))
    checkpoint = checkpoints.sign(halden.pk)
    with organisation_scope(halden.pk):
        yield checkpoint


class TestTiles:
    def test_are_made_when_a_checkpoint_is_signed(self, signed: Any) -> None:
        made = list(Tile.objects.values_list("level", "index"))
        assert made == [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0)]

    def test_are_added_as_the_journal_grows_and_never_twice(
        self, signed: Any, halden: Organisation, note_down: Any
    ) -> None:
        kept = set(Tile.objects.values_list("pk", flat=True))
        note_down(halden, *"abcdefghijk")
        checkpoints.sign(halden.pk)
        assert Tile.objects.filter(level=0).count() == 8
        assert Tile.objects.filter(level=1).count() == 2
        assert kept < set(Tile.objects.values_list("pk", flat=True))
        tiles.build(organisation_id=halden.pk, epoch=1, size=32)
        assert Tile.objects.count() == 10

    def test_of_missing_entries_are_not_made(self, signed: Any, halden: Organisation) -> None:
        tiles.build(organisation_id=halden.pk, epoch=1, size=4000)
        assert Tile.objects.filter(level=0).count() == 5


class TestATree:
    def test_has_the_roots_of_the_leaves(self, signed: Any) -> None:
        leaves = recovery.leaves(1)
        for size in range(1, SIZE + 1):
            tree = tiles.Tree(epoch=1, size=size)
            assert tree.root(0, size) == journal.tree_root(leaves[:size])

    def test_gives_the_same_proofs_as_all_leaves(self, signed: Any) -> None:
        leaves = recovery.leaves(1)
        for size in range(1, SIZE + 1):
            root = tiles.Tree(epoch=1, size=size).root
            for index in range(size):
                found = journal.inclusion_path(size, index, root=root)
                assert found == journal.inclusion_proof(leaves[:size], index), (size, index)
                assert journal.consistency_path(size, index, root=root) == journal.consistency_proof(
                    leaves[:size], index
                )

    def test_whose_tiles_are_missing_says_so(self, signed: Any) -> None:
        Tile.objects.all().delete()
        with pytest.raises(tiles.Incomplete):
            tiles.Tree(epoch=1, size=SIZE).root(0, 16)


class TestAProof:
    def holds(self, signed: Any) -> bool:
        entries = JournalEntry.objects.order_by("index")
        return all(
            journal.inclusion_holds(
                leaf=bytes(entry.leaf),
                index=entry.index,
                size=SIZE,
                proof=checkpoints.prove(entry_id=entry.pk).hashes,
                root=bytes(signed.root),
            )
            for entry in entries
        )

    def test_holds_with_tiles(self, signed: Any) -> None:
        assert self.holds(signed)

    def test_holds_when_tiles_are_missing(self, signed: Any) -> None:
        Tile.objects.filter(index__gte=1).delete()
        assert self.holds(signed)

    def test_holds_when_somebody_changed_the_tiles(self, signed: Any) -> None:
        Tile.objects.update(root=bytes(32), hashes=bytes(128))
        assert self.holds(signed)

    def test_of_an_extension_holds_whatever_the_tiles_say(self, signed: Any) -> None:
        leaves = recovery.leaves(1)
        for change in (lambda: None, lambda: Tile.objects.update(root=bytes(32)), lambda: Tile.objects.all().delete()):
            change()
            for old in range(SIZE + 1):
                assert checkpoints.extension(old=old, checkpoint=signed) == journal.consistency_proof(leaves, old), old

    def test_reads_no_more_rows_than_a_tile_has_on_each_level(self, signed: Any) -> None:
        entry = JournalEntry.objects.get(index=3)
        with CaptureQueriesContext(connection) as made:
            checkpoints.prove(entry_id=entry.pk)
        assert len([query for query in made if "SET" not in query["sql"][:8]]) <= 9
