"""did:key: the identifier is the key, in one spelling only."""

from __future__ import annotations

import pytest
from nacl.signing import SigningKey

from assaymark.formats.did import (
    KeyResolver,
    UnresolvedIdentifier,
    did_key,
    key_id,
    public_key_of,
)
from assaymark.formats.keys import ed25519
from assaymark.formats.multibase import base58_encode

PAIR = SigningKey(bytes(range(32)))
PUBLIC = bytes(PAIR.verify_key)
DID = did_key(PUBLIC)


def multikey(prefix: bytes, key: bytes = PUBLIC) -> str:
    return "did:key:z" + base58_encode(prefix + key)


class TestADidKey:
    def test_gives_back_its_key(self) -> None:
        assert public_key_of(DID) == PUBLIC

    def test_begins_like_every_ed25519_key(self) -> None:
        assert DID.startswith("did:key:z6Mk")

    @pytest.mark.parametrize(
        ("did", "why"),
        [
            ("did:web:example.org", "not a did:key"),
            ("did:key:u6Mk", "no kind that is accepted"),
            ("did:key:z0OIl", "not base58btc"),
            ("did:key:z" + "1" * 300, "not base58btc"),
            (multikey(b"\x81\x24", b"\x02" + bytes(48)), "P-384"),
            (multikey(b"\xec\x01"), "X25519"),
            (multikey(b"\xed\x01", PUBLIC[:31]), "malformed"),
            (multikey(b"\xed\x01", PUBLIC + b"\0"), "malformed"),
        ],
    )
    def test_of_another_kind_or_form_is_refused_by_name(self, did: str, why: str) -> None:
        with pytest.raises(UnresolvedIdentifier, match=why):
            public_key_of(did)

    def test_is_not_made_from_something_that_is_no_key(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            did_key(b"short")


class TestTheResolver:
    def test_accepts_the_identifiers_own_key(self) -> None:
        assert KeyResolver().verification_key(DID, key_id(DID)).key.raw == PUBLIC

    @pytest.mark.parametrize("kid", ["", "#x", "../../etc/passwd", "' OR 1=1 --", "https://evil.example/key"])
    def test_refuses_a_key_id_that_is_not_the_issuers(self, kid: str) -> None:
        with pytest.raises(UnresolvedIdentifier, match="not the issuer's"):
            KeyResolver().verification_key(DID, kid)


class TestASignature:
    def test_holds_for_its_message(self) -> None:
        assert ed25519(PUBLIC).holds(message=b"m", signature=PAIR.sign(b"m").signature)

    def test_does_not_hold_for_another_message(self) -> None:
        assert not ed25519(PUBLIC).holds(message=b"n", signature=PAIR.sign(b"m").signature)

    @pytest.mark.parametrize("length", [0, 63, 65])
    def test_of_a_wrong_length_does_not_hold(self, length: int) -> None:
        assert not ed25519(PUBLIC).holds(message=b"m", signature=bytes(length))

    @pytest.mark.parametrize("point", [b"\x01" + bytes(31), bytes(32), b"\xec" + b"\xff" * 30 + b"\x7f"])
    def test_with_a_small_order_key_never_holds(self, point: bytes) -> None:
        signature = point + bytes(32)
        assert not ed25519(point).holds(message=b"anything", signature=signature)
