"""`assaymark trust add | import | export | list`: whom this installation trusts, and who came in whose place."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assaymark.cli.server import fail, organisation_or_fail, with_server


@click.group()
def trust() -> None:
    """The trust list: whom a verifier trusts at the top of a chain.

    \b
    Examples:
      assaymark trust list
      assaymark trust import anchors.json
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
@click.option("--label", default="", help="Recognition label under which it recognises, such as “IAF MLA”.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def add(slug: str, role: str, since: object, label: str, as_json: bool) -> None:
    """Trust the organisation SLUG of this installation at the top of chains.

    \b
    Example:
      assaymark trust add arrangement
    """
    from datetime import datetime

    from django.utils import timezone

    from assaymark.records.attestations.anchors import trust_anchor

    organisation = organisation_or_fail(slug)
    now = timezone.now()
    day = since.date() if isinstance(since, datetime) else now.date()
    row = trust_anchor(organisation=organisation, valid_from=day, role=role, label=label, at=now)
    answer = {"name": row.name, "role": row.role, "from": day.isoformat()}
    sentence = f"{row.name} is trusted as {row.role} from {day}."
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else sentence)


@trust.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", "replace_all", is_flag=True, help="Remove the anchors that are not in FILE.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def import_(file: Path, replace_all: bool, as_json: bool) -> None:
    """Take in a trust list: anchors, their days, their labels, and whom they succeed.

    All of it or nothing: what is wrong is told for each anchor. The same file twice changes nothing.

    \b
    Example:
      assaymark trust import anchors.json
    """
    from django.utils import timezone

    from assaymark.formats.trust_list import BadTrustList, other_members
    from assaymark.records.attestations.anchors import import_list

    data = file.read_bytes()
    try:
        done = import_list(data=data, file=file.name, at=timezone.now(), replace_all=replace_all)
    except BadTrustList as error:
        if as_json:
            click.echo(json.dumps({"errors": [{"anchor": n, "message": why} for n, why in error.errors]}))
        lines = [f"anchor {n}: {why}." if n else f"{why}." for n, why in error.errors] or [f"{error}."]
        fail(f"{file} was not taken in.\n" + "\n".join(lines), next_step="Correct the file and import it again.")
    names = {"added": done.added, "changed": done.changed, "removed": done.removed}
    if as_json:
        click.echo(json.dumps({**names, "unchanged": done.unchanged}, ensure_ascii=False))
        return
    for verb, those in names.items():
        for name in those:
            click.echo(f"{verb:<8} {name}")
    click.echo(f"{done.unchanged} unchanged.")
    if others := other_members(data):
        click.echo(f"Only anchors are taken in; left aside: {', '.join(others)}.", err=True)


@trust.command("list")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day asked about (default: today).")
@click.option("--history", is_flag=True, help="Every change of the list instead.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def list_(on: object, history: bool, as_json: bool) -> None:
    """List the anchors: since when, until when, in whose place, and the recognition label of the day.

    \b
    Examples:
      assaymark trust list
      assaymark trust list --on 2025-12-31 --json
      assaymark trust list --history
    """
    from datetime import datetime

    from django.utils import timezone

    from assaymark.records.attestations import anchors, queries

    if history:
        rows = anchors.history_as_json()
        lines = [f"{row['recorded_at'][:10]}  {row['verb']:<8} {row['name']} ({row['origin']})" for row in rows]
    else:
        day = on.date() if isinstance(on, datetime) else timezone.now().date()
        rows = anchors.listed(queries.anchors(), on=day)
        lines = [f"{row['standing']:<9} {row['sentence']}" for row in rows]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for line in lines:
        click.echo(line)
    if not rows:
        click.echo("Nobody is trusted yet. Add one: assaymark trust add SLUG, or assaymark trust import FILE.")
