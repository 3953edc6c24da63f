"""`assaymark verify` and `explain` with timestamp authorities: in a file of their own or in the trust list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assaymark.cli.explain import explain
from assaymark.cli.verify import verify
from assaymark.formats.timestamp_authorities import with_timestamp_authorities
from assaymark.formats.trust_list import write_trust_list
from tests.pdf_cast import certificate
from tests.timestamp_cast import chronos
from tests.trust_cast import ANCHORS, NOW

AT = NOW.strftime("%Y-%m-%d")
PROVEN = "signed on 24 Nov 2026 (proven by timestamp of Chronos Time)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A certificate with a timestamp, and two ways to name its authority."""
    (tmp_path / "certificate.pdf").write_bytes(certificate("B-LTA"))
    (tmp_path / "roots.pem").write_bytes(chronos().root_pem)
    trust = write_trust_list(ANCHORS)
    (tmp_path / "plain.json").write_bytes(trust)
    (tmp_path / "trust.json").write_bytes(with_timestamp_authorities(trust, [chronos().root.dump()]))
    (tmp_path / "wrong.pem").write_text("nothing")
    return tmp_path


@pytest.mark.parametrize("command", [verify, explain])
class TestTheSigningTime:
    def said(self, folder: Path, command: object, *words: str) -> str:
        arguments = [str(folder / word) if "." in word else word for word in words]
        fixed = ["--at", AT, "--offline", "--json"]
        done = CliRunner().invoke(command, [str(folder / "certificate.pdf"), *arguments, *fixed])  # type: ignore[arg-type]
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)
        return done.output

    def test_is_proven_by_an_authority_from_a_file(self, folder: Path, command: object) -> None:
        assert PROVEN in self.said(folder, command, "--trust", "plain.json", "--tsa-roots", "roots.pem")

    def test_is_proven_by_an_authority_of_the_trust_list(self, folder: Path, command: object) -> None:
        assert PROVEN in self.said(folder, command, "--trust", "trust.json")

    def test_is_claimed_without_any(self, folder: Path, command: object) -> None:
        assert "signed on 24 Nov 2026 (claimed)" in self.said(folder, command, "--trust", "plain.json")

    def test_a_file_without_certificates_is_wrong_use(self, folder: Path, command: object) -> None:
        words = [str(folder / "certificate.pdf"), "--tsa-roots", str(folder / "wrong.pem"), "--offline"]
        done = CliRunner().invoke(command, words)  # type: ignore[arg-type]
        assert done.exit_code == 2
        assert "Give certificates as PEM" in done.output

    def test_a_file_that_is_not_there_is_wrong_use(self, folder: Path, command: object) -> None:
        words = [str(folder / "certificate.pdf"), "--tsa-roots", str(folder / "none.pem"), "--offline"]
        done = CliRunner().invoke(command, words)  # type: ignore[arg-type]
        assert done.exit_code == 2
        assert "cannot be read" in done.output
