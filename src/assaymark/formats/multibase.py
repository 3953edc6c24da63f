"""Multibase and multihash, as far as credentials need them: base58btc, base64url, SHA-256 digests.

Decoders accept one spelling only: what does not re-encode to the same text is refused, so that no byte can be
changed without being noticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_INDEX = {char: value for value, char in enumerate(_ALPHABET)}
_SHA2_256 = b"\x12\x20"
MAX_BASE58 = 200  # base58 decoding is quadratic; keys and digests are far shorter


class EncodingError(ValueError):
    """The text is not in the one accepted spelling of its encoding."""


def base58_encode(data: bytes) -> str:
    """Encode bytes in base58 with the Bitcoin alphabet."""
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base58_decode(text: str) -> bytes:
    """Decode base58; raises :class:`EncodingError` on foreign characters or more than 200 of them."""
    if len(text) > MAX_BASE58:
        raise EncodingError("base58 text is too long")
    number = 0
    for char in text:
        if char not in _INDEX:
            raise EncodingError(f"{char!r} is not a base58 character")
        number = number * 58 + _INDEX[char]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url_encode(data: bytes) -> str:
    """Encode bytes in base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: str | bytes) -> bytes:
    """Decode base64url without padding; unused bits that are set, padding and foreign characters are refused."""
    raw = text.encode("ascii", "replace") if isinstance(text, str) else text
    try:
        data = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise EncodingError("not base64url") from error
    if base64.urlsafe_b64encode(data).rstrip(b"=") != raw:
        raise EncodingError("base64url in another than its one spelling")
    return data


def digest_multibase(data: bytes) -> str:
    """Return the SHA-256 multihash of bytes in multibase base58btc, as ``digestMultibase`` wants it."""
    return "z" + base58_encode(_SHA2_256 + hashlib.sha256(data).digest())


def digest_matches(digest: str, data: bytes) -> bool:
    """Tell whether a ``digestMultibase`` (base58btc or base64url, SHA-256) belongs to the bytes."""
    try:
        raw = base58_decode(digest[1:]) if digest[:1] == "z" else base64url_decode(digest[1:])
    except EncodingError:
        return False
    return digest[:1] in ("z", "u") and raw == _SHA2_256 + hashlib.sha256(data).digest()
