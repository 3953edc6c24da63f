"""`assaymark verify-list`: a list of suppliers in, one answer a row out.

Exit status: 0 every row good, 1 some to be stopped, 3 some to be looked at and none to be stopped, 2 wrong use.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import orjson

from assaymark.adapters.asked_register import AskedRegister, BadAnswer
from assaymark.cli.verify import Moment, anchors_of
from assaymark.core.supplier_list import Checked, Outcome, Register, Supplier, check
from assaymark.formats import supplier_list
from assaymark.formats.moments import in_words
from assaymark.formats.table import TableError

_EXIT = {Outcome.GOOD: 0, Outcome.LOOK: 3, Outcome.STOP: 1}
_COLOURS = {Outcome.GOOD: "green", Outcome.LOOK: "yellow", Outcome.STOP: "red"}


@click.command("verify-list")
@click.argument("suppliers", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--register", help="A register: the address of an installation, or a database (URL or SQLite file).")
@click.option("--bundle-dir", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Certificate files.")
@click.option("--trust", type=click.Path(path_type=Path), help="Your trust list (JSON), for --bundle-dir.")
@click.option("--at", type=Moment(), help="The date asked about; default: now.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="Which column holds what.")
@click.option("--allow-loopback", is_flag=True, help="Also ask a register on this machine.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".xlsx or .csv")
@click.option("--json", "as_json", is_flag=True, help="Answer the counts as JSON.")
def verify_list(
    suppliers: Path,
    register: str | None,
    bundle_dir: Path | None,
    trust: Path | None,
    at: dt.datetime | None,
    columns: tuple[str, ...],
    allow_loopback: bool,
    output: Path,
    as_json: bool,
) -> None:
    """Check a list of suppliers (CSV or XLSX): names, certificate numbers or files; one answer a row.

    Columns are known by their headings in several languages. Answers go to OUTPUT with reasons, near matches and a
    summary. Without --register and --bundle-dir the register of this installation is asked.

    Exit status: 0 every row good, 1 some to be stopped, 3 some to be looked at and none to be stopped, 2 wrong use.

    \b
    Examples:
      assaymark verify-list suppliers.xlsx -o answers.xlsx
      assaymark verify-list suppliers.csv --bundle-dir certificates/ --trust anchors.json -o answers.xlsx
      assaymark verify-list suppliers.csv --register https://register.example -o answers.csv
    """
    if output.suffix.lower() not in (".xlsx", ".csv"):
        raise click.UsageError("The output is an .xlsx or a .csv file. Name it so.")
    now = dt.datetime.now(dt.UTC)
    moment = at or now
    try:
        rows = supplier_list.read_suppliers(suppliers.read_bytes(), name=suppliers.name, columns=_named(columns))
    except TableError as error:
        raise click.UsageError(f"{suppliers}: {error}") from error
    asked = _register(register, bundle_dir, trust, moment, now, allow_loopback)
    try:
        checked = _checked(rows, asked, on=moment.date())
    except BadAnswer as error:
        raise click.UsageError(str(error)) from error
    where = str(bundle_dir or register or "the register of this installation")
    about = [("List", suppliers.name), ("Asked", where), ("For", in_words(moment)), ("Rows", str(len(rows)))]
    output.write_bytes(_written(checked, output, about))
    if as_json:
        click.echo(orjson.dumps({"rows": len(checked), **supplier_list.counts(checked)}))
    else:
        _show(checked, output)
    found = {one.outcome for one in checked}
    sys.exit(next(_EXIT[one] for one in (Outcome.STOP, Outcome.LOOK, Outcome.GOOD) if one in found))


def _named(columns: Sequence[str]) -> dict[str, str]:
    found = {}
    for column in columns:
        field, sign, heading = column.partition("=")
        if not sign:
            raise click.UsageError("--column is FIELD=HEADING, such as --column name=Vendor.")
        found[field] = heading
    return found


def _checked(rows: Sequence[Supplier], register: Register, *, on: dt.date) -> list[Checked]:
    with click.progressbar(length=len(rows), label="Checked", file=sys.stderr) as bar:
        found = []
        for one in check(rows, register, on=on):
            found.append(one)
            if len(found) % 100 == 0:
                bar.update(100)
        bar.update(len(rows) % 100)
    return found


def _register(
    named: str | None,
    folder: Path | None,
    trust: Path | None,
    at: dt.datetime,
    now: dt.datetime,
    allow_loopback: bool,
) -> Register:
    if folder and named:
        raise click.UsageError("Give --register or --bundle-dir, not both.")
    if folder:
        from assaymark.verify.filed import Folder, TooManyFiles

        try:
            with click.progressbar(length=len(list(folder.iterdir())), label="Files read", file=sys.stderr) as bar:
                return Folder(folder, anchors=anchors_of(trust), at=at, now=max(at, now), done=bar.update)
        except TooManyFiles as error:
            raise click.UsageError(str(error)) from error
    if named and named.startswith(("http://", "https://")):
        return AskedRegister(named, allow_loopback=allow_loopback)
    return _records(named)


def _records(database: str | None) -> Register:
    """The register of this installation, or of a database that is named."""
    if importlib.util.find_spec("django") is None:
        raise click.UsageError("A database needs the server part. Install it: pip install 'assaymark[server]'")
    if database:
        os.environ["DATABASE_URL"] = database if "://" in database else f"sqlite:///{Path(database).resolve()}"
    from assaymark.cli.server import start_django

    start_django()
    from assaymark.records.register.lists import Records

    return Records()


def _show(checked: Sequence[Checked], output: Path) -> None:
    for outcome in Outcome:
        many = sum(one.outcome is outcome for one in checked)
        click.echo(f"  {click.style(f'{outcome.value:<5}', fg=_COLOURS[outcome], bold=True)} {many:>8,}")
    click.echo(f"{output} written: {len(checked):,} rows.")


def _written(checked: list[Checked], output: Path, about: list[tuple[str, str]]) -> bytes:
    """As a workbook or as CSV, by the name of the file."""
    if output.suffix.lower() != ".xlsx":
        return supplier_list.write_csv(checked)
    from assaymark.formats import supplier_workbook  # openpyxl takes a while to load

    return supplier_workbook.write_result(checked, about=about)
