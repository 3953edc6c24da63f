"""The guide docs/guides/add-a-register.md, carried out word for word in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "add-a-register.md"

# What a user would do next, in the copy: `actor`, `now` and the guide's last block, then the pages.
SESSION = """
import datetime as dt
from django.test import Client
from assaymark.core.parties import Role
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.queries import actor_for
from assaymark.records.registers import exchange, intake, queries, registry
from assaymark.records.scope import organisation_scope

now = dt.datetime.now(dt.UTC)
organisation = add_organisation(slug="halden", name="Halden Castings", at=now)
who = {{"email": "anna@halden.example", "name": "Anna", "roles": [Role.QUALITY_MANAGER]}}
member = add_member(organisation=organisation, at=now, **who)
actor = actor_for(person_id=member.person_id, organisation_slug="halden", at=now)
{last_block}
client = Client(SERVER_NAME="localhost")
client.force_login(member.person, backend="django.contrib.auth.backends.ModelBackend")
base = "/o/halden/r/opportunities/"
page = client.get(base).content.decode()
assert "Measure in the machine" in page and "OP-0001" in page
record = client.get(f"{{base}}{{row.pk}}/").content.decode()
assert "Pursue it" in record and "Owner is empty; pursued asks for it." in record
assert client.post(f"{{base}}new", {{"quick": "yes", "title": "Second", "effort": "101"}}).status_code == 302
with organisation_scope(organisation.pk):
    register = registry.get("opportunities")
    rows = register.model.objects.order_by("number")
    assert [r.number for r in rows] == ["OP-0001", "OP-0002"]
    for write in (exchange.export_csv, exchange.export_xlsx):
        sheets = exchange.sheets_in(name="x", content=write(register=register, rows=rows))
        report = intake.import_sheets(register="opportunities", sheets=sheets, by=actor, at=now)
        assert report.done and report.count("unchanged") == 2, report.errors
print("all of it")
"""


def blocks(language: str) -> list[str]:
    """The guide's code blocks in that language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
class TestTheGuide:
    def test_adds_a_register_with_one_file(self, tmp_path: Path) -> None:
        shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "vendor", "icons"))
        (tmp_path / "src/assaymark/web/static/icons").symlink_to(ROOT / "src/assaymark/web/static/icons")
        (tmp_path / "src/assaymark/web/static/vendor").symlink_to(ROOT / "src/assaymark/web/static/vendor")
        shutil.copy(ROOT / "manage.py", tmp_path)
        file, last_block = blocks("python")
        named = re.search(r"`(src/assaymark/records/registers/declared/\w+\.py)`", GUIDE.read_text(encoding="utf-8"))
        assert named is not None
        (tmp_path / named.group(1)).write_text(file, encoding="utf-8")

        def run(*command: str) -> str:
            environment = {
                "PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "src"),
                "ASSAYMARK_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "assaymark.config.settings",
            }  # fmt: skip
            done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        for line in blocks("sh")[0].splitlines():
            name, *arguments = line.split()
            run(sys.executable, *(["-m", "assaymark.cli.main"] if name == "assaymark" else []), *arguments)
        migrations = list((tmp_path / "src/assaymark/records/registers/migrations").glob("*_opportunities.py"))
        assert len(migrations) == 1
        assert "all of it" in run(sys.executable, "manage.py", "shell", "-c", SESSION.format(last_block=last_block))

    def test_file_keeps_to_the_house_rules(self, tmp_path: Path) -> None:
        file = tmp_path / "opportunities.py"
        file.write_text(blocks("python")[0], encoding="utf-8")
        ruff = Path(sys.executable).parent / "ruff"
        for act in (("check",), ("format", "--check")):
            done = subprocess.run(
                [str(ruff), *act, "--config", str(ROOT / "pyproject.toml"), str(file)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout
        assert len(file.read_text().splitlines()) < 120
