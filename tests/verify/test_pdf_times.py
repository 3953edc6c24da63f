"""A verdict tells what a PDF's signing time rests on; somebody else's PDF is unknown, and a changed one is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from assaymark.verify import Answer, CertificateVerdict, Code, Input, Policy, verify
from assaymark.verify.explaining import explain
from tests.pdf_cast import CHANGES, LEVELS, certificate, letter, page, stranger, updated
from tests.timestamp_cast import Authority, chronos, unknown
from tests.trust_cast import ANCHORS, NOW

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def judge(data: bytes, *, roots: Sequence[Authority] = (), now: dt.datetime = NOW) -> CertificateVerdict:
    policy = Policy(timestamp_roots=tuple(authority.root.dump() for authority in roots))
    return verify([Input("file", data)], at=NOW, now=now, anchors=ANCHORS, policy=policy)[0]


def time_of(verdict: CertificateVerdict) -> str:
    (line,) = (line for line in verdict.authentic.evidence if line.startswith("PDF signature"))
    return line


class TestACertificate:
    @pytest.mark.parametrize("level", LEVELS)
    def test_gets_four_times_yes_at_every_level(self, level: str) -> None:
        verdict = judge(certificate(level), roots=[chronos()])
        assert [finding.answer for finding in verdict.findings.values()] == [YES] * 4

    def test_says_which_timestamp_proves_its_time(self) -> None:
        line = time_of(judge(certificate("B-LTA"), roots=[chronos()]))
        assert line.endswith("(PAdES B-LTA, signed on 24 Nov 2026 (proven by timestamp of Chronos Time))")

    @pytest.mark.parametrize("roots", [[], [unknown]])
    def test_says_that_its_time_is_claimed_when_nobody_trusted_proves_it(self, roots: list[object]) -> None:
        line = time_of(judge(certificate("B-LTA"), roots=[root() for root in roots]))  # type: ignore[operator]
        assert "signed on 24 Nov 2026 (claimed" in line

    def test_tells_of_it_among_the_steps_too(self) -> None:
        first = explain(judge(certificate("B-T"), roots=[chronos()]))[0]
        assert any("proven by timestamp of Chronos Time" in line for line in first.evidence)

    @pytest.mark.parametrize("level", LEVELS)
    @pytest.mark.parametrize("kind", CHANGES)
    def test_changed_later_is_not_authentic_and_the_change_is_named(self, level: str, kind: str) -> None:
        change, named = CHANGES[kind]
        finding = judge(updated(certificate(level, field=True), change), roots=[chronos()]).authentic
        assert (finding.answer, finding.code) == (NO, Code.INVALID)
        assert named in finding.reason


class TestSomebodyElsesPdf:
    @pytest.mark.parametrize("kind", ["P-256", "RSA", "Ed25519"])
    @pytest.mark.parametrize("level", LEVELS)
    def test_is_unknown_and_says_what_can_be_said(self, level: str, kind: str) -> None:
        finding = judge(stranger(kind).sign(letter(), level), roots=[chronos()]).authentic
        assert (finding.answer, finding.code) == (UNKNOWN, Code.UNSUPPORTED)
        assert finding.reason.startswith("The PDF is signed by Elsewhere Ltd and unchanged since")
        assert f"PAdES {level}, signed on" in finding.reason

    def test_changed_is_no(self) -> None:
        finding = judge(updated(stranger().sign(letter(), "B-LT"), CHANGES["page"][0])).authentic
        assert (finding.answer, finding.reason) == (NO, "The PDF was changed after it was signed: a page was added.")

    def test_filled_in_as_allowed_is_unknown_and_tells_of_it(self) -> None:
        finding = judge(updated(stranger().sign(letter(), "B-B"), CHANGES["form field"][0])).authentic
        assert finding.answer is UNKNOWN
        assert "as the signer allowed: form field Total was filled in" in finding.reason

    def test_signed_with_a_weak_digest_is_unknown(self) -> None:
        finding = judge(stranger("RSA").sign(letter(), "B-B", digest="sha1")).authentic
        assert finding.answer is UNKNOWN
        assert "no longer protects" in finding.reason

    @pytest.mark.parametrize("kind", ["P-256", "RSA", "Ed25519"])
    def test_around_a_genuine_bundle_is_no(self, kind: str) -> None:
        finding = judge(stranger(kind).sign(page(), "B-LTA"), roots=[chronos()]).authentic
        assert finding.answer is NO
        assert "signed by somebody other than the body" in finding.reason
