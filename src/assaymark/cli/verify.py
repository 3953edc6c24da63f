"""`assaymark verify`: four answers about a certificate, offline or online. No Django, no database.

Exit status: 0 all yes, 1 some no, 3 some unknown and none no, 2 wrong use.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import click
import orjson

from assaymark.core.succession import Predecessors
from assaymark.core.trust import Anchor
from assaymark.formats.given_keys import BadKeys, read_keys
from assaymark.formats.moments import BadMoment, in_words, read_day, read_instant
from assaymark.formats.strict_json import Json
from assaymark.formats.timestamp_authorities import read_roots, roots_in_trust_list
from assaymark.formats.trust_list import BadTrustList, read_trust_list
from assaymark.formats.trusted_witnesses import witnesses_in_trust_list
from assaymark.verify import Answer, CertificateVerdict, Input, Policy, as_json
from assaymark.verify import verify as verify_inputs

MAX_FILES = 100
_QUESTIONS = {
    "authentic": "Authentic",
    "in_force": "In force",
    "accredited": "Accredited",
    "recognised": "Recognised",
}
_COLOURS = {Answer.YES: "green", Answer.NO: "red", Answer.UNKNOWN: "yellow"}
EXIT = {Answer.YES: 0, Answer.NO: 1, Answer.UNKNOWN: 3}


predecessors_option = click.option(
    "--predecessors",
    type=click.Choice([one.value for one in Predecessors]),
    default=Predecessors.TRANSITIONAL.value,
    show_default=True,
    help="Whether earlier statements of an anchor that was succeeded count after its end.",
)


class Moment(click.ParamType[dt.datetime]):
    """A date (its last second counts) or an instant with its zone."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        text = str(value)
        try:
            if len(text) > 10:
                return read_instant(text)
            return dt.datetime.combine(read_day(text), dt.time(23, 59, 59), dt.UTC)
        except BadMoment as error:
            self.fail(f"{error}. Write a date as 2026-11-24.", param, ctx)


