"""Write the cases of `chain/`: `python -m tests.conformance.make_chain`. The same bytes come out each time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assaymark.core.attestation import StatusEventKind
from assaymark.core.trust import Anchor
from assaymark.formats.pdf_certificate import issue_certificate_pdf
from assaymark.formats.trust_list import write_trust_list
from tests.trust_cast import ANCHORS, CERTIFICATE, HANSE, NOW, QUICK, STRANGER, UNACCREDITED, Chain, event

FOLDER = Path(__file__).parent / "chain"
LATER = NOW + dt.timedelta(days=8)
YES, NO, UNKNOWN = "yes", "no", "unknown"


def files() -> dict[str, bytes]:
    """Return every file of the cases by name."""
    suspended = Chain()
    suspended.of_certificate.suspended = True
    suspended.of_certificate.events = [
        event(1, StatusEventKind.ISSUED, dt.date(2026, 5, 1)),
        event(2, StatusEventKind.SUSPENDED, dt.date(2026, 11, 3), reason="Surveillance audit overdue"),
    ]
    withdrawn = Chain()
    assert withdrawn.of_accreditation
    withdrawn.of_accreditation.withdrawn = True
    wide = replace(CERTIFICATE, scope=(replace(CERTIFICATE.scope[0], iaf=frozenset({"17", "28"})),))
    bundle = Chain().bundle()
    pdf = issue_certificate_pdf(CERTIFICATE, bundle=bundle, key=HANSE, at=NOW)
    return {
        "trust.json": write_trust_list(ANCHORS),
        "other-trust.json": write_trust_list([Anchor(STRANGER.did, "Somebody else")]),
        "good.bundle.json": bundle,
        "good.pdf": pdf,
        "good.jwt": Chain().token.encode(),
        "edited.pdf": pdf.replace(b"%PDF-1.7\n%", b"%PDF-1.7\n&", 1),
        "appended.pdf": pdf + b"\n",
        "edited.bundle.json": bundle.replace(b'"version": 1', b'"version": 1 ', 1),
        "forged-seal.bundle.json": Chain().bundle(sealed_by=STRANGER),
        "suspended.bundle.json": suspended.bundle(),
        "accreditation-withdrawn.bundle.json": withdrawn.bundle(),
        "outside-scope.bundle.json": Chain(certificate=wide).bundle(),
        "unaccredited.bundle.json": Chain(
            certificate=UNACCREDITED, accreditation=None, recognition=None, body=QUICK
        ).bundle(),
        "fresh.bundle.json": Chain().bundle(LATER),
    }


def cases() -> list[dict[str, Any]]:
    """Return the cases; each expects four answers about its first file."""

    def case(
        name: str, given: list[str], answers: list[str], *, at: dt.datetime = NOW, trust: str | None = "trust.json"
    ) -> dict[str, Any]:
        return {"name": name, "files": given, "at": at.isoformat(), "trust": trust, "answers": answers}

    unread = [NO, UNKNOWN, UNKNOWN, UNKNOWN]
    return [
        case("a bundle in good order", ["good.bundle.json"], [YES, YES, YES, YES]),
        case("a PDF in good order", ["good.pdf"], [YES, YES, YES, YES]),
        case("a bare credential knows nothing but itself", ["good.jwt"], [YES, UNKNOWN, UNKNOWN, UNKNOWN]),
        case("a credential beside a bundle", ["good.jwt", "good.bundle.json"], [YES, YES, YES, YES]),
        case("one byte of the PDF edited", ["edited.pdf"], unread),
        case("one byte appended to the PDF", ["appended.pdf"], unread),
        case("a space added to the bundle", ["edited.bundle.json"], unread),
        case("a bundle sealed by a stranger", ["forged-seal.bundle.json"], unread),
        case("suspended", ["suspended.bundle.json"], [YES, NO, YES, YES]),
        case(
            "before it was suspended",
            ["suspended.bundle.json"],
            [YES, YES, YES, YES],
            at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
        ),
        case("accreditation withdrawn", ["accreditation-withdrawn.bundle.json"], [YES, YES, NO, YES]),
        case("outside the body's scope", ["outside-scope.bundle.json"], [YES, YES, NO, YES]),
        case("from an unaccredited body", ["unaccredited.bundle.json"], [YES, YES, NO, NO]),
        case("another trust list", ["good.bundle.json"], [YES, YES, YES, NO], trust="other-trust.json"),
        case("no trust list", ["good.bundle.json"], [YES, YES, YES, UNKNOWN], trust=None),
        case("the PDF alone eight days later", ["good.pdf"], [YES, UNKNOWN, UNKNOWN, UNKNOWN], at=LATER),
        case(
            "the PDF eight days later beside a fresh bundle",
            ["good.pdf", "fresh.bundle.json"],
            [YES, YES, YES, YES],
            at=LATER,
        ),
    ]


def main() -> None:
    """Write all files and `cases.json`."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
    (FOLDER / "cases.json").write_bytes(orjson.dumps(cases(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
