"""`assaymark register suspicious`: facts about certificates that call for a question. Lists, JSON, CSV."""

from __future__ import annotations

import json
from typing import Any

import click

from assaymark.cli.server import organisation_or_fail, with_server
from assaymark.formats import csv_table
from assaymark.formats.table import Sheet

COLUMNS = ("number", "holder", "body", "pattern", "facts", "clause", "aside", "explanation")


@click.command("suspicious")
@click.option("--organisation", "slug", required=True, help="Short name of the certification or accreditation body.")
@click.option("--all", "everything", is_flag=True, help="List what was put aside with an explanation too.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON; says of each whether it was put aside.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer as CSV.")
@with_server
def suspicious(slug: str, everything: bool, as_json: bool, as_csv: bool) -> None:
    """List patterns that call for a question: facts of a certificate beside the rule they seem to break.

    Decision before the audit ended, fewer audit days than the table lets, stage 1 and decision on one day, an auditor
    who decided, codes outside the accreditation, a number twice, the mark of a body that no longer exists. Of the
    bodies that it accredited, an accreditation body sees the last three, as published. A pattern is no judgement.

    \b
    Example:
      assaymark register suspicious --organisation northfield --csv
    """
    from assaymark.records.assessments.suspicion import found as found_in_scope
    from assaymark.records.scope import organisation_scope

    with organisation_scope(organisation_or_fail(slug).pk):
        found = found_in_scope()
    rows = [_row(one) for one in found if everything or as_json or not one.aside]
    aside = sum(one.aside for one in found)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif as_csv:
        lines = tuple(tuple(str(row[name]) for name in COLUMNS) for row in rows)
        click.echo(csv_table.write(sheet=Sheet("Suspicious", COLUMNS, lines)).decode("utf-8-sig"), nl=False)
    else:
        for row in rows:
            said = f" Put aside: {row['explanation']}" if row["aside"] else ""
            click.echo(f"{row['number']:<18} {row['holder']}: {row['facts']} ({row['clause']}){said}")
        click.echo(_sum(len(found) - aside, aside))


def _sum(count: int, aside: int) -> str:
    words = f"{count} pattern{'s'[: count != 1]} found." if count else "Nothing suspicious found."
    return f"{words} {aside} put aside." if aside else words


def _row(one: Any) -> dict[str, object]:
    """A pattern as JSON."""
    suspicion = one.suspicion
    return {
        "pattern": suspicion.pattern.value,
        "key": suspicion.key,
        "number": suspicion.number,
        "holder": suspicion.holder,
        "body": suspicion.body,
        "facts": suspicion.facts,
        "clause": suspicion.clause,
        "public": suspicion.public,
        "evidence": [{"kind": e.kind, "key": e.key, "name": e.name} for e in suspicion.evidence],
        "aside": one.aside,
        "explanation": one.said[-1].reason if one.aside else "",
    }
