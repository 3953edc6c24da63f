"""Public keys: three kinds, one spelling each, and signatures that hold for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from assaymark.formats.keys import BadKey, KeyKind, PublicKey, ed25519, from_jwk, from_multikey, multikey
from assaymark.formats.multibase import base58_encode, base64url_encode
from tests.trust_cast import HANSE

CURVES: dict[KeyKind, tuple[ec.EllipticCurve, hashes.HashAlgorithm, int]] = {
    KeyKind.P256: (ec.SECP256R1(), hashes.SHA256(), 32),
    KeyKind.P384: (ec.SECP384R1(), hashes.SHA384(), 48),
}


def pair(kind: KeyKind) -> tuple[ec.EllipticCurvePrivateKey, dict[str, Any]]:
    """A private key and its public JWK."""
    curve, _, size = CURVES[kind]
    private = ec.derive_private_key(9001, curve)
    numbers = private.public_key().public_numbers()
    x, y = (base64url_encode(value.to_bytes(size, "big")) for value in (numbers.x, numbers.y))
    return private, {"kty": "EC", "crv": str(kind), "x": x, "y": y}


def signature(kind: KeyKind, message: bytes) -> bytes:
    private, _ = pair(kind)
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(CURVES[kind][1])))
    return r.to_bytes(CURVES[kind][2], "big") + s.to_bytes(CURVES[kind][2], "big")


class TestEllipticKeys:
    @pytest.mark.parametrize("kind", CURVES)
    def test_hold_what_they_signed_and_nothing_else(self, kind: KeyKind) -> None:
        key, good = from_jwk(pair(kind)[1]), signature(kind, b"message")
        assert key.holds(message=b"message", signature=good)
        assert not key.holds(message=b"massage", signature=good)
        for wrong in (b"", good[:-1], good + b"\0", bytes(len(good)), b"\xff" * len(good), good[::-1]):
            assert not key.holds(message=b"message", signature=wrong)

    @pytest.mark.parametrize("kind", CURVES)
    def test_are_the_same_as_jwk_and_as_multikey(self, kind: KeyKind) -> None:
        key = from_jwk(pair(kind)[1])
        assert from_multikey(multikey(key)) == key

    def test_do_not_hold_for_the_other_curve(self) -> None:
        key = from_jwk(pair(KeyKind.P256)[1])
        assert not key.holds(message=b"message", signature=signature(KeyKind.P384, b"message"))

    @pytest.mark.parametrize(
        "change",
        [{"y": "AA"}, {"x": None}, {"crv": "P-521"}, {"kty": "RSA"}, {"x": base64url_encode(bytes(32))}, {"x": "=="}],
    )
    def test_that_are_malformed_are_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(BadKey):
            from_jwk(pair(KeyKind.P256)[1] | change)

    def test_with_private_parts_are_refused(self) -> None:
        with pytest.raises(BadKey, match="private parts"):
            from_jwk(pair(KeyKind.P256)[1] | {"d": "AA"})

    def test_off_the_curve_are_refused(self) -> None:
        with pytest.raises(BadKey, match="no point"):
            from_multikey(multikey(PublicKey(KeyKind.P256, b"\x02" + b"\xff" * 32)))


class TestEdwardsKeys:
    def test_hold_what_they_signed_and_nothing_else(self) -> None:
        key, good = ed25519(HANSE.public_key), HANSE.sign(b"message")
        assert key.holds(message=b"message", signature=good)
        assert not key.holds(message=b"massage", signature=good)
        assert not key.holds(message=b"message", signature=good + b"\0")

    def test_are_read_from_a_jwk(self) -> None:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(HANSE.public_key)}
        assert from_jwk(jwk) == ed25519(HANSE.public_key)

    @pytest.mark.parametrize("size", [0, 31, 33])
    def test_have_32_bytes(self, size: int) -> None:
        with pytest.raises(BadKey, match="32 bytes"):
            ed25519(bytes(size))


class TestAMultikey:
    @pytest.mark.parametrize(
        ("code", "name"),
        [(b"\xe7\x01", "secp256k1"), (b"\xec\x01", "X25519"), (b"\x85\x24", "RSA"), (b"\x82\x24", "P-521")],
    )
    def test_of_another_kind_is_refused_by_name(self, code: bytes, name: str) -> None:
        with pytest.raises(BadKey, match=name):
            from_multikey("z" + base58_encode(code + bytes(32)))

    @pytest.mark.parametrize("text", ["", "z", "z0", "m6MkrJ", "z" + "1" * 500, multikey(ed25519(bytes(32))) + "1"])
    def test_that_is_malformed_is_refused(self, text: str) -> None:
        with pytest.raises(BadKey):
            from_multikey(text)
