"""`assaymark organisation add | list | people | invite`."""

from __future__ import annotations

import json

import click

from assaymark.cli.server import organisation_or_fail, with_server


@click.group()
def organisation() -> None:
    """Organisations on this installation and their people.

    \b
    Example:
      assaymark organisation add halden --name "Halden Precision Ltd"
    """


@organisation.command()
@click.argument("slug")
@click.option("--name", required=True, help="Legal name.")
@click.option("--country", default="", help="Two letters, ISO 3166-1.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def add(slug: str, name: str, country: str, as_json: bool) -> None:
    """Found an organisation. SLUG is its short name in addresses.

    \b
    Example:
      assaymark organisation add halden --name "Halden Precision Ltd" --country GB
    """
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_slug
    from django.utils import timezone

    from assaymark.records.parties.actions import add_organisation

    try:
        validate_slug(slug)
    except ValidationError as error:
        raise click.BadParameter("use small letters, digits and hyphens", param_hint="SLUG") from error
    row = add_organisation(slug=slug, name=name, country=country.upper(), at=timezone.now())
    answer = {"id": str(row.pk), "slug": row.slug, "name": row.name}
    click.echo(json.dumps(answer) if as_json else f"{row.name} is here as {row.slug}.")


@organisation.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def list_(as_json: bool) -> None:
    """List the organisations.

    \b
    Example:
      assaymark organisation list
    """
    from assaymark.records.parties.queries import organisations

    rows = [{"slug": o.slug, "name": o.name, "country": o.country} for o in organisations()]
    if as_json:
        click.echo(json.dumps(rows))
    else:
        for row in rows:
            click.echo(f"{row['slug']:<24} {row['name']}")


@organisation.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def people(slug: str, as_json: bool) -> None:
    """List who has a role in SLUG.

    \b
    Example:
      assaymark organisation people halden
    """
    from django.utils import timezone

    from assaymark.records.parties.queries import members
    from assaymark.records.scope import organisation_scope

    row = organisation_or_fail(slug)
    with organisation_scope(row.pk):
        rows = [{"name": m.person.name, "email": m.person.email, "roles": m.roles} for m in members(at=timezone.now())]
    if as_json:
        click.echo(json.dumps(rows))
    else:
        for entry in rows:
            click.echo(f"{entry['email']:<36} {entry['name']:<24} {', '.join(entry['roles'])}")
