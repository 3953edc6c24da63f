"""Credentials of issuers whose keys the verifier was given: an address, or a method that is not resolved here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from assaymark.cli.verify import verify as command
from assaymark.formats import data_integrity, jws
from assaymark.formats.given_keys import read_keys
from assaymark.formats.keys import ed25519, multikey
from assaymark.formats.multibase import base64url_encode
from assaymark.verify import Answer, CertificateVerdict, Input, verify
from tests.trust_cast import HANSE, NOW, STRANGER

ISSUER = "https://issuer.example/bodies/7"


class Named:
    """A key under a name of the web, as issuers without a did have."""

    def __init__(self, key: Any = HANSE, kid: str = f"{ISSUER}#key-1", did: str = ISSUER) -> None:
        self.did, self.kid, self.public_key, self.sign = did, kid, key.public_key, key.sign


def credential(issuer: str = ISSUER) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"{ISSUER}/1",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:somebody"},
    }


def token(signer: Any, issuer: str = ISSUER) -> bytes:
    return jws.sign(orjson.dumps(credential(issuer)), signer=signer, typ="vc+jwt", cty="vc").encode()


def embedded(signer: Any, issuer: str = ISSUER) -> bytes:
    return data_integrity.sign(credential(issuer), key=signer, created=NOW).encode()


def keys(controller: str = ISSUER, **changes: Any) -> list[dict[str, Any]]:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(HANSE.public_key), "kid": "thumbprint"}
    return [
        {"id": f"{controller}#key-1", "type": "JsonWebKey", "controller": controller, "publicKeyJwk": jwk} | changes,
        {
            "id": f"{controller}#key-2",
            "type": "Multikey",
            "controller": controller,
            "publicKeyMultibase": multikey(ed25519(STRANGER.public_key)),
        },
    ]


def judged(data: bytes, given: list[dict[str, Any]] | None) -> CertificateVerdict:
    documents = read_keys(json.dumps(given).encode()) if given else None
    return verify([Input("file", data)], at=NOW, documents=documents)[0]


@pytest.mark.parametrize("make", [token, embedded])
class TestAnIssuerWithAnAddress:
    def test_is_unknown_without_its_keys_and_authentic_with_them(self, make: Any) -> None:
        assert judged(make(Named()), None).authentic.answer is Answer.UNKNOWN
        assert judged(make(Named()), keys()).authentic.answer is Answer.YES

    def test_is_not_served_by_keys_of_another(self, make: Any) -> None:
        given = keys("https://other.example/")
        assert judged(make(Named()), given).authentic.answer is Answer.UNKNOWN
        foreign = keys(controller="https://other.example/")[0] | {"id": f"{ISSUER}#key-1"}
        assert judged(make(Named()), [foreign]).authentic.answer is not Answer.YES

    def test_is_not_authentic_when_another_of_its_keys_signed(self, make: Any) -> None:
        assert judged(make(Named(STRANGER)), keys()).authentic.answer is Answer.NO

    def test_is_not_authentic_when_the_file_was_changed(self, make: Any) -> None:
        data = make(Named()).replace(b"2026-01-01", b"2025-01-01")
        data = data if make is embedded else data[:-2] + (b"AA" if data[-2:] != b"AA" else b"BB")
        assert judged(data, keys()).authentic.answer is Answer.NO

    @pytest.mark.parametrize("did", ["did:jwk:eyJrdHkiOiJPS1AifQ", "did:ebsi:zabc", "did:example:vc-jose-cose"])
    def test_or_a_method_that_is_not_resolved_here_is_no_forger(self, make: Any, did: str) -> None:
        signer = Named(kid=f"{did}#key-1", did=did)
        assert judged(make(signer, did), None).authentic.answer is Answer.UNKNOWN
        assert judged(make(signer, did), keys(did)).authentic.answer is Answer.YES


def test_a_token_may_name_the_key_as_its_jwk_does() -> None:
    assert judged(token(Named(kid="thumbprint")), keys()).authentic.answer is Answer.YES
    assert judged(token(Named(kid="thumbprint2")), keys()).authentic.answer is not Answer.YES


@pytest.mark.parametrize("tail", [b"~", b"~WyJzYWx0IiwgIm5hbWUiLCAieCJd~", b"~a~eyJh.eyJi.AA"])
def test_a_credential_with_selective_disclosure_is_unknown_and_no_forgery(tail: bytes) -> None:
    verdict = judged(token(Named()) + tail, keys())
    assert verdict.authentic.answer is Answer.UNKNOWN
    assert "SD-JWT" in verdict.authentic.reason


class TestTheCommand:
    def test_takes_keys_from_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "c.json").write_bytes(embedded(Named()))
        (tmp_path / "keys.json").write_text(json.dumps(keys()))
        arguments = [str(tmp_path / "c.json"), "--offline", "--json", "--keys", str(tmp_path / "keys.json")]
        done = CliRunner().invoke(command, arguments)
        assert json.loads(done.stdout)[0]["verdicts"]["authentic"]["answer"] == "yes"
        assert done.exit_code == 3

    @pytest.mark.parametrize(("content", "said"), [("{}", "holds no keys"), (None, "cannot be read")])
    def test_says_when_there_are_none(self, tmp_path: Path, content: str | None, said: str) -> None:
        (tmp_path / "c.json").write_bytes(embedded(Named()))
        if content is not None:
            (tmp_path / "keys.json").write_text(content)
        done = CliRunner().invoke(command, [str(tmp_path / "c.json"), "--keys", str(tmp_path / "keys.json")])
        assert done.exit_code == 2
        assert said in done.output
