"""`assaymark register body-change | body-changes`: what became of bodies, as the operator knows it."""

from __future__ import annotations

import datetime as dt
import json

import click

from assaymark.cli.server import fail, with_server
from assaymark.core.body_changes import ChangeKind


@click.command("body-change")
@click.argument("old")
@click.argument("new")
@click.option("--kind", type=click.Choice([kind.value for kind in ChangeKind]), required=True, help="What happened.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day of it.")
@click.option("--origin", required=True, help="Where this is known from: a notice, a page, a letter.")
@click.option("--source", default="own", show_default=True, help="Short name of the register that names the body.")
@click.option("--did", default="", help="Identifier under which the ended body attested, where it is known.")
@click.option("--sign-again", is_flag=True, help="Sign the accreditations anew that are to state it.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def body_change(
    old: str,
    new: str,
    kind: str,
    on: dt.datetime,
    origin: str,
    source: str,
    did: str,
    sign_again: bool,
    as_json: bool,
) -> None:
    """Record that the body OLD is called NEW, merged into NEW, or was succeeded by NEW, since a day.

    The same change twice is one. What contradicts what is recorded is refused. A body of this installation is named in
    the next issue of the accreditation that states the change, with --sign-again at once.

    \b
    Example:
      assaymark register body-change "Hanse Cert" "Baltic Cert" --kind merged-into --on 2026-08-01 --origin "Notice"
    """
    from django.utils import timezone

    from assaymark.records.register import changes
    from assaymark.records.register.queries import Source

    told = changes.Told(
        source_key=source,
        kind=ChangeKind(kind),
        on=on.date(),
        old_name=old,
        new_name=new,
        origin=origin,
        did=did,
    )
    now = timezone.now()
    try:
        row = changes.record(told=told, at=now)
    except Source.DoesNotExist:
        fail(f"No register is called {source}.", next_step="Known: assaymark register sources", status=2)
    signed = [one.number for one in changes.sign_again(change=row, at=now)] if sign_again else []
    (answer,) = changes.as_json([row])
    if as_json:
        click.echo(json.dumps({**answer, "signed_again": signed}, ensure_ascii=False))
        return
    click.echo(answer["sentence"])
    for number in signed:
        click.echo(f"{number} was signed again.")


@click.command("body-changes")
@click.argument("body", default="")
@click.option("--retract", type=int, default=None, metavar="ID", help="Take back the change with this number.")
@click.option("--origin", default="", help="With --retract: why.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def body_changes(body: str, retract: int | None, origin: str, as_json: bool) -> None:
    """List what became of bodies, or of BODY: names, mergers, successors, with day and source.

    \b
    Examples:
      assaymark register body-changes
      assaymark register body-changes "Hanse Cert" --json
      assaymark register body-changes --retract 12 --origin "Notice was withdrawn"
    """
    from django.utils import timezone

    from assaymark.records.register import changes

    if retract is not None:
        if not origin:
            fail("Why it is taken back is not said.", next_step="Add --origin.", status=2)
        try:
            changes.retract(change_id=retract, origin=origin, at=timezone.now())
        except changes.BodyChange.DoesNotExist:
            fail(
                f"No change has the number {retract}.", next_step="List them: assaymark register body-changes", status=2
            )
    rows = changes.as_json(changes.changes(body=body))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['id']:>4}  {row['sentence']} ({row['origin']})")
    if not rows:
        click.echo("No change of a body is recorded.")
