"""Hashes of a tree without its leaves: a proof out of a long journal reads a few rows (C2SP tlog-tiles).

Rules that hold here
* Tiles are derived from the leaves when a checkpoint is signed, and made anew when they are missing.
* Nothing is believed because a tile says it: who makes a proof compares its root with the signed one, and reads the
  leaves themselves when they differ (`checkpoints.prove`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from assaymark.core import journal
from assaymark.records.journal.models import JournalEntry, Tile

WIDTH = 256
_BITS = 8


class Incomplete(Exception):
    """Tiles are missing: build them and ask again."""


class Tree:
    """The tree over the first `size` entries of an epoch in the current scope; asks for each tile once."""

    def __init__(self, *, epoch: int, size: int) -> None:
        self.epoch, self.size = epoch, size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self, low: int, high: int) -> bytes:
        """The root over the entries from `low` up to `high`, a subtree of the tree (RFC 6962, 2.1)."""
        roots: list[bytes] = []
        while low < high:
            level = (high - low).bit_length() - 1
            roots.append(self._node(level, low >> level))
            low += 1 << level
        return journal.root_of(roots)

    def _node(self, level: int, index: int) -> bytes:
        """The root of a perfect subtree of 2^level leaves."""
        height, within = divmod(level, _BITS)
        first = index << within
        tile = self._tile(height, first // WIDTH)
        hashes = tile[first % WIDTH : first % WIDTH + (1 << within)]
        if len(hashes) != 1 << within:
            raise Incomplete
        return folded(hashes)

    def _tile(self, height: int, index: int) -> list[bytes]:
        if (height, index) not in self._tiles:
            self._tiles[height, index] = self._full(height, index) or self._begun(height, index)
        return self._tiles[height, index]

    def _full(self, height: int, index: int) -> list[bytes]:
        if index >= self.size >> _BITS * (height + 1):
            return []
        rows = Tile.objects.filter(epoch=self.epoch, level=height, index=index).values_list("hashes", flat=True)
        raw = bytes(next(iter(rows), b""))
        return [raw[at : at + 32] for at in range(0, len(raw), 32)]

    def _begun(self, height: int, index: int) -> list[bytes]:
        """The last tile of its level, from what stands below it."""
        first = index * WIDTH
        if height == 0:
            return list(_leaves(self.epoch, first, min(first + WIDTH, self.size)))
        below = Tile.objects.filter(epoch=self.epoch, level=height - 1, index__gte=first, index__lt=first + WIDTH)
        return [bytes(root) for root in below.order_by("index").values_list("root", flat=True)]


def _leaves(epoch: int, first: int, end: int) -> Iterator[bytes]:
    rows = JournalEntry.objects.filter(epoch=epoch, index__gte=first, index__lt=end).order_by("index")
    return (bytes(leaf) for leaf in rows.values_list("leaf", flat=True).iterator(chunk_size=WIDTH * 16))


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes beside each other."""
    row = list(hashes)
    while len(row) > 1:
        row = [journal.node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def build(*, organisation_id: UUID, epoch: int, size: int) -> None:
    """Make the full tiles of the first `size` entries that are not there yet. Runs in the organisation's scope."""
    level = 0
    while (full := size >> _BITS * (level + 1)) > 0:
        there = Tile.objects.filter(epoch=epoch, level=level)
        have = set(there.values_list("index", flat=True)) if there.count() < full else set(range(full))
        for index in sorted(set(range(full)) - have):
            hashes = list(_below(epoch, level, index))
            if len(hashes) != WIDTH:
                return  # entries are missing: the checkpoint and the export say so
            tile = Tile(organisation_id=organisation_id, epoch=epoch, level=level, index=index)
            tile.hashes, tile.root = b"".join(hashes), folded(hashes)
            Tile.objects.bulk_create([tile], ignore_conflicts=True)
        level += 1


def _below(epoch: int, level: int, index: int) -> Iterator[bytes]:
    first = index * WIDTH
    if level == 0:
        return _leaves(epoch, first, first + WIDTH)
    rows = Tile.objects.filter(epoch=epoch, level=level - 1, index__gte=first, index__lt=first + WIDTH)
    return (bytes(root) for root in rows.order_by("index").values_list("root", flat=True))
