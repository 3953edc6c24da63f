"""Libraries of others accept what this product writes, refuse it once it is changed, and write what it reads.

Embedded proofs: openvc-core. Tokens: PyJWT for the signature, since openvc-core reads the older form only, with a claim
``vc`` that VC-JOSE-COSE forbids.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from openvc.errors import OpenvcError
from openvc.keys import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
from openvc.status.bitstring import decode_bitstring, new_bitstring, set_status_bit
from openvc.status.issue import build_status_list_credential
from openvc.verify import VerificationPolicy, verify_credential

from assaymark.core.attestation import CertificateContent
from assaymark.formats import data_integrity, json_ld, jws, secured
from assaymark.formats.credential import (
    BadCredential,
    issue_certificate_credential,
    issue_recognition_credential,
    read_credential,
    sign_credential,
)
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.did import KeyResolver, key_id
from assaymark.formats.keys import KeyKind, PublicKey, ed25519, from_jwk, multikey
from assaymark.formats.multibase import base64url_encode
from assaymark.formats.status_list import decode, encode, status_list_from
from tests.trust_cast import ACCREDITATION, CERTIFICATE, HANSE, NORDWERK, NOW

POLICY = VerificationPolicy(require_status=False)


def embedded(content: CertificateContent = CERTIFICATE) -> dict[str, Any]:
    """Our certificate with an embedded proof, parsed as a stranger would."""
    document: dict[str, Any] = json.loads(sign_credential(certificate_claims(content), key=HANSE, created=NOW))
    return document


class TestTheIndependentLibrary:
    def test_accepts_a_certificate_with_an_embedded_proof(self) -> None:
        result = verify_credential(embedded(), policy=POLICY)
        assert result.issuer == HANSE.did

    def test_accepts_an_accreditation_with_an_embedded_proof(self) -> None:
        document = json.loads(sign_credential(recognition_claims(ACCREDITATION), key=NORDWERK, created=NOW))
        assert verify_credential(document, policy=POLICY).issuer == NORDWERK.did

    def test_accepts_the_proof_with_the_key_alone(self) -> None:
        key = {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(HANSE.public_key)}
        proven = EddsaJcsProofSuite().verify(embedded(), public_key_jwk=key, now=NOW + dt.timedelta(days=1))
        assert proven.issuer == HANSE.did

    def test_refuses_a_changed_document(self) -> None:
        document = copy.deepcopy(embedded())
        document["credentialSubject"]["certificateNumber"] = "HC-2026-9999"
        with pytest.raises(OpenvcError):
            verify_credential(document, policy=POLICY)


class TestWhatTheIndependentLibraryWrites:
    """Certificates that others sign are read; what is changed afterwards is seen."""

    @pytest.mark.parametrize(
        ("make", "suite"),
        [
            (Ed25519SigningKey, EddsaJcsProofSuite),
            (P256SigningKey, EcdsaJcsProofSuite),
            (P384SigningKey, EcdsaJcsProofSuite),
        ],
    )
    def test_with_an_embedded_proof_is_read(self, make: Any, suite: Any) -> None:
        key = make.generate("key")
        did = "did:key:" + multikey(from_jwk(key.public_jwk()))
        claims = certificate_claims(CERTIFICATE)
        claims["issuer"]["id"] = did
        document = suite().add_proof(claims, signing_key=key, verification_method=key_id(did), created=NOW)
        read = read_credential(json.dumps(document), resolver=KeyResolver())
        assert (read.issuer, read.number, read.signed_at) == (did, CERTIFICATE.number, NOW)
        for change in ({"name": "x"}, {"@context": [*document["@context"], "https://x.example/"]}):
            with pytest.raises(BadCredential, match="does not fit"):
                read_credential(json.dumps(document | change), resolver=KeyResolver())

    def test_as_canonical_rdf_is_read(self) -> None:
        """Both make the same graph of our own shapes, with the contexts that ship."""
        key = Ed25519SigningKey.generate("key")
        did = "did:key:" + multikey(from_jwk(key.public_jwk()))
        claims = certificate_claims(CERTIFICATE)
        claims["issuer"]["id"] = did
        contexts = {url: json_ld._context(url) for url in json_ld.contexts_of(claims)}
        document = DataIntegrityProofSuite().add_proof(
            claims, signing_key=key, verification_method=key_id(did), created=NOW, extra_contexts=contexts
        )
        assert secured.check(json.dumps(document), resolver=KeyResolver()).suite == "eddsa-rdfc-2022"
        with pytest.raises(secured.BadSecured, match="does not fit"):
            secured.check(json.dumps(document | {"name": "x"}), resolver=KeyResolver())

    def test_is_a_status_list_that_is_read(self) -> None:
        bits = new_bitstring(131_072)
        set_status_bit(bits, 33, 1)
        claims = build_status_list_credential(
            id="https://hanse.example/status/suspension",
            issuer=HANSE.did,
            bitstring=bits,
            status_purpose="suspension",
            valid_from=NOW,
            valid_until=NOW + dt.timedelta(days=7),
            ttl=300_000,
        )
        for text in (
            data_integrity.sign(claims, key=HANSE, created=NOW),
            jws.sign(json.dumps(claims).encode(), signer=HANSE, typ="vc+jwt", cty="vc"),
        ):
            found = status_list_from(secured.check(text, resolver=KeyResolver()))
            assert [index for index in range(64) if found.is_set(index)] == [33]
            assert (found.purpose, found.written) == ("suspension", NOW)

    def test_agrees_with_ours_about_a_list_that_we_write(self) -> None:
        packed = encode([0, 33, 131_071])
        assert bytes(decode_bitstring(packed)) == decode(packed)


class TestTheTokenLibrary:
    @pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA"])
    def test_writes_certificates_that_are_read(self, algorithm: str) -> None:
        private: Any
        if algorithm == "EdDSA":
            private = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")
            public = ed25519(private.public_key().public_bytes_raw())
        else:
            private = ec.derive_private_key(7, ec.SECP256R1() if algorithm == "ES256" else ec.SECP384R1())
            form = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
            kind = KeyKind.P256 if algorithm == "ES256" else KeyKind.P384
            public = PublicKey(kind, private.public_key().public_bytes(*form))
        did = "did:key:" + multikey(public)
        claims = certificate_claims(CERTIFICATE)
        claims["issuer"]["id"] = did
        token = jwt.encode(claims, private, algorithm=algorithm, headers={"typ": "vc+jwt", "cty": "vc"})
        assert read_credential(token, resolver=KeyResolver()).issuer == did
        changed = jwt.encode(claims | {"name": "x"}, private, algorithm=algorithm, headers={"typ": "vc+jwt"})
        with pytest.raises(BadCredential, match="does not fit"):
            read_credential(".".join((*changed.split(".")[:2], token.split(".")[2])), resolver=KeyResolver())

    def test_accepts_a_certificate_and_an_accreditation(self) -> None:
        certificate = issue_certificate_credential(CERTIFICATE, key=HANSE)
        accreditation = issue_recognition_credential(ACCREDITATION, key=NORDWERK)
        for token, signer, claims in (
            (certificate, HANSE, certificate_claims(CERTIFICATE)),
            (accreditation, NORDWERK, recognition_claims(ACCREDITATION)),
        ):
            read = jwt.decode(token, Ed25519PublicKey.from_public_bytes(signer.public_key), algorithms=["EdDSA"])
            assert read == claims
            assert jwt.get_unverified_header(token)["typ"] == "vc+jwt"

    def test_refuses_a_changed_certificate(self) -> None:
        head, _, signature = issue_certificate_credential(CERTIFICATE, key=HANSE).split(".")
        payload = base64url_encode(json.dumps(certificate_claims(CERTIFICATE) | {"name": "x"}).encode())
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(
                f"{head}.{payload}.{signature}",
                Ed25519PublicKey.from_public_bytes(HANSE.public_key),
                algorithms=["EdDSA"],
            )
