"""Write the cases of `keys/`: keys that were replaced or stolen, who saw what when, documents that were replaced.

`python -m tests.conformance.make_keys`. The body of the cast goes by a did:webvh whose signing key was replaced in
August 2026; its certificate was signed in June. Nordwerk, which accredits it, cosigns its status log.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.core.attestation import Party, StatusEvent, StatusEventKind
from assaymark.formats import note
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.cosignature import WitnessKey, cosign
from assaymark.formats.credential import issue_certificate_credential
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.status_log import Leaf, issue_proven_log, leaf_body
from assaymark.formats.trust_list import write_trust_list
from assaymark.formats.trusted_witnesses import with_witnesses
from assaymark.formats.webvh_writing import Document, create, update
from tests.trust_cast import ACCREDITATION, ANCHORS, CERTIFICATE, NOW, Chain, Issuer, key

FOLDER = Path(__file__).parent / "keys"
YES, NO, UNKNOWN = "yes", "no", "unknown"
BEGUN, SIGNED, REDUCED, ROTATED = (dt.datetime(2026, month, 2, 9, tzinfo=dt.UTC) for month in (5, 6, 7, 8))
PLACE = "register.example:did:hanse"
ORIGIN = "register.example/status-log/hanse"
FIRST, SECOND, CHANGES, NEXT, LAST, WITNESS = (
    key(f"hanse {name}") for name in ("first", "second", "changes", "next", "last", "seen by nordwerk")
)
SAW = WitnessKey("nordwerk.example/witness/nordwerk", WITNESS.public_key)


def did_log(*, stolen: dt.datetime | None = None) -> str:
    """The body's identifier with its two keys; `stolen`: since when others may have had the first."""
    document = Document(keys=[FIRST.multikey], also_known_as=[])
    log = create(place=PLACE, document=document, signer=CHANGES, announced=[NEXT.multikey], at=BEGUN)
    revoked = {FIRST.multikey: stolen} if stolen else {}
    after = Document(keys=[SECOND.multikey], also_known_as=[], revoked=revoked)
    return log + update(log, document=after, signer=NEXT, announced=[LAST.multikey], at=ROTATED)


DID = str(json.loads(did_log().partition("\n")[0])["state"]["id"])
OLD, NEW = FIRST.named(DID), SECOND.named(DID)
BODY = Party(DID, "Hanse Cert GmbH", country="DE")
CONTENT = replace(CERTIFICATE, issuer=BODY)
NARROW = replace(CONTENT, revision=2)
TOKEN = issue_certificate_credential(CONTENT, key=OLD)
RENEWED = issue_certificate_credential(NARROW, key=NEW)
CHAIN = Chain(certificate=CONTENT, accreditation=replace(ACCREDITATION, subject=BODY), body=NEW)


def _leaf(seq: int, kind: StatusEventKind, when: dt.datetime, revision: int, token: str, reason: str = "") -> bytes:
    event = StatusEvent(seq, kind, when, when, reason, revision, digest_multibase(token.encode()))
    return leaf_body(event, target=CONTENT.credential_id, salt=bytes([seq]) * 16)


GRANTED = _leaf(1, StatusEventKind.ISSUED, SIGNED, 1, TOKEN)
SMALLER = _leaf(2, StatusEventKind.SCOPE_REDUCED, REDUCED, 2, RENEWED, "One trade was given up")
OTHERWISE = _leaf(1, StatusEventKind.ISSUED, SIGNED, 1, RENEWED)


def _log(*leaves: bytes, seen: dt.datetime | None = None) -> tuple[str, str]:
    """The body's log with these leaves, and its checkpoint with the line of the witness that saw it."""
    hashes = [journal.leaf_hash(leaf) for leaf in leaves]
    text = note.Checkpoint(ORIGIN, len(hashes), journal.tree_root(hashes)).text
    signed = note.sign(text, name=ORIGIN, public_key=NEW.public_key, signer=NEW.sign)
    proven = [Leaf(leaf, tuple(journal.inclusion_proof(hashes, n))) for n, leaf in enumerate(leaves)]
    log = issue_proven_log(target=CONTENT.credential_id, leaves=proven, checkpoint=signed, key=NEW, as_of=NOW)
    return log, signed + (cosign(signed, key=SAW, at=seen, signer=WITNESS.sign) if seen else "")


