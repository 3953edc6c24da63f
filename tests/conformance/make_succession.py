"""Write the cases of `succession/`: `python -m tests.conformance.make_succession`. The same bytes come out each time.

A case has what one of `chain/` has, and may say `predecessors` ("transitional" when it does not) and `label`: the
recognition label that is right at the top of the chain on the date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assaymark.core.attestation import AttestationPointer, Party, RecognitionContent, StatusEventKind
from assaymark.core.body_changes import ChangeKind, FormerName, Predecessor
from assaymark.core.trust import Anchor
from assaymark.formats.credential import issue_recognition_credential
from assaymark.formats.trust_list import write_trust_list
from tests.trust_cast import (
    ACCREDITATION,
    CERTIFICATE,
    HANSE,
    MERIDIAN,
    NORDWERK,
    NOW,
    RECOGNITION,
    ROW,
    Chain,
    Issuer,
    event,
    key,
    pointer,
)

FOLDER = Path(__file__).parent / "succession"
YES, NO, UNKNOWN = "yes", "no", "unknown"
UNION, BALTIC, SUEDWERK = key("union"), key("baltic"), key("suedwerk")
LAST, FIRST, MERGER = dt.date(2026, 6, 30), dt.date(2026, 7, 1), dt.date(2026, 8, 1)
GRANTED = dt.date(2020, 1, 1)
OLD = Anchor(MERIDIAN.did, "Meridian Arrangement", valid_until=LAST)
NEW = Anchor(UNION.did, "Union of Accreditation", valid_from=FIRST, succeeds=MERIDIAN.did)
HEIR = RecognitionContent(
    credential_id="https://nordwerk.example/accreditations/2",
    kind=ACCREDITATION.kind,
    number="NA-0099",
    issuer=ACCREDITATION.issuer,
    subject=Party(BALTIC.did, "Baltic Cert AG", country="DE"),
    scope=(ROW,),
    registered_on=dt.date(2026, 1, 1),
    valid_from=dt.date(2026, 1, 1),
    status=pointer("nordwerk", 77),
    recognised_in=AttestationPointer(RECOGNITION.credential_id, "Meridian Arrangement", MERIDIAN.did),
    predecessors=(Predecessor(HANSE.did, "Hanse Cert GmbH", MERGER),),
)
HANDED_ON = replace(
    RECOGNITION,
    credential_id="https://meridian.example/recognitions/2",
    number="MRA-008",
    subject=Party(SUEDWERK.did, "Südwerk Accreditation", country="DE"),
    status=pointer("meridian", 12),
    predecessors=(Predecessor(NORDWERK.did, "Nordwerk Accreditation", MERGER, ChangeKind.SUCCEEDED),),
)


def midday(day: dt.date) -> dt.datetime:
    """The middle of a day."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def told(chain: Chain) -> Chain:
    """A chain whose logs go back to the grant, so that past days can be asked about."""
    for issuer in chain.issuers():
        issuer.events = [event(1, StatusEventKind.ISSUED, GRANTED)]
    return chain


def merged(*, ended: dt.date = MERGER, later: dt.datetime = NOW) -> bytes:
    """Hanse Cert's accreditation ended; Baltic Cert's states since when it answers for Hanse Cert."""
    chain = told(Chain())
    assert chain.of_accreditation is not None
    chain.of_accreditation.withdrawn = True
    chain.of_accreditation.events.append(event(2, StatusEventKind.WITHDRAWN, ended, reason="Merged"))
    heir = Issuer(NORDWERK, HEIR, events=[event(1, StatusEventKind.ISSUED, GRANTED)])
    return chain.bundle(later, extra=(issue_recognition_credential(HEIR, key=NORDWERK), heir.log(later)))


def handed_on() -> bytes:
    """Nordwerk holds no recognition any more; Südwerk's states since when it answers for Nordwerk."""
    heir = Issuer(MERIDIAN, HANDED_ON, events=[event(1, StatusEventKind.ISSUED, GRANTED)])
    extra = (issue_recognition_credential(HANDED_ON, key=MERIDIAN), heir.log(NOW))
    return told(Chain(recognition=None)).bundle(extra=extra)


