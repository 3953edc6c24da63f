"""`assaymark world`: a synthetic world of certificates with its ground truth. No Django, no database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import orjson

from assaymark.world import folder as folders
from assaymark.world.folder import NoWorld

MOST = 20_000_000


@click.group()
def world() -> None:
    """A synthetic world of certificates: invented, signed for real, with its ground truth.

    \b
    Example:
      assaymark world make --certificates 15000 -o world/
    """


@world.command()
@click.option("--certificates", type=click.IntRange(1, MOST), default=15_000, show_default=True, help="How many.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new folder.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="The same seed, the same bytes."
)
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes; default: one for each core.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def make(certificates: int, output: Path, seed: int, jobs: int | None, as_json: bool) -> None:
    """Make a world: bodies, accreditations, certificates with sites, events, defects of each kind.

    truth.json says what a verifier must find: {"certificates": N, "verdicts": {CODE: COUNT}}.

    \b
    Example:
      assaymark world make --certificates 1500000 --seed 7 -o world/
    """
    try:
        with click.progressbar(length=certificates, label="Made", file=sys.stderr) as bar:
            found = folders.make(
                output, certificates=certificates, seed=seed, jobs=jobs or os.cpu_count() or 1, done=bar.update
            )
    except NoWorld as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(orjson.dumps({"certificates": certificates, "verdicts": found}))
        return
    for code, many in sorted(found.items(), key=lambda item: -item[1]):
        click.echo(f"  {code:<18} {many:>12,}")


@world.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("number")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")
def bundle(folder: Path, number: str, output: Path) -> None:
    """Write the bundle of one certificate of a world: everything that `assaymark verify` needs offline.

    \b
    Example:
      assaymark world bundle world/ CB0000-00000000 -o one.json
    """
    try:
        output.write_bytes(folders.bundle(folder, number))
    except NoWorld as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{output} written. Verify it: assaymark verify {output} --trust {folder / 'trust.json'} --offline")
