"""Signed W3C credentials of any kind: whose signature is on them, and whether it holds."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import orjson
import pytest

from assaymark.formats import data_integrity, jws, secured
from assaymark.formats.did import KeyResolver, UnresolvedIdentifier, key_id
from assaymark.formats.keys import PublicKey, ed25519
from assaymark.formats.multibase import base58_encode, base64url_encode
from assaymark.formats.secured import BadSecured, GivenKeys, UnsupportedSecured
from tests.trust_cast import HANSE, NOW, STRANGER

RESOLVER = KeyResolver()
DIPLOMA: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "https://hanse.example/diplomas/1",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "issuer": HANSE.did,
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:somebody", "alumniOf": "The School of Examples"},
}


def token(change: dict[str, Any] | None = None, *, typ: str = "vc+jwt", cty: str | None = "vc") -> str:
    return jws.sign(orjson.dumps(DIPLOMA | (change or {})), signer=HANSE, typ=typ, cty=cty)


def embedded(change: dict[str, Any] | None = None) -> str:
    return data_integrity.sign(DIPLOMA | (change or {}), key=HANSE, created=NOW)


class TestEitherWayOfSecuring:
    def test_a_token_says_issuer_suite_and_moment(self) -> None:
        found = secured.check(token({"iat": int(NOW.timestamp())}), resolver=RESOLVER)
        assert (found.issuer, found.signer, found.suite) == (HANSE.did, HANSE.did, "vc+jwt EdDSA")
        assert (found.signed_at, found.expires) == (NOW, None)
        assert found.key.key.raw == HANSE.public_key

    def test_a_token_that_names_no_moment_has_none(self) -> None:
        assert secured.check(token(), resolver=RESOLVER).signed_at is None

    def test_an_embedded_proof_says_the_same(self) -> None:
        found = secured.check(embedded(), resolver=RESOLVER)
        assert (found.issuer, found.suite, found.signed_at) == (HANSE.did, "eddsa-jcs-2022", NOW)
        assert found.claims == DIPLOMA

    @pytest.mark.parametrize("form", [str.encode, str])
    def test_text_and_bytes_are_read(self, form: Any) -> None:
        assert secured.check(form(token()), resolver=RESOLVER).claims == DIPLOMA
        assert secured.check(form(embedded()), resolver=RESOLVER).claims == DIPLOMA

    def test_an_issuer_may_be_an_object(self) -> None:
        issuer = {"id": HANSE.did, "name": "Hanse Cert GmbH"}
        for data in (token({"issuer": issuer}), embedded({"issuer": issuer})):
            assert secured.check(data, resolver=RESOLVER).issuer == HANSE.did

    @pytest.mark.parametrize("make", [token, embedded])
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"type": ["AlumniCredential"]}, "not a Verifiable Credential"),
            ({"type": 5}, "not a Verifiable Credential"),
            ({"@context": ["https://x.example/"]}, "first context"),
            ({"@context": []}, "first context"),
            ({"@context": None}, "first context"),
            ({"credentialSubject": {}}, "says nothing"),
            ({"credentialSubject": "x"}, "says nothing"),
            ({"issuer": "somebody"}, "no issuer"),
            ({"issuer": {"name": "x"}}, "no issuer"),
            ({"issuer": [HANSE.did]}, "no issuer"),
        ],
    )
    def test_what_is_no_credential_is_refused(self, make: Any, change: dict[str, Any], why: str) -> None:
        with pytest.raises(BadSecured, match=why):
            secured.check(make(change), resolver=RESOLVER)

    @pytest.mark.parametrize("make", [token, embedded])
    def test_the_data_model_1_1_is_unsupported(self, make: Any) -> None:
        with pytest.raises(UnsupportedSecured, match=r"1\.1"):
            secured.check(make({"@context": ["https://www.w3.org/2018/credentials/v1"]}), resolver=RESOLVER)

    @pytest.mark.parametrize("make", [token, embedded])
    def test_somebody_elses_name_is_refused(self, make: Any) -> None:
        with pytest.raises(BadSecured, match=r"different issuers|not the issuer's"):
            secured.check(make({"issuer": STRANGER.did}), resolver=RESOLVER)

    @pytest.mark.parametrize("data", ["", "{", "{}", "[]", "a.b.c", "\ud800", b"\xff\xfe", '{"proof":{}}', "{" * 5000])
    def test_nonsense_is_refused(self, data: str | bytes) -> None:
        with pytest.raises(BadSecured):
            secured.check(data, resolver=RESOLVER)


class TestTheMediaTypesOfAToken:
    @pytest.mark.parametrize("typ", ["vc+jwt", "VC+JWT", "application/vc+jwt"])
    @pytest.mark.parametrize("cty", ["vc", "application/vc", None])
    def test_are_those_of_the_specification(self, typ: str, cty: str | None) -> None:
        assert secured.check(token(typ=typ, cty=cty), resolver=RESOLVER).issuer == HANSE.did

    @pytest.mark.parametrize(("typ", "cty"), [("JWT", "vc"), ("vp+jwt", "vp"), ("vc+jwt", "vp"), ("vc+sd-jwt", "vc")])
    def test_are_no_others(self, typ: str, cty: str) -> None:
        with pytest.raises(BadSecured, match="not of type"):
            secured.check(token(typ=typ, cty=cty), resolver=RESOLVER)


class TestTheClaimsOfAToken:
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"vc": {}}, "must not occur"),
            ({"vp": {}}, "must not occur"),
            ({"iss": STRANGER.did}, "iss and issuer"),
            ({"jti": "urn:x:2"}, "jti and id"),
            ({"iat": True}, "iat"),
            ({"iat": [1]}, "iat"),
            ({"exp": 10**18}, "exp"),
            ({"iat": "yesterday"}, "iat"),
        ],
    )
    def test_contradict_nothing(self, change: dict[str, Any], why: str) -> None:
        with pytest.raises(BadSecured, match=why):
            secured.check(token(change), resolver=RESOLVER)

    def test_may_repeat_issuer_and_identifier(self) -> None:
        assert secured.check(token({"iss": HANSE.did, "jti": DIPLOMA["id"]}), resolver=RESOLVER).issuer == HANSE.did

    def test_may_write_the_moment_as_text(self) -> None:
        """The W3C's own test credentials do."""
        found = secured.check(token({"iat": "2026-11-24T10:00:00Z", "exp": 1900000000}), resolver=RESOLVER)
        assert found.signed_at == NOW
        assert found.expires == dt.datetime.fromtimestamp(1900000000, dt.UTC)


