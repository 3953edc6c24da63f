"""`assaymark register import | export | coverage | sources`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from assaymark.cli.server import fail, with_server

_DAY = click.DateTime(["%Y-%m-%d"])
_SHOWN = 20


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--as-of", type=_DAY, required=True, help="Day of the snapshot.")
@click.option("--source", required=True, help="Short name of the register it comes from, such as jp-register.")
@click.option("--name", default="", help="The register's name in words.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML or JSON.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["auto", "certsearch"]),
    default="auto",
    show_default=True,
    help="certsearch: the field set of the international certificate database.",
)
@click.option("--may-shrink", is_flag=True, help="More than half of the register may leave at once.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def import_(
    file: Path,
    as_of: dt.datetime,
    source: str,
    name: str,
    mapping: Path | None,
    kind: str,
    may_shrink: bool,
    as_json: bool,
) -> None:
    """Take a snapshot of a foreign register (CSV, JSON, JSON Lines): differences become dated events.

    FILE may also be the folder of a synthetic world, whose certificates are verified on the way. What cannot be true
    is reported by row and kept aside. The same snapshot again changes nothing. Exit status 0 also when rows were kept
    aside; 1 when nothing was taken; 2 for wrong use.

    \b
    Example:
      assaymark register import snapshot.csv --as-of 2026-11-01 --source jp-register --mapping jp.toml
    """
    if not source.replace("-", "").isalnum() or not source.isascii() or len(source) > 60:
        fail(f"“{source}” is no short name.", next_step="Use small letters, digits and hyphens.", status=2)
    key = source.lower()
    if file.is_dir():
        _import_world(file, as_of.date(), key, name, as_json=as_json)
        return
    from django.utils import timezone

    from assaymark.formats.register_snapshot import SnapshotError
    from assaymark.records.register.actions import Reading, import_snapshot

    try:
        rows, told = _reader(file, mapping, kind)
        digest = _digest(file, told)
        reading = Reading(
            source_key=key, source_name=name, as_of=as_of.date(), rows=rows, file=file.name, digest=digest,
            mapping={"format": kind, "mapping": told}, may_shrink=may_shrink,
        )  # fmt: skip
        with click.progressbar(length=1000, label="Reading twice", file=sys.stderr, hidden=as_json) as bar:
            done = import_snapshot(reading=reading, at=timezone.now(), tick=_ticker(bar, rows))
    except SnapshotError as error:
        fail(str(error))
    if as_json:
        click.echo(json.dumps(_as_json(done), ensure_ascii=False))
    else:
        _tell(done, as_of.date())


class _Rows:
    """A file that can be read again, and tells how far it is."""

    def __init__(self, file: Path, mapping: Any, kind: str) -> None:
        from assaymark.formats.register_snapshot import Progress

        self.file, self.mapping, self.kind, self.times = file, mapping, kind, 0
        self.progress = Progress()

    def __call__(self) -> Iterator[Any]:
        from assaymark.formats import certsearch, register_mapping
        from assaymark.formats.register_snapshot import Progress, read

        self.progress = Progress()
        self.times += 1
        records = read(self.file, self.mapping.shape, progress=self.progress)
        return certsearch.read(records) if self.kind == "certsearch" else register_mapping.rows(records, self.mapping)

    @property
    def thousandths(self) -> int:
        """How far both readings have come."""
        part = self.progress.read / self.progress.total if self.progress.total else 0
        return int(500 * (max(self.times, 1) - 1 + min(part, 1)))


def _ticker(bar: Any, rows: _Rows) -> Any:
    def tick(_: int) -> None:
        bar.update(max(0, rows.thousandths - bar.pos))

    return tick


def _reader(file: Path, mapping: Path | None, kind: str) -> tuple[_Rows, str]:
    """How to read the file, and the mapping as it was written."""
    from assaymark.formats import certsearch
    from assaymark.formats.register_mapping import FieldMapping, read_mapping

    if kind == "certsearch":
        return _Rows(file, certsearch.MAPPING, kind), ""
    content = mapping.read_bytes() if mapping else b""
    read = read_mapping(content, name=str(mapping)) if mapping else FieldMapping()
    return _Rows(file, read, kind), content.decode("utf-8", "replace")


def _digest(file: Path, mapping: str) -> str:
    whole = hashlib.sha256(mapping.encode())
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            whole.update(piece)
    return whole.hexdigest()


def _as_json(done: Any) -> dict[str, Any]:
    return {
        "rows": done.rows,
        "events": {k: v for k, v in done.counts.items() if k not in ("rows", "aside", "again", "same")},
        "same": done.counts.get("same", 0),
        "again": done.counts.get("again", 0),
        "aside": [
            {"line": line, "number": number, "reasons": [{"field": p.field, "message": p.message} for p in problems]}
            for line, number, problems in done.aside
        ],
        "rows_aside": done.counts.get("aside", 0),
        "repeated": done.repeated,
    }


def _tell(done: Any, as_of: dt.date) -> None:
    if done.repeated:
        click.echo(f"This snapshot of {as_of} was taken before. Nothing changed.")
        return
    kinds = [(k, v) for k, v in done.counts.items() if v and k not in ("rows", "aside", "same", "again")]
    events = ", ".join(f"{count} {kind}" for kind, count in kinds) or "no events"
    click.echo(f"{done.rows} rows of {as_of}: {events}; {done.counts['same']} as before.")
    if done.counts["again"]:
        click.echo(f"{done.counts['again']} stood there twice and said the same.")
    if done.counts["aside"]:
        click.echo(f"{done.counts['aside']} rows were kept aside:", err=True)
        for line, number, problems in done.aside[:_SHOWN]:
            said = " ".join(problem.message for problem in problems)
            click.echo(f"  line {line}{f', {number}' if number else ''}: {said}", err=True)
        if done.counts["aside"] > _SHOWN:
            click.echo(f"  … and {done.counts['aside'] - _SHOWN} more; all of them with --json.", err=True)


def _import_world(folder: Path, as_of: dt.date, source: str, name: str, *, as_json: bool) -> None:
    """Verify a synthetic world and take its certificates with their verdicts."""
    from django.utils import timezone

    from assaymark.records.register.actions import load
    from assaymark.records.register.worlds import NoWorld, count, entries

    try:
        total = count(folder)
        with click.progressbar(length=total, label="Verified and taken", file=sys.stderr, hidden=as_json) as bar:
            counts = load(
                source_key=source,
                source_name=name or source,
                as_of=as_of,
                entries=entries(folder),
                at=timezone.now(),
                tick=bar.update,
            )
    except NoWorld as error:
        fail(str(error))
    if as_json:
        click.echo(json.dumps({"rows": total, "events": counts}))
        return
    events = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n and kind != "same") or "no events"
    click.echo(f"{total} certificates: {events}; {counts['same']} as before.")


@click.command()
@click.option("--source", required=True, help="Short name of the register.")
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default=None, help="Default: by the file's name.")
@click.option("--on", type=_DAY, default=None, help="The register as it was on a day (default: newest).")
@click.option("--known-at", type=_DAY, default=None, help="As far as it was known at the end of a day.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def export(
    source: str,
    kind: str | None,
    on: dt.datetime | None,
    known_at: dt.datetime | None,
    output: Path,
    as_json: bool,
) -> None:
    """Write a register in the field set of the international certificate database (version 1), as JSON or CSV.

    \b
    Example:
      assaymark register export --source own -o upload.json
    """
    from assaymark.core.register import Entry
    from assaymark.formats import certsearch
    from assaymark.records.register.queries import Source, state_of
    from assaymark.records.register.queries import source as source_of

    try:
        row = source_of(key=source)
    except Source.DoesNotExist:
        fail(f"No register is called {source}.", next_step="Known: assaymark register sources", status=2)
    day = on.date() if on else row.newest or dt.date.max
    moment = known_at.replace(tzinfo=dt.UTC) + dt.timedelta(days=1) if known_at else None
    said = (Entry.of(version.values) for _, version in state_of(source_key=source, on=day, known_at=moment))
    state = (entry for entry in said if not entry.kind)  # accreditations and recognitions are no certificates
    lacking: dict[str, int] = {}
    number = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal number
        for record in certsearch.records(state):
            number += 1
            for name in certsearch.missing(record):
                lacking[name] = lacking.get(name, 0) + 1
            yield record

    write = certsearch.write_csv if (kind or output.suffix[1:]) == "csv" else certsearch.write_json
    with output.open("wb") as file:
        for piece in write(counted()):
            file.write(piece)
    if as_json:
        click.echo(json.dumps({"file": str(output), "certificates": number, "lacking": dict(sorted(lacking.items()))}))
        return
    click.echo(f"{output}: {number} certificates.")
    for name, count in sorted(lacking.items()):
        click.echo(f"{count} of them lack {name}, which the database asks for.", err=True)


@click.command()
@click.argument("source")
@click.option("--since", type=_DAY, required=True, help="First day of completeness.")
@click.option("--until", type=_DAY, default=None, help="Last day, if it ended.")
@click.option("--body", default="", help="For one body only, as the register writes it.")
@click.option("--statement", default="", help="In words (default: “… publishes here completely since …”).")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def coverage(
    source: str, since: dt.datetime, until: dt.datetime | None, body: str, statement: str, as_json: bool
) -> None:
    """State that SOURCE, or one body in it, is listed completely since a day, so that absence can mean something.

    \b
    Example:
      assaymark register coverage jp-register --body "Northfield Certification" --since 2024-01-01
    """
    from django.utils import timezone

    from assaymark.records.register.actions import state_coverage
    from assaymark.records.register.queries import Source

    last = until.date() if until else None
    try:
        row = state_coverage(
            source_key=source, since=since.date(), until=last, body=body, statement=statement, at=timezone.now()
        )
    except Source.DoesNotExist:
        fail(f"No register is called {source}.", next_step="Known: assaymark register sources", status=2)
    click.echo(json.dumps(row.facts(), ensure_ascii=False) if as_json else row.statement)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def sources(as_json: bool) -> None:
    """List the registers that are held here.

    \b
    Example:
      assaymark register sources
    """
    from assaymark.records.register import queries

    rows = queries.sources()
    if as_json:
        told = [{"key": r.key, "name": r.name, "newest": str(r.newest or ""), "listings": r.listings} for r in rows]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.key}: {row.name}, {row.listings} listings, newest snapshot of {row.newest or 'no day yet'}.")
    if not rows:
        click.echo("No register is held here yet. Import a snapshot: assaymark register import --help")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def refresh(as_json: bool) -> None:
    """Bring the register up to date about all certificates, accreditations and recognitions of this installation,
    verdicts included.

    Changes are taken as they happen, and the server does this each day; it is for what was there before the register.

    \b
    Example:
      assaymark register refresh
    """
    from django.utils import timezone

    from assaymark.records.register.own import refresh as bring

    certificates, added = bring(at=timezone.now())
    if as_json:
        click.echo(json.dumps({"attestations": certificates, "added": added}))
        return
    click.echo(f"{certificates} certificates, accreditations and recognitions; {added} statements added.")
