"""`assaymark watch list | add | round`: whose certificates an organisation watches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from assaymark.cli.server import actor_or_fail, fail, organisation_or_fail, with_server


@click.group()
def watch() -> None:
    """Watch lists: certificates that an organisation relies on, and every change of their answers.

    \b
    Example:
      assaymark watch list halden
    """


@watch.command("list")
@click.argument("organisation")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer as CSV.")
@with_server
def list_(organisation: str, as_json: bool, as_csv: bool) -> None:
    """List what is watched, with the four answers of the last look.

    \b
    Example:
      assaymark watch list halden --csv
    """
    from assaymark.records.scope import organisation_scope
    from assaymark.records.watch import queries, tables

    with organisation_scope(organisation_or_fail(organisation).pk):
        rows = list(queries.listed())
        shown = [queries.shown(row) for row in rows]
        if as_csv:
            click.echo(tables.export_csv(rows).decode("utf-8-sig"), nl=False)
            return
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in shown], ensure_ascii=False))
        return
    for one in shown:
        answers = " ".join(f"{said.answer:<7}" for _, said in one.said)
        click.echo(f"{one.number:<18} {answers} {one.code:<17} {one.label}")
    click.echo(f"Watched: {len(shown)}." if shown else "Nothing is watched.")


def _as_json(one: Any) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "label": one.label,
        "number": one.number,
        "holder": one.holder,
        "body": one.body,
        "register": one.register,
        "answers": {name: said.answer for name, said in one.said},
        "listed": one.listed,
        "code": one.code,
        "seen_at": one.seen_at.isoformat(),
        "changed_at": one.changed_at.isoformat() if one.changed_at else None,
        "unread": one.unread,
    }


@watch.command("add")
@click.argument("organisation")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", required=True, help="E-mail address of the person who adds them.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def add(organisation: str, file: Path, email: str, as_json: bool) -> None:
    """Watch what a list of suppliers names (CSV or XLSX, at most 500 rows). Misspelt names are not taken.

    Exit status 1 when a row was not found.

    \b
    Example:
      assaymark watch add halden suppliers.csv --by a.brandt@halden.example
    """
    from django.utils import timezone

    from assaymark.formats.supplier_list import read_suppliers
    from assaymark.formats.table import TableError
    from assaymark.records.watch.actions import Taken, add_many

    actor = actor_or_fail(email, organisation_or_fail(organisation).slug)
    try:
        suppliers = read_suppliers(file.read_bytes(), name=file.name)
    except TableError as error:
        fail(str(error), status=2)
    told = add_many(suppliers=suppliers, by=actor, at=timezone.now())
    if as_json:
        rows = [{"line": r.supplier.line, "taken": str(r.taken), "why": r.why, "near": list(r.near)} for r in told]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for row in told:
            click.echo(
                f"{row.supplier.line:>5}  {row.taken.words:<15} {row.supplier.name or row.supplier.number}  {row.why}"
            )
    if any(row.taken is Taken.NOT_FOUND for row in told):
        raise SystemExit(1)


@watch.command("round")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def round_(as_json: bool) -> None:
    """Look at all that is watched, on all watch lists, and mail what is due. `assaymark serve` does it every hour.

    \b
    Example:
      assaymark watch round
    """
    from django.utils import timezone

    from assaymark.records.watch.tasks import round_of

    found = round_of(at=timezone.now())
    if as_json:
        click.echo(json.dumps({"changes": found}))
    else:
        click.echo(f"{found} change{'' if found == 1 else 's'} noticed." if found else "Nothing changed.")
