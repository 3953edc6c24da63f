"""`assaymark organisation keys | identify | rotate-key | revoke-key`: who an organisation is outside, by which keys."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from assaymark.cli.server import fail, organisation_or_fail, with_server

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"])


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment else None


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def keys(slug: str, as_json: bool) -> None:
    """Show by which identifier SLUG is known, and every key that signs or signed for it.

    \b
    Example:
      assaymark organisation keys northfield
    """
    row = organisation_or_fail(slug)
    answer = _told(row)
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(
        answer["did"] or f"{row.name} has no identifier yet: it gets one when it first attests or is accredited."
    )
    for key in answer["keys"]:
        until = f" until {key['until']}" if key["until"] else ""
        doubt = f", compromised since {key['compromised_since']}" if key["compromised_since"] else ""
        reason = f": {key['reason']}" if key["reason"] else ""
        click.echo(f"  {key['public']}  {key['state']:<11} from {key['since']}{until}{doubt}{reason}")


def _told(row: Any) -> dict[str, Any]:
    from assaymark.formats.moments import instant
    from assaymark.records.attestations import identity
    from assaymark.records.identifiers.queries import keys_of

    return {
        "organisation": row.slug,
        "did": identity.known_did_of(row),
        "also_known_as": list(identity.also_known_as(row)),
        "keys": [
            {
                "kid": key.kid,
                "public": key.public,
                "state": key.state,
                "since": instant(key.since),
                "until": instant(key.until) if key.until else None,
                "compromised_since": instant(key.compromised_since) if key.compromised_since else None,
                "reason": key.reason,
            }
            for key in keys_of(row.pk)
        ],
    }


@click.command()
@click.argument("slug")
@click.option("--sign-again", is_flag=True, help="Sign again, in each issuer's name, what names SLUG otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def identify(slug: str, sign_again: bool, as_json: bool) -> None:
    """Give SLUG an identifier that outlives its keys (did:webvh), under the public address of this installation.

    Documents signed before name it by its key. Those in force are listed; they lead nowhere until they are signed
    again, and files that were handed out before stay as they are.

    \b
    Example:
      assaymark organisation identify northfield
    """
    from django.utils import timezone

    from assaymark.records.attestations import identity, reissuing
    from assaymark.records.identifiers import actions, queries

    row, now = organisation_or_fail(slug), timezone.now()
    if not (sign_again and queries.identifier_of(row.pk)):
        actions.identify(organisation=row, at=now)
    done = reissuing.sign_again(organisation=row, at=now) if sign_again else []
    left = reissuing.outdated(organisation=row, at=now)
    anchor = reissuing.anchored_otherwise(organisation=row)
    if as_json:
        numbers = {"signed_again": [one.number for one in done], "outdated": [o.attestation.number for o in left]}
        told = {"organisation": slug, "did": identity.did_of(row), "trust_list_outdated": anchor is not None}
        click.echo(json.dumps(told | numbers))
        return
    click.echo(f"{row.name} is {identity.did_of(row)}")
    for one in done:
        click.echo(f"{one.kind.capitalize()} {one.number} was signed again.")
    if anchor is not None:
        click.echo(f"The trust list of this installation names it otherwise: {anchor.did}")
    if left:
        click.echo("\n".join(["These must be signed again:", *(f"  {one.sentence()}" for one in left)]))
    if left or anchor is not None:
        click.echo(f"Run: assaymark organisation identify {slug} --sign-again")


@click.command(name="rotate-key")
@click.argument("slug")
@click.option("--reason", required=True, help="Why; stays in the journal and on the public page.")
@click.option("--compromised-since", type=_MOMENT, help="Others may have had the key since then (UTC).")
@click.option("--destroy", is_flag=True, help="Delete the former key's file instead of putting it aside.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def rotate_key(slug: str, reason: str, compromised_since: dt.datetime | None, destroy: bool, as_json: bool) -> None:
    """Replace the key that signs for SLUG. The identifier stays, and what the former key signed stays signed.

    With --compromised-since, what it signed counts only when others prove that it is older.

    \b
    Example:
      assaymark organisation rotate-key northfield --reason "The office moved to a new server."
    """
    from django.utils import timezone

    from assaymark.adapters.keys import KeyProblem
    from assaymark.records.identifiers import actions

    row = organisation_or_fail(slug)
    try:
        key = actions.replace_key(
            organisation=row,
            at=timezone.now(),
            reason=reason,
            compromised_since=_utc(compromised_since),
            destroy=destroy,
        )
    except KeyProblem as problem:
        fail(f"{problem}.".capitalize())
    click.echo(json.dumps(_told(row)) if as_json else f"{row.name} signs with {key.public} from now on.")


@click.command(name="revoke-key")
@click.argument("slug")
@click.argument("key")
@click.option("--compromised-since", type=_MOMENT, required=True, help="Others may have had the key since then (UTC).")
@click.option("--reason", required=True, help="Why; stays in the journal and on the public page.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def revoke_key(slug: str, key: str, compromised_since: dt.datetime, reason: str, as_json: bool) -> None:
    """Say of a KEY of SLUG, a former one too, that others may have had it. KEY is its public part, as `keys` lists it.

    \b
    Example:
      assaymark organisation revoke-key northfield z6Mk… --compromised-since 2026-05-20 --reason "A laptop was lost."
    """
    from django.utils import timezone

    from assaymark.adapters.keys import KeyProblem
    from assaymark.records.identifiers import actions

    row, since = organisation_or_fail(slug), _utc(compromised_since)
    assert since is not None
    try:
        actions.compromise(organisation=row, public=key, since=since, reason=reason, at=timezone.now())
    except KeyProblem as problem:
        fail(f"{problem}.".capitalize())
    click.echo(json.dumps(_told(row)) if as_json else f"{key} counts as compromised since {since:%Y-%m-%d %H:%M} UTC.")
