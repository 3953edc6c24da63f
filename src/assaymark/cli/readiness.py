"""`assaymark readiness`: the clause matrix of an organisation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from assaymark.cli.server import organisation_or_fail, with_server

if TYPE_CHECKING:
    from assaymark.core.readiness import Check, ClauseState, Finding, Readiness


@click.command()
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--checks", is_flag=True, help="Also list the checks of clauses that need attention.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, with every check.")
@with_server
def readiness(organisation: str, checks: bool, as_json: bool) -> None:
    """Say for each clause of ISO 9001 what live records show, and what is missing.

    \b
    Example:
      assaymark readiness --organisation halden --checks
    """
    from django.utils import timezone

    from assaymark.records.readiness import queries
    from assaymark.records.scope import organisation_scope

    row = organisation_or_fail(organisation)
    with organisation_scope(row.pk):
        found = queries.matrix(at=timezone.now())
    if as_json:
        click.echo(json.dumps(_as_json(found, organisation)))
        return
    for (number, title), clauses in found.chapters:
        click.echo(f"{number} {title}")
        for clause in clauses:
            click.echo(_line(clause))
            if checks and clause.needs_work:
                for check, finding in _failing(clause):
                    click.echo(f"           - {check.title}: {finding.sentence} {_named(finding)}".rstrip())
    click.echo(f"{found.headline} {found.rest}")


def _line(clause: ClauseState) -> str:
    from assaymark.core.readiness import OUTCOME_NAMES

    said = f"{clause.shown_by}{f' [{clause.open_words}]' if clause.open_words else ''}"
    return f"  {clause.number:<7}{OUTCOME_NAMES[clause.state]:<16}{clause.title[:44]:<46}{said}".rstrip()


def _failing(clause: ClauseState) -> list[tuple[Check, Finding]]:
    return [(c, f) for c, f in clause.findings if f.open or f.outcome.value in {"attention", "missing"}]


def _named(finding: Finding) -> str:
    return ", ".join(f"{r.label}{f' ({r.note})' if r.note else ''}" for r in finding.records)


def _as_json(found: Readiness, slug: str) -> dict[str, Any]:
    return {
        "organisation": slug,
        "on": found.day.isoformat(),
        "standard": found.standard,
        "summary": f"{found.headline} {found.rest}",
        "counts": {state: sum(1 for c in found.clauses if c.state.value == state) for state in _states()},
        "clauses": [_clause(clause) for clause in found.clauses],
        "next_dates": [{"on": d.on.isoformat(), "what": d.what} for d in found.dates],
    }


def _states() -> list[str]:
    from assaymark.core.readiness import Outcome

    return [state.value for state in Outcome]


def _clause(clause: ClauseState) -> dict[str, Any]:
    return {
        "clause": clause.number,
        "title": clause.title,
        "state": clause.state.value,
        "shown_by": clause.shown_by,
        "fresh_on": clause.fresh_on.isoformat() if clause.fresh_on else None,
        "open": clause.open,
        "open_words": clause.open_words,
        "owner": clause.owner,
        "checks": [
            {
                "check": check.key,
                "title": check.title,
                "looks_at": check.about,
                "outcome": finding.outcome.value,
                "sentence": finding.sentence,
                "looked_at": finding.looked_at,
                "open": finding.open,
                "records": [
                    {"kind": r.kind, "id": str(r.id), "label": r.label, "note": r.note} for r in finding.records
                ],
            }
            for check, finding in clause.findings
        ],
    }
