"""Bitstring Status List v1.0 (W3C): one signed bit string per issuer and purpose, as ``vc+jwt``.

Rules that hold here
* 131,072 bits at least, gzip, base64url multibase; the first bit is the left-most (sections 2.2, 3.2, 3.3).
* ``validFrom`` (without it, when it was signed) says when the list was written: the age of what we know.
  ``validUntil`` and ``exp`` say until when it may be used; ``ttl`` concerns caches, and our limit of age is shorter.
* A list may serve several purposes, and an entry may have several bits (``statusSize``): set is what is not zero.
* Unpacking is capped; a wrong length, purpose, issuer or index is refused, never read as "not set".
"""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from assaymark.formats import jws, secured, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant
from assaymark.formats.multibase import EncodingError, base64url_decode, base64url_encode

SIZE = 131_072
MAX_BITS = 16 * 1024 * 1024 * 8
KEPT = 256 * 1024
MAX_ENTRY = 64
MAX_PURPOSES = 8
PURPOSES = ("suspension", "revocation")
CONTEXT = "https://www.w3.org/ns/credentials/v2"


class BadStatusList(ValueError):
    """The list cannot be used; what it would have said stays unknown."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A status list whose signature holds. ``written`` is its ``validFrom``; ``encoded`` was unpacked once, to check.

    ``purpose`` is the first of ``purposes``; ``size`` how many bits an entry has. Of more than two million entries the
    unpacked string is not kept: many such lists in one file would fill memory.
    """

    id: str
    issuer: str
    purpose: str
    written: dt.datetime
    valid_until: dt.datetime | None
    encoded: str
    kept: bytes = b""
    purposes: tuple[str, ...] = ()
    size: int = 1

    @property
    def bits(self) -> bytes:
        """The unpacked string."""
        return self.kept or decode(self.encoded)

    def is_set(self, index: int, *, size: int | None = None) -> bool:
        """Tell whether an entry is not zero; raises :class:`BadStatusList` outside the list.

        ``size``: how many bits the entry has, as the credential says; ``None``: as the list says.
        """
        size = self.size if size is None else size
        if size != self.size and self.size != 1:
            raise BadStatusList("list and credential differ on how many bits an entry has")
        bits = self.bits
        entries = len(bits) * 8 // size
        if entries < SIZE:
            raise BadStatusList(f"the list has {entries} entries of {size} bits; {SIZE} is the least")
        if not 0 <= index < entries:
            raise BadStatusList(f"index {index} lies outside a list of {entries} entries")
        return any(bits[at >> 3] & (0x80 >> (at & 7)) for at in range(index * size, index * size + size))


def encode(indices: Iterable[int], *, size: int = SIZE) -> str:
    """Return ``encodedList`` with the given bits set."""
    bits = bytearray(size // 8)
    for index in indices:
        if not 0 <= index < size:
            raise ValueError(f"index {index} lies outside a list of {size} entries")
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64url_encode(gzip.compress(bytes(bits), mtime=0))


def decode(encoded: str) -> bytes:
    """Unpack ``encodedList`` within bounds; raises :class:`BadStatusList`."""
    if encoded[:1] != "u":
        raise BadStatusList("the encoded list is not base64url multibase (it starts with 'u')")
    try:
        packed = base64url_decode(encoded[1:])
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, MAX_BITS // 8 + 1)
    except (EncodingError, zlib.error) as error:
        raise BadStatusList("the encoded list cannot be unpacked") from error
    if len(bits) > MAX_BITS // 8:
        raise BadStatusList("the encoded list unpacks to more than 16 MiB")
    if not unpacker.eof or unpacker.unused_data:
        raise BadStatusList("the encoded list is cut off or has something after its end")
    if len(bits) * 8 < SIZE:
        raise BadStatusList(f"the list has {len(bits) * 8} entries; {SIZE} is the least")
    return bits


def issue_status_list(
    *,
    list_id: str,
    purpose: str,
    indices: Iterable[int],
    key: jws.Signer,
    written: dt.datetime,
    valid_until: dt.datetime,
    issuer_name: str = "",
    size: int = SIZE,
) -> str:
    """Return the signed list (``vc+jwt``). ``list_id`` is its absolute URL; ``written`` the moment it describes."""
    if purpose not in PURPOSES:
        raise ValueError(f"purpose is one of {', '.join(PURPOSES)}")
    issuer: dict[str, str] = {"id": key.did} | ({"name": issuer_name} if issuer_name else {})
    credential = {
        "@context": [CONTEXT],
        "id": list_id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(written),
        "validUntil": instant(valid_until),
        "credentialSubject": {
            "id": f"{list_id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(indices, size=size),
        },
    }
    return jws.sign(orjson.dumps(credential), signer=key, typ="vc+jwt", cty="vc")


def read_status_list(token: str, *, resolver: Resolver) -> StatusList:
    """Check signature and form of a signed list; raises :class:`BadStatusList`."""
    try:
        parts = jws.split(token)
        claims = strict_json.loads_object(parts.payload)
    except (jws.BadToken, strict_json.BadJson) as error:
        raise BadStatusList(str(error)) from error
    return status_list_of(parts, claims, resolver=resolver)


def status_list_of(parts: jws.Token, claims: dict[str, strict_json.Json], *, resolver: Resolver) -> StatusList:
    """Check a list that is already taken apart; raises :class:`BadStatusList`."""
    try:
        return status_list_from(secured.check_token(parts, claims, resolver=resolver))
    except (secured.BadSecured, secured.UnsupportedSecured) as error:
        raise BadStatusList(str(error)) from error


def status_list_from(found: secured.Secured) -> StatusList:
    """Read a list whose signature was checked; raises :class:`BadStatusList`."""
    claims = found.claims
    subject, types = claims.get("credentialSubject"), claims.get("type")
    if not (isinstance(subject, dict) and isinstance(types, list)):
        raise BadStatusList("type or subject is missing")
    if "BitstringStatusListCredential" not in types or subject.get("type") != "BitstringStatusList":
        raise BadStatusList("not a Bitstring Status List")
    encoded, list_id = subject.get("encodedList"), claims.get("id")
    if not (isinstance(encoded, str) and isinstance(list_id, str)):
        raise BadStatusList("list or identifier is missing")
    purposes = _purposes(subject.get("statusPurpose"))
    size = entry_size(subject.get("statusSize", 1))
    try:
        written = read_instant(claims["validFrom"]) if "validFrom" in claims else found.signed_at
        ends = [read_instant(claims["validUntil"])] if "validUntil" in claims else []
    except BadMoment as error:
        raise BadStatusList(str(error)) from error
    if written is None:
        raise BadStatusList("the list does not say when it was written (validFrom)")
    until = min([*ends, *([found.expires] if found.expires else [])], default=None)
    bits = decode(encoded)
    if len(bits) * 8 // size < SIZE:
        raise BadStatusList(f"the list has {len(bits) * 8 // size} entries of {size} bits; {SIZE} is the least")
    kept = bits if len(bits) <= KEPT else b""
    return StatusList(list_id, found.issuer, purposes[0], written, until, encoded, kept, purposes, size)


def _purposes(value: strict_json.Json) -> tuple[str, ...]:
    named = value if isinstance(value, list) else [value]
    if not 0 < len(named) <= MAX_PURPOSES or not all(isinstance(one, str) and one for one in named):
        raise BadStatusList("purpose is missing or malformed")
    return tuple(named)


def entry_size(value: strict_json.Json) -> int:
    """Read ``statusSize``, how many bits an entry has; raises :class:`BadStatusList`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_ENTRY:
        raise BadStatusList("statusSize is not a number of bits")
    return value
