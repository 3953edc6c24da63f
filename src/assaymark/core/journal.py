"""The journal's mathematics: entries, leaves, Merkle tree and its proofs (RFC 6962, 2.1; RFC 9162, 2.1).

An entry's body is its canonical JSON (RFC 8785); a leaf is SHA-256(0x00 || body), a node
SHA-256(0x01 || left || right).
The frontier (roots of the perfect subtrees of the current size, largest first) is all that appending needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import rfc8785

EMPTY_ROOT = hashlib.sha256(b"").digest()


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed and kept (RFC 8785). Values: str, int, bool, None, list, dict."""
    return rfc8785.dumps(dict(body))


def cells_of(body: Mapping[str, Any]) -> dict[str, str | None]:
    """What the columns beside a sealed body must say: at, verb, actor, kind, subject, label, reason."""
    subject = body.get("subject") or {}
    return {
        "at": body.get("at"),
        "verb": body.get("verb"),
        "actor": body.get("actor"),
        "kind": subject.get("kind"),
        "subject": subject.get("id"),
        "label": subject.get("label"),
        "reason": body.get("reason", ""),
    }


def cells_that_differ(body: Mapping[str, Any], cells: Mapping[str, str | None]) -> dict[str, str | None]:
    """The cells beside a body that say something else than it: the seal covers the body, people read the cells."""
    sealed = cells_of(body)
    return {name: value for name, value in cells.items() if not _same(sealed.get(name), value)}


def _same(sealed: str | None, value: str | None) -> bool:
    if sealed == value:
        return True
    try:
        # The same moment may be spelled in several ways.
        return datetime.fromisoformat(sealed or "") == datetime.fromisoformat(value or "")
    except (ValueError, TypeError):
        return False


def leaf_hash(body: bytes) -> bytes:
    """RFC 6962, 2.1: hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1: hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append_leaf(frontier: Sequence[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The frontier after one more leaf. frontier: one 32-byte root per set bit of `size`, largest subtree first."""
    result = list(frontier)
    node = leaf
    while size & 1:
        node = node_hash(result.pop(), node)
        size >>= 1
    result.append(node)
    return result


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The tree's root hash from its frontier; of the empty tree SHA-256 of nothing (RFC 6962, 2.1)."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def frontier_of(leaves: Iterable[bytes]) -> list[bytes]:
    """The frontier of the tree over these leaf hashes."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        node, rest = leaf, size
        while rest & 1:
            node = node_hash(frontier.pop(), node)
            rest >>= 1
        frontier.append(node)
    return frontier


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes (RFC 6962, 2.1)."""
    return root_of(frontier_of(leaves))


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 6962, 2.1: where a tree of more than one leaf is cut)."""
    return 1 << ((size - 1).bit_length() - 1)


RootOf = Callable[[int, int], bytes]


def inclusion_path(size: int, index: int, *, root: RootOf) -> list[bytes]:
    """Hashes that lead from leaf `index` to the root of a tree of `size`, nearest first (RFC 6962, 2.1.1).

    root: (low, high) → the root over the leaves from low up to high. Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(middle, high))
            high = middle
        else:
            path.append(root(low, middle))
            low = middle
    return path[::-1]


def consistency_path(size: int, old: int, *, root: RootOf) -> list[bytes]:
    """Hashes that show the tree of `old` leaves to be a beginning of the tree of `size` (RFC 6962, 2.1.2).

    Empty for old = 0 (everything extends the empty tree) and old = size. Raises ValueError outside of that.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} has no beginning of {old}")
    if old in {0, size}:
        return []
    path: list[bytes] = []
    low, high, whole = 0, size, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(root(middle, high))
            high = middle
        else:
            path.append(root(low, middle))
            low, whole = middle, False
    if not whole:
        path.append(root(low, high))
    return path[::-1]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """`inclusion_path` in the tree over these leaf hashes."""
    return inclusion_path(len(leaves), index, root=lambda low, high: tree_root(leaves[low:high]))


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """`consistency_path` in the tree over these leaf hashes."""
    return consistency_path(len(leaves), old, root=lambda low, high: tree_root(leaves[low:high]))


def inclusion_holds(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf at `index` to the root of a tree of `size` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(h) != 32 for h in (leaf, root, *proof)):
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_holds(*, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree of size `new` begins with the tree of size `old` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new or any(len(h) != 32 for h in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and len(new_root) == 32
    if not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


def name_hash(*, salt: bytes, name: str) -> str:
    """What an entry holds of a person's name, so that the name itself can be erased: hex SHA-256(salt || UTF-8)."""
    return hashlib.sha256(salt + name.encode()).hexdigest()
