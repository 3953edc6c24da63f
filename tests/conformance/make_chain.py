"""Write the cases of `chain/`: `python -m tests.conformance.make_chain`. The same bytes come out each time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assaymark.core.attestation import StatusEventKind
from assaymark.core.trust import Anchor
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.pdf_certificate import issue_certificate_pdf
from assaymark.formats.trust_list import write_trust_list
from tests.trust_cast import (
    ACCREDITATION,
    ANCHORS,
    CERTIFICATE,
    HANSE,
    NOW,
    QUICK,
    RECOGNITION,
    ROW,
    STRANGER,
    UNACCREDITED,
    Chain,
    event,
)

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
        "edited.bundle.json": bundle.replace(b'"version": ', b'"version":  ', 1),
        "forged-seal.bundle.json": Chain().bundle(sealed_by=STRANGER),
        "suspended.bundle.json": suspended.bundle(),
        "accreditation-withdrawn.bundle.json": withdrawn.bundle(),
        "outside-scope.bundle.json": Chain(certificate=wide).bundle(),
        "unaccredited.bundle.json": Chain(
            certificate=UNACCREDITED, accreditation=None, recognition=None, body=QUICK
        ).bundle(),
        "fresh.bundle.json": Chain().bundle(LATER),
    } | histories()


def histories() -> dict[str, bytes]:
    """Return the files in which something happened, and the question is when, and when it became known."""
    issued, suspended = StatusEventKind.ISSUED, StatusEventKind.SUSPENDED
    granted = event(1, issued, dt.date(2026, 5, 1))
    retroactive = Chain()
    retroactive.of_certificate.suspended = True
    retroactive.of_certificate.events = [
        granted,
        event(2, suspended, dt.date(2026, 11, 3), recorded=dt.date(2026, 11, 10), reason="Complaint upheld"),
    ]
    reinstated = Chain()
    reinstated.of_certificate.events = [
        granted,
        event(2, suspended, dt.date(2026, 9, 1)),
        event(3, StatusEventKind.REINSTATED, dt.date(2026, 10, 1)),
    ]
    withdrawn_before, withdrawn_after = Chain(), Chain()
    for chain, day in ((withdrawn_before, dt.date(2026, 4, 1)), (withdrawn_after, dt.date(2026, 11, 10))):
        assert chain.of_accreditation
        chain.of_accreditation.withdrawn = True
        chain.of_accreditation.events = [
            event(1, issued, dt.date(2021, 5, 1)),
            event(2, StatusEventKind.WITHDRAWN, day, reason="Fees unpaid"),
        ]
    cut, whole = Chain(), Chain()
    for chain in (cut, whole):
        chain.of_certificate.suspended = True
    whole.of_certificate.events = [granted, event(2, suspended, dt.date(2026, 11, 3))]
    cut.of_certificate.events = [granted]
    both = (cut.of_certificate.log(NOW), whole.of_certificate.log(NOW))
    fresh = Chain()
    return {
        "retroactive.bundle.json": retroactive.bundle(),
        "reinstated.bundle.json": reinstated.bundle(),
        "accreditation-withdrawn-before.bundle.json": withdrawn_before.bundle(),
        "accreditation-withdrawn-after.bundle.json": withdrawn_after.bundle(),
        "edition-ended.bundle.json": of_an_edition("2008").bundle(),
        "scope-reduced.bundle.json": narrowed().bundle(),
        "log-cut.bundle.json": parts(cut, logs=(cut.of_certificate.log(NOW),)),
        "log-cut-beside-whole.bundle.json": parts(cut, logs=both),
        "lists-expired.bundle.json": parts(fresh, when=NOW - dt.timedelta(days=7, hours=1), logs=()),
        "no-status.bundle.json": parts(fresh, lists=False, logs=()),
    }


def of_an_edition(edition: str) -> Chain:
    """A chain that is old enough for an edition of the past."""
    row = replace(ROW, editions=frozenset({"2008", "2015"}))
    begun = dt.date(2016, 1, 1)
    return Chain(
        certificate=replace(
            CERTIFICATE,
            edition=edition,
            standard_id="urn:iso:std:iso:9001:ed-4",
            standard_label=f"ISO 9001:{edition}",
            scope=(replace(ROW, editions=frozenset({edition})),),
            original_issue=begun,
            valid_from=begun,
            decided_on=begun,
        ),
        accreditation=replace(ACCREDITATION, scope=(row,), valid_from=begun, registered_on=begun),
        recognition=replace(RECOGNITION, valid_from=begun, registered_on=begun),
    )


def narrowed() -> Chain:
    """The accreditation's row for sector 17 ended on 31 October 2026; 18 goes on."""
    rows = (
        replace(ROW, iaf=frozenset({"17"}), valid_until=dt.date(2026, 10, 31), row="r17"),
        replace(ROW, iaf=frozenset({"18"}), row="r18"),
    )
    return Chain(accreditation=replace(ACCREDITATION, scope=rows))


