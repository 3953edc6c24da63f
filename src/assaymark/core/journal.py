"""The journal's mathematics: entries, leaves, Merkle tree (RFC 6962, 2.1).

An entry's body is its canonical JSON (RFC 8785); a leaf is SHA-256(0x00 || body), a node
SHA-256(0x01 || left || right).
The frontier (roots of the perfect subtrees of the current size, largest first) is all that appending needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

EMPTY_ROOT = hashlib.sha256(b"").digest()


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed and kept (RFC 8785). Values: str, int, bool, None, list, dict."""
    return rfc8785.dumps(dict(body))


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
