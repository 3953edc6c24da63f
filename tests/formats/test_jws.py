"""Compact signatures: one algorithm, one key, one spelling."""

from __future__ import annotations

import hashlib
import hmac

import orjson
import pytest

from assaymark.formats import jws
from assaymark.formats.did import KeyResolver, key_id
from assaymark.formats.multibase import base64url_encode
from tests.trust_cast import HANSE, STRANGER

PAYLOAD = b'{"x":1}'
GOOD = {"alg": "EdDSA", "typ": "vc+jwt", "kid": key_id(HANSE.did), "iss": HANSE.did}


def token(header: dict[str, object], *, payload: bytes = PAYLOAD, signer: jws.Signer = HANSE) -> str:
    """Sign whatever header a test wants."""
    text = f"{base64url_encode(orjson.dumps(header))}.{base64url_encode(payload)}"
    return f"{text}.{base64url_encode(signer.sign(text.encode()))}"


def accept(text: str, issuer: str = HANSE.did) -> bytes:
    """Take apart and check, as every reader does."""
    parts = jws.split(text)
    jws.check(parts, issuer=issuer, resolver=KeyResolver())
    return parts.payload


class TestAToken:
    def test_round_trip(self) -> None:
        assert accept(jws.sign(PAYLOAD, signer=HANSE, typ="vc+jwt", cty="vc")) == PAYLOAD

    def test_accepts_the_newer_name_of_the_algorithm(self) -> None:
        assert accept(token(GOOD | {"alg": "Ed25519"})) == PAYLOAD

    @pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256", "ES256", "eddsa", None, 1, ["EdDSA"]])
    def test_with_another_algorithm_is_refused(self, alg: object) -> None:
        with pytest.raises(jws.BadToken, match="algorithm"):
            accept(token(GOOD | {"alg": alg}))

    def test_signed_by_hmac_with_the_public_key_is_refused(self) -> None:
        text = f"{base64url_encode(orjson.dumps(GOOD | {'alg': 'HS256'}))}.{base64url_encode(PAYLOAD)}"
        mac = hmac.new(HANSE.public_key, text.encode(), hashlib.sha256).digest()
        with pytest.raises(jws.BadToken, match="algorithm"):
            accept(f"{text}.{base64url_encode(mac)}")

    def test_without_signature_is_refused(self) -> None:
        with pytest.raises(jws.BadToken, match="signature"):
            accept(token(GOOD).rpartition(".")[0] + ".")

    @pytest.mark.parametrize("name", ["jwk", "jku", "x5c", "x5u", "crit", "b64", "zip"])
    def test_that_brings_its_own_key_or_demands_is_refused(self, name: str) -> None:
        with pytest.raises(jws.BadToken, match=name):
            accept(token(GOOD | {name: {}}))

    def test_signed_by_another_key_is_refused(self) -> None:
        with pytest.raises(jws.BadToken, match="another key signed"):
            accept(token(GOOD, signer=STRANGER))

    def test_naming_another_issuers_key_is_refused(self) -> None:
        with pytest.raises(jws.BadToken, match="not the issuer's"):
            accept(token(GOOD | {"kid": key_id(STRANGER.did)}, signer=STRANGER))

    def test_naming_another_issuer_in_the_header_is_refused(self) -> None:
        with pytest.raises(jws.BadToken, match="different issuers"):
            accept(token(GOOD | {"iss": STRANGER.did}))

    def test_of_a_did_key_needs_no_key_id(self) -> None:
        header = {name: value for name, value in GOOD.items() if name != "kid"}
        assert accept(token(header)) == PAYLOAD
        with pytest.raises(jws.BadToken, match="another key signed"):
            accept(token(header, signer=STRANGER))

    @pytest.mark.parametrize("kid", ["#" + HANSE.did.removeprefix("did:key:"), HANSE.did])
    def test_may_name_its_key_in_short(self, kid: str) -> None:
        assert accept(token(GOOD | {"kid": kid})) == PAYLOAD

    @pytest.mark.parametrize("kid", ["#", "#" + STRANGER.did.removeprefix("did:key:"), "", None, 5])
    def test_that_names_no_key_of_the_issuers_in_short_is_refused(self, kid: object) -> None:
        with pytest.raises(jws.BadToken, match=r"no key|not the issuer's"):
            accept(token(GOOD | {"kid": kid}))

    def test_of_another_issuer_without_key_id_is_refused(self) -> None:
        parts = jws.split(token({"alg": "EdDSA"}))
        with pytest.raises(jws.BadToken, match="no key"):
            jws.check(parts, issuer="did:web:hanse.example", resolver=KeyResolver())

    def test_with_a_member_twice_in_its_header_is_refused(self) -> None:
        header = b'{"alg":"EdDSA","alg":"EdDSA"}'
        with pytest.raises(jws.BadToken, match="twice"):
            jws.split(f"{base64url_encode(header)}.e30.AA")

    @pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "é.é.é"])
    def test_that_is_malformed_is_refused(self, text: str) -> None:
        with pytest.raises(jws.BadToken):
            jws.split(text)

    def test_larger_than_a_megabyte_is_refused(self) -> None:
        with pytest.raises(jws.BadToken, match="megabyte"):
            jws.split("a" * (jws.MAX_TOKEN + 1))

    def test_has_no_byte_that_can_change_unnoticed(self) -> None:
        good = jws.sign(PAYLOAD, signer=HANSE, typ="vc+jwt", cty="vc").encode()
        for position in range(len(good)):
            for mask in (0x01, 0x20):
                edited = bytearray(good)
                edited[position] ^= mask
                with pytest.raises(jws.BadToken):
                    accept(edited.decode("latin-1"))
