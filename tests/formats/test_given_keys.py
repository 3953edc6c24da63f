"""Keys that the verifier got by another way: read from a file, and for their owner alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assaymark.formats.given_keys import BadKeys, read_keys, short_names
from assaymark.formats.keys import ed25519, multikey
from assaymark.formats.multibase import base64url_encode
from tests.trust_cast import HANSE, STRANGER

ISSUER = "https://issuer.example/"


def method(name: str = "key-1", signer: Any = HANSE, **changes: Any) -> dict[str, Any]:
    """A single verification method, as a Multikey."""
    return {
        "id": f"{ISSUER}#{name}",
        "type": "Multikey",
        "controller": ISSUER,
        "publicKeyMultibase": multikey(ed25519(signer.public_key)),
    } | changes


def read(value: Any) -> dict[str, dict[str, Any]]:
    return read_keys(json.dumps(value).encode())


class TestAFileOfKeys:
    def test_may_be_a_document(self) -> None:
        document = {"id": ISSUER, "verificationMethod": [method()], "assertionMethod": [method()["id"]]}
        assert read(document) == {ISSUER: document}

    def test_may_be_a_single_key_with_its_owner(self) -> None:
        found = read(method())[ISSUER]
        assert found["assertionMethod"] == [f"{ISSUER}#key-1"]
        assert found["verificationMethod"] == [method()]

    def test_may_hold_several_keys_of_one_owner_and_of_others(self) -> None:
        other = method(controller="https://other.example/")
        found = read([method(), method("key-2", STRANGER), other])
        assert found[ISSUER]["assertionMethod"] == [f"{ISSUER}#key-1", f"{ISSUER}#key-2"]
        assert set(found) == {ISSUER, "https://other.example/"}

    @pytest.mark.parametrize(
        "value",
        [
            [],
            {},
            5,
            "x",
            [5],
            {"id": 5},
            {"id": f"{ISSUER}#key-1", "type": "Multikey"},
            {"keys": [method()]},
            [{"id": ISSUER, "verificationMethod": "x"}, method()],
            [method()] * 101,
        ],
        ids=repr,
    )
    def test_that_holds_none_is_refused(self, value: Any) -> None:
        with pytest.raises(BadKeys):
            read(value)

    @pytest.mark.parametrize("data", [b"", b"{", b"[" * 10_000, b'{"id":"a","id":"b"}', b" " * 300_000])
    def test_that_is_no_json_is_refused(self, data: bytes) -> None:
        with pytest.raises(BadKeys):
            read_keys(data)


class TestShortNames:
    def test_are_what_a_jwk_calls_itself(self) -> None:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(HANSE.public_key), "kid": "thumb"}
        assert short_names(read(method(type="JsonWebKey", publicKeyJwk=jwk))[ISSUER]) == {"thumb": f"{ISSUER}#key-1"}

    @pytest.mark.parametrize("jwk", [None, 5, {}, {"kid": 5}])
    def test_are_none_where_there_are_none(self, jwk: Any) -> None:
        assert short_names(read(method(publicKeyJwk=jwk))[ISSUER]) == {}
        assert short_names({"verificationMethod": "x"}) == {}