@click.command("verify")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), help="Your trust list (JSON): who may stand at the top.")
@click.option(
    "--tsa-roots",
    type=click.Path(path_type=Path),
    help="Certificates (PEM) of timestamp authorities whose times you believe; those of the trust list count too.",
)
@click.option(
    "--keys",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public keys that you got by another way (JSON: the issuer's document, or a key with its controller).",
)
@click.option("--at", type=Moment(), help="The date asked about; default: now.")
@click.option("--known-at", type=Moment(), help="Count only what was recorded by this date; default: now.")
@click.option("--offline", is_flag=True, help="Fetch nothing; use what the files carry.")
@click.option("--json", "as_json_", is_flag=True, help="Answer as JSON.")
@click.option("--explain", is_flag=True, help="Show every step and what it rests on.")
@click.option(
    "--max-age",
    type=click.IntRange(0, 3650),
    default=7,
    show_default=True,
    help="Days that status knowledge may be old.",
)
@predecessors_option
@click.option("--allow-loopback", is_flag=True, help="Also fetch from this machine (for a local demo).")
def verify(
    files: tuple[Path, ...],
    trust: Path | None,
    tsa_roots: Path | None,
    keys: tuple[Path, ...],
    at: dt.datetime | None,
    known_at: dt.datetime | None,
    offline: bool,
    as_json_: bool,
    explain: bool,
    max_age: int,
    predecessors: str,
    allow_loopback: bool,
) -> None:
    """Verify certificates: a PDF, a credential (vc+jwt) or a bundle, alone or together.

    Four answers, each yes, no or unknown: authentic, in force, accredited, recognised. Files given together help
    each other: a fresh bundle beside an old PDF brings today's status.

    Exit status: 0 all yes, 1 some no, 3 some unknown and none no, 2 wrong use.

    \b
    Examples:
      assaymark verify certificate.pdf --trust anchors.json
      assaymark verify certificate.pdf fresh-bundle.json --trust anchors.json --offline
      assaymark verify certificate.pdf --at 2026-03-31 --json
      assaymark verify certificate.pdf --tsa-roots authorities.pem --explain
    """
    now = dt.datetime.now(dt.UTC)
    moment = at or now
    verdicts = verify_inputs(
        inputs_of(files),
        at=moment,
        known_at=known_at,
        now=max(now, moment),
        anchors=anchors_of(trust),
        fetch=None if offline else fetcher(allow_loopback),
        documents=documents_of(keys),
        policy=Policy(
            max_status_age=dt.timedelta(days=max_age),
            timestamp_roots=timestamp_roots_of(trust, tsa_roots),
            witnesses=witnesses_of(trust),
            predecessors=Predecessors(predecessors),
        ),
    )
    if as_json_:
        sys.stdout.buffer.write(
            orjson.dumps([as_json(v) for v in verdicts], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )
    else:
        for verdict in verdicts:
            _show(verdict, moment, explain=explain)
    answers = {verdict.answer for verdict in verdicts}
    sys.exit(next(EXIT[a] for a in (Answer.NO, Answer.UNKNOWN, Answer.YES) if a in answers))


def documents_of(paths: tuple[Path, ...]) -> dict[str, dict[str, Json]]:
    """Read the keys that were named; a file without any is wrong use."""
    found: dict[str, dict[str, Json]] = {}
    for path in paths:
        try:
            found |= read_keys(path.read_bytes())
        except OSError as error:
            raise click.UsageError(f"{path} cannot be read ({error.strerror}). Check the name.") from error
        except BadKeys as error:
            raise click.UsageError(f"{path} holds no keys: {error}.") from error
    return found


def fetcher(allow_loopback: bool) -> Callable[[str], bytes]:
    """Return the bounded getter for addresses in credentials."""
    from assaymark.adapters.fetch import Fetcher

    return Fetcher(allow_loopback=allow_loopback)


def inputs_of(files: tuple[Path, ...]) -> list[Input]:
    """Read the files that were named; what cannot be read is wrong use."""
    if len(files) > MAX_FILES:
        raise click.UsageError(f"At most {MAX_FILES} files at a time; give fewer.")
    limit = Policy().max_file
    found = []
    for path in files:
        try:
            with path.open("rb") as file:
                found.append(Input(str(path), file.read(limit + 1)))
        except OSError as error:
            raise click.UsageError(f"{path} cannot be read ({error.strerror}). Check the name.") from error
    return found


def anchors_of(trust: Path | None) -> tuple[Anchor, ...] | None:
    """Read the trust list that was named; a wrong one is wrong use."""
    if trust is None:
        return None
    try:
        return read_trust_list(trust.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{trust} cannot be read ({error.strerror}). Check the name.") from error
    except BadTrustList as error:
        raise click.UsageError(
            f"{trust} is no trust list: {error}. `assaymark trust export -o {trust.name}` writes one."
        ) from error


def timestamp_roots_of(trust: Path | None, tsa_roots: Path | None) -> tuple[bytes, ...]:
    """Read the timestamp authorities that were named in a file of their own and in the trust list (DER)."""
    found: list[bytes] = []
    try:
        if trust is not None:
            found.extend(roots_in_trust_list(trust.read_bytes()))
        if tsa_roots is not None:
            found.extend(root.dump() for root in read_roots(tsa_roots.read_bytes()))
    except OSError as error:
        raise click.UsageError(f"{tsa_roots} cannot be read ({error.strerror}). Check the name.") from error
    except ValueError as error:
        raise click.UsageError(f"{error}. Give certificates as PEM.") from error
    return tuple(dict.fromkeys(found))


def witnesses_of(trust: Path | None) -> tuple[str, ...]:
    """Read the keys of the witnesses that the trust list names; a wrong one is wrong use."""
    try:
        return witnesses_in_trust_list(trust.read_bytes()) if trust is not None else ()
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{trust}: {error}. `assaymark trust export` writes keys as they must be.") from error


def safe(text: str) -> str:
    """Keep control characters of strangers' texts off the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _show(verdict: CertificateVerdict, at: dt.datetime, *, explain: bool) -> None:
    title = " · ".join(safe(part) for part in (verdict.holder, verdict.standard, verdict.certificate_number) if part)
    click.echo(f"{safe(verdict.file)}  {title or 'no certificate could be read'}")
    click.echo(f"on {in_words(at)}")
    for name, finding in verdict.findings.items():
        answer = click.style(f"{finding.answer.value:<8}", fg=_COLOURS[finding.answer], bold=True)
        click.echo(f"  {_QUESTIONS[name]:<11} {answer} {safe(finding.reason)}")
        if explain:
            for line in finding.evidence:
                click.echo(f"               {'':<8}- {safe(line)}")
    if verdict.chain:
        click.echo("  Chain")
        for number, link in enumerate(verdict.chain):
            held = f" ({link.number})" if link.number else ""
            told = "".join(f"; {part}" for part in (link.remark, link.label) if part)
            click.echo(f"    {'  ' * number}{safe(link.name)}, {link.role}{safe(held + told)}")
    if explain:
        for step in verdict.steps:
            click.echo(f"  {step.number}. {step.name}: {step.answer.value}. {safe(step.detail)}")
    for notice in verdict.notices:
        click.echo(f"  Note: {safe(notice)}")
    click.echo()
