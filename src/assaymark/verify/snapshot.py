"""Signed snapshots of a register: one signature over all of a body's certificates (RFC 6962 tree).

A snapshot is a file with the certificates of a body in the order of their status indexes, as lines that give the
content of each (`formats.register_lines`), and a signed statement of the root of its lines (``snapshot+jwt``: iss,
name, asOf, size, root). When the root of the lines is the signed one, each content is its body's word, and no signature
of its own needs to be checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import orjson

from assaymark.formats import jws, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant

TYP = "snapshot+jwt"


class BadSnapshot(ValueError):
    """The statement cannot be used: nothing that it covers is authentic."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a body signed about its register: how many lines, and the root of their tree."""

    issuer: str
    name: str
    as_of: dt.datetime
    size: int
    root: bytes

    def covers(self, leaves: Sequence[bytes]) -> bool:
        """Tell whether these leaves, in this order, are all that was signed."""
        return len(leaves) == self.size and root_of(leaves) == self.root


def leaf(line: bytes) -> bytes:
    """The leaf hash of a line (RFC 6962 section 2.1)."""
    return sha256(b"\0" + line).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaves, level by level; of nothing, the hash of nothing."""
    level = list(leaves)
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        pairs = iter(level)
        above = [sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def sign(leaves: Sequence[bytes], *, name: str, key: jws.Signer, at: dt.datetime) -> str:
    """The signed statement about a register. ``name`` is that of its file, without ending."""
    told: dict[str, object] = {"iss": key.did, "name": name, "asOf": instant(at)}
    told |= {"size": len(leaves), "root": root_of(leaves).hex()}
    return jws.sign(orjson.dumps(told), signer=key, typ=TYP)


def read(token: str, *, resolver: Resolver) -> Statement:
    """Check a statement; raises :class:`BadSnapshot`."""
    try:
        parts = jws.split(token)
        told = strict_json.loads_object(parts.payload, max_bytes=4096)
        issuer, name, size, root = (told.get(member) for member in ("iss", "name", "size", "root"))
        if parts.header.get("typ") != TYP or not isinstance(issuer, str) or not isinstance(name, str):
            raise BadSnapshot("not a statement about a snapshot")
        jws.check(parts, issuer=issuer, resolver=resolver)
        if not isinstance(size, int) or not isinstance(root, str):
            raise BadSnapshot("size or root is missing")
        return Statement(issuer, name, read_instant(told.get("asOf")), size, bytes.fromhex(root))
    except (jws.BadToken, strict_json.BadJson, BadMoment, ValueError) as error:
        raise BadSnapshot(str(error)) from error
