"""`assaymark explain`: the way to a verdict, step by step, link by link. No Django, no database.

Exit status: as of `assaymark verify`.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click
import orjson

from assaymark.cli.verify import (
    EXIT,
    Moment,
    anchors_of,
    fetcher,
    inputs_of,
    predecessors_option,
    safe,
    timestamp_roots_of,
    witnesses_of,
)
from assaymark.core.succession import Predecessors
from assaymark.verify import CertificateVerdict, Policy
from assaymark.verify import verify as verify_inputs
from assaymark.verify.explaining import explain as steps_of
from assaymark.verify.explaining import explained_as_json

_COLOURS = {"pass": "green", "fail": "red", "not checked": "yellow"}


@click.command("explain")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), help="Your trust list (JSON): who may stand at the top.")
@click.option(
    "--tsa-roots",
    type=click.Path(path_type=Path),
    help="Certificates (PEM) of timestamp authorities whose times you believe; those of the trust list count too.",
)
@click.option("--at", type=Moment(), help="The date asked about; default: now.")
@click.option("--known-at", type=Moment(), help="Count only what was recorded by this date; default: now.")
@click.option("--offline", is_flag=True, help="Fetch nothing; use what the file carries.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@predecessors_option
@click.option("--allow-loopback", is_flag=True, help="Also fetch from this machine (for a local demo).")
def explain(
    file: Path,
    trust: Path | None,
    tsa_roots: Path | None,
    at: dt.datetime | None,
    known_at: dt.datetime | None,
    offline: bool,
    as_json: bool,
    predecessors: str,
    allow_loopback: bool,
) -> None:
    """Explain a verdict: numbered steps, each pass, fail or not checked, with the evidence it rests on.

    \b
    Examples:
      assaymark explain certificate.pdf --trust anchors.json
      assaymark explain bundle.json --trust anchors.json --at 2026-03-31 --offline --json
    """
    now = dt.datetime.now(dt.UTC)
    moment = at or now
    verdict = verify_inputs(
        inputs_of((file,)),
        at=moment,
        known_at=known_at,
        now=max(now, moment),
        anchors=anchors_of(trust),
        fetch=None if offline else fetcher(allow_loopback),
        policy=Policy(
            timestamp_roots=timestamp_roots_of(trust, tsa_roots),
            witnesses=witnesses_of(trust),
            predecessors=Predecessors(predecessors),
        ),
    )[0]
    if as_json:
        written = orjson.dumps(explained_as_json(verdict), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        sys.stdout.buffer.write(written)
    else:
        _show(verdict)
    sys.exit(EXIT[verdict.answer])


def _show(verdict: CertificateVerdict) -> None:
    click.echo(safe(verdict.file))
    link = ""
    for step in steps_of(verdict):
        if step.link != link:
            link = step.link
            click.echo(f"  {safe(link[:1].upper() + link[1:])}")
        click.echo(f"    {step.number:>2}. {step.question} {click.style(step.outcome, fg=_COLOURS[step.outcome])}")
        click.echo(f"        {safe(step.sentence)}")
        for line in step.evidence:
            click.echo(f"        - {safe(line)}")
    for notice in verdict.notices:
        click.echo(f"  Note: {safe(notice)}")
