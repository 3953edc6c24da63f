"""Public keys: three kinds, one spelling each, and signatures that hold for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

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


ORDERS = {
    KeyKind.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    KeyKind.P384: int("f" * 48 + "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16),
}
FIELDS = {
    KeyKind.P256: 2**256 - 2**224 + 2**192 + 2**96 - 1,
    KeyKind.P384: 2**384 - 2**128 - 2**96 + 2**32 - 1,
}


@pytest.mark.parametrize("kind", CURVES)
class TestNumbersOfASignature:
    """What Wycheproof tries on signatures of fixed length (IEEE P1363): special, doubled and shortened numbers."""

    def test_that_are_special_never_hold(self, kind: KeyKind) -> None:
        key, size, n, p = from_jwk(pair(kind)[1]), CURVES[kind][2], ORDERS[kind], FIELDS[kind]
        special = [0, 1, 2, n - 1, n, n + 1, p - 1, p, p + 1, 256**size - 1]
        for r in special:
            for s in special:
                raw = r.to_bytes(size, "big") + s.to_bytes(size, "big")
                assert not key.holds(message=b"message", signature=raw), (r, s)

    def test_may_be_mirrored(self, kind: KeyKind) -> None:
        """ECDSA has two signatures of a message; both are valid, and identity must not hang on the spelling."""
        key, size, good = from_jwk(pair(kind)[1]), CURVES[kind][2], signature(kind, b"message")
        s = int.from_bytes(good[size:], "big")
        assert key.holds(message=b"message", signature=good[:size] + (ORDERS[kind] - s).to_bytes(size, "big"))

    def test_that_are_changed_by_the_order_of_the_group_do_not_hold(self, kind: KeyKind) -> None:
        key, size, good, n = from_jwk(pair(kind)[1]), CURVES[kind][2], signature(kind, b"message"), ORDERS[kind]
        r, s = (int.from_bytes(part, "big") for part in (good[:size], good[size:]))
        for first, second in ((n - r, s), (r + n, s), (r, s + n), (r + 256 * n, s), (s, r), (r, s + 256**size)):
            for width in (size, size + 1, size + 8):
                if max(first, second) < 256**width:
                    raw = first.to_bytes(width, "big") + second.to_bytes(width, "big")
                    assert not key.holds(message=b"message", signature=raw)

    def test_have_the_full_length_or_do_not_hold(self, kind: KeyKind) -> None:
        key, size, good = from_jwk(pair(kind)[1]), CURVES[kind][2], signature(kind, b"message")
        r, s = good[:size], good[size:]
        der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        for raw in (der, b"\0" + r + b"\0" + s, r + s + b"\0", b"\0" + r + s, r, r[1:] + s, r + s[1:], s + r):
            assert not key.holds(message=b"message", signature=raw)


@given(st.binary(max_size=200), st.binary(max_size=80))
def test_no_key_holds_what_nobody_signed(message: bytes, raw: bytes) -> None:
    for key in (ed25519(HANSE.public_key), from_jwk(pair(KeyKind.P256)[1]), from_jwk(pair(KeyKind.P384)[1])):
        size = 64 if key.kind is KeyKind.ED25519 else 2 * (len(key.raw) - 1)
        for signature_ in (raw, raw[:size].ljust(size, b"\0")):
            assert not key.holds(message=message, signature=signature_)


class TestEdwardsNumbers:
    """RFC 8032 section 5.1.7, and what is stricter here: small-order points and second spellings of a point."""

    ORDER = 2**252 + 27742317777372353535851937790883648493

    def test_of_a_signature_have_one_spelling(self) -> None:
        key, good = ed25519(HANSE.public_key), HANSE.sign(b"message")
        s = int.from_bytes(good[32:], "little")
        for other in (s + self.ORDER, s + 2 * self.ORDER, self.ORDER - s, 0, self.ORDER, 2**255 + s, 2**256 - 1):
            if other < 2**256:
                assert not key.holds(message=b"message", signature=good[:32] + other.to_bytes(32, "little"))

    def test_of_a_point_have_one_spelling(self) -> None:
        """y and y + p are the same point; the second spelling of a key or of R is refused."""
        p = 2**255 - 19
        for y in range(19):
            for sign in (0, 1):
                raw = bytearray((y + p).to_bytes(32, "little"))
                raw[31] |= sign << 7
                for r in (bytes(raw), HANSE.sign(b"message")[:32]):
                    assert not ed25519(bytes(raw)).holds(message=b"message", signature=r + bytes(32))
                assert not ed25519(HANSE.public_key).holds(message=b"message", signature=bytes(raw) + bytes(32))

    def test_turned_by_a_bit_do_not_hold(self) -> None:
        key, good = ed25519(HANSE.public_key), HANSE.sign(b"message")
        for bit in range(512):
            turned = bytearray(good)
            turned[bit >> 3] ^= 1 << (bit & 7)
            assert not key.holds(message=b"message", signature=bytes(turned))


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
