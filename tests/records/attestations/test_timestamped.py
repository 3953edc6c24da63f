"""Certificates' PDFs with the operator's timestamp authority, and without it when it fails."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from assaymark.adapters import timestamp_authority
from assaymark.formats.pdf_signature import SignedPdf, read_signed_pdf
from assaymark.formats.timestamp_authorities import roots_in_trust_list
from assaymark.records.attestations import export
from assaymark.records.attestations.verification import verdicts_of_files
from assaymark.records.scope import organisation_scope
from assaymark.verify import Input
from tests.records.attestations.conftest import NOW, Chain
from tests.timestamp_cast import chronos, unknown
from tests.timestamp_desk import TimestampDesk


@pytest.fixture
def desk(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TimestampDesk]:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(chronos().root_pem)
    found = TimestampDesk(now=NOW + dt.timedelta(seconds=2))
    settings.TSA_URL, settings.TSA_ROOTS = found.url, str(roots)
    monkeypatch.setattr(timestamp_authority, "_failed_at", {})
    yield found
    found.close()


def written(chain: Chain, *, must_last: bool = False) -> bytes:
    with organisation_scope(chain.northfield.pk):
        return export.pdf(chain.certificate, at=NOW, must_last=must_last)


def read(data: bytes) -> SignedPdf:
    return read_signed_pdf(data, roots=[chronos().root], now=NOW + dt.timedelta(minutes=1))


class TestACertificate:
    def test_is_written_at_b_lta_with_the_authoritys_time(self, chain: Chain, desk: TimestampDesk) -> None:
        found = read(written(chain))
        assert (found.problem, found.level, found.proven_at) == ("", "B-LTA", desk.now)

    def test_is_written_at_b_b_when_no_authority_is_set(self, chain: Chain) -> None:
        assert read(written(chain)).level == "B-B"

    def test_is_written_at_b_b_with_a_logged_reason_when_the_authority_fails(
        self, chain: Chain, desk: TimestampDesk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.answers = False
        with caplog.at_level(logging.WARNING):
            assert (read(written(chain)).level, read(written(chain)).problem) == ("B-B", "")
        assert "signed without timestamp: the timestamp authority answered 503" in caplog.text
        assert desk.asked == 1

    def test_is_written_at_b_b_when_the_authority_is_not_under_the_roots(
        self, chain: Chain, desk: TimestampDesk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.authority = unknown()
        with caplog.at_level(logging.WARNING):
            assert read(written(chain)).level == "B-B"
        assert "the timestamps of the authority are unfit" in caplog.text

    def test_that_must_last_is_not_written_without(self, chain: Chain, desk: TimestampDesk) -> None:
        desk.answers = False
        with pytest.raises(OSError, match="503"):
            written(chain, must_last=True)

    def test_that_must_last_asks_for_an_authority(self, chain: Chain) -> None:
        with pytest.raises(ValueError, match="no timestamp authority"):
            written(chain, must_last=True)


class TestThePageForFiles:
    def test_believes_the_authorities_of_the_settings(self, chain: Chain, desk: TimestampDesk) -> None:
        (verdict,) = verdicts_of_files([Input("certificate.pdf", written(chain))], now=NOW + dt.timedelta(minutes=1))
        assert any("proven by timestamp of Chronos Time" in line for line in verdict.authentic.evidence)

    def test_believes_nobody_when_none_is_set(self, chain: Chain, desk: TimestampDesk, settings: LazySettings) -> None:
        data = written(chain)
        settings.TSA_ROOTS = ""
        (verdict,) = verdicts_of_files([Input("certificate.pdf", data)], now=NOW + dt.timedelta(minutes=1))
        assert any("(claimed)" in line for line in verdict.authentic.evidence)


class TestTheTrustList:
    def test_of_the_installation_names_its_authorities(self, chain: Chain, desk: TimestampDesk) -> None:
        assert roots_in_trust_list(export.trust_list()) == (chronos().root.dump(),)

    def test_names_none_when_none_is_set(self, chain: Chain) -> None:
        assert roots_in_trust_list(export.trust_list()) == ()
