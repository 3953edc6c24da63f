"""`assaymark verify` asks a running register: an old file gets today's status, over addresses in the file itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import LazySettings
from django.core.cache import cache
from django.utils import timezone

from assaymark.cli.verify import verify
from assaymark.core.programme import DecisionKind
from assaymark.formats.trust_list import write_trust_list
from assaymark.records.attestations import export, queries
from assaymark.records.attestations.models import Attestation
from assaymark.records.scope import system_scope
from tests.certification_cast import NUMBER, Certified, certified

ALL_YES = {"authentic": "yes", "in_force": "yes", "accredited": "yes", "recognised": "yes"}


@pytest.fixture
def world(live_server: Any, settings: LazySettings) -> Certified:
    """Everything in order, published at the address of the running server."""
    cache.clear()
    settings.PUBLIC_URL = live_server.url
    return certified(began=timezone.now() - dt.timedelta(days=60))


@pytest.fixture
def folder(world: Certified, tmp_path: Path) -> Path:
    """What a stranger kept since eight days ago: PDF, credential, trust list."""
    found = queries.public_attestation(issuer_slug="northfield", number=NUMBER)
    then = timezone.now() - dt.timedelta(days=8)
    (tmp_path / "old.pdf").write_bytes(export.pdf(found, at=then))
    (tmp_path / "old.jwt").write_text(export.credential(found, on=then.date()))
    (tmp_path / "anchors.json").write_bytes(write_trust_list(queries.anchors()))
    return tmp_path


def verified(folder: Path, file: str, *words: str) -> dict[str, str]:
    given = [str(folder / file), "--trust", str(folder / "anchors.json"), "--json", *words]
    (told,) = json.loads(CliRunner().invoke(verify, given).stdout)
    return {name: finding["answer"] for name, finding in told["verdicts"].items()}


@pytest.mark.django_db(transaction=True)
class TestAnOldFile:
    def test_alone_and_offline_is_too_old_to_say(self, folder: Path) -> None:
        assert verified(folder, "old.pdf", "--offline")["in_force"] == "unknown"

    def test_gets_fresh_status_from_the_register(self, folder: Path) -> None:
        assert verified(folder, "old.pdf", "--allow-loopback") == ALL_YES

    def test_is_told_of_a_suspension_and_of_its_end(self, folder: Path, world: Certified) -> None:
        world.decide(DecisionKind.SUSPEND, at=timezone.now())
        assert verified(folder, "old.pdf", "--allow-loopback") == ALL_YES | {"in_force": "no"}
        world.decide(DecisionKind.RESTORE, at=timezone.now())
        assert verified(folder, "old.pdf", "--allow-loopback") == ALL_YES

    def test_of_the_credential_alone_finds_its_whole_chain(self, folder: Path) -> None:
        assert verified(folder, "old.jwt", "--allow-loopback") == ALL_YES

    def test_asks_nobody_on_this_machine_unless_told_to(self, folder: Path) -> None:
        assert verified(folder, "old.pdf")["in_force"] == "unknown"

    def test_that_is_not_listed_is_told_its_status_all_the_same(self, folder: Path, world: Certified) -> None:
        with system_scope():
            Attestation.unscoped.filter(pk=world.certificate.pk).update(public=False)
        assert verified(folder, "old.pdf", "--allow-loopback")["in_force"] == "yes"
