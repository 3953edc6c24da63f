"""`assaymark organisation add | list | people | add-person`, and what `cli.organisation_keys` adds."""

from __future__ import annotations

import json
import sys

import click

from assaymark.cli.organisation_keys import identify, keys, revoke_key, rotate_key
from assaymark.cli.server import fail, organisation_or_fail, with_server
from assaymark.core.parties import Role


@click.group()
def organisation() -> None:
    """Organisations on this installation and their people.

    \b
    Example:
      assaymark organisation add halden --name "Halden Precision Ltd"
    """


for _command in (identify, keys, revoke_key, rotate_key):
    organisation.add_command(_command)


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


_GIVEN = [role.value for role in Role if role is not Role.GUEST_AUDITOR]


@organisation.command(name="add-person")
@click.argument("slug")
@click.option("--email", required=True, help="E-mail address, which is what people sign in with.")
@click.option("--name", default="", help="Full name; needed for an account that is new.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(_GIVEN), help="May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def add_person(slug: str, email: str, name: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Give a person roles in SLUG: the first administrator, who then invites the others by e-mail.

    Roles they had there are replaced. A new account's password is asked for, or read from standard input when that is
    no terminal.

    \b
    Example:
      assaymark organisation add-person halden --email ada@halden.example --name "Ada Halden" --role administrator
    """
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.utils import timezone

    from assaymark.records.parties.actions import add_member
    from assaymark.records.parties.queries import person_by_email

    row = organisation_or_fail(slug)
    try:
        validate_email(email)
    except ValidationError as error:
        raise click.BadParameter("that is no e-mail address", param_hint="--email") from error
    known = person_by_email(email)
    if known is None and not name:
        fail(f"There is no account {email} yet.", next_step="Say whose it is: --name", status=2)
    member = add_member(
        organisation=row,
        email=email,
        name=known.name if known else name,
        password=None if known else _new_password(),
        roles=[Role(role) for role in roles],
        at=timezone.now(),
    )
    answer = {"organisation": slug, "email": member.person.email, "roles": member.roles}
    click.echo(json.dumps(answer) if as_json else f"{email} is {', '.join(member.roles)} in {row.name}.")


@organisation.command(name="disable-person")
@click.option("--email", required=True, help="Whose account.")
@click.option("--reason", required=True, help="Why; goes into the journal of every organisation of theirs.")
@click.option("--again", is_flag=True, help="Open the account again.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def disable_person(email: str, reason: str, again: bool, as_json: bool) -> None:
    """Close a person's account at once, in all organisations: sign-in, open sessions and tokens.

    \b
    Example:
      assaymark organisation disable-person --email ada@halden.example --reason "Left on 31 March."
    """
    from django.utils import timezone

    from assaymark.records.parties import accounts
    from assaymark.records.parties.queries import person_by_email

    if person_by_email(email) is None:
        fail(f"There is no account {email}.", next_step="Look: assaymark organisation people SLUG", status=2)
    person = accounts.switch(email=email, open_=again, reason=reason, at=timezone.now())
    state = "open" if again else "disabled"
    click.echo(json.dumps({"email": person.email, "state": state}) if as_json else f"{person.email} is {state}.")


def _new_password() -> str:
    """A password that the rules of the installation accept; exit status 2 with their reasons otherwise."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as refused:
        fail(" ".join(refused.messages), next_step="Choose another password.", status=2)
    return password
