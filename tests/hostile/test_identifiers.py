"""Attacks on identifiers that outlive their keys: a stolen key, a log cut short, a second history, floods of logs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import Party
from assaymark.formats import jws
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.credential import issue_certificate_credential
from assaymark.formats.webvh_writing import Document, create, update
from tests.hostile.attack import NO, YES, Fetch, answers, forgery, judge, refused
from tests.trust_cast import ACCREDITATION, CERTIFICATE, HANSE, NOW, Chain, key

pytestmark = pytest.mark.slow

NEXT, CHANGES, ANNOUNCED, LATER, THIEF = (key(name) for name in ("next", "changes", "announced", "later", "thief"))
BEGUN, ROTATED = dt.datetime(2021, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
STOLEN = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)
FIRST = create(
    place="hanse.example:did", document=Document(keys=[HANSE.multikey]), signer=CHANGES,
    announced=[ANNOUNCED.multikey], at=BEGUN,
)  # fmt: skip
DID = json.loads(FIRST)["state"]["id"]


def rotation(since: dt.datetime | None = None) -> str:
    document = Document(keys=[NEXT.multikey], revoked={HANSE.multikey: since} if since else {})
    return update(FIRST, document=document, signer=ANNOUNCED, announced=[LATER.multikey], at=ROTATED)


REPLACED, COMPROMISED = FIRST + rotation(), FIRST + rotation(since=STOLEN)
PARTED = FIRST + update(
    FIRST, document=Document(keys=[THIEF.multikey]), signer=ANNOUNCED, announced=[], at=ROTATED.replace(day=2)
)


def file(signer: SigningKey, logs: Sequence[str]) -> bytes:
    """A bundle of Hanse's certificate under its identifier, signed by a key and carrying these logs."""
    body = signer.named(DID)
    party = Party(DID, "Hanse Cert GmbH")
    chain = Chain(
        certificate=replace(CERTIFICATE, issuer=party), accreditation=replace(ACCREDITATION, subject=party), body=body
    )
    content = Bundle(
        certificate=chain.token,
        chain=chain.parents(),
        status_lists=tuple(one for issuer in chain.issuers() for one in issuer.lists(NOW)),
        status_logs=tuple(issuer.log(NOW) for issuer in chain.issuers()),
        generated_at=NOW,
        did_logs=tuple(logs),
    )
    return write_bundle(content, key=body)


def published(log: str) -> Fetch:
    def fetch(url: str) -> bytes:
        if url != "https://hanse.example/did/did.jsonl":
            raise OSError("not there")
        return log.encode()

    return fetch


def test_the_keys_of_an_honest_log_are_good() -> None:
    assert answers(judge(file(HANSE, [FIRST]))) == ["yes"] * 4
    assert answers(judge(file(NEXT, [COMPROMISED]))) == ["yes"] * 4


def test_a_stolen_key_that_is_known_to_be_stolen_signs_nothing_whatever_date_it_claims() -> None:
    assert "others may have had this key since 2026-10-20" in forgery(file(HANSE, [COMPROMISED]))


def test_a_former_key_is_never_yes_on_its_own_word() -> None:
    assert refused(file(HANSE, [REPLACED])).authentic.answer is not YES


def test_a_log_cut_short_is_completed_by_the_published_one() -> None:
    assert "others may have had this key" in forgery(file(HANSE, [FIRST]), fetch=published(COMPROMISED))


def test_a_log_cut_short_is_completed_by_another_file() -> None:
    verdict = refused(file(HANSE, [FIRST]), file(NEXT, [COMPROMISED]))
    assert verdict.authentic.answer is NO


def test_two_histories_of_an_identifier_are_believed_in_neither() -> None:
    assert "two histories" in forgery(file(NEXT, [COMPROMISED, PARTED]))
    assert "two histories" in forgery(file(THIEF, [PARTED]), fetch=published(COMPROMISED))


def test_the_log_of_another_identifier_proves_nothing() -> None:
    other = create(
        place="hanse.example:did", document=Document(keys=[THIEF.multikey]), signer=THIEF, announced=[], at=BEGUN
    )
    assert refused(file(THIEF, [other])).authentic.answer is not YES
    renamed = other.replace(json.loads(other)["parameters"]["scid"], DID.split(":")[2])
    forgery(file(THIEF, [renamed]))


def test_the_thief_of_the_signing_key_cannot_change_the_log() -> None:
    document = Document(keys=[THIEF.multikey])
    entry = json.loads(update(FIRST, document=document, signer=ANNOUNCED, announced=[], at=ROTATED))
    entry["parameters"]["updateKeys"] = [HANSE.multikey]
    forgery(file(THIEF, [FIRST + json.dumps(entry) + "\n"]))


def test_a_bad_log_beside_a_good_one_spoils_nothing() -> None:
    assert answers(judge(file(HANSE, [FIRST.replace("Multikey", "Multikei"), FIRST]))) == ["yes"] * 4


def test_the_name_of_another_key_is_refused() -> None:
    token = issue_certificate_credential(
        replace(CERTIFICATE, issuer=Party(DID, "Hanse Cert GmbH")), key=THIEF.named(DID)
    )
    assert jws.split(token).header["kid"] == f"{DID}#{THIEF.multikey}"
    assert refused(token.encode(), fetch=published(FIRST)).authentic.answer is NO


def test_a_flood_of_long_logs_stays_within_bounds() -> None:
    lines, log = [FIRST], FIRST
    for number in range(60):
        signer, following = (ANNOUNCED, LATER) if number % 2 == 0 else (LATER, ANNOUNCED)
        at = BEGUN + dt.timedelta(days=number + 1)
        lines.append(
            update(log, document=Document(keys=[HANSE.multikey]), signer=signer, announced=[following.multikey], at=at)
        )
        log += lines[-1]
    floods = ["".join(lines[: 61 - cut]) for cut in range(16)]
    assert answers(judge(file(HANSE, floods))) == ["yes"] * 4