def parts(chain: Chain, *, when: dt.datetime = NOW, logs: tuple[str, ...], lists: bool = True) -> bytes:
    """A bundle with other knowledge of the certificate itself than its chain would write."""
    own, above = chain.issuers()[0], chain.issuers()[1:]
    content = Bundle(
        certificate=chain.token,
        chain=chain.parents(),
        status_lists=tuple(one for i in ([own] if lists else []) for one in i.lists(when))
        + tuple(one for i in above for one in i.lists(NOW)),
        status_logs=logs + tuple(i.log(NOW) for i in above),
        generated_at=NOW,
    )
    return write_bundle(content, key=HANSE)


def cases() -> list[dict[str, Any]]:
    """Return the cases; each expects four answers about its first file."""

    def case(
        name: str,
        given: list[str],
        answers: list[str],
        *,
        at: dt.datetime = NOW,
        known_at: dt.datetime | None = None,
        trust: str | None = "trust.json",
    ) -> dict[str, Any]:
        known = {"known_at": known_at.isoformat()} if known_at else {}
        return {"name": name, "files": given, "at": at.isoformat(), **known, "trust": trust, "answers": answers}

    def noon(month: int, day: int, year: int = 2026) -> dt.datetime:
        return dt.datetime(year, month, day, 12, tzinfo=dt.UTC)

    good = [YES, YES, YES, YES]

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
        case("a bundle of version 1", ["version-1.bundle.json"], good),
        case("suspended in retrospect", ["retroactive.bundle.json"], [YES, NO, YES, YES]),
        case("in retrospect it was suspended then", ["retroactive.bundle.json"], [YES, NO, YES, YES], at=noon(11, 5)),
        case(
            "and as one could know then, it was not",
            ["retroactive.bundle.json"],
            good,
            at=noon(11, 5),
            known_at=noon(11, 8),
        ),
        case(
            "from the day on which it was recorded one could know",
            ["retroactive.bundle.json"],
            [YES, NO, YES, YES],
            at=noon(11, 5),
            known_at=noon(11, 10),
        ),
        case("before it became effective", ["retroactive.bundle.json"], good, at=noon(11, 2)),
        case("reinstated", ["reinstated.bundle.json"], good),
        case("while it was suspended", ["reinstated.bundle.json"], [YES, NO, YES, YES], at=noon(9, 15)),
        case("after it was reinstated", ["reinstated.bundle.json"], good, at=noon(10, 15)),
        case("before the first day", ["good.bundle.json"], [YES, NO, YES, YES], at=noon(4, 30)),
        case("after the last day", ["good.bundle.json"], [YES, NO, NO, UNKNOWN], at=noon(4, 30, 2030)),
        case(
            "accreditation withdrawn before the certificate was issued",
            ["accreditation-withdrawn-before.bundle.json"],
            [YES, YES, NO, YES],
        ),
        case(
            "and so it was on the certificate's first day",
            ["accreditation-withdrawn-before.bundle.json"],
            [YES, YES, NO, YES],
            at=noon(5, 1),
        ),
        case(
            "accreditation withdrawn after the certificate was issued",
            ["accreditation-withdrawn-after.bundle.json"],
            [YES, YES, NO, YES],
        ),
        case("and before that it stood", ["accreditation-withdrawn-after.bundle.json"], good, at=noon(11, 5)),
        case("to an edition that has ended", ["edition-ended.bundle.json"], [YES, NO, YES, YES]),
        case("on the last day of its transition", ["edition-ended.bundle.json"], good, at=noon(9, 15, 2018)),
        case("a day later", ["edition-ended.bundle.json"], [YES, NO, YES, YES], at=noon(9, 16, 2018)),
        case("the accreditation's scope was reduced", ["scope-reduced.bundle.json"], [YES, YES, NO, YES]),
        case("before that, the scope covered it", ["scope-reduced.bundle.json"], good, at=noon(10, 31)),
        case("a day later, it did not", ["scope-reduced.bundle.json"], [YES, YES, NO, YES], at=noon(11, 1)),
        case("the log cut off, the list not", ["log-cut.bundle.json"], [YES, NO, YES, YES]),
        case("the log cut off, beside the whole one", ["log-cut-beside-whole.bundle.json"], [YES, NO, YES, YES]),
        case("lists that have run out, and no log", ["lists-expired.bundle.json"], [YES, UNKNOWN, YES, YES]),
        case("neither list nor log", ["no-status.bundle.json"], [YES, UNKNOWN, YES, YES]),
        case(
            "nothing was known before anything was written",
            ["good.bundle.json"],
            [YES, UNKNOWN, UNKNOWN, UNKNOWN],
            at=noon(11, 20),
            known_at=noon(4, 1),
        ),
    ]


def main() -> None:
    """Write all files and `cases.json`. Signed PDFs differ each time: to make them anew, remove all three."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        if not (name.endswith(".pdf") and (FOLDER / name).exists()):
            (FOLDER / name).write_bytes(data)
    (FOLDER / "cases.json").write_bytes(orjson.dumps(cases(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
