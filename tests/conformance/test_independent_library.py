"""Libraries that others wrote accept what this product writes, and refuse it once it is changed.

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
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from openvc.errors import OpenvcError
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.verify import VerificationPolicy, verify_credential

from assaymark.core.attestation import CertificateContent
from assaymark.formats.credential import issue_certificate_credential, issue_recognition_credential, sign_credential
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.multibase import base64url_encode
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


class TestTheTokenLibrary:
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
