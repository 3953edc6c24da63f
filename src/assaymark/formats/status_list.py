"""Bitstring Status List v1.0 (W3C): one signed bit string per issuer and purpose, as ``vc+jwt``.

Rules that hold here
* 131,072 bits at least, gzip, base64url multibase; the first bit is the left-most (sections 2.2, 3.2, 3.3).
* ``validFrom`` says when the list was written: the age of what we know. ``validUntil`` says until when it may be used.
* Unpacking is capped; a wrong length, purpose, issuer or index is refused, never read as "not set".
"""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from assaymark.formats import jws, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant
from assaymark.formats.multibase import EncodingError, base64url_decode, base64url_encode

SIZE = 131_072
MAX_BITS = 16 * 1024 * 1024 * 8
KEPT = 256 * 1024
PURPOSES = ("suspension", "revocation")
CONTEXT = "https://www.w3.org/ns/credentials/v2"


class BadStatusList(ValueError):
    """The list cannot be used; what it would have said stays unknown."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A status list whose signature holds. ``written`` is its ``validFrom``; ``encoded`` was unpacked once, to check.

    Of more than two million entries the unpacked string is not kept: many such lists in one file would fill memory.
    """

    id: str
    issuer: str
    purpose: str
    written: dt.datetime
    valid_until: dt.datetime | None
    encoded: str
    kept: bytes = b""

    @property
    def bits(self) -> bytes:
        """The unpacked string."""
        return self.kept or decode(self.encoded)

    def is_set(self, index: int) -> bool:
        """Tell whether the bit is set; raises :class:`BadStatusList` outside the list."""
        bits = self.bits
        if not 0 <= index < len(bits) * 8:
            raise BadStatusList(f"index {index} lies outside a list of {len(bits) * 8} entries")
        return bool(bits[index >> 3] & (0x80 >> (index & 7)))


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
    issuer = claims.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(did, str):
        raise BadStatusList("issuer, type or subject is missing")
    if parts.header.get("typ") != "vc+jwt":
        raise BadStatusList("the token is not of type vc+jwt")
    try:
        jws.check(parts, issuer=did, resolver=resolver)
    except jws.BadToken as error:
        raise BadStatusList(str(error)) from error
    return status_list_from(claims, issuer=did)


def status_list_from(claims: dict[str, strict_json.Json], *, issuer: str) -> StatusList:
    """Read a list whose signature was checked; raises :class:`BadStatusList`."""
    subject, types = claims.get("credentialSubject"), claims.get("type")
    if not (isinstance(subject, dict) and isinstance(types, list)):
        raise BadStatusList("issuer, type or subject is missing")
    if "BitstringStatusListCredential" not in types or subject.get("type") != "BitstringStatusList":
        raise BadStatusList("not a Bitstring Status List")
    purpose, encoded, list_id = subject.get("statusPurpose"), subject.get("encodedList"), claims.get("id")
    if not (isinstance(purpose, str) and isinstance(encoded, str) and isinstance(list_id, str)):
        raise BadStatusList("purpose, list or identifier is missing")
    try:
        written = read_instant(claims.get("validFrom"))
        until = read_instant(claims["validUntil"]) if "validUntil" in claims else None
    except BadMoment as error:
        raise BadStatusList(str(error)) from error
    bits = decode(encoded)
    return StatusList(list_id, issuer, purpose, written, until, encoded, bits if len(bits) <= KEPT else b"")
