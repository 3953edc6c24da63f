"""The bundle command: by number, by file, by address; what is not authentic is not packed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from assaymark.cli.main import main
from assaymark.formats.bundle import is_bundle
from assaymark.records.attestations import export, reissuing
from assaymark.records.attestations.queries import find_by_number
from assaymark.records.identifiers import actions
from tests.certification_cast import NUMBER, Certified, certified


@pytest.fixture
def world(db: None) -> Certified:
    return certified(began=timezone.now() - dt.timedelta(days=60))


def packed(world: Certified) -> bytes:
    return export.bundle(find_by_number(number=world.certificate.number)[0], at=timezone.now())


def pack(what: str, out: Path, *more: str) -> Any:
    return CliRunner().invoke(main, ["bundle", what, "-o", str(out), *more])


def test_a_number_of_this_installation_is_packed_and_verifies(world: Certified, tmp_path: Path) -> None:
    done = pack(NUMBER, tmp_path / "b.json")
    assert done.exit_code == 0, done.output
    trust = tmp_path / "trust.json"
    trust.write_bytes(export.trust_list())
    offline = CliRunner().invoke(main, ["verify", str(tmp_path / "b.json"), "--trust", str(trust), "--offline"])
    assert offline.exit_code == 0, offline.output


def test_a_file_leads_to_the_register_that_it_names(
    world: Certified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = packed(world)
    asked: list[str] = []
    monkeypatch.setattr("assaymark.cli.bundle.fetcher", lambda loopback: lambda url: asked.append(url) or fresh)
    (tmp_path / "old.json").write_bytes(fresh)
    assert pack(str(tmp_path / "old.json"), tmp_path / "b.json").exit_code == 0
    assert asked[0].endswith(f"/c/northfield/{NUMBER}/bundle.json")
    assert pack("https://register.example/c/x/y/", tmp_path / "c.json", "--on", "2026-01-02").exit_code == 0
    assert asked[1] == "https://register.example/c/x/y/bundle.json?on=2026-01-02"


def test_what_the_address_gives_is_written_only_when_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assaymark.cli.bundle.fetcher", lambda loopback: lambda url: b"<html>hello</html>")
    done = pack("https://register.example/c/x/y/", tmp_path / "b.json")
    assert done.exit_code == 1
    assert not (tmp_path / "b.json").exists()


def test_an_address_inside_the_house_is_not_asked(tmp_path: Path) -> None:
    done = pack("http://127.0.0.1:8000/c/x/y/", tmp_path / "b.json")
    assert done.exit_code == 1
    assert "not on the public internet" in done.output


def test_an_edited_file_is_not_followed(world: Certified, tmp_path: Path) -> None:
    edited = packed(world).replace(b'"version": 2', b'"version": 9')
    (tmp_path / "e.json").write_bytes(edited)
    done = pack(str(tmp_path / "e.json"), tmp_path / "b.json")
    assert done.exit_code == 2
    assert "not authentic" in done.output


def test_what_only_others_can_judge_is_written_and_said(world: Certified, tmp_path: Path, settings: Any) -> None:
    """A key was replaced, and whoever trusts a witness knows more than this command."""
    settings.PUBLIC_URL, settings.HOME = "https://register.example", tmp_path
    began = timezone.now() - dt.timedelta(days=60)
    actions.identify(organisation=world.cast.northfield, at=began)
    reissuing.sign_again(organisation=world.cast.northfield, at=timezone.now())
    actions.replace_key(organisation=world.cast.northfield, at=timezone.now(), reason="A new server.")
    done = pack(NUMBER, tmp_path / "b.json")
    assert done.exit_code == 0, done.output
    assert "the key was replaced on" in done.stderr
    assert is_bundle(json.loads((tmp_path / "b.json").read_bytes()))
