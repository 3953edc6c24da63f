"""Guides carried out: their curl lines against the interface, their commands against an installation."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assaymark.cli.main import main
from assaymark.core.parties import Role
from assaymark.records.identifiers import actions as identifiers
from assaymark.records.identifiers.queries import keys_of
from assaymark.records.parties import tokens
from assaymark.records.parties.actions import add_member, add_organisation
from tests.docs.pages import DOCS, ROOT, blocks, commands, text

pytestmark = pytest.mark.django_db
GUIDES = DOCS / "guides"
SOMEBODY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def lines(guide: str, program: str) -> list[str]:
    """The guide's console lines that call this program."""
    found = [line for block in blocks(GUIDES / guide, "console") for line in commands(block)]
    return [line for line in found if line.startswith(f"{program} ")]


def run(line: str) -> Result:
    """A command of ours as the guide has it."""
    return CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)


@pytest.fixture
def secret() -> str:
    """A quality manager's token at Halden."""
    cache.clear()
    now = timezone.now()
    halden = add_organisation(slug="halden", name="Halden Precision Ltd", at=now)
    member = add_member(
        organisation=halden, email="p.novak@halden.example", name="P. Novak", roles=[Role.QUALITY_MANAGER], at=now
    )
    made = tokens.create(person_id=member.person_id, name="guide", expires_at=now + timedelta(days=30), at=now)
    return made.secret


class Curl:
    """As much of curl as the guides use, on Django's test client. An id in an address stands for the newest made."""

    def __init__(self, secret: str) -> None:
        self.client, self.secret, self.newest = Client(), secret, ""

    def __call__(self, line: str) -> Any:
        words = shlex.split(line.replace("$TOKEN", self.secret).replace("$API", "http://127.0.0.1:8000/api/v1/halden"))
        method, body, headers, files, address = "", None, {}, {}, ""
        rest = iter(words[1:])
        for word in rest:
            if word == "-X":
                method = next(rest)
            elif word == "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(rest)
            elif word == "-F":
                name, _, file = next(rest).partition("=@")
                files[name] = SimpleUploadedFile(file, b"no certificate at all")
            else:
                address = word
        path = SOMEBODY.sub(self.newest, address.removeprefix("http://127.0.0.1:8000"))
        if files:
            return self.client.post(path, files)
        method = method or ("POST" if body is not None else "GET")
        answer = self.client.generic(method, path, body or "", content_type="application/json", headers=headers)
        if answer.status_code == 201:
            self.newest = answer.json()["id"]
        return answer


class TestAutomateWithTheApi:
    guide = "automate-with-the-api.md"

    def test_gets_the_answers_that_it_promises(self, secret: str) -> None:
        curl = Curl(secret)
        answers = [(line, curl(line)) for line in lines(self.guide, "curl")]
        statuses = [answer.status_code for _, answer in answers]
        assert statuses == [200, 201, 201, 200, 409, 200, 200, 200, 200], [a.content for _, a in answers]

    def test_raises_one_finding_however_often_it_is_sent(self, secret: str) -> None:
        curl = Curl(secret)
        line = next(line for line in lines(self.guide, "curl") if "Idempotency-Key" in line)
        assert curl(line).json() == curl(line).json()

    def test_is_refused_with_the_reasons_that_it_names(self, secret: str) -> None:
        curl = Curl(secret)
        *_, refused = [curl(line) for line in lines(self.guide, "curl") if "/risks/" in line]
        messages = " ".join(reason["message"] for reason in refused.json()["refusals"])
        assert all(word in messages for word in ("Owner", "Strategy", "Treatment is", "Treatment due"))

    def test_shows_a_program_that_compiles(self) -> None:
        for program in blocks(GUIDES / self.guide, "python"):
            compile(program, self.guide, "exec")

    def test_has_commands_that_answer_in_json(self, secret: str, tmp_path: Path, monkeypatch: Any) -> None:
        monkeypatch.chdir(tmp_path)
        for line in lines(self.guide, "assaymark"):
            if "journal" in line:
                continue  # a checkpoint is signed after a commit; see tests/cli/test_journal.py
            json.loads(run(line).stdout)


class TestRaiseAndCloseANonconformity:
    guide = "raise-and-close-a-nonconformity.md"

    def test_shows_the_refusal_that_one_gets(self, secret: str) -> None:
        curl = Curl(secret)
        curl(next(line for line in lines("automate-with-the-api.md", "curl") if "Idempotency-Key" in line))
        [line] = lines(self.guide, "curl")
        answer = curl(line)
        assert answer.status_code == 409
        [shown] = json.loads(blocks(GUIDES / self.guide, "json")[0])["refusals"]
        assert shown in answer.json()["refusals"]


class TestReplaceAKey:
    guide = "replace-a-key.md"

    @pytest.mark.parametrize("number", range(6))
    def test_has_commands_that_do_what_it_says(self, settings: Any, tmp_path: Path, number: int) -> None:
        """Each after what goes before it in its section: a body that has its name since the first of the month."""
        settings.PUBLIC_URL, settings.HOME = "https://register.example", tmp_path
        found, month = lines(self.guide, "assaymark")[1:], timezone.now().replace(year=2026, month=11, day=1)
        assert len(found) == 6
        northfield = add_organisation(slug="northfield", name="Northfield Certification", at=month)
        if number:
            identifiers.identify(organisation=northfield, at=month)
        former = ""
        if "revoke-key" in found[number]:
            [former] = [key.public for key in keys_of(northfield.pk)]
            identifiers.replace_key(organisation=northfield, at=month.replace(day=21), reason="A new server.")
        done = run(found[number].replace("z6Mk…", former))
        assert done.exit_code == 0, done.output
        assert done.stdout


@pytest.mark.slow
class TestImportDocuments:
    def test_imports_the_handbook_that_ships(self, monkeypatch: Any) -> None:
        monkeypatch.chdir(ROOT)
        found = lines("import-documents.md", "assaymark")
        begin = next(i for i, line in enumerate(found) if line.startswith("assaymark organisation add openfield"))
        results = [run(line) for line in found[begin:]]
        assert [result.exit_code for result in results] == [0, 0, 0], [result.output for result in results]
        assert "390 documents" in results[1].stdout
        assert "226 documents were in force on 2021-06-30." in results[2].stderr


@pytest.mark.slow
class TestRunForReal:
    guide = GUIDES / "run-for-real.md"

    def test_has_settings_that_check_does_not_object_to(self, tmp_path: Path) -> None:
        """On SQLite: the role and the policies of PostgreSQL have tests of their own."""
        stated = dict(line.split("=", 1) for line in blocks(self.guide, "sh")[0].splitlines())
        assert stated.pop("DATABASE_URL").startswith("postgresql://")
        environment = {**stated, "ASSAYMARK_HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": "src"}
        for verb in ("init", "check"):
            done = subprocess.run(
                [sys.executable, "-m", "assaymark.cli.main", verb],
                cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        assert done.stdout == "Nothing to object to.\n"

    def test_quotes_what_is_said_after_a_restored_backup(self) -> None:
        source = text(ROOT / "src" / "assaymark" / "records" / "journal" / "recovery.py")
        [quoted] = re.findall(r"^> (.+)$", text(self.guide), re.MULTILINE)
        for part in re.split(r"\d+", quoted):
            assert part.strip() in re.sub(r'"\s+f?"', "", source)
