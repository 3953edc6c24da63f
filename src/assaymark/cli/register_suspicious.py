"""`assaymark register suspicious`: facts about a body's certificates that call for a question. Lists, JSON, CSV."""

from __future__ import annotations

import dataclasses
import json

import click

from assaymark.cli.server import organisation_or_fail, with_server
from assaymark.formats import csv_table
from assaymark.formats.table import Sheet

COLUMNS = ("number", "holder", "body", "pattern", "facts", "clause")


@click.command("suspicious")
@click.option("--organisation", "slug", required=True, help="Short name of the certification body.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer as CSV.")
@with_server
def suspicious(slug: str, as_json: bool, as_csv: bool) -> None:
    """List patterns that call for a question: facts of a certificate beside the rule they seem to break.

    Decision before the audit ended, fewer audit days than the table lets, stage 1 and decision on one day, an auditor
    who decided, codes outside the accreditation, a number twice, the mark of a body that no longer exists. A pattern
    is no judgement.

    \b
    Example:
      assaymark register suspicious --organisation northfield --csv
    """
    from assaymark.records.assessments.suspicion import suspicious as found_in_scope
    from assaymark.records.scope import organisation_scope

    with organisation_scope(organisation_or_fail(slug).pk):
        found = found_in_scope()
    rows = [dataclasses.asdict(s) | {"pattern": s.pattern.value, "clause": s.clause, "public": s.public} for s in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif as_csv:
        lines = tuple(tuple(str(row[name]) for name in COLUMNS) for row in rows)
        click.echo(csv_table.write(sheet=Sheet("Suspicious", COLUMNS, lines)).decode("utf-8-sig"), nl=False)
    else:
        for s in found:
            click.echo(f"{s.number:<18} {s.holder}: {s.facts} ({s.clause})")
        click.echo(f"{len(found)} patterns found." if found else "Nothing suspicious found.")
