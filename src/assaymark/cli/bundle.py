"""`assaymark bundle`: everything that a stranger needs offline about one certificate, in one file.

A bundle is sealed by a party of the chain, so nobody but the register that keeps the body's key can write one. For a
number of this installation it is written here; for a file or an address it is asked of the register that it names.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from assaymark.cli.verify import fetcher
from assaymark.formats import strict_json
from assaymark.formats.bundle import is_bundle
from assaymark.verify import Answer, Input
from assaymark.verify import verify as verify_inputs


@click.command("bundle")
@click.argument("certificate", metavar="CERTIFICATE")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")
@click.option("--issuer", default="", help="Short name of the body, when several have issued this number.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to be asked about; default: today.")
@click.option("--allow-loopback", is_flag=True, help="Also fetch from this machine (for a local demo).")
def bundle(certificate: str, output: Path, issuer: str, on: dt.datetime | None, allow_loopback: bool) -> None:
    """Write the bundle of a certificate: chain, status lists and events as they stand now, sealed by its body.

    CERTIFICATE is a number of this installation, a file (PDF, credential, older bundle), or the address of a
    certificate's page.

    \b
    Examples:
      assaymark bundle NC-26-00417 -o bundle.json
      assaymark bundle certificate.pdf -o fresh.json
      assaymark bundle https://register.example/c/northfield/NC-26-00417/ -o bundle.json
    """
    day = f"?on={on:%Y-%m-%d}" if on else ""
    if certificate.startswith(("https://", "http://")):
        data = _fetched(f"{certificate.rstrip('/')}/bundle.json{day}", allow_loopback)
    elif Path(certificate).is_file():
        data = _fetched(f"{_page_of(Path(certificate)).rstrip('/')}/bundle.json{day}", allow_loopback)
    else:
        data = _own(certificate, issuer, on.date() if on else None)
    now = dt.datetime.now(dt.UTC)
    verdict = verify_inputs([Input(output.name, data)], at=now, now=now)[0]
    if verdict.authentic.answer is Answer.NO or not _is_bundle(data):
        raise click.ClickException(f"What was given is no bundle that holds: {verdict.authentic.reason}")
    output.write_bytes(data)
    if verdict.authentic.answer is Answer.UNKNOWN:
        # Readers may know more: a witness that they trust, or a timestamp authority.
        click.echo(verdict.authentic.reason, err=True)
        click.echo(f"{output} written.")
        return
    click.echo(f"{output} written: {verdict.holder}, {verdict.standard}, {verdict.certificate_number}.")


def _is_bundle(data: bytes) -> bool:
    try:
        return is_bundle(strict_json.loads(data))
    except strict_json.BadJson:
        return False


def _page_of(path: Path) -> str:
    """The page that a certificate names; only an authentic one is believed."""
    now = dt.datetime.now(dt.UTC)
    verdict = verify_inputs([Input(path.name, path.read_bytes())], at=now, now=now)[0]
    if verdict.authentic.answer is not Answer.YES:
        raise click.UsageError(f"{path} is not authentic: {verdict.authentic.reason}")
    if not verdict.public_url:
        raise click.UsageError(f"{path} names no page where its status is published. Ask its body for a bundle.")
    return verdict.public_url


def _fetched(address: str, allow_loopback: bool) -> bytes:
    try:
        return fetcher(allow_loopback)(address)
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"{address} could not be fetched: {error}. Check the address, or try later."
        ) from error


def _own(number: str, issuer: str, on: dt.date | None) -> bytes:
    from assaymark.cli.server import with_server

    @with_server
    def written() -> bytes:
        from django.utils import timezone

        from assaymark.cli.certificate import one
        from assaymark.records.attestations import export

        return export.bundle(one(number, issuer), at=timezone.now(), on=on)

    import importlib.util

    if importlib.util.find_spec("django") is None:
        raise click.UsageError(f"{number} is no file. Numbers need the server part: pip install 'assaymark[server]'")
    return written()
