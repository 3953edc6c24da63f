"""The demo world behind `assaymark serve`, and people in front of it: each signs in once, through the form.

The world is loaded once for all tests of this folder; a module gets a copy of that home with a server of its own.
With ASSAYMARK_SHOTS=FOLDER in the environment, `Desk.shoot` keeps pictures there.
"""

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from assaymark.demo.cast import PASSWORD

BIN = Path(sys.executable).parent
PATIENCE = 30_000  # ms; a page that takes longer is broken, not slow
_OF_THE_SUITE = ("ASSAYMARK_", "DATABASE_URL", "DJANGO_")


@dataclass(frozen=True)
class Home:
    """An installation: its folder, and the command line of whoever runs it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """That of a user with this home, nothing of the suite in it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THE_SUITE)}
        return {**kept, "ASSAYMARK_HOME": str(self.folder)}

    def run(self, *words: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        """`assaymark WORDS…`, whatever its exit status."""
        command = [str(BIN / "assaymark"), *map(str, words)]
        return subprocess.run(
            command, env=self.environment, input=typed, capture_output=True, text=True, check=False, timeout=300
        )

    def must(self, *words: str | Path, typed: str = "") -> str:
        """The same, and it has to work."""
        done = self.run(*words, typed=typed)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="session")
def demo_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with the demo world, as `make run` makes it; never served itself."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    home.must("init")
    home.must("demo", "load")
    return home.folder


@pytest.fixture(scope="module")
def home(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of it for one module."""
    return Home(Path(shutil.copytree(demo_world, tmp_path_factory.mktemp("module") / "home")))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[str]:
    """`assaymark serve` on that home; answers its address."""
    port = _free_port()
    command = [str(BIN / "assaymark"), "serve", "--port", str(port), "--workers", "1"]
    with (
        (home.folder / "server.log").open("w") as log,
        subprocess.Popen(command, env=home.environment, stdout=log, stderr=log) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(480):
                try:
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.25)
            else:
                pytest.fail((home.folder / "server.log").read_text())
            yield address
        finally:
            process.terminate()


@dataclass
class Desk:
    """Somebody in front of the pages: what they do is what people do, and they wait for what follows."""

    page: Page
    server: str
    slug: str = ""

    def opens(self, path: str) -> Desk:
        """An address: from the root, or of one's own organisation."""
        self.page.goto(self.server + (path if path.startswith("/") else f"/o/{self.slug}/{path}"))
        return self

    def follows(self, words: str | re.Pattern[str]) -> Desk:
        """A link of the page, by its words."""
        self.page.locator("main").get_by_role("link", name=words).first.click()
        self.page.wait_for_load_state()
        return self

    def presses(self, words: str, *, exact: bool = True, within: Locator | None = None) -> Desk:
        """A button, by its words."""
        place = within or self.page.locator("main")
        place.get_by_role("button", name=words, exact=exact).first.click()
        self.page.wait_for_load_state()
        return self

    def writes(self, **given: str | list[str]) -> Desk:
        """Into the fields of the page, by the names they are sent under."""
        for name, value in given.items():
            boxes = self.page.locator(f"main [name={name}]:not([type=hidden])")
            kind = boxes.first.evaluate("box => box.type || box.tagName.toLowerCase()")
            if kind.startswith("select"):
                boxes.first.select_option(label=value)
            elif kind in {"checkbox", "radio"}:
                for one in [value] if isinstance(value, str) else value:
                    self.page.locator(f"main [name={name}][value='{one}']").check()
            else:
                assert isinstance(value, str)
                boxes.first.fill(value)
        return self

    def reads(self) -> str:
        """The words of the page."""
        return self.page.locator("body").inner_text()

    def sees(self, words: str) -> Desk:
        """The page says this, now or in a moment."""
        self.page.get_by_text(words).first.wait_for(timeout=PATIENCE)
        return self

    def button(self, words: str) -> Locator:
        """A button, to look whether it can be pressed."""
        return self.page.locator("main").get_by_role("button", name=words, exact=True).first

    def shoot(self, name: str) -> None:
        """Keep a picture, when somebody asked for pictures."""
        if folder := os.environ.get("ASSAYMARK_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@dataclass
class Office:
    """Everybody's desks; who sat down once stays signed in."""

    server: str
    open_page: Callable[..., Page]
    desks: dict[str, Desk] = field(default_factory=dict)

    def desk_of(self, email: str) -> Desk:
        """The desk of this person, signed in through the form the first time."""
        if email not in self.desks:
            page = self.open_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{self.server}/account/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", PASSWORD)
            page.locator("main").get_by_role("button", name="Sign in", exact=True).first.click()
            page.wait_for_url(lambda address: "/account/login" not in address)
            self.desks[email] = Desk(page, self.server, email.split("@")[1].removesuffix(".example"))
        return self.desks[email]

    def stranger(self) -> Desk:
        """Somebody without an account."""
        page = self.open_page()
        page.set_default_timeout(PATIENCE)
        return Desk(page, self.server)


@pytest.fixture
def office(server: str, open_page: Callable[..., Page]) -> Office:
    """The desks of this test."""
    return Office(server, open_page)
