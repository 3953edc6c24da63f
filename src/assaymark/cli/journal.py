"""`assaymark journal export|verify|recover`. Verifying needs neither server nor database, nor Django."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from assaymark.cli.server import fail, organisation_or_fail, with_server
from assaymark.formats import journal_bundle
from assaymark.formats.note import BadNote, VerifierKey

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def journal() -> None:
    """The journal of an organisation: every change, append-only, in a Merkle tree.

    \b
    Example:
      assaymark journal verify halden.journal
    """


@journal.command()
@click.option("--organisation", "slug", required=True, help="Short name of the organisation.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--checkpoint", "note", type=click.Path(dir_okay=False, path_type=Path), help="Write the newest here.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def export(slug: str, output: Path, note: Path | None, as_json: bool) -> None:
    """Write the whole journal with names, checkpoints and key into one file. Signs a checkpoint first.

    \b
    Example:
      assaymark journal export --organisation halden -o halden.journal --checkpoint halden.checkpoint
    """
    from django.utils import timezone

    from assaymark.records.journal.export import write_export

    organisation = organisation_or_fail(slug)
    answer = write_export(organisation_id=organisation.pk, path=output, at=timezone.now())
    if note is not None and answer.checkpoint:
        note.write_text(answer.checkpoint, encoding="utf-8")
    for reason in answer.unsigned:
        click.echo(f"Not signed: {reason}\nThe file was written. Next: assaymark journal verify {output}", err=True)
    if as_json:
        told = {"file": str(output), "entries": answer.entries, "checkpoint": answer.checkpoint}
        click.echo(json.dumps(told | {"unsigned": list(answer.unsigned)}))
    elif answer.unsigned:
        click.echo(f"{output}: {answer.entries} entries, as they stand in the database.")
    else:
        click.echo(
            f"{output}: {answer.entries} entries. Keep this checkpoint elsewhere:\n\n{answer.checkpoint}", nl=False
        )


@journal.command()
@click.argument("file", type=_FILE)
@click.option("--checkpoint", type=_FILE, help="A checkpoint (signed note) or an older export, kept elsewhere.")
@click.option("--key", "key_text", help="The journal's key as known from elsewhere: name+id+base64.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(file: Path, checkpoint: Path | None, key_text: str | None, as_json: bool) -> None:
    """Compute FILE's hashes again and compare. Exit status 0: as recorded · 1: not · 2: wrong use.

    \b
    Example:
      assaymark journal verify halden.journal --checkpoint halden-2026-01.checkpoint
    """
    notes: list[str] = []
    older: dict[tuple[int, int], bytes] = {}
    try:
        key = VerifierKey.parse(key_text) if key_text else None
        if checkpoint is not None:
            if checkpoint.read_bytes()[:1] == b"{":
                with checkpoint.open("rb") as lines:
                    older = journal_bundle.leaves_of(lines)
            else:
                notes.append(checkpoint.read_text(encoding="utf-8"))
        with file.open("rb") as lines:
            report = journal_bundle.verify(lines, notes=notes, older=older, key=key)
    except BadNote as error:
        fail(f"The key cannot be read: {error}.", next_step="It has the form name+id+base64.", status=2)
    except journal_bundle.BadBundle as error:
        fail(f"{file}: {error}.", next_step="Write one: assaymark journal export --organisation SLUG -o FILE", status=2)
    except UnicodeDecodeError:
        fail(f"{checkpoint} is no text.", next_step="Give a signed checkpoint, or an older export.", status=2)
    if as_json:
        click.echo(json.dumps({**asdict(report), "intact": report.intact}))
    else:
        _tell(report)
    sys.exit(0 if report.intact else 1)


def _tell(report: journal_bundle.Report) -> None:
    for finding in report.findings:
        click.echo(finding.message)
    for notice in report.notices:
        click.echo(notice)
    erased = f", {report.erased_names} names erased" if report.erased_names else ""
    click.echo(
        f"{report.organisation}: {report.entries} entries, {report.checkpoints} checkpoints{erased}: "
        + ("as recorded." if report.intact else "NOT as recorded.")
    )


@journal.command()
@click.option("--organisation", "slug", required=True, help="Short name of the organisation.")
@click.option("--reason", required=True, help="What happened; goes into the journal.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def recover(slug: str, reason: str, as_json: bool) -> None:
    """Open a new epoch after a restored backup, so that the organisation can work again.

    The last signed checkpoint becomes the first entry, so that what was lost stays visible.

    \b
    Example:
      assaymark journal recover --organisation halden --reason "Disk failed; restored the backup of 3 March."
    """
    from django.utils import timezone

    from assaymark.records.journal.checkpoints import recover as open_epoch

    organisation = organisation_or_fail(slug)
    epoch = open_epoch(organisation_id=organisation.pk, reason=reason, at=timezone.now())
    answer = {"organisation": slug, "epoch": epoch}
    sentence = f"{organisation.name} works again, in epoch {epoch} of its journal."
    click.echo(json.dumps(answer) if as_json else sentence)
