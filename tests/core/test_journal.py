"""The Merkle tree of the journal, against the vectors that Certificate Transparency implementations share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core import journal

# The leaves and roots of the reference tests of RFC 6962 (transparency-dev/merkle, `testonly`).
REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [journal.leaf_hash(data) for data in REFERENCE_LEAVES]


def leaves(count: int) -> list[bytes]:
    """Leaf hashes of a tree of this size."""
    return [journal.leaf_hash(str(number).encode()) for number in range(count)]


class TestTheTree:
    def test_of_nothing_has_the_hash_of_nothing(self) -> None:
        assert journal.tree_root([]) == hashlib.sha256(b"").digest() == journal.EMPTY_ROOT

    @pytest.mark.parametrize("size", range(9))
    def test_has_the_published_roots(self, size: int) -> None:
        assert journal.tree_root(HASHES[:size]).hex() == REFERENCE_ROOTS[size]

    def test_appending_leaf_by_leaf_gives_the_same_root(self) -> None:
        frontier: list[bytes] = []
        for size, leaf in enumerate(HASHES):
            frontier = journal.append_leaf(frontier, size, leaf)
            assert journal.root_of(frontier).hex() == REFERENCE_ROOTS[size + 1]
            assert frontier == journal.frontier_of(HASHES[: size + 1])

    def test_tells_a_leaf_from_a_node(self) -> None:
        left, right = HASHES[:2]
        assert journal.leaf_hash(left + right) != journal.node_hash(left, right)


class TestInclusion:
    def test_has_the_published_proofs(self) -> None:
        proof = journal.inclusion_proof(HASHES, 0)
        assert [h.hex() for h in proof] == [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
        assert [h.hex() for h in journal.inclusion_proof(HASHES[:3], 2)] == [
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        ]

    def test_holds_for_every_leaf_of_every_tree_to_seventy(self) -> None:
        for size in range(1, 71):
            all_leaves = leaves(size)
            root = journal.tree_root(all_leaves)
            for index, leaf in enumerate(all_leaves):
                proof = journal.inclusion_proof(all_leaves, index)
                assert journal.inclusion_holds(leaf=leaf, index=index, size=size, proof=proof, root=root)

    @given(st.integers(2, 40), st.data())
    def test_fails_for_another_place(self, size: int, data: st.DataObject) -> None:
        index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
        all_leaves = leaves(size)
        proof = journal.inclusion_proof(all_leaves, index)
        root = journal.tree_root(all_leaves)
        assert not journal.inclusion_holds(leaf=all_leaves[index], index=other, size=size, proof=proof, root=root)

    def test_fails_when_one_bit_of_the_proof_is_turned(self) -> None:
        all_leaves = leaves(13)
        root = journal.tree_root(all_leaves)
        proof = journal.inclusion_proof(all_leaves, 9)
        for place, sibling in enumerate(proof):
            for byte in range(32):
                changed = list(proof)
                changed[place] = sibling[:byte] + bytes([sibling[byte] ^ 1]) + sibling[byte + 1 :]
                assert not journal.inclusion_holds(leaf=all_leaves[9], index=9, size=13, proof=changed, root=root)

    def test_fails_with_a_hash_too_many_or_too_few(self) -> None:
        all_leaves = leaves(13)
        root = journal.tree_root(all_leaves)
        proof = journal.inclusion_proof(all_leaves, 9)
        for changed in (proof[:-1], proof[1:], [*proof, root], [root, *proof], []):
            assert not journal.inclusion_holds(leaf=all_leaves[9], index=9, size=13, proof=changed, root=root)

    def test_of_a_leaf_that_is_not_there_is_refused(self) -> None:
        for size, index in ((0, 0), (1, 1), (5, -1)):
            with pytest.raises(ValueError, match="no leaf"):
                journal.inclusion_proof(leaves(size), index)
        assert not journal.inclusion_holds(leaf=b"", index=0, size=0, proof=[], root=journal.EMPTY_ROOT)

    def test_of_the_only_leaf_is_empty(self) -> None:
        assert journal.inclusion_proof(leaves(1), 0) == []

    def test_of_the_only_leaf_holds_for_a_hash_alone(self) -> None:
        leaf = leaves(1)[0]
        assert journal.inclusion_holds(leaf=leaf, index=0, size=1, proof=[], root=leaf)
        for one, other in ((b"", b""), (leaf, b""), (b"", leaf), (leaf[:31], leaf[:31]), (leaf + b"0", leaf + b"0")):
            assert not journal.inclusion_holds(leaf=one, index=0, size=1, proof=[], root=other)

    def test_fails_however_place_size_leaf_root_or_path_is_changed(self) -> None:
        everything = leaves(8)
        for size in range(1, 9):
            root = journal.tree_root(everything[:size])
            for index in range(size):
                leaf, proof = everything[index], journal.inclusion_proof(everything[:size], index)
                for change in inclusion_probes(leaf, index, size, proof, root):
                    given = {"leaf": leaf, "index": index, "size": size, "proof": proof, "root": root} | change
                    if given["proof"] == proof and (given["index"], given["size"]) in same_shape(index, size):
                        continue
                    assert not journal.inclusion_holds(**given), (index, size, change)


def same_shape(index: int, size: int) -> set[tuple[int, int]]:
    """Places in trees of other sizes whose path has the same turns: a proof cannot tell the size (RFC 9162, 2.1.3)."""

    def turns(at: int, whole: int) -> str:
        found, low, high = "", 0, whole
        while high - low > 1:
            middle = low + journal._split(high - low)
            found += "l" if at < middle else "r"
            low, high = (low, middle) if at < middle else (middle, high)
        return found

    return {(i, n) for n in range(1, 17) for i in range(n) if turns(i, n) == turns(index, size)} - {(index, size)}


def inclusion_probes(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> Iterator[dict[str, Any]]:
    """What a forger turns first."""
    other = bytes(31) + b"\x01"
    yield from ({"index": one} for one in (index - 1, index + 1, index ^ 2))
    yield from ({"size": one} for one in (0, size * 2, size // 2, -size) if one != size)
    yield from ({"leaf": one} for one in (b"", b"WrongLeaf", other))
    yield from ({"root": one} for one in (b"", journal.EMPTY_ROOT, other))
    for extra in (b"", root, leaf, other):
        yield {"proof": [*proof, extra]}
        yield {"proof": [extra, *proof]}
    for place in range(len(proof)):
        yield {"proof": proof[:place] + proof[place + 1 :]}
        yield {"proof": [*proof[:place], bytes([proof[place][0] ^ 8]) + proof[place][1:], *proof[place + 1 :]]}


class TestConsistency:
    def test_fails_however_sizes_roots_or_path_are_changed(self) -> None:
        everything = leaves(8)
        roots = [journal.tree_root(everything[:size]) for size in range(9)]
        other = bytes(31) + b"\x01"
        for new in range(2, 9):
            for old in range(1, new):
                proof = journal.consistency_proof(everything[:new], old)
                good: dict[str, Any] = {"old": old, "new": new, "proof": proof}
                good |= {"old_root": roots[old], "new_root": roots[new]}
                probes: list[dict[str, Any]] = [{"old_root": roots[new], "new_root": roots[old]}, {"proof": []}]
                probes += [{"old": one} for one in (0, -1, new + 1)]
                probes += [{"new": one} for one in (0, old - 1)]
                probes += [{name: one} for name in ("old_root", "new_root") for one in (b"", b"WrongRoot", other)]
                for extra in (b"", roots[old], roots[new], proof[0]):
                    probes += [{"proof": [*proof, extra]}, {"proof": [extra, *proof]}]
                for place in range(len(proof)):
                    turned = bytes([proof[place][0] ^ 16]) + proof[place][1:]
                    probes.append({"proof": [*proof[:place], turned, *proof[place + 1 :]]})
                    probes.append({"proof": proof[:place] + proof[place + 1 :]})
                assert journal.consistency_holds(**good)
                for change in probes:
                    assert not journal.consistency_holds(**(good | change)), (old, new, change)

    def test_from_nothing_leads_to_a_root_and_to_nothing_else(self) -> None:
        for root in (b"", b"a dozen byte", bytes(31), bytes(33)):
            assert not journal.consistency_holds(old=0, new=1, proof=[], old_root=journal.EMPTY_ROOT, new_root=root)

    def test_has_the_published_proofs(self) -> None:
        assert journal.consistency_proof(HASHES[:1], 1) == []
        assert [h.hex() for h in journal.consistency_proof(HASHES, 1)] == [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
        assert [h.hex() for h in journal.consistency_proof(HASHES, 6)] == [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]

    def test_holds_between_all_pairs_to_seventy(self) -> None:
        all_leaves = leaves(70)
        roots = [journal.tree_root(all_leaves[:n]) for n in range(71)]
        for new in range(71):
            for old in range(new + 1):
                proof = journal.consistency_proof(all_leaves[:new], old)
                assert journal.consistency_holds(
                    old=old, new=new, proof=proof, old_root=roots[old], new_root=roots[new]
                ), (old, new)

    def test_fails_for_a_history_that_was_rewritten(self) -> None:
        honest = leaves(20)
        old_root = journal.tree_root(honest[:11])
        rewritten = [*honest[:4], journal.leaf_hash(b"another"), *honest[5:]]
        assert not journal.consistency_holds(
            old=11,
            new=20,
            proof=journal.consistency_proof(rewritten, 11),
            old_root=old_root,
            new_root=journal.tree_root(rewritten),
        )

    def test_fails_when_one_bit_of_the_proof_is_turned(self) -> None:
        all_leaves = leaves(21)
        for old in (8, 13):
            proof = journal.consistency_proof(all_leaves, old)
            for place, sibling in enumerate(proof):
                changed = list(proof)
                changed[place] = bytes([sibling[0] ^ 0x80]) + sibling[1:]
                assert not journal.consistency_holds(
                    old=old,
                    new=21,
                    proof=changed,
                    old_root=journal.tree_root(all_leaves[:old]),
                    new_root=journal.tree_root(all_leaves),
                )

    def test_of_size_nought_and_of_itself_wants_an_empty_proof(self) -> None:
        root = journal.tree_root(leaves(3))
        empty = journal.EMPTY_ROOT
        assert journal.consistency_holds(old=0, new=3, proof=[], old_root=empty, new_root=root)
        assert not journal.consistency_holds(old=0, new=3, proof=[root], old_root=empty, new_root=root)
        assert not journal.consistency_holds(old=0, new=3, proof=[], old_root=root, new_root=root)
        assert journal.consistency_holds(old=3, new=3, proof=[], old_root=root, new_root=root)
        assert not journal.consistency_holds(old=3, new=3, proof=[root], old_root=root, new_root=root)
        assert not journal.consistency_holds(old=3, new=3, proof=[], old_root=root, new_root=empty)
        assert not journal.consistency_holds(old=2, new=3, proof=[], old_root=root, new_root=root)

    def test_of_a_larger_beginning_than_the_whole_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no beginning"):
            journal.consistency_proof(leaves(3), 4)
        assert not journal.consistency_holds(old=4, new=3, proof=[], old_root=b"", new_root=b"")


class TestAnEntry:
    def test_has_one_spelling(self) -> None:
        assert journal.canonical({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'.encode()

    def test_holds_of_a_name_only_a_salted_hash(self) -> None:
        once = journal.name_hash(salt=b"1" * 16, name="Ingrid Halden")
        again = journal.name_hash(salt=b"2" * 16, name="Ingrid Halden")
        assert once != again
        assert len(once) == 64


class TestCellsBesideABody:
    BODY: ClassVar[dict[str, Any]] = {
        "at": "2026-03-02T09:00:00.000000+00:00",
        "verb": "documents.approved",
        "actor": None,
        "subject": {"kind": "documents.document", "id": "7", "label": "Purchasing"},
        "reason": "Because it is right.",
    }

    def test_say_the_same(self) -> None:
        assert journal.cells_that_differ(self.BODY, journal.cells_of(self.BODY)) == {}

    def test_may_spell_the_same_moment_otherwise(self) -> None:
        assert journal.cells_that_differ(self.BODY, {"at": "2026-03-02T10:00:00+01:00"}) == {}

    @pytest.mark.parametrize("cell", ["at", "verb", "actor", "kind", "subject", "label", "reason"])
    def test_that_say_something_else_are_returned(self, cell: str) -> None:
        assert journal.cells_that_differ(self.BODY, {**journal.cells_of(self.BODY), cell: "else"}) == {cell: "else"}

    def test_that_say_nothing_where_something_was_sealed_differ(self) -> None:
        assert journal.cells_that_differ(self.BODY, {"reason": "", "at": None}) == {"reason": "", "at": None}
