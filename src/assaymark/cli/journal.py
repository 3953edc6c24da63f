"""`assaymark journal export|verify|recover`. Verifying needs neither server nor database, nor Django."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from assaymark.cli.server import fail, organisation_or_fail, with_server
from assaymark.formats import journal_bundle
from assaymark.formats.cosignature import WitnessKey
from assaymark.formats.note import BadNote, VerifierKey

NEWEST = 5
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
@click.option(
    "--witness", "witness_texts", multiple=True, help="A witness's key as known from elsewhere; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(
    file: Path, checkpoint: Path | None, key_text: str | None, witness_texts: tuple[str, ...], as_json: bool
) -> None:
    """Compute FILE's hashes again and compare. Exit status 0: as recorded · 1: not · 2: wrong use.

    \b
    Example:
      assaymark journal verify halden.journal --checkpoint halden-2026-01.checkpoint
    """
    notes: list[str] = []
    older: dict[tuple[int, int], bytes] = {}
    try:
        key = VerifierKey.parse(key_text) if key_text else None
        witnesses = [WitnessKey.parse(text) for text in witness_texts]
        if checkpoint is not None:
            if checkpoint.read_bytes()[:1] == b"{":
                with checkpoint.open("rb") as lines:
                    older = journal_bundle.leaves_of(lines)
            else:
                notes.append(checkpoint.read_text(encoding="utf-8"))
        with file.open("rb") as lines:
            report = journal_bundle.verify(lines, notes=notes, older=older, key=key, witnesses=witnesses)
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
    for line in _who_saw(report):
        click.echo(line)
    erased = f", {report.erased_names} names erased" if report.erased_names else ""
    click.echo(
        f"{report.organisation}: {report.entries} entries, {report.checkpoints} checkpoints{erased}: "
        + ("as recorded." if report.intact else "NOT as recorded.")
    )


def _who_saw(report: journal_bundle.Report) -> list[str]:
    """Of each witness the newest checkpoints that it saw."""
    by_witness: dict[str, list[journal_bundle.Seen]] = {}
    for one in sorted(report.seen, key=lambda seen: (seen.epoch, seen.size), reverse=True):
        by_witness.setdefault(one.witness, []).append(one)
    told = []
    for witness, seen in sorted(by_witness.items()):
        whose = "" if seen[0].known else " (its key is from the file)"
        told.append(f"Seen by {witness}{whose}:")
        for one in seen[:NEWEST]:
            epoch = f", epoch {one.epoch}" if one.epoch > 1 else ""
            told.append(f"  {one.size} entries{epoch} on {one.at[:16].replace('T', ' ')} UTC")
        if len(seen) > NEWEST:
            told.append(f"  and {len(seen) - NEWEST} earlier checkpoints")
    return told


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


@journal.command("watch")
@click.option("--organisation", "slug", required=True, help="Short name of the organisation that is to watch.")
@click.option("--key", "key_text", required=True, help="The journal's key: name+id+base64.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def watch(slug: str, key_text: str, as_json: bool) -> None:
    """Cosign the checkpoints of a journal of another installation, from now on.

    Journals of clients on this installation are watched by themselves.

    \b
    Example:
      assaymark journal watch --organisation certlight --key "$(cat halden.key)"
    """
    from django.utils import timezone

    from assaymark.records.witness import actions

    organisation = organisation_or_fail(slug)
    try:
        key = VerifierKey.parse(key_text)
    except BadNote as error:
        fail(f"The key cannot be read: {error}.", next_step="It has the form name+id+base64.", status=2)
    actions.watch(witness=organisation, key=key, at=timezone.now())
    told = {"organisation": slug, "log": key.name, "witness": str(actions.witness_key(organisation))}
    sentence = f"{organisation.name} watches {key.name}. Its own key, for that installation:\n{told['witness']}"
    click.echo(json.dumps(told) if as_json else sentence)


@journal.command("ask-witness")
@click.option("--organisation", "slug", required=True, help="Short name of the organisation whose journal is watched.")
@click.option("--url", required=True, help="The witness's address, such as https://qms.example/witness/certlight")
@click.option("--key", "key_text", required=True, help="The witness's key: name+id+base64.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_server
def ask_witness(slug: str, url: str, key_text: str, as_json: bool) -> None:
    """Have checkpoints cosigned by a witness of another installation, from the next one on.

    \b
    Example:
      assaymark journal ask-witness --organisation halden --url https://qms.example/witness/certlight --key KEY
    """
    from django.utils import timezone

    from assaymark.records.witness import actions

    organisation = organisation_or_fail(slug)
    try:
        key = WitnessKey.parse(key_text)
    except BadNote as error:
        fail(f"The key cannot be read: {error}.", next_step="It has the form name+id+base64.", status=2)
    actions.add_witness(organisation=organisation, url=url, key=key, at=timezone.now())
    sentence = f"{key.name} is asked to cosign each checkpoint of {organisation.name}."
    click.echo(json.dumps({"organisation": slug, "witness": key.name, "url": url}) if as_json else sentence)