def bundle(
    token: str = TOKEN,
    *leaves: bytes,
    seen: dt.datetime | None = SIGNED,
    did_logs: tuple[str, ...] = (did_log(),),
    more: tuple[str, ...] = (),
    sealed_by: SigningKey = NEW,
) -> bytes:
    """A bundle of now: the certificate, its chain, status, and what the body's log proves."""
    log, head = _log(*(leaves or (GRANTED,)), seen=seen)
    above = [issuer for issuer in CHAIN.issuers() if issuer.content is not CONTENT]
    content = Bundle(
        certificate=token,
        chain=CHAIN.parents(),
        status_lists=tuple(one for issuer in (Issuer(NEW, CONTENT), *above) for one in issuer.lists(NOW)),
        status_logs=(log, *more, *(issuer.log(NOW) for issuer in above)),
        generated_at=NOW,
        did_logs=did_logs,
        checkpoints=(head,),
    )
    return write_bundle(content, key=sealed_by)


def files() -> dict[str, bytes]:
    """Return every file by name."""
    anchors = write_trust_list(ANCHORS)
    two = (SIGNED + dt.timedelta(days=2), SIGNED - dt.timedelta(days=2))
    return {
        "trust.json": with_witnesses(anchors, [str(SAW)]),
        "without-witnesses.json": anchors,
        "seen.bundle.json": bundle(),
        "seen-late.bundle.json": bundle(seen=ROTATED + dt.timedelta(days=1)),
        "unseen.bundle.json": bundle(seen=None),
        "stolen-later.bundle.json": bundle(did_logs=(did_log(stolen=two[0]),)),
        "stolen-before.bundle.json": bundle(did_logs=(did_log(stolen=two[1]),)),
        "no-did-log.bundle.json": bundle(did_logs=()),
        "second-key.bundle.json": bundle(RENEWED, GRANTED, SMALLER, seen=None),
        "reduced.bundle.json": bundle(TOKEN, GRANTED, SMALLER),
        "two-histories.bundle.json": bundle(more=(_log(OTHERWISE)[0],)),
        "first.jwt": TOKEN.encode(),
    }


def cases() -> list[dict[str, Any]]:
    """Return the cases; each expects four answers about its first file."""

    def case(
        name: str, file: str, answers: list[str], *beside: str, at: dt.datetime = NOW, trust: str = "trust"
    ) -> dict[str, Any]:
        return {
            "name": name,
            "files": [file, *beside],
            "at": at.isoformat(),
            "trust": f"{trust}.json",
            "answers": answers,
        }

    good, open_, refused = [YES] * 4, [UNKNOWN] * 4, [NO, UNKNOWN, UNKNOWN, UNKNOWN]
    eve, after = REDUCED - dt.timedelta(days=1), REDUCED + dt.timedelta(days=9)
    return [
        case("a former key, seen before it was replaced", "seen.bundle.json", good),
        case("a former key, for who trusts no witness", "seen.bundle.json", open_, trust="without-witnesses"),
        case("a former key, seen after it was replaced", "seen-late.bundle.json", open_),
        case("a former key, seen by nobody", "unseen.bundle.json", open_),
        case("a credential alone, whose key cannot be looked up", "first.jwt", open_),
        case("the same beside a bundle", "first.jwt", good, "seen.bundle.json"),
        case("a key that others had later", "stolen-later.bundle.json", good),
        case("a key that others had before", "stolen-before.bundle.json", refused),
        case("an identifier whose log is missing", "no-did-log.bundle.json", open_),
        case("the key of now", "second-key.bundle.json", good),
        case("a document on the eve of its replacement", "reduced.bundle.json", good, at=eve),
        case("a document after its replacement", "reduced.bundle.json", [YES, NO, YES, YES], at=after),
        case("two histories, about a past day", "two-histories.bundle.json", [YES, UNKNOWN, YES, YES], at=after),
    ]


def main() -> None:
    """Write all files and `cases.json`."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
    (FOLDER / "cases.json").write_bytes(orjson.dumps(cases(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
