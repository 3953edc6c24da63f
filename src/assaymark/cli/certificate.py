"""`assaymark certificate`: list, export, suspend, reinstate, withdraw; accreditations and recognitions too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assaymark.cli.certificate_kept import kept, renew_timestamps
from assaymark.cli.server import actor_or_fail, fail, with_server

if TYPE_CHECKING:
    from assaymark.core.programme import DecisionKind


@click.group()
def certificate() -> None:
    """Certificates, and by the same commands accreditations and recognitions.

    \b
    Example:
      assaymark certificate export NC-26-00417 --as pdf -o certificate.pdf
    """


@certificate.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def list_(as_json: bool) -> None:
    """List what was attested on this installation, with its status today.

    \b
    Example:
      assaymark certificate list --json
    """
    from django.utils import timezone

    from assaymark.records.attestations import queries

    now = timezone.now()
    rows = [
        {
            "number": row.number,
            "kind": row.kind,
            "holder": row.holder.name,
            "issuer": row.organisation.name,
            "standard": row.standard_label,
            "status": queries.status_on(row, at=now)[0].value,
            "valid_from": row.valid_from.isoformat(),
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        }
        for row in queries.everything()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['number']:<18} {row['kind']:<14} {row['status']:<10} {row['holder']} by {row['issuer']}")


@certificate.command()
@click.argument("number")
@click.option("--as", "form", type=click.Choice(["pdf", "credential", "bundle"]), required=True, help="What to write.")
@click.option("--issuer", default="", help="Short name of the issuer, when two have the same number.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_server
def export(number: str, form: str, issuer: str, output: Path) -> None:
    """Write NUMBER as signed PDF, as credential (vc+jwt), or as bundle with chain and status as they stand today.

    \b
    Example:
      assaymark certificate export NC-26-00417 --as bundle -o certificate.json
    """
    from django.utils import timezone

    from assaymark.records.attestations import export as out

    row = one(number, issuer)
    now = timezone.now()
    try:
        content = {
            "pdf": lambda: out.pdf(row, at=now),
            "credential": lambda: out.credential(row, on=now.date()).encode(),
            "bundle": lambda: out.bundle(row, at=now),
        }[form]()
    except ValueError as error:
        fail(str(error), status=2)
    output.write_bytes(content)
    click.echo(f"{output}: {row.number}, {len(content)} bytes, status of {now:%Y-%m-%d %H:%M} UTC.")


def _change(name: str, decision: str, help_line: str, reason: str) -> None:
    """One command per standing decision; all go through the engine and its rules."""

    @certificate.command(
        name=name,
        help=f"{help_line}\n\n\b\nExample:\n  assaymark certificate {name} NC-26-00417 "
        f'--by decides@body.example --reason "{reason}"',
    )
    @click.argument("number")
    @click.option("--by", "email", required=True, help="E-mail address of who decides; outside the audit team.")
    @click.option("--reason", required=True, help="Why, for the record and for the status log.")
    @click.option("--issuer", default="", help="Short name of the issuer, when two have the same number.")
    @click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
    @with_server
    def change(number: str, email: str, reason: str, issuer: str, as_json: bool) -> None:
        from assaymark.core.programme import DecisionKind

        row = one(number, issuer)
        status = _decide(row, DecisionKind(decision), email=email, reason=reason)
        answer = {"number": row.number, "holder": row.holder.name, "status": status}
        click.echo(json.dumps(answer, ensure_ascii=False) if as_json else f"{row.number} is now {status}.")


_change("suspend", "suspend", "Suspend NUMBER by a decision; it can be reinstated.", "Surveillance was not allowed")
_change("reinstate", "restore", "Lift the suspension of NUMBER by a decision.", "Surveillance took place")
_change("withdraw", "withdraw", "Withdraw NUMBER by a decision, for good.", "The client ended the contract")


certificate.add_command(kept)
certificate.add_command(renew_timestamps)


def one(number: str, issuer: str) -> Any:
    from assaymark.records.attestations.queries import find_by_number

    found = [row for row in find_by_number(number=number) if not issuer or row.organisation.slug == issuer]
    if not found:
        fail(f"There is no certificate {number}.", next_step="List them: assaymark certificate list", status=2)
    if len(found) > 1:
        issuers = ", ".join(row.organisation.slug for row in found)
        fail(f"{number} was issued by {issuers}.", next_step="Say which with --issuer.", status=2)
    return found[0]


def _decide(row: Any, decision: DecisionKind, *, email: str, reason: str) -> str:
    from django.utils import timezone

    from assaymark.records.assessments.actions import decide_about
    from assaymark.records.attestations.queries import find_by_number, status_on

    by = actor_or_fail(email, row.organisation.slug)
    now = timezone.now()
    decide_about(attestation_id=row.pk, decision=decision, reasons=reason, by=by, at=now)
    fresh = next(one for one in find_by_number(number=row.number) if one.pk == row.pk)
    return status_on(fresh, at=timezone.now())[0].value
