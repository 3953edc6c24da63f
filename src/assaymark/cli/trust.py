"""`assaymark trust export | add`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assaymark.cli.server import organisation_or_fail, with_server


@click.group()
def trust() -> None:
    """The trust list: whom a verifier trusts at the top of a chain.

    \b
    Example:
      assaymark trust export -o anchors.json
    """


@trust.command()
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_server
def export(output: Path) -> None:
    """Write this installation's anchors as a file for `assaymark verify --trust`.

    \b
    Example:
      assaymark trust export -o anchors.json
    """
    from assaymark.records.attestations.export import trust_list
    from assaymark.records.attestations.queries import anchors

    output.write_bytes(trust_list())
    click.echo(f"{output}: {len(anchors())} anchors.")


@trust.command()
@click.argument("slug")
@click.option("--role", default="arrangement", show_default=True, help="What it is at the top.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def add(slug: str, role: str, since: object, as_json: bool) -> None:
    """Trust the organisation SLUG of this installation at the top of chains.

    \b
    Example:
      assaymark trust add arrangement
    """
    from datetime import datetime

    from django.utils import timezone

    from assaymark.records.attestations.actions import trust_anchor

    organisation = organisation_or_fail(slug)
    day = since.date() if isinstance(since, datetime) else timezone.now().date()
    row = trust_anchor(organisation=organisation, valid_from=day, role=role)
    answer = {"name": row.name, "role": row.role, "from": day.isoformat()}
    sentence = f"{row.name} is trusted as {row.role} from {day}."
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else sentence)
