"""The operator's choice of a timestamp authority, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from assaymark.adapters import timestamping
from assaymark.adapters.timestamp_authority import Authority
from tests.timestamp_cast import chronos


@pytest.fixture
def roots(tmp_path: Path) -> str:
    path = tmp_path / "roots.pem"
    path.write_bytes(chronos().root_pem)
    return str(path)


class TestTheChoice:
    def test_is_nobody_when_nothing_is_set(self, settings: LazySettings) -> None:
        settings.TSA_URL = settings.TSA_ROOTS = ""
        assert timestamping.chosen() is None
        assert timestamping.trusted_roots() == ()
        assert timestamping.problems() == []

    def test_is_an_address_with_its_roots(self, settings: LazySettings, roots: str) -> None:
        settings.TSA_URL, settings.TSA_ROOTS = "https://time.example/tsr", roots
        chosen = timestamping.chosen()
        assert chosen is not None
        assert [root.dump() for root in chosen.roots] == [chronos().root.dump()]
        assert isinstance(chosen.stamper(), Authority)
        assert timestamping.problems() == []


class TestWhatIsWrong:
    @pytest.mark.parametrize("url", ["time.example", "ftp://time.example/", "https:///tsr"])
    def test_an_address_of_another_kind_is_objected_to(self, settings: LazySettings, roots: str, url: str) -> None:
        settings.TSA_URL, settings.TSA_ROOTS = url, roots
        assert [p.split(".")[0] for p in timestamping.problems()] == [
            "ASSAYMARK_TSA_URL is no address of kind https or http"
        ]

    def test_an_address_without_roots_is_objected_to(self, settings: LazySettings) -> None:
        settings.TSA_URL, settings.TSA_ROOTS = "https://time.example/tsr", ""
        assert ["without ASSAYMARK_TSA_ROOTS" in p for p in timestamping.problems()] == [True]

    @pytest.mark.parametrize("content", [None, b"", b"nothing"])
    def test_a_file_without_certificates_is_objected_to(
        self, settings: LazySettings, tmp_path: Path, content: bytes | None
    ) -> None:
        path = tmp_path / "roots.pem"
        if content is not None:
            path.write_bytes(content)
        settings.TSA_URL, settings.TSA_ROOTS = "https://time.example/tsr", str(path)
        assert ["is unfit" in p for p in timestamping.problems()] == [True]
        with pytest.raises(ValueError, match=r"ASSAYMARK_TSA_ROOTS|certificates"):
            timestamping.chosen()


class TestForAVerifier:
    def test_are_the_certificates_of_the_file(self, settings: LazySettings, roots: str) -> None:
        settings.TSA_ROOTS = roots
        assert timestamping.trusted_certificates() == (chronos().root.dump(),)

    def test_are_none_when_the_file_is_unfit(self, settings: LazySettings, tmp_path: Path) -> None:
        settings.TSA_ROOTS = str(tmp_path / "missing.pem")
        assert timestamping.trusted_certificates() == ()
