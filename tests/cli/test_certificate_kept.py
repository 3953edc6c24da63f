"""`assaymark certificate renew-timestamps` and `kept`: PDFs that are kept, and what their timestamps prove."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import LazySettings
from django.utils import timezone

from assaymark.adapters import timestamp_authority
from assaymark.cli.certificate import certificate
from assaymark.cli.verify import verify
from tests.certification_cast import NUMBER, Certified, certified
from tests.timestamp_cast import chronos
from tests.timestamp_desk import TimestampDesk


@pytest.fixture
def world(db: None) -> Certified:
    """In order since two months ago."""
    return certified(began=timezone.now() - dt.timedelta(days=60))


@pytest.fixture
def desk(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TimestampDesk]:
    (tmp_path / "roots.pem").write_bytes(chronos().root_pem)
    found = TimestampDesk(now=timezone.now().replace(microsecond=0))
    settings.TSA_URL, settings.TSA_ROOTS = found.url, str(tmp_path / "roots.pem")
    settings.BLOBS = tmp_path / "blobs"
    monkeypatch.setattr(timestamp_authority, "_failed_at", {})
    yield found
    found.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(certificate, list(words))


class TestRenewing:
    def test_keeps_what_was_issued_and_then_has_nothing_to_do(self, world: Certified, desk: TimestampDesk) -> None:
        done = run("renew-timestamps", "--json")
        assert done.exit_code == 0, done.output
        (row,) = json.loads(done.stdout)
        assert (row["number"], row["outcome"], row["lasts_until"][:4]) == (NUMBER, "kept", "2040")
        assert run("renew-timestamps").stdout == "Nothing is due.\n"

    def test_says_what_failed_and_ends_with_status_1(self, world: Certified, desk: TimestampDesk) -> None:
        desk.answers = False
        done = run("renew-timestamps")
        assert done.exit_code == 1
        assert "failed: the timestamp authority answered 503" in done.stdout

    def test_without_an_authority_is_wrong_use(self, world: Certified) -> None:
        done = run("renew-timestamps")
        assert done.exit_code == 2
        assert "ASSAYMARK_TSA_URL" in done.output

    def test_without_roots_is_wrong_use(self, world: Certified, desk: TimestampDesk, settings: LazySettings) -> None:
        settings.TSA_ROOTS = ""
        assert run("renew-timestamps").exit_code == 2


class TestWhatIsKept:
    def test_is_written_to_a_file_whose_time_a_stranger_proves(
        self, world: Certified, desk: TimestampDesk, tmp_path: Path
    ) -> None:
        run("renew-timestamps")
        file = tmp_path / "kept.pdf"
        done = run("kept", NUMBER, "-o", str(file))
        assert done.exit_code == 0, done.output
        assert "version 1, B-LTA" in done.stdout
        told = CliRunner().invoke(
            verify, [str(file), "--tsa-roots", str(tmp_path / "roots.pem"), "--offline", "--json"]
        )
        assert "proven by timestamp of Chronos Time" in told.stdout

    def test_is_listed_with_what_it_rests_on(self, world: Certified, desk: TimestampDesk) -> None:
        run("renew-timestamps")
        (row,) = json.loads(run("kept", NUMBER, "--json").stdout)
        assert (row["level"], row["authority"], row["version"], row["problem"]) == ("B-LTA", "Chronos Time", 1, "")

    def test_may_be_nothing(self, world: Certified, tmp_path: Path) -> None:
        assert run("kept", NUMBER).stdout == f"No PDF of {NUMBER} is kept.\n"
        assert run("kept", NUMBER, "-o", str(tmp_path / "x.pdf")).exit_code == 2
        assert run("kept", "NC-0").exit_code == 2
