"""`assaymark standards load | import | list | dates`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from assaymark.cli.server import fail, with_server


@click.group()
def standards() -> None:
    """Standards: the catalogue that ships, catalogs of your own, editions and their dates.

    \b
    Example:
      assaymark standards load
    """


@standards.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def load(as_json: bool) -> None:
    """Load every standard that ships with Assaymark. Repeatable: what has not changed stays untouched.

    \b
    Example:
      assaymark standards load
    """
    from dataclasses import asdict

    from django.utils import timezone

    from assaymark.records.standards.actions import load_catalogue

    loaded = load_catalogue(at=timezone.now())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in loaded]))
        return
    for one in loaded:
        click.echo(f"{one.name:<24} {one.outcome:<10} {one.clauses:>4} clauses {one.requirements:>4} requirements")


@standards.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default="", help="File it under this key instead of one made from title and version.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def import_(file: Path, key: str, as_json: bool) -> None:
    """Import an OSCAL catalog (JSON) from FILE: all of it, or nothing and every fault.

    \b
    Example:
      assaymark standards import NIST_SP-800-53_rev5_MODERATE-baseline-resolved-profile_catalog-min.json
    """
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_slug
    from django.utils import timezone

    from assaymark.formats.oscal import LARGEST_FILE, NotACatalog
    from assaymark.records.standards.actions import import_oscal

    if key:
        try:
            validate_slug(key)
        except ValidationError as error:
            raise click.BadParameter("use letters, digits and hyphens", param_hint="--key") from error
    with file.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    try:
        done = import_oscal(raw=raw, at=timezone.now(), key=key)
    except NotACatalog as faults:
        fail(f"{file} was not imported.\n{faults}", next_step="Nothing was changed. Mend the file and import it again.")
    answer = {
        "key": done.loaded.key,
        "name": done.loaded.name,
        "outcome": done.loaded.outcome,
        "groups": done.groups,
        "controls": done.controls,
        "requirements": done.loaded.requirements,
    }
    click.echo(
        json.dumps(answer)
        if as_json
        else f"{done.loaded.name}: {done.loaded.outcome}, {done.controls} controls in {done.groups} groups, "
        f"{done.loaded.requirements} requirements.\nKey: {done.loaded.key}"
    )


@standards.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def list_(as_json: bool) -> None:
    """List the standards on this installation.

    \b
    Example:
      assaymark standards list --json
    """
    from assaymark.records.standards.queries import editions

    rows = [
        {
            "key": row.key,
            "name": row.name,
            "title": row.title,
            "clauses": row.clause_count,
            "requirements": row.requirement_count,
            "published": row.published and row.published.isoformat(),
            "transition_ends": row.transition_ends and row.transition_ends.isoformat(),
            "last_audit": row.last_audit and row.last_audit.isoformat(),
            "confirmed": row.confirmed,
            "licence": row.licence,
        }
        for row in editions()
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    if not rows:
        click.echo("No standard is loaded yet. Load those that ship: assaymark standards load")
    for entry in rows:
        note = "" if entry["confirmed"] else "  (to be confirmed)"
        click.echo(f"{entry['key']:<26} {entry['name']:<24} {entry['requirements']:>4} requirements{note}")


@standards.command()
@click.argument("key")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="Day of publication.")
@click.option(
    "--transition-ends", type=click.DateTime(["%Y-%m-%d"]), help="Last day on which certificates to it count."
)
@click.option("--last-audit", type=click.DateTime(["%Y-%m-%d"]), help="Last day on which audits to it may take place.")
@click.option("--to-be-confirmed", is_flag=True, help="The dates are not official yet.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def dates(
    key: str,
    published: object,
    transition_ends: object,
    last_audit: object,
    to_be_confirmed: bool,
    as_json: bool,
) -> None:
    """Set the dates of the edition KEY as officially announced. A date that is left out becomes unknown.

    \b
    Example:
      assaymark standards dates iso-9001-2015 --published 2015-09-15 --transition-ends 2029-09-30
    """
    from django.core.exceptions import ObjectDoesNotExist

    from assaymark.records.standards.actions import set_dates

    try:
        row = set_dates(
            key=key,
            published=_day(published),
            transition_ends=_day(transition_ends),
            last_audit=_day(last_audit),
            confirmed=not to_be_confirmed,
        )
    except ObjectDoesNotExist:
        fail(f"There is no edition {key}.", next_step="List them: assaymark standards list", status=2)
    answer = {
        "key": key,
        "published": row.published and row.published.isoformat(),
        "transition_ends": row.transition_ends and row.transition_ends.isoformat(),
        "last_audit": row.last_audit and row.last_audit.isoformat(),
        "confirmed": row.confirmed,
    }
    sentence = (
        f"{row.name}: published {row.published or 'unknown'}, transition ends {row.transition_ends or 'unknown'}."
    )
    click.echo(json.dumps(answer) if as_json else sentence)


def _day(value: object) -> date | None:
    from datetime import datetime

    return value.date() if isinstance(value, datetime) else None
