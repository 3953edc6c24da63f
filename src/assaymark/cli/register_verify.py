"""`assaymark register verify`: every certificate of a register, on this machine or on Ray. No Django, no database.

Exit status: 0 verified (whatever was found), 1 the counts differ from the register's own truth, 2 wrong use.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import click
import orjson

from assaymark.cli.verify import Moment
from assaymark.verify.bulk import ENGINES, BadRegister, Outcome, verify_folder


@click.command("verify")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes; default: one for each core.")
@click.option("--engine", type=click.Choice(list(ENGINES)), default="local", show_default=True, help="Where it runs.")
@click.option("--snapshot", is_flag=True, help="Check against each body's signed register, not each signature.")
@click.option("--at", type=Moment(), help="The date asked about; default: the moment of the register.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(folder: Path, jobs: int | None, engine: str, snapshot: bool, at: dt.datetime | None, as_json: bool) -> None:
    """Verify every certificate of a register: signature, chain, scope, status.

    FOLDER is what `assaymark world make` writes. Counts are by code; with a truth.json in the folder they are compared.

    \b
    Examples:
      assaymark register verify world/ --jobs 2
      assaymark register verify world/ --snapshot --json
      assaymark register verify world/ --engine ray --json
    """
    truth = _truth(folder)
    total = int(str(truth["certificates"])) if truth else 0
    try:
        with click.progressbar(length=total, label="Verified", file=sys.stderr, hidden=as_json or not total) as bar:
            outcome = verify_folder(
                folder, jobs=jobs or os.cpu_count() or 1, engine=engine, by_snapshot=snapshot, at=at, done=bar.update
            )
    except BadRegister as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(outcome.as_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        _show(outcome)
    if truth and at is None and outcome.verdicts != truth["verdicts"]:
        click.echo("The counts differ from truth.json: the register or the evidence was changed.", err=True)
        sys.exit(1)


def _truth(folder: Path) -> dict[str, object] | None:
    try:
        found = orjson.loads((folder / "truth.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("certificates"), int) else None


def _show(outcome: Outcome) -> None:
    for code, many in sorted(outcome.verdicts.items(), key=lambda item: -item[1]):
        click.echo(f"  {code:<18} {many:>12,}")
    each = outcome.cpu_seconds / max(1, outcome.certificates) * 1e6
    click.echo(
        f"{outcome.certificates:,} certificates in {outcome.wall_seconds:.1f} s "
        f"({outcome.cpu_seconds:.1f} s of processor time, {each:.0f} µs each)"
    )
