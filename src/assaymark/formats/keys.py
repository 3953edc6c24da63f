"""Public keys of issuers: Ed25519, P-256 and P-384, as Multikey (W3C CID 1.0 section 2.2.2) or JWK (RFC 7517).

Rules that hold here
* Ed25519 verifies with libsodium, which refuses small-order and malformed points.
* ECDSA signatures are ``r ‖ s`` of fixed length (RFC 7518 section 3.4), P-256 with SHA-256, P-384 with SHA-384.
* A key has one spelling; a JWK that carries private parts is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from assaymark.formats.multibase import EncodingError, base58_decode, base58_encode, base64url_decode
from assaymark.formats.strict_json import Json


class BadKey(ValueError):
    """The key is malformed, or of a kind that is not accepted."""


class KeyKind(StrEnum):
    """Kinds of keys that may sign."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"


_CODES = {KeyKind.ED25519: b"\xed\x01", KeyKind.P256: b"\x80\x24", KeyKind.P384: b"\x81\x24"}
_LENGTHS = {KeyKind.ED25519: 32, KeyKind.P256: 33, KeyKind.P384: 49}
_CURVES: dict[KeyKind, ec.EllipticCurve] = {KeyKind.P256: ec.SECP256R1(), KeyKind.P384: ec.SECP384R1()}
_HASHES: dict[KeyKind, hashes.HashAlgorithm] = {KeyKind.P256: hashes.SHA256(), KeyKind.P384: hashes.SHA384()}
_FOREIGN = {b"\xe7\x01": "secp256k1", b"\xec\x01": "X25519", b"\x85\x24": "RSA", b"\x82\x24": "P-521"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its kind, and 32 raw bytes (Ed25519) or the compressed point (33 or 49 bytes)."""

    kind: KeyKind
    raw: bytes

    def holds(self, *, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature over the message belongs to this key; never raises on hostile input."""
        if self.kind is KeyKind.ED25519:
            return _ed25519_holds(self.raw, message, signature)
        size = (len(self.raw) - 1) * 2
        if len(signature) != size:
            return False
        r, s = (int.from_bytes(part, "big") for part in (signature[: size // 2], signature[size // 2 :]))
        try:
            _point(self).verify(encode_dss_signature(r, s), message, ec.ECDSA(_HASHES[self.kind]))
        except (InvalidSignature, ValueError):
            return False
        return True


@lru_cache(maxsize=8192)
def _verifier(raw: bytes) -> VerifyKey:
    return VerifyKey(raw)


def _ed25519_holds(raw: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64 or len(raw) != 32:
        return False
    try:
        _verifier(raw).verify(message, signature)
    except BadSignatureError:
        return False
    return True


@lru_cache(maxsize=1024)
def _point(key: PublicKey) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[key.kind], key.raw)


def ed25519(raw: bytes) -> PublicKey:
    """Return the key of 32 raw bytes."""
    if len(raw) != 32:
        raise BadKey("an Ed25519 public key has 32 bytes")
    return PublicKey(KeyKind.ED25519, raw)


def multikey(key: PublicKey) -> str:
    """Return the key as ``publicKeyMultibase`` (base58btc)."""
    return "z" + base58_encode(_CODES[key.kind] + key.raw)


@lru_cache(maxsize=8192)
def from_multikey(text: str) -> PublicKey:
    """Read ``publicKeyMultibase``; raises :class:`BadKey`."""
    try:
        data = base58_decode(text[1:]) if text[:1] == "z" else b""
    except EncodingError as error:
        raise BadKey("the key is not base58btc text") from error
    if data[:2] in _FOREIGN:
        raise BadKey(f"a {_FOREIGN[data[:2]]} key is not accepted; Ed25519, P-256 and P-384 are")
    for kind, code in _CODES.items():
        if data[:2] == code:
            key = PublicKey(kind, data[2:])
            if len(key.raw) != _LENGTHS[kind] or multikey(key) != text:
                raise BadKey(f"the {kind} key is malformed or not in its one spelling")
            _check_point(key)
            return key
    raise BadKey("the key is of no kind that is accepted; Ed25519, P-256 and P-384 are")


def _check_point(key: PublicKey) -> None:
    if key.kind is KeyKind.ED25519:
        return
    try:
        _point(key)
    except ValueError as error:
        raise BadKey(f"the {key.kind} key is no point of its curve") from error


def from_jwk(jwk: dict[str, Json]) -> PublicKey:
    """Read a public JWK (``OKP`` Ed25519, ``EC`` P-256 or P-384); raises :class:`BadKey`."""
    if "d" in jwk or "k" in jwk:
        raise BadKey("the key carries private parts; publish the public key only, and consider this one lost")
    try:
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            return ed25519(base64url_decode(str(jwk.get("x"))))
        if jwk.get("kty") == "EC" and jwk.get("crv") in ("P-256", "P-384"):
            kind = KeyKind(str(jwk["crv"]))
            x, y = base64url_decode(str(jwk.get("x"))), base64url_decode(str(jwk.get("y")))
            if len(x) != _LENGTHS[kind] - 1 or len(y) != len(x):
                raise BadKey(f"the coordinates of the {kind} key have the wrong length")
            point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], b"\x04" + x + y)
            compressed = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
            return PublicKey(kind, compressed)
    except (EncodingError, ValueError) as error:
        raise BadKey(f"the key is malformed: {error}") from error
    raise BadKey("the key is of no kind that is accepted; Ed25519, P-256 and P-384 are")
