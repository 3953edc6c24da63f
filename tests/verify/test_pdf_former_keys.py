"""PDFs of a body whose key was replaced: a timestamp that the verifier trusts tells which key was right at the time."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.pdf_certificate import render_certificate, sign_certificate
from assaymark.verify import Answer, CertificateVerdict, Code, Input, Policy, verify
from tests.timestamp_cast import chronos, unknown
from tests.trust_cast import UNACCREDITED
from tests.verify.test_signing_times import (
    CONTENT,
    NEW,
    NOW,
    OLD,
    ROTATED,
    SAW,
    SIGNED,
    STRANGER,
    TOKEN,
    checkpoint,
    did_log,
)

TRUSTS = Policy(timestamp_roots=(chronos().root.dump(),))
AFTER = ROTATED + dt.timedelta(days=20)


def pdf(*, key: SigningKey = OLD, stamped: dt.datetime | None = SIGNED, stolen: dt.datetime | None = None) -> bytes:
    """The certificate as PDF: sealed and signed with a key, with a timestamp of a moment."""
    log, head = checkpoint()
    carried = Bundle(TOKEN, (), (), (log,), NOW, did_logs=(did_log(stolen=stolen),), checkpoints=(head,))
    page = render_certificate(UNACCREDITED, bundle=write_bundle(carried, key=key), at=SIGNED)
    stamper = chronos().stamper(stamped) if stamped else None
    roots = [chronos().root] if stamped else []
    return sign_certificate(page, CONTENT, key=key, at=stamped or SIGNED, timestamps=stamper, roots=roots)


def judged(data: bytes, policy: Policy = TRUSTS) -> CertificateVerdict:
    return verify([Input("file.pdf", data)], at=NOW, now=NOW, policy=policy)[0]


class TestAPdfSignedBeforeTheKeyWasReplaced:
    def test_is_authentic_when_a_trusted_timestamp_proves_it(self) -> None:
        found = judged(pdf()).authentic
        assert (found.answer, found.reason) == (Answer.YES, "Signed by Quick Cert Ltd and unchanged since.")
        assert "signed by 2 Jun 2026, when Chronos Time saw it" in found.evidence

    @pytest.mark.parametrize(
        ("stamped", "policy"),
        [
            (None, TRUSTS),
            (SIGNED, Policy()),
            (SIGNED, Policy(timestamp_roots=(unknown().root.dump(),))),
            (AFTER, TRUSTS),
        ],
        ids=["no timestamp", "nobody trusted", "another trusted", "stamped afterwards"],
    )
    def test_is_unknown_when_nothing_proves_it(self, stamped: dt.datetime | None, policy: Policy) -> None:
        found = judged(pdf(stamped=stamped), policy).authentic
        assert (found.answer, found.code) == (Answer.UNKNOWN, Code.UNSUPPORTED)
        assert "the key was replaced on 2026-08-02" in found.reason


class TestAPdfWrittenAfterwards:
    POLICY = Policy(timestamp_roots=TRUSTS.timestamp_roots, witnesses=(str(SAW),))

    def test_with_the_new_key_is_authentic_when_a_witness_saw_the_certificate(self) -> None:
        assert judged(pdf(key=NEW, stamped=AFTER), self.POLICY).authentic.answer is Answer.YES

    def test_with_the_former_key_is_unknown_though_a_witness_saw_the_certificate(self) -> None:
        assert judged(pdf(key=OLD, stamped=AFTER), self.POLICY).authentic.answer is Answer.UNKNOWN

    def test_with_a_strangers_key_is_no(self) -> None:
        log, head = checkpoint()
        carried = Bundle(TOKEN, (), (), (log,), NOW, did_logs=(did_log(),), checkpoints=(head,))
        page = render_certificate(UNACCREDITED, bundle=write_bundle(carried, key=NEW), at=SIGNED)
        found = judged(sign_certificate(page, CONTENT, key=STRANGER, at=SIGNED), self.POLICY).authentic
        assert (found.answer, "somebody other" in found.reason) == (Answer.NO, True)


class TestAKeyThatOthersHad:
    def test_counts_for_what_was_stamped_before(self) -> None:
        assert judged(pdf(stolen=SIGNED + dt.timedelta(days=3))).authentic.answer is Answer.YES

    @pytest.mark.parametrize("stamped", [None, SIGNED])
    def test_proves_nothing_otherwise(self, stamped: dt.datetime | None) -> None:
        found = judged(pdf(stamped=stamped, stolen=SIGNED - dt.timedelta(days=3))).authentic
        assert found.answer is Answer.NO
        assert "others may have had this key" in found.reason
