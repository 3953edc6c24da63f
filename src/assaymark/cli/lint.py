"""`assaymark lint`: does a certificate say all that it must? No Django, no network, no belief in what is read.

Exit status: 0 no error (warnings may remain), 1 errors, 2 wrong use.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from assaymark.core.certificate_lint import Complaint
from assaymark.core.certificate_lint import lint as complaints_of
from assaymark.formats import jws, strict_json
from assaymark.formats.bundle import is_bundle

MAX_FILE = 16 * 1024 * 1024


class Unreadable(ValueError):
    """The file holds no data of a certificate."""


@click.command("lint")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def lint(file: Path, as_json: bool) -> None:
    """Say what a certificate lacks or says wrongly: a PDF with its data, a credential (vc+jwt), a bundle, or JSON.

    Each line names the clause and what to do. Whether the certificate is authentic is another question:
    `assaymark verify` answers it.

    Exit status: 0 no error (warnings may remain), 1 errors, 2 wrong use.

    \b
    Examples:
      assaymark lint certificate.pdf
      assaymark lint claims.json --json
    """
    try:
        with file.open("rb") as source:
            data = source.read(MAX_FILE + 1)
        claims = claims_of(data)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read ({error.strerror}). Check the name.") from error
    except Unreadable as error:
        raise click.UsageError(f"{file} cannot be looked at: {error}.") from error
    found = complaints_of(claims)
    errors = sum(c.error for c in found)
    if as_json:
        answer = {"file": str(file), "errors": errors, "warnings": len(found) - errors, "complaints": _rows(found)}
        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        _show(file, found, errors)
    sys.exit(1 if errors else 0)


def claims_of(data: bytes) -> Mapping[str, Any]:
    """Take the data of a certificate out of a file, without checking any signature; raises :class:`Unreadable`."""
    if len(data) > MAX_FILE:
        raise Unreadable("it is larger than 16 MB")
    if data.lstrip()[:5] == b"%PDF-":
        return claims_of(_attached(data))
    try:
        if data.lstrip()[:1] != b"{":
            return _credential(data.decode("ascii").strip())
        document = strict_json.loads_object(data)
        if is_bundle(document):
            return _credential(str(document.get("certificate", "")))
    except (UnicodeDecodeError, jws.BadToken, strict_json.BadJson) as error:
        raise Unreadable(f"it is neither PDF, credential, bundle nor JSON ({error})") from error
    return _certificate(document)


def _attached(data: bytes) -> bytes:
    from assaymark.formats.pdf_signature import BadPdf, read_signed_pdf  # pyHanko takes a second to import

    try:
        attachment = read_signed_pdf(data).attachment
    except BadPdf as error:
        raise Unreadable(str(error)) from error
    if attachment is None or attachment.startswith(b"%PDF-"):
        raise Unreadable("the PDF carries no data of a certificate, so there is nothing to compare with the rules")
    return attachment


def _credential(token: str) -> Mapping[str, Any]:
    return _certificate(strict_json.loads_object(jws.split(token).payload))


def _certificate(document: Mapping[str, Any]) -> Mapping[str, Any]:
    types = document.get("type")
    if not isinstance(types, list) or "DigitalConformityCredential" not in types:
        raise Unreadable("its data is not that of a certificate (DigitalConformityCredential)")
    return document


def _rows(found: tuple[Complaint, ...]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(c) | {"error": c.error} for c in found]


def _show(file: Path, found: tuple[Complaint, ...], errors: int) -> None:
    for complaint in found:
        word = click.style("error  ", fg="red", bold=True) if complaint.error else click.style("warning", fg="yellow")
        message = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in complaint.message)
        click.echo(f"{word}  {complaint.rule:<17} {message}")
        click.echo(f"         {complaint.clause}. {complaint.next_step}")
    click.echo(f"{file}: errors {errors}, warnings {len(found) - errors}")
