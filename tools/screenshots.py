"""Pictures for README and guides, taken from a running demo: `make screenshots`.

Starts a server on a temporary home with the demo world, signs in as the people of the cast, and writes PNG files to
docs/pictures. With `--all DIR` it writes every page of the list at 1440 and 390 px, light and dark, for review.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.plugins.browser import LAUNCH_ARGUMENTS, chromium_path  # noqa: E402

ASSAYMARK = ROOT / ".venv" / "bin" / "assaymark"
PASSWORD = "try-assaymark"


@dataclass(frozen=True)
class Picture:
    """One page: file name, address (or a link text to follow from it), who looks, and whether the README shows it."""

    name: str
    path: str
    who: str = ""
    click: str = ""
    kept: bool = False
    full: bool = True


def pictures(number: str) -> list[Picture]:
    """The pages to look at."""
    manager, office = "p.novak@halden.example", "e.sandhu@northfield.example"
    return [
        Picture("landing", "/"),
        Picture("sign-in", "/account/login/"),
        Picture("learn", "/learn/"),
        Picture("verify", "/verify/"),
        Picture("certificate", f"/c/northfield/{number}/", kept=True),
        Picture("organisation", "/organisations/halden/"),
        Picture("home", "/o/halden/", manager, kept=True, full=False),
        Picture("work", "/o/halden/work/", manager),
        Picture("risks", "/o/halden/r/risks/", manager),
        Picture("risk", "/o/halden/r/risks/", manager, click="main a.row-link"),
        Picture("equipment", "/o/halden/r/measuring-equipment/", manager),
        Picture("objective", "/o/halden/r/objectives/", manager, click="main a.row-link"),
        Picture("documents", "/o/halden/documents/", manager),
        Picture("document", "/o/halden/documents/", manager, click="main a.row-link"),
        Picture("findings", "/o/halden/findings/", manager),
        Picture("finding", "/o/halden/findings/", manager, click="main a.row-link", kept=True, full=False),
        Picture("audits", "/o/halden/audits/", manager),
        Picture("audit", "/o/halden/audits/", manager, click="main a.row-link"),
        Picture("standard", "/o/halden/standards/iso-9001-2015/", manager, full=False),
        Picture("journal", "/o/halden/journal/", manager),
        Picture("people", "/o/halden/people/", "m.halden@halden.example"),
        Picture("body-home", "/o/northfield/", office),
        Picture("body-audits", "/o/northfield/audits/", office),
        Picture("body-audit", "/o/northfield/audits/", office, click="main a.row-link"),
        Picture("applications", "/o/northfield/audits/applications/", office),
        Picture("decisions", "/o/northfield/audits/decisions/", "g.marsh@northfield.example"),
        Picture("decision", "/o/northfield/audits/decisions/", "g.marsh@northfield.example", click="main a.row-link"),
        Picture("certificates", "/o/northfield/certificates/", office),
        Picture("certificate-record", "/o/northfield/certificates/", office, click="main a.row-link"),
    ]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, seconds: float = 30) -> None:
    """Return when the server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{address} did not answer in {seconds} seconds")


def take(browser: Browser, base: str, picture: Picture, target: Path, *, width: int, dark: bool) -> None:
    """Write one picture."""
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 1000},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("console", lambda m: print(f"  {picture.name}: console {m.text}") if m.type == "error" else None)
    if picture.who:
        page.goto(f"{base}/account/login/")
        page.fill("input[name=login]", picture.who)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
    answer = page.goto(base + picture.path)
    if answer is None or not answer.ok:
        print(f"  {picture.name}: {picture.path} answered {answer and answer.status}")
    if picture.click and page.locator(picture.click).count():
        page.locator(picture.click).first.click()
        page.wait_for_load_state("networkidle")
    page.screenshot(path=target, full_page=picture.full or width < 600)
    context.close()


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="DIR", help="every page, two widths, light and dark")
    parser.add_argument("--only", default="", help="names to take, separated by commas")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "ASSAYMARK_HOME": home, "ASSAYMARK_PUBLIC_URL": base}
        environment.pop("DATABASE_URL", None)
        for command in (["init"], ["demo", "load"]):
            subprocess.run([ASSAYMARK, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(
            [ASSAYMARK, "certificate", "list", "--json"], env=environment, check=True, capture_output=True
        )
        number = next(
            row["number"]
            for row in json.loads(listed.stdout)
            if row["kind"] == "certificate" and row["holder"].startswith("Halden")
        )
        server = subprocess.Popen([ASSAYMARK, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"{base}/")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGUMENTS)
                shoot(browser, base, pictures(number), arguments)
        finally:
            server.terminate()
            server.wait(timeout=20)


def shoot(browser: Browser, base: str, chosen: list[Picture], arguments: argparse.Namespace) -> None:
    """Take what was asked for."""
    only = {name for name in arguments.only.split(",") if name}
    chosen = [picture for picture in chosen if not only or picture.name in only]
    if not arguments.all:
        folder = ROOT / "docs" / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        for picture in (p for p in chosen if p.kept):
            take(browser, base, picture, folder / f"{picture.name}.png", width=1440, dark=False)
        return
    arguments.all.mkdir(parents=True, exist_ok=True)
    for picture in chosen:
        for width in (1440, 390):
            for dark in (False, True):
                name = f"{picture.name}-{width}{'-dark' if dark else ''}.png"
                take(browser, base, picture, arguments.all / name, width=width, dark=dark)


if __name__ == "__main__":
    main()
