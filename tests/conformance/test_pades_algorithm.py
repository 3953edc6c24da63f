"""Certificates' PDFs judged by the standard's own algorithm (ETSI EN 319 102-1), as pyHanko carries it out.

What we write passes as long as its authority lasts; where a proof of time has ended, both say so.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from functools import cache

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from assaymark.formats.pdf_signature import read_signed_pdf, renew_timestamp
from tests.pdf_cast import certificate_by
from tests.timestamp_cast import Authority
from tests.trust_cast import NOW

NOTHING_FETCHED = CertRevTrustPolicy(NO_REVOCATION, retroactive_revinfo=True)
ENDS = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
RENEWED, AFTERWARDS = ENDS - dt.timedelta(days=30), ENDS + dt.timedelta(days=200)


@cache
def first() -> Authority:
    return Authority("Early Time", end=ENDS)


@cache
def second() -> Authority:
    return Authority("Later Time")


@cache
def once() -> bytes:
    """Stamped by the first authority alone."""
    return certificate_by("B-LTA", first())


@cache
def twice() -> bytes:
    """Stamped again by the second before the first one's end."""
    roots = [first().root, second().root]
    return renew_timestamp(once(), timestamps=second().stamper(RENEWED), roots=roots, at=RENEWED)


def standard_says(data: bytes, *, now: dt.datetime) -> AdESSubIndic:
    signature = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures[0]
    roots = SimpleTrustManager.build(trust_roots=[first().root, second().root])
    issuer = SimpleTrustManager.build(trust_roots=[signature.signer_cert])
    spec = SignatureValidationSpec(
        CertValidationPolicySpec(issuer, NOTHING_FETCHED),
        ts_cert_validation_policy=CertValidationPolicySpec(roots, NOTHING_FETCHED),
    )
    timing = ValidationTimingInfo(validation_time=now, best_signature_time=now, point_in_time_validation=True)
    done = asyncio.run(ades_lta_validation(signature, PdfSignatureValidationSpec(spec), timing_info=timing))
    return done.ades_subindic


def we_say(data: bytes, *, now: dt.datetime) -> dt.datetime | None:
    found = read_signed_pdf(data, roots=[first().root, second().root], now=now)
    assert found.problem == ""
    return found.proven_at


class TestBoth:
    @pytest.mark.parametrize("now", [NOW, RENEWED])
    def test_pass_what_is_stamped_while_the_authoritys_certificate_lasts(self, now: dt.datetime) -> None:
        assert standard_says(once(), now=now) is AdESPassed.OK
        assert we_say(once(), now=now) == NOW

    def test_pass_what_was_stamped_again(self) -> None:
        now = RENEWED + dt.timedelta(days=1)
        assert standard_says(twice(), now=now) is AdESPassed.OK
        assert we_say(twice(), now=now) == NOW

    def test_find_no_time_proven_after_the_end_when_nothing_was_renewed(self) -> None:
        assert standard_says(once(), now=AFTERWARDS) is AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE
        assert we_say(once(), now=AFTERWARDS) is None


def test_after_the_end_the_standard_wants_revocation_lists_of_the_authority_and_we_do_not() -> None:
    """What decision 47 costs: such lists are not kept. The time is proven by the two timestamps alone."""
    assert we_say(twice(), now=AFTERWARDS) == NOW
    assert standard_says(twice(), now=AFTERWARDS) is AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE
