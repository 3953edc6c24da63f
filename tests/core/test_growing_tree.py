"""A tree that grows gives the roots and proofs of the plain definition, at every size that it has had."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core import journal
from assaymark.core.growing_tree import GrowingTree

LEAVES = [hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(300)]


class TestAGrowingTree:
    def test_has_the_root_of_every_size_that_it_had(self) -> None:
        tree = GrowingTree()
        for number, leaf in enumerate(LEAVES, start=1):
            tree.append(leaf)
            assert tree.root() == journal.tree_root(LEAVES[:number])
        assert [tree.root(n) for n in (0, 1, 7, 64, 255)] == [journal.tree_root(LEAVES[:n]) for n in (0, 1, 7, 64, 255)]

    @given(st.data())
    def test_proves_what_the_plain_tree_proves(self, data: st.DataObject) -> None:
        tree = GrowingTree(LEAVES)
        size = data.draw(st.integers(1, len(LEAVES)))
        index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
        assert tree.inclusion(index, size=size) == journal.inclusion_proof(LEAVES[:size], index)
        assert tree.consistency(old, size=size) == journal.consistency_proof(LEAVES[:size], old)

    def test_knows_its_newest_leaf(self) -> None:
        assert (GrowingTree().last, GrowingTree(LEAVES[:3]).last) == (b"", LEAVES[2])

    def test_has_no_proof_of_what_it_does_not_hold(self) -> None:
        tree = GrowingTree(LEAVES[:4])
        for wrong in (lambda: tree.inclusion(4, size=4), lambda: tree.inclusion(0, size=5)):
            with pytest.raises(ValueError, match=r"there is no leaf|the log has 4"):
                wrong()
