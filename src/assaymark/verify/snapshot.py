"""Signed snapshots of a register: one signature over all of a body's certificates (RFC 6962 tree).

A snapshot is a file of leaf hashes, 32 bytes each, in the order of the certificates' status indexes, and a signed
statement of its root (``snapshot+jwt``: iss, name, asOf, size, root). A certificate is authentic when its leaf stands
at its index; no signature of its own needs to be checked. An index without a certificate holds 32 zero bytes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256

import orjson

from assaymark.formats import jws, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant

TYP = "snapshot+jwt"
SIZE = 32
NOTHING = bytes(SIZE)


class BadSnapshot(ValueError):
    """The statement or the file cannot be used: nothing in it is authentic."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The leaves of one body's register, whose root it signed."""

    issuer: str
    name: str
    as_of: dt.datetime
    leaves: bytes

    def holds(self, index: int, token: bytes) -> bool:
        """Tell whether the certificate stands at its index."""
        return index >= 0 and self.leaves[index * SIZE : index * SIZE + SIZE] == sha256(b"\0" + token).digest()


def leaf(token: bytes) -> bytes:
    """The leaf hash of a signed certificate (RFC 6962 section 2.1)."""
    return sha256(b"\0" + token).digest()


def root_of(leaves: bytes) -> bytes:
    """The Merkle tree hash over leaves, level by level; of nothing, the hash of nothing."""
    level = [leaves[n : n + SIZE] for n in range(0, len(leaves), SIZE)]
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        pairs = iter(level)
        above = [sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def sign(leaves: bytes, *, name: str, key: jws.Signer, at: dt.datetime) -> str:
    """The signed statement about a file of leaves."""
    told = {
        "iss": key.did,
        "name": name,
        "asOf": instant(at),
        "size": len(leaves) // SIZE,
        "root": root_of(leaves).hex(),
    }
    return jws.sign(orjson.dumps(told), signer=key, typ=TYP)


def read(token: str, leaves_of: dict[str, bytes], *, resolver: Resolver) -> Snapshot:
    """Check a statement and the file that it names; raises :class:`BadSnapshot`."""
    try:
        parts = jws.split(token)
        told = strict_json.loads_object(parts.payload, max_bytes=4096)
        issuer, name = told.get("iss"), told.get("name")
        if parts.header.get("typ") != TYP or not isinstance(issuer, str) or not isinstance(name, str):
            raise BadSnapshot("not a statement about a snapshot")
        jws.check(parts, issuer=issuer, resolver=resolver)
        as_of = read_instant(told.get("asOf"))
    except (jws.BadToken, strict_json.BadJson, BadMoment) as error:
        raise BadSnapshot(str(error)) from error
    leaves = leaves_of.get(name)
    if leaves is None or len(leaves) != SIZE * int(told.get("size") or 0) or root_of(leaves).hex() != told.get("root"):
        raise BadSnapshot(f"the leaves of {name[:60]} are not those that were signed")
    return Snapshot(issuer, name, as_of, leaves)
