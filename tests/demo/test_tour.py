"""The tour of docs/guides/tour.md works: its commands in a fresh home, its clicks in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assaymark.demo.cast import HOUSES, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guides" / "tour.md").read_text()
BIN = Path(sys.executable).parent
_OF_THE_SUITE = ("ASSAYMARK_", "DATABASE_URL", "DJANGO_")
STATUS = re.compile(r"#.*exit status (\d)")

pytestmark = pytest.mark.slow


@dataclass
class Command:
    """A line of the guide, the exit status that it promises, and words that it promises to say."""

    line: str
    status: int
    says: list[str] = field(default_factory=list)


def commands() -> list[Command]:
    """The lines of the guide from "Verify it yourself" on, with what the block after them says."""
    found: list[Command] = []
    for kind, block in re.findall(r"^```(sh|text)\n(.*?)^```", GUIDE.partition("## 6.")[2], re.M | re.S):
        if kind == "text":
            found[-1].says += block.splitlines()
            continue
        for line in block.splitlines():
            promised = STATUS.search(line)
            found.append(Command(line, int(promised[1]) if promised else 0))
    return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh home with the demo world in it."""
    home = tmp_path_factory.mktemp("home")
    for step in (["init"], ["demo", "load"]):
        subprocess.run([str(BIN / "assaymark"), *step], env=environment(home), check=True, capture_output=True)
    return home


def environment(home: Path) -> dict[str, str]:
    """That of a user with this home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THE_SUITE)}
    return {**kept, "ASSAYMARK_HOME": str(home), "PATH": f"{BIN}:{kept['PATH']}"}


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a user with such a home for themselves."""
    return environment(shutil.copytree(loaded, tmp_path / "home"))


class TestTheGuide:
    def test_names_people_who_can_sign_in_and_their_password(self) -> None:
        can = {house.email(member) for house in HOUSES for member in house.members if member.story}
        named = set(re.findall(r"`([a-z.]+@[a-z-]+\.example)`", GUIDE))
        assert named and named <= can
        assert f"`{PASSWORD}`" in GUIDE

    def test_has_commands_that_do_what_it_says(self, home: dict[str, str], tmp_path: Path) -> None:
        folder = tmp_path
        for command in commands():
            done = subprocess.run(
                ["bash", "-c", f"{command.line}\nstatus=$?; pwd > {tmp_path}/.folder; exit $status"],
                cwd=folder,
                env=home,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == command.status, (command.line, done.stdout, done.stderr)
            for words in command.says:
                assert words in done.stdout
            folder = Path((tmp_path / ".folder").read_text().strip())


@pytest.fixture
def server(home: dict[str, str]) -> Iterator[str]:
    """`assaymark serve` on that home."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(BIN / "assaymark"), "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.25)
        yield address
        process.terminate()


class Visitor:
    """Somebody who clicks through the pages."""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server

    def signs_in_as(self, email: str) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{self.server}/account/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button:has-text('Sign in')")
        self.page.wait_for_url(re.compile("/o/"))

    def looks_up(self, number: str) -> list[str]:
        """The four answers, as the page gives them."""
        self.page.goto(self.server)
        self.page.get_by_label("Number on the certificate").fill(number)
        self.page.get_by_role("button", name="Look it up").click()
        self.page.wait_for_load_state()
        return re.findall(r"^(Yes|No|Unknown|Cannot tell)$", self.reads(), re.M)

    def reads(self) -> str:
        return self.page.inner_text("main")

    def follows(self, words: str) -> None:
        self.page.click(f"main a:has-text('{words}') >> visible=true")
        self.page.wait_for_load_state()

    def chooses(self, words: str) -> None:
        """A place in the rail."""
        self.page.click(f"nav a:has-text('{words}') >> visible=true")
        self.page.wait_for_load_state()

    def presses(self, words: str) -> None:
        self.page.click(f"main button:has-text('{words}') >> visible=true")
        self.page.wait_for_load_state()


@pytest.mark.browser
class TestTheClicks:
    @pytest.fixture
    def visitor(self, page: Page, server: str) -> Visitor:
        return Visitor(page, server)

    def test_lead_a_newcomer_through_the_whole_chain(self, visitor: Visitor) -> None:
        assert visitor.looks_up("NC-26-00417") == ["Yes", "Yes", "Yes", "Yes"]
        assert visitor.looks_up("NC-25-00376") == ["Yes", "No", "Yes", "Yes"]
        assert visitor.looks_up("NC-26-00398") == ["Yes", "Yes", "No", "Yes"]
        assert visitor.looks_up("CC-10093") == ["Yes", "Yes", "No", "No"]

        visitor.signs_in_as("p.novak@halden.example")
        visitor.chooses("Improvement")
        visitor.follows("Grinding wheel of the wrong grain")
        assert "You carried out an action; someone else must close." in visitor.reads()

        visitor.signs_in_as("m.halden@halden.example")
        visitor.chooses("Improvement")
        visitor.follows("Grinding wheel of the wrong grain")
        visitor.presses("Close")
        assert "NC-0043 is closed." in visitor.page.inner_text("body")

        visitor.chooses("Documents")
        visitor.follows("In review")
        visitor.follows("Measuring equipment")
        visitor.presses("Approve revision 3.0")
        visitor.page.click("dialog[open] button:has-text('Approve revision 3.0')")
        visitor.page.wait_for_load_state()
        assert "Revision 3.0, in force from" in visitor.reads()

        visitor.signs_in_as("a.brandt@halden.example")
        visitor.chooses("Audits")
        visitor.follows("Stores and dispatch")
        visitor.follows("Checklist")
        assert "4 of 9 judged" in visitor.reads()
        line = visitor.page.locator("article.check-line").filter(has_text="8.6 a")
        line.get_by_label("Note on 8.6 a").fill("The record of lot 2298 is not in the file.")
        line.get_by_role("button", name="Raise a minor").click()
        line.get_by_text("NC-0048").wait_for()

        visitor.signs_in_as("g.marsh@northfield.example")
        visitor.follows("Thornbury Springs")
        visitor.follows("Decide")
        assert "G. Marsh was in the audit team and cannot decide." in visitor.reads()

        visitor.signs_in_as("v.adeyemi@northfield.example")
        visitor.follows("Thornbury Springs")
        visitor.follows("Decide")
        visitor.presses("Grant the certificate")
        assert "Grant: Thornbury Springs Ltd" in visitor.reads()

        visitor.signs_in_as("e.sandhu@northfield.example")
        visitor.chooses("Decisions")
        visitor.follows("Issue the certificate")
        assert "The scope lies within your accreditation." in visitor.reads()
        visitor.presses("Issue the certificate")
        visitor.follows("The certificate")
        assert "Thornbury Springs Ltd" in visitor.reads()
