"""`assaymark documents import | in-force`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from assaymark.cli.server import organisation_or_fail, with_server


@click.group()
def documents() -> None:
    """Controlled documents: import them with their history, ask what was in force on a day.

    \b
    Example:
      assaymark documents import ./handbook --organisation halden
    """


@documents.command(name="import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def import_(source: Path, organisation: str, as_json: bool) -> None:
    """Import a folder, a git repository with its history, or a JSON-lines file (also .xz).

    All of it or nothing. The same source again adds only what is new.

    \b
    Example:
      assaymark documents import handbook.versions.jsonl.xz --organisation halden
    """
    from django.utils import timezone

    from assaymark.core.document_history import HistoryRefused
    from assaymark.records.documents.importing import import_documents, read_source

    row = organisation_or_fail(organisation)
    now = timezone.now()
    try:
        with click.progressbar(length=1000, label="Reading the source", file=sys.stderr) as bar:

            def progress(stage: str, done: int, total: int) -> None:
                bar.label = stage
                bar.update(1000 * done // max(1, total) - bar.pos)

            read = read_source(source, at=now)
            result = import_documents(organisation_id=row.pk, source=read, at=now, progress=progress)
            bar.update(1000 - bar.pos)
    except HistoryRefused as refused:
        if as_json:
            problems = [{"where": p.where, "problem": p.message, "next_step": p.next_step} for p in refused.problems]
            click.echo(json.dumps({"imported": False, "problems": problems}))
        for problem in refused.problems:
            click.echo(str(problem), err=True)
        click.echo("Nothing was imported.", err=True)
        sys.exit(1)
    answer = {
        "organisation": organisation,
        "imported": True,
        "versions_read": result.changes_read,
        "versions_known_before": result.known_before,
        "documents_added": result.documents_added,
        "revisions_added": result.revisions_added,
        "withdrawals": result.withdrawals,
        "missing_from_folder": list(result.missing),
    }
    click.echo(json.dumps(answer) if as_json else _sentences(answer))


def _sentences(answer: dict[str, object]) -> str:
    lines = [
        f"{answer['documents_added']} documents and {answer['revisions_added']} revisions added,"
        f" {answer['withdrawals']} withdrawals; {answer['versions_known_before']} versions were here already."
    ]
    missing = answer["missing_from_folder"]
    if isinstance(missing, list) and missing:
        lines += [f"{len(missing)} documents are no longer in the folder and stay in force:", *missing]
    return "\n".join(lines)


@documents.command(name="in-force")
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--on", "on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day, such as 2019-07-01.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def in_force(organisation: str, on: datetime, as_json: bool) -> None:
    """List the documents in force on a day: path, revision and SHA-256 of the content.

    The day is a day of UTC: what was committed or took effect on it counts.

    \b
    Example:
      assaymark documents in-force --organisation halden --on 2019-07-01
    """
    from assaymark.records.documents import queries
    from assaymark.records.scope import organisation_scope

    row = organisation_or_fail(organisation)
    day = on.date()
    with organisation_scope(row.pk):
        found = queries.in_force(on=day)
    if as_json:
        listed = [
            {"path": d.path, "number": d.number, "revision": d.revision, "sha256": d.sha256, "title": d.title}
            for d in found
        ]
        click.echo(json.dumps({"organisation": organisation, "on": day.isoformat(), "documents": listed}))
        return
    for d in found:
        click.echo(f"{d.sha256}  {d.revision:>6}  {d.number}  {d.path or d.title}")
    click.echo(f"{len(found)} documents were in force on {day.isoformat()}.", err=True)
