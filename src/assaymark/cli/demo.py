"""`assaymark demo load`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from assaymark.cli.server import fail, with_server

if TYPE_CHECKING:
    from assaymark.demo.load import Loaded


@click.group()
def demo() -> None:
    """The demo world: invented organisations, from a machine shop to the arrangement at the top of the chain.

    \b
    Example:
      assaymark demo load
    """


@demo.command()
@click.option(
    "--on",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The day it is in the demo world (default: today).",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def load(on: datetime | None, as_json: bool) -> None:
    """Make the demo world and print who can sign in. All of it or nothing; again it only prints.

    \b
    Example:
      assaymark demo load
    """
    from django.conf import settings
    from django.utils import timezone

    from assaymark.demo.load import load as load_world

    if settings.PRODUCTION:
        fail(
            "The demo world has passwords that everybody knows; it is not loaded in production.",
            next_step="Use an installation of its own, without ASSAYMARK_PROFILE=production.",
        )
    now = timezone.now()
    with click.progressbar(length=1000, label="Demo world", file=sys.stderr, item_show_func=_label) as bar:

        def progress(label: str, done: int, total: int) -> None:
            bar.update(max(0, 1000 * done // max(1, total) - bar.pos), label)

        loaded = load_world(on=on.date() if on else now.date(), at=now, progress=progress)
        bar.update(1000 - bar.pos, None)
    click.echo(json.dumps(_answer(loaded), ensure_ascii=False) if as_json else _sentences(loaded))


def _label(item: Any) -> str | None:
    return None if item is None else str(item)


def _answer(loaded: Loaded) -> dict[str, object]:
    from dataclasses import asdict

    from assaymark.demo.cast import HOUSES, PASSWORD, sign_ins

    return {
        "loaded": loaded.fresh,
        "on": loaded.on.isoformat() if loaded.fresh else None,
        "organisations": [{"slug": house.slug, "name": house.name} for house in HOUSES],
        "password": PASSWORD,
        "sign_ins": [asdict(line) for line in sign_ins()],
    }


def _sentences(loaded: Loaded) -> str:
    from assaymark.demo.cast import PASSWORD, sign_ins

    lines = sign_ins()
    wide = max(len(line.email) for line in lines)
    first = (
        f"The demo world is loaded, as of {loaded.on.isoformat()}."
        if loaded.fresh
        else "The demo world is here already; nothing was changed."
    )
    table = []
    for house in dict.fromkeys(line.organisation for line in lines):
        table += ["", house]
        table += [
            f"  {line.email:<{wide}}  {line.name:<14} {line.roles} ({line.story})"
            for line in lines
            if line.organisation == house
        ]
    return "\n".join([first, f"Sign in with any of these addresses; the password is {PASSWORD}", *table])
