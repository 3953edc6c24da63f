"""A PDF certificate in the hands of a stranger: alone, aged, beside a fresh bundle, edited, or wrapped anew."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.formats.pdf_certificate import issue_certificate_pdf, render_certificate
from assaymark.formats.pdf_signature import sign_pdf
from assaymark.verify import Answer, CertificateVerdict, Code, Input, verify
from tests.trust_cast import ANCHORS, CERTIFICATE, HANSE, NOW, STRANGER, Chain

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
EIGHT_DAYS_ON = NOW + dt.timedelta(days=8)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return issue_certificate_pdf(CERTIFICATE, bundle=Chain().bundle(), key=HANSE, at=NOW)


def judge(*files: bytes, at: dt.datetime = NOW) -> CertificateVerdict:
    inputs = [Input(f"file {n}", data) for n, data in enumerate(files)]
    return verify(inputs, at=at, now=at, anchors=ANCHORS)[0]


def answers(verdict: CertificateVerdict) -> list[Answer]:
    return [finding.answer for finding in verdict.findings.values()]


class TestAPdfCertificate:
    def test_fresh_gets_four_times_yes(self, pdf: bytes) -> None:
        assert answers(judge(pdf)) == [YES, YES, YES, YES]

    def test_alone_after_eight_days_has_unknown_status(self, pdf: bytes) -> None:
        verdict = judge(pdf, at=EIGHT_DAYS_ON)
        assert (verdict.authentic.answer, verdict.in_force.answer) == (YES, UNKNOWN)
        assert "Last known on 24 Nov 2026" in verdict.in_force.reason

    def test_beside_a_fresh_bundle_has_todays_status(self, pdf: bytes) -> None:
        verdict = judge(pdf, Chain().bundle(EIGHT_DAYS_ON), at=EIGHT_DAYS_ON)
        assert answers(verdict) == [YES, YES, YES, YES]

    def test_beside_a_bundle_that_tells_of_a_suspension_is_not_in_force(self, pdf: bytes) -> None:
        chain = Chain()
        chain.of_certificate.suspended = True
        verdict = judge(pdf, chain.bundle(EIGHT_DAYS_ON), at=EIGHT_DAYS_ON)
        assert verdict.in_force.code is Code.SUSPENDED

    def test_edited_is_not_authentic_but_still_named(self, pdf: bytes) -> None:
        edited = bytearray(pdf)
        edited[12] ^= 1
        verdict = judge(bytes(edited))
        assert answers(verdict) == [NO, UNKNOWN, UNKNOWN, UNKNOWN]
        assert verdict.certificate_number == "HC-2026-0042"

    def test_with_something_appended_is_not_authentic(self, pdf: bytes) -> None:
        verdict = judge(pdf + b"%")
        assert verdict.authentic.answer is NO
        assert "changed after it was signed" in verdict.authentic.reason

    def test_wrapped_anew_around_a_genuine_bundle_is_not_authentic(self) -> None:
        page = render_certificate(CERTIFICATE, bundle=Chain().bundle(), at=NOW)
        forged = sign_pdf(page, signer=STRANGER, name="Hanse Cert GmbH", reason="Issue", at=NOW)
        verdict = judge(forged)
        assert verdict.authentic.answer is NO
        assert "signed by somebody other than the body" in verdict.authentic.reason

    def test_without_signature_is_not_authentic(self) -> None:
        page = render_certificate(CERTIFICATE, bundle=Chain().bundle(), at=NOW)
        assert "carries no signature" in judge(page).authentic.reason

    def test_with_another_attachment_is_not_authentic(self) -> None:
        page = render_certificate(CERTIFICATE, bundle=b'{"type": "Other"}', at=NOW)
        signed = sign_pdf(page, signer=HANSE, name="Hanse Cert GmbH", reason="Issue", at=NOW)
        assert judge(signed).authentic.answer is NO
