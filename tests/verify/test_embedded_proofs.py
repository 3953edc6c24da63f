"""Credentials with embedded proofs in the verification: certificates, accreditations, lists, and others."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import orjson
import pytest

from assaymark.formats import data_integrity, jws, strict_json
from assaymark.formats.credential import sign_credential
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.verify import Answer, CertificateVerdict, Code, Input, verify
from tests.formats.test_secured import DIPLOMA
from tests.trust_cast import ACCREDITATION, ANCHORS, CERTIFICATE, HANSE, NORDWERK, NOW, Chain

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def judge(*files: bytes) -> list[CertificateVerdict]:
    """Verify files together, today."""
    return verify([Input(f"file {n}", data) for n, data in enumerate(files)], at=NOW, anchors=ANCHORS)


def answers(verdict: CertificateVerdict) -> tuple[Answer, ...]:
    return tuple(finding.answer for finding in verdict.findings.values())


def embedded_certificate() -> bytes:
    return sign_credential(certificate_claims(CERTIFICATE), key=HANSE, created=NOW).encode()


def list_with_proof(token: str) -> bytes:
    """The same status list as a token holds, with an embedded proof."""
    claims = strict_json.loads_object(jws.split(token).payload)
    return data_integrity.sign(claims, key=HANSE, created=NOW).encode()


class TestACertificateWithAnEmbeddedProof:
    def test_is_authentic(self) -> None:
        (verdict,) = judge(embedded_certificate())
        assert (verdict.authentic.answer, verdict.certificate_number) == (YES, CERTIFICATE.number)

    def test_gets_all_four_answers_beside_its_bundle(self) -> None:
        first, _ = judge(embedded_certificate(), Chain().bundle())
        assert answers(first) == (YES, YES, YES, YES)

    def test_that_was_changed_is_not_authentic(self) -> None:
        changed = embedded_certificate().replace(b"HC-2026-0042", b"HC-2026-0043")
        (verdict,) = judge(changed)
        assert (verdict.authentic.answer, verdict.authentic.code) == (NO, Code.INVALID)

    def test_spelt_with_other_spaces_is_still_the_same(self) -> None:
        spelt = orjson.dumps(orjson.loads(embedded_certificate()), option=orjson.OPT_INDENT_2)
        assert judge(spelt)[0].authentic.answer is YES

    def test_whose_proof_was_taken_away_is_not_authentic(self) -> None:
        document = json.loads(embedded_certificate())
        del document["proof"]
        assert judge(json.dumps(document).encode())[0].authentic.answer is NO


class TestEvidenceWithEmbeddedProofs:
    def test_an_accreditation_counts(self) -> None:
        chain = Chain()
        without = [t for t in json.loads(chain.bundle())["chain"] if ACCREDITATION.number not in _payload(t)]
        files = [t.encode() for t in (*without, *json.loads(chain.bundle())["statusLists"])]
        logs = [t.encode() for t in json.loads(chain.bundle())["statusLogs"]]
        unpinned: dict[str, Any] = certificate_claims(CERTIFICATE)
        unpinned["issuer"]["recognizedIn"].pop("digestMultibase", None)
        certificate = sign_credential(unpinned, key=HANSE, created=NOW).encode()
        accreditation = sign_credential(recognition_claims(ACCREDITATION), key=NORDWERK, created=NOW).encode()
        assert judge(certificate, *files, *logs)[0].accredited.answer is not YES
        assert judge(certificate, accreditation, *files, *logs)[0].accredited.answer is YES

    def test_a_status_list_counts(self) -> None:
        chain = Chain()
        chain.of_certificate.suspended = True
        lists = [t for t in json.loads(chain.bundle())["statusLists"] if HANSE.did in _payload(t)]
        (verdict,) = judge(embedded_certificate(), *(list_with_proof(t) for t in lists))
        assert verdict.in_force.answer is NO

    def test_a_changed_status_list_does_not(self) -> None:
        chain = Chain()
        chain.of_certificate.suspended = True
        lists = [t for t in json.loads(chain.bundle())["statusLists"] if HANSE.did in _payload(t)]
        changed = [list_with_proof(t).replace(b'"validFrom":"2026', b'"validFrom":"2025') for t in lists]
        (verdict,) = judge(embedded_certificate(), *changed)
        assert verdict.in_force.answer is UNKNOWN
        assert any("left out" in notice for notice in verdict.notices)


def _payload(token: str) -> str:
    return jws.split(token).payload.decode()


class TestACredentialThatIsNoCertificate:
    @pytest.mark.parametrize("form", ["embedded", "token"])
    def test_is_authentic_and_the_rest_is_unknown(self, form: str) -> None:
        data = (
            data_integrity.sign(DIPLOMA, key=HANSE, created=NOW)
            if form == "embedded"
            else jws.sign(orjson.dumps(DIPLOMA), signer=HANSE, typ="vc+jwt", cty="vc")
        )
        (verdict,) = judge(data.encode())
        assert answers(verdict) == (YES, UNKNOWN, UNKNOWN, UNKNOWN)
        assert "no certificate" in verdict.in_force.reason

    def test_that_was_changed_is_not_authentic(self) -> None:
        data = data_integrity.sign(DIPLOMA, key=HANSE, created=NOW).replace("School", "Schule")
        (verdict,) = judge(data.encode())
        assert verdict.authentic.answer is NO
        assert YES not in answers(verdict)

    def test_says_nothing_about_a_certificate_beside_it(self) -> None:
        diploma = data_integrity.sign(DIPLOMA, key=HANSE, created=NOW).encode()
        verdicts = judge(Chain().bundle(), diploma)
        assert [v.certificate_number for v in verdicts] == [CERTIFICATE.number]

    def test_of_the_data_model_1_1_is_unknown(self) -> None:
        old = DIPLOMA | {"@context": ["https://www.w3.org/2018/credentials/v1"]}
        (verdict,) = judge(data_integrity.sign(old, key=HANSE, created=NOW).encode())
        assert answers(verdict) == (UNKNOWN,) * 4


class TestTheMomentOfSigning:
    def test_may_lie_before_the_certificate_begins(self) -> None:
        early = sign_credential(certificate_claims(CERTIFICATE), key=HANSE, created=NOW - dt.timedelta(days=900))
        assert judge(early.encode())[0].authentic.answer is YES
