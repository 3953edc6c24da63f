"""Credentials: what a writer signs conforms to UNTP 0.7.0; what a reader takes is signed by its issuer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib import resources
from typing import Any

import orjson
import pytest

from assaymark.core.attestation import AttestationKind
from assaymark.formats import jws, schemas
from assaymark.formats.credential import (
    BadCredential,
    issue_certificate_credential,
    issue_recognition_credential,
    read_credential,
)
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.did import KeyResolver
from assaymark.formats.multibase import digest_multibase
from tests.trust_cast import (
    ACCREDITATION,
    CERTIFICATE,
    HANSE,
    MERIDIAN,
    NORDWERK,
    RECOGNITION,
    STRANGER,
    UNACCREDITED,
)

RESOLVER = KeyResolver()


def signed(change: dict[str, Any], *, typ: str = "vc+jwt", cty: str | None = "vc") -> str:
    """Sign the certificate with changed claims, as a careless or hostile issuer would."""
    claims = certificate_claims(CERTIFICATE) | change
    return jws.sign(orjson.dumps(claims), signer=HANSE, typ=typ, cty=cty)


class TestTheCertificate:
    def test_conforms_to_the_published_schema(self) -> None:
        assert schemas.complaints(certificate_claims(CERTIFICATE), schema=schemas.CONFORMITY_CREDENTIAL) == ()

    def test_of_an_unaccredited_body_conforms_too_and_claims_no_endorsement(self) -> None:
        claims = certificate_claims(UNACCREDITED)
        assert schemas.complaints(claims, schema=schemas.CONFORMITY_CREDENTIAL) == ()
        assert claims["credentialSubject"]["assessmentLevel"] == "no-endorsement"
        assert "authorisation" not in claims["credentialSubject"]

    def test_is_a_vc_jwt_with_key_and_issuer_in_its_header(self) -> None:
        header = jws.split(issue_certificate_credential(CERTIFICATE, key=HANSE)).header
        assert (header["alg"], header["typ"], header["cty"]) == ("EdDSA", "vc+jwt", "vc")
        assert header["iss"] == HANSE.did
        assert header["kid"].startswith(f"{HANSE.did}#")

    def test_has_one_status_entry_with_an_integer_index(self) -> None:
        entry = certificate_claims(CERTIFICATE)["credentialStatus"]
        assert (entry["statusPurpose"], entry["statusListIndex"]) == ("suspension", 33)

    def test_round_trip(self) -> None:
        read = read_credential(issue_certificate_credential(CERTIFICATE, key=HANSE), resolver=RESOLVER)
        assert read.kind is AttestationKind.CERTIFICATE
        assert (read.id, read.number) == (CERTIFICATE.credential_id, CERTIFICATE.number)
        assert (read.issuer, read.issuer_name) == (HANSE.did, "Hanse Cert GmbH")
        assert (read.subject_name, read.label) == ("Brinkmann Machining GmbH", "ISO 9001:2015")
        assert read.scope == CERTIFICATE.scope
        assert [(s.purpose, s.index) for s in read.statuses] == [("suspension", 33), ("revocation", 33)]
        assert read.parent_id == ACCREDITATION.credential_id

    def test_is_valid_until_the_end_of_its_last_day(self) -> None:
        read = read_credential(issue_certificate_credential(CERTIFICATE, key=HANSE), resolver=RESOLVER)
        assert read.valid_until == dt.datetime(2029, 4, 30, 23, 59, 59, tzinfo=dt.UTC)

    def test_is_not_signed_in_the_name_of_somebody_else(self) -> None:
        with pytest.raises(ValueError, match="not the owner of the key"):
            issue_certificate_credential(CERTIFICATE, key=STRANGER)

    def test_that_breaks_the_schema_is_not_signed(self) -> None:
        broken = replace(CERTIFICATE, credential_id="not a URL")
        with pytest.raises(ValueError, match="breaks its schema"):
            issue_certificate_credential(broken, key=HANSE)


class TestAccreditationAndRecognition:
    @pytest.mark.parametrize("content", [ACCREDITATION, RECOGNITION])
    def test_conform_to_the_identity_anchor_schema(self, content: Any) -> None:
        assert schemas.complaints(recognition_claims(content), schema=schemas.IDENTITY_ANCHOR) == ()

    def test_are_both_identity_anchor_and_recognised_entity(self) -> None:
        assert recognition_claims(ACCREDITATION)["type"] == [
            "DigitalIdentityAnchor",
            "RecognizedEntityCredential",
            "VerifiableCredential",
        ]

    def test_pin_the_schema_of_what_the_body_may_issue(self) -> None:
        (output,) = recognition_claims(ACCREDITATION)["credentialSubject"]["recognizedTo"]["outputValidation"]
        shipped = resources.files("assaymark").joinpath("catalogue", "untp", "ConformityCredential.json")
        assert output["digestMultibase"] == digest_multibase(shipped.read_bytes())

    def test_round_trip(self) -> None:
        read = read_credential(issue_recognition_credential(ACCREDITATION, key=NORDWERK), resolver=RESOLVER)
        assert read.kind is AttestationKind.ACCREDITATION
        assert (read.subject, read.number, read.scope) == (HANSE.did, "NA-0042", ACCREDITATION.scope)

    def test_keep_their_kinds_apart(self) -> None:
        read = read_credential(issue_recognition_credential(RECOGNITION, key=MERIDIAN), resolver=RESOLVER)
        assert read.kind is AttestationKind.RECOGNITION


class TestTheReader:
    def test_takes_the_w3c_profile_of_status(self) -> None:
        entry = certificate_claims(CERTIFICATE)["credentialStatus"]
        both = [entry | {"statusListIndex": "33"}, entry | {"statusListIndex": "7", "statusPurpose": "revocation"}]
        token = signed({"credentialStatus": both, "withdrawalStatus": None})
        read = read_credential(token, resolver=RESOLVER)
        assert [(s.purpose, s.index) for s in read.statuses] == [("suspension", 33), ("revocation", 7)]

    @pytest.mark.parametrize("index", [-1, "x", "1e3", "٣", True, None, 1.5, "9" * 20])
    def test_refuses_an_index_that_is_none(self, index: object) -> None:
        entry = certificate_claims(CERTIFICATE)["credentialStatus"] | {"statusListIndex": index}
        with pytest.raises(BadCredential):
            read_credential(signed({"credentialStatus": entry}), resolver=RESOLVER)

    @pytest.mark.parametrize(
        ("token", "why"),
        [
            (signed({}, typ="JWT"), "vc.jwt"),
            (signed({}, cty="vp"), "vc.jwt"),
            (signed({"vc": {}}), "must not occur"),
            (signed({"vp": {}}), "must not occur"),
            (signed({"iss": STRANGER.did}), "differ"),
            (signed({"issuer": {"name": "x"}}), "no issuer"),
            (signed({"issuer": {"id": STRANGER.did, "name": "x"}}), "different issuers"),
            (signed({"type": ["VerifiableCredential"]}), "neither"),
            (signed({"type": "DigitalConformityCredential"}), "not a Verifiable Credential"),
            (signed({"validFrom": "2026-13-01T00:00:00Z"}), "schema|malformed"),
            (signed({"@context": ["https://evil.example/"]}), "first context"),
            (signed({"exp": 10**18}), "malformed"),
        ],
    )
    def test_refuses_what_the_rules_refuse(self, token: str, why: str) -> None:
        with pytest.raises(BadCredential, match=why):
            read_credential(token, resolver=RESOLVER)

    def test_lets_exp_only_narrow_the_dates(self) -> None:
        early = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
        read = read_credential(signed({"exp": int(early.timestamp())}), resolver=RESOLVER)
        assert read.valid_until == early

    def test_reads_a_foreign_certificate_by_its_endorsement(self) -> None:
        claims = certificate_claims(CERTIFICATE)
        issuer = {k: v for k, v in claims["issuer"].items() if k != "recognizedIn"}
        read = read_credential(signed({"issuer": issuer}), resolver=RESOLVER)
        assert (read.parent_id, read.parent_name) == (ACCREDITATION.credential_id, "Nordwerk Accreditation")

    @pytest.mark.parametrize("scope", [{}, [{}], [{"activity": 1}], [[]], "x"])
    def test_refuses_a_malformed_scope(self, scope: object) -> None:
        subject = certificate_claims(CERTIFICATE)["credentialSubject"] | {"scope": scope}
        with pytest.raises(BadCredential, match="malformed"):
            read_credential(signed({"credentialSubject": subject}), resolver=RESOLVER)