class TestKeysThatCameByAnotherWay:
    def given(self, key: PublicKey) -> GivenKeys:
        return GivenKeys({"https://school.example/#key-1": key})

    def document(self) -> str:
        issuer = {"issuer": "https://school.example/"}
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": "https://school.example/#key-1",
            "proofPurpose": "assertionMethod",
        }
        content = DIPLOMA | issuer
        message = data_integrity.signed_bytes(content, proof, suite="eddsa-jcs-2022", kind=ed25519(bytes(32)).kind)
        return json.dumps(content | {"proof": proof | {"proofValue": "z" + base58_encode(HANSE.sign(message))}})

    def test_check_what_they_signed(self) -> None:
        found = secured.check(self.document(), resolver=self.given(ed25519(HANSE.public_key)))
        assert found.issuer == "https://school.example/"

    def test_do_not_check_what_others_signed(self) -> None:
        with pytest.raises(BadSecured, match="does not fit"):
            secured.check(self.document(), resolver=self.given(ed25519(STRANGER.public_key)))

    def test_are_missing_for_other_key_ids(self) -> None:
        with pytest.raises(UnresolvedIdentifier, match="no key was given"):
            GivenKeys({}).verification_key("https://school.example/", "https://school.example/#key-1")

    def test_leave_did_key_as_it_is(self) -> None:
        assert GivenKeys({}).verification_key(HANSE.did, key_id(HANSE.did)).key.raw == HANSE.public_key

    def test_need_not_be_the_issuers_when_the_caller_judges_the_signer(self) -> None:
        data = embedded({"issuer": "https://school.example/"})
        with pytest.raises(BadSecured, match="not the issuer's"):
            secured.check(data, resolver=RESOLVER)
        found = secured.check(data, resolver=RESOLVER, own_key=False)
        assert (found.issuer, found.signer) == ("https://school.example/", HANSE.did)


class TestAnIssuerThatIsAPlainAddress:
    def test_is_unsupported_and_not_bad_where_no_key_was_given(self) -> None:
        address = "https://school.example/"
        header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": f"{address}#key-1"}
        text = (
            f"{base64url_encode(orjson.dumps(header))}.{base64url_encode(orjson.dumps(DIPLOMA | {'issuer': address}))}"
        )
        compact = f"{text}.{base64url_encode(HANSE.sign(text.encode()))}"
        for data in (compact, TestKeysThatCameByAnotherWay().document()):
            with pytest.raises(UnsupportedSecured, match="not at hand"):
                secured.check(data, resolver=RESOLVER)


class TestAHeader:
    def test_of_another_algorithm_than_the_key_is_refused(self) -> None:
        head = base64url_encode(
            orjson.dumps({"alg": "ES256", "typ": "vc+jwt", "kid": key_id(HANSE.did), "iss": HANSE.did})
        )
        _, payload, signature = token().split(".")
        with pytest.raises(BadSecured, match="does not belong"):
            secured.check(f"{head}.{payload}.{signature}", resolver=RESOLVER)
