"""The guide about watch lists, carried out: its list, its commands, its address."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assaymark.cli.main import main
from assaymark.core.parties import PERMISSIONS, ROLE_NAMES, Role
from assaymark.records.parties import tokens
from assaymark.records.watch import actions, tasks, telling
from tests.docs.pages import DOCS, blocks, commands, text
from tests.records.register.conftest import Take
from tests.records.register.conftest import register as register
from tests.records.register.conftest import take as take
from tests.records.watch.conftest import Buyer
from tests.records.watch.conftest import castell as castell

pytestmark = pytest.mark.django_db
GUIDE = DOCS / "guides" / "watch-suppliers.md"


@pytest.fixture
def lines(castell: Buyer, register: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guide's commands, in a folder with the guide's list."""
    cache.clear()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suppliers.csv").write_text(blocks(GUIDE, "csv")[0], encoding="utf-8")
    return [line for block in blocks(GUIDE, "console") for line in commands(block)]


def run(line: str) -> Result:
    return CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)


def test_the_commands_do_what_is_said(lines: list[str]) -> None:
    add, as_csv, as_json, _, look = lines
    told = run(add)
    assert told.exit_code == 1
    assert "Did you mean Halden Precision AB" in told.output
    assert "Brandt Shipping,HC-0005" in run(as_csv).output
    assert [one["label"] for one in json.loads(run(as_json).stdout)] == ["Brandt Shipping", "Müller Metallbau GmbH"]
    assert run(look).output == "Nothing changed.\n"


def test_the_address_answers(lines: list[str], castell: Buyer) -> None:
    (line,) = [line for line in lines if line.startswith("curl")]
    now = timezone.now()
    made = tokens.create(person_id=castell.vera.person_id, name="guide", expires_at=now + timedelta(days=1), at=now)
    address = shlex.split(line)[-1].removeprefix("http://127.0.0.1:8000")
    answer = Client().get(address, headers={"Authorization": f"Bearer {made.secret}"})
    assert answer.json() == {"count": 0, "changes": []}


def test_the_numbers_are_those_of_the_program() -> None:
    said = text(GUIDE)
    assert f"at most {actions.MOST_AT_ONCE} rows" in said
    assert f"at most {actions.MOST:,} certificates" in said
    assert f"pieces of {tasks.PIECE}," in said
    assert f"until {telling.EVENING:%H:%M} UTC" in said


def test_those_who_may_change_the_list_are_named() -> None:
    said = text(GUIDE).lower()
    for role in (role for role in ROLE_NAMES if "watch.write" in PERMISSIONS[role]):
        assert f"{ROLE_NAMES[role].lower()}s" in said
    assert "watch.read" not in PERMISSIONS[Role.GUEST_AUDITOR]
