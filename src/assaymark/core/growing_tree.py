"""A Merkle tree that only grows, with the hashes of its full subtrees kept (RFC 9162, 2.1).

A proof then costs a few look-ups instead of the hashes of all leaves; trees of earlier sizes are read from the same
nodes, since a log only ever grows.
"""

from __future__ import annotations

from collections.abc import Iterable

from assaymark.core import journal


class GrowingTree:
    """The leaf hashes of a log, and above them the roots of every full subtree. Not for several threads at once."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def leaves(self) -> tuple[bytes, ...]:
        """The leaf hashes, in order."""
        return tuple(self._levels[0])

    @property
    def last(self) -> bytes:
        """The hash of the newest leaf; empty for an empty tree."""
        return self._levels[0][-1] if self._levels[0] else b""

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            left, right = self._levels[level][-2:]
            self._levels[level + 1].append(journal.node_hash(left, right))
            level += 1

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves (all)."""
        return self._root(0, len(self) if size is None else size)

    def inclusion(self, index: int, *, size: int) -> list[bytes]:
        """Hashes that lead from leaf `index` to the root of the first `size`; ValueError when there is no such leaf."""
        return journal.inclusion_path(self._within(size), index, root=self._root)

    def consistency(self, old: int, *, size: int) -> list[bytes]:
        """Hashes that show the first `old` leaves to be a beginning of the first `size`; ValueError outside of that."""
        return journal.consistency_path(self._within(size), old, root=self._root)

    def _within(self, size: int) -> int:
        if not 0 <= size <= len(self):
            raise ValueError(f"the log has {len(self)} entries, and not {size}")
        return size

    def _root(self, low: int, high: int) -> bytes:
        count = high - low
        if count == 0:
            return journal.EMPTY_ROOT
        if count & (count - 1) == 0 and low % count == 0:
            return self._levels[count.bit_length() - 1][low // count]
        middle = low + (1 << ((count - 1).bit_length() - 1))
        return journal.node_hash(self._root(low, middle), self._root(middle, high))