def files() -> dict[str, bytes]:
    """Return every file of the cases by name."""
    since = replace(RECOGNITION, valid_from=FIRST, registered_on=FIRST)
    renamed = replace(
        ACCREDITATION,
        subject=Party(HANSE.did, "Hanse Assurance SE", country="DE"),
        former_names=(FormerName("Hanse Cert GmbH", LAST),),
    )
    early = replace(CERTIFICATE, valid_from=dt.date(2025, 1, 1))
    ending = replace(NEW, transition_until=dt.date(2026, 10, 31))
    labelled = replace(OLD, valid_until=None, label="IAF MLA")
    return {
        "succeeded.json": write_trust_list([OLD, NEW]),
        "ended.json": write_trust_list([OLD]),
        "named-only.json": write_trust_list([NEW]),
        "transition-ended.json": write_trust_list([OLD, ending]),
        "labelled.json": write_trust_list([labelled]),
        "plain.json": write_trust_list([replace(OLD, valid_until=None)]),
        "good.bundle.json": told(Chain()).bundle(),
        "early.bundle.json": told(Chain(certificate=early)).bundle(),
        "recognised-after-the-end.bundle.json": told(Chain(recognition=since)).bundle(),
        "renamed.bundle.json": told(Chain(accreditation=renamed)).bundle(),
        "merged.bundle.json": merged(),
        "merged-later.bundle.json": merged(later=midday(dt.date(2027, 2, 1))),
        "withdrawn-before-the-merger.bundle.json": merged(ended=FIRST),
        "certified-after-the-merger.bundle.json": _certified_afterwards(),
        "handed-on.bundle.json": handed_on(),
    }


def _certified_afterwards() -> bytes:
    chain = told(Chain(certificate=replace(CERTIFICATE, valid_from=MERGER)))
    assert chain.of_accreditation is not None
    chain.of_accreditation.withdrawn = True
    chain.of_accreditation.events.append(event(2, StatusEventKind.WITHDRAWN, MERGER, reason="Merged"))
    heir = Issuer(NORDWERK, HEIR, events=[event(1, StatusEventKind.ISSUED, GRANTED)])
    return chain.bundle(extra=(issue_recognition_credential(HEIR, key=NORDWERK), heir.log(NOW)))


def cases() -> list[dict[str, Any]]:
    """Return the cases; each expects four answers about its first file."""

    def case(
        name: str,
        file: str,
        trust: str,
        answers: list[str],
        *,
        at: dt.datetime = NOW,
        **more: str,
    ) -> dict[str, Any]:
        files = [f"{file}.bundle.json"]
        return {
            "name": name,
            "files": files,
            "at": at.isoformat(),
            "trust": f"{trust}.json",
            "answers": answers,
            **more,
        }

    good, unrecognised, unaccredited = [YES] * 4, [YES, YES, YES, NO], [YES, YES, NO, YES]
    turn = "Global Accreditation Cooperation MRA"
    return [
        case("the last day of an arrangement", "good", "succeeded", good, at=midday(LAST)),
        case("the first day of its successor", "good", "succeeded", good, at=midday(FIRST)),
        case("a predecessor after its end", "good", "succeeded", good),
        case("after its end, for who counts none", "good", "succeeded", unrecognised, predecessors="never"),
        case("its last day, for who counts none", "good", "succeeded", good, at=midday(LAST), predecessors="never"),
        case("a predecessor after the transition", "good", "transition-ended", unrecognised),
        case("a predecessor within the transition", "good", "transition-ended", good, at=midday(dt.date(2026, 10, 31))),
        case("ended without successor", "good", "ended", unrecognised),
        case("named as predecessor and not listed", "good", "named-only", unrecognised),
        case("recognised by a predecessor after its end", "recognised-after-the-end", "succeeded", unrecognised),
        case("the label before the turn", "early", "labelled", good, at=midday(dt.date(2025, 12, 31)), label="IAF MLA"),
        case("the label after the turn", "early", "labelled", good, at=midday(dt.date(2026, 1, 1)), label=turn),
        case("no label", "good", "plain", good, label=""),
        case("a body that was renamed", "renamed", "plain", good),
        case("the eve of a merger", "merged", "plain", good, at=midday(dt.date(2026, 7, 31))),
        case("a body that merged", "merged", "plain", good),
        case("six months after a merger", "merged-later", "plain", unaccredited, at=midday(dt.date(2027, 2, 1))),
        case("withdrawn before a merger", "withdrawn-before-the-merger", "plain", unaccredited),
        case("certified by a body that had merged", "certified-after-the-merger", "plain", unaccredited),
        case("an accreditation body that handed on", "handed-on", "plain", good),
    ]


def main() -> None:
    """Write all files and `cases.json`."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
    (FOLDER / "cases.json").write_bytes(orjson.dumps(cases(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
