"""`assaymark certificate kept | renew-timestamps`: PDFs that are kept, and the timestamps that keep them provable."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from assaymark.cli.server import fail, with_server

_WORDS = {"kept": "kept", "renewed": "renewed", "waits": "waits", "ended": "too late", "failed": "failed"}


@click.command("renew-timestamps")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def renew_timestamps(as_json: bool) -> None:
    """Keep PDFs of issued certificates, and add an archive timestamp to those whose last one ends soon.

    The server does the same every night. Exit status 1 when something failed or came too late.

    \b
    Example:
      assaymark certificate renew-timestamps --json
    """
    from django.conf import settings
    from django.utils import timezone

    from assaymark.adapters import timestamping
    from assaymark.records.archive.actions import round_of

    if not settings.TSA_URL:
        fail("No timestamp authority is set.", next_step="Set ASSAYMARK_TSA_URL and ASSAYMARK_TSA_ROOTS.", status=2)
    if problems := timestamping.problems():
        fail(problems[0], status=2)
    found = round_of(at=timezone.now())
    if as_json:
        rows = [
            {
                "number": one.number,
                "issuer": one.issuer,
                "outcome": one.outcome,
                "reason": one.reason,
                "lasts_until": one.lasts_until.isoformat() if one.lasts_until else None,
            }
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    for one in [] if as_json else found:
        until = f", lasts until {one.lasts_until:%Y-%m-%d}" if one.lasts_until else ""
        click.echo(f"{one.number:<18} {_WORDS[one.outcome]}{until}{f': {one.reason}' if one.reason else ''}")
    if not found and not as_json:
        click.echo("Nothing is due.")
    sys.exit(1 if any(one.outcome in ("ended", "failed") for one in found) else 0)


@click.command("kept")
@click.argument("number")
@click.option("--issuer", default="", help="Short name of the issuer, when two have the same number.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the newest version here.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def kept(number: str, issuer: str, output: Path | None, as_json: bool) -> None:
    """List what is kept of the PDF of NUMBER: each version, its level, and until when its timestamp lasts.

    \b
    Example:
      assaymark certificate kept NC-26-00417 -o certificate.pdf
    """
    from assaymark.cli.certificate import one as one_of
    from assaymark.records.archive import queries
    from assaymark.records.scope import organisation_scope

    row = one_of(number, issuer)
    with organisation_scope(row.organisation_id):
        found = queries.kept_of(row.pk)
        if output is not None:
            if not found:
                fail(f"No PDF of {row.number} is kept.", next_step="assaymark certificate renew-timestamps", status=2)
            output.write_bytes(queries.content(found[0].newest))
    rows = [_row(one, version) for one in found for version in one.versions.all()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for said in rows:
        click.echo(
            f"{said['made_at']:.10}  version {said['version']}, {said['level']}, signed {said['proven_at']:.10} by "
            f"timestamp of {said['authority']}, lasts until {said['lasts_until']:.10}"
        )
    for one in found:
        if one.problem:
            click.echo(f"Not renewed: {one.problem}.", err=True)
    if not rows:
        click.echo(f"No PDF of {row.number} is kept.")


def _row(kept: Any, version: Any) -> dict[str, Any]:
    return {
        "number": kept.number,
        "version": version.number,
        "made_at": version.made_at.isoformat(),
        "level": version.level,
        "proven_at": version.proven_at.isoformat(),
        "authority": version.authority,
        "lasts_until": version.lasts_until.isoformat(),
        "sha256": version.sha256,
        "size": version.size,
        "problem": kept.problem,
    }
