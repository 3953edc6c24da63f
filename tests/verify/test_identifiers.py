"""Identifiers become keys from documents and logs; what is missing is unknown, what is bad is a no."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from assaymark.adapters.keys import SigningKey
from assaymark.formats.did import NotAtHand, UnresolvedIdentifier, VerificationKey
from assaymark.formats.did_document import document_address
from assaymark.formats.did_webvh import BadLog, multihash, replay
from assaymark.formats.multibase import base58_encode
from assaymark.verify.identifiers import Identifiers

FIRST, SECOND, THIRD = (SigningKey.from_seed(bytes([n]) * 32) for n in (1, 2, 3))
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
WEB = "did:web:cb.example:did:assay"


def mb(key: SigningKey) -> str:
    return key.did.removeprefix("did:key:")


def document(did: str, key: SigningKey) -> dict[str, Any]:
    method = {"id": f"{did}#{mb(key)[-8:]}", "type": "Multikey", "controller": did, "publicKeyMultibase": mb(key)}
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}


def signed(entry: dict[str, Any], key: SigningKey) -> dict[str, Any]:
    proof = {
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
        "verificationMethod": key.kid, "created": entry["versionTime"],
    }  # fmt: skip
    message = hashlib.sha256(rfc8785.dumps(proof)).digest() + hashlib.sha256(rfc8785.dumps(entry)).digest()
    return {**entry, "proof": [{**proof, "proofValue": "z" + base58_encode(key.sign(message))}]}


def first(key: SigningKey = FIRST, **parameters: Any) -> dict[str, Any]:
    draft = {
        "versionId": "{SCID}", "versionTime": "2026-01-01T00:00:00Z",
        "parameters": {"method": "did:webvh:1.0", "scid": "{SCID}", "updateKeys": [mb(key)], **parameters},
        "state": document("did:webvh:{SCID}:cb.example", key),
    }  # fmt: skip
    scid = multihash(rfc8785.dumps(draft))
    entry = json.loads(json.dumps(draft).replace("{SCID}", scid))
    return signed({**entry, "versionId": f"1-{multihash(rfc8785.dumps(entry))}"}, key)


def after(
    before: dict[str, Any], *, by: SigningKey, now: SigningKey, time: str = "2026-06-01T00:00:00Z",
    did: str = "", **parameters: Any,
) -> dict[str, Any]:  # fmt: skip
    number = int(before["versionId"].split("-")[0]) + 1
    entry = {
        "versionId": before["versionId"], "versionTime": time, "parameters": parameters,
        "state": document(did or before["state"]["id"], now),
    }  # fmt: skip
    return signed({**entry, "versionId": f"{number}-{multihash(rfc8785.dumps(entry))}"}, by)


def text(*entries: dict[str, Any]) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def announced(key: SigningKey) -> list[str]:
    return [multihash(mb(key).encode())]


class TestALogThatHolds:
    def test_gives_each_key_the_interval_in_which_it_was_the_issuers(self) -> None:
        start = first(nextKeyHashes=announced(SECOND))
        log = text(start, after(start, by=SECOND, now=SECOND, updateKeys=[mb(SECOND)], nextKeyHashes=[]))
        did = start["state"]["id"]
        resolver = Identifiers(logs=[log], now=NOW)
        old = resolver.verification_key(did, f"{did}#{mb(FIRST)[-8:]}")
        new = resolver.verification_key(did, f"{did}#{mb(SECOND)[-8:]}")
        changed = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
        assert old.history and old.valid_until == changed and old.key.raw == FIRST.public_key
        assert new.history and new.valid_from == changed and new.valid_until is None

    def test_ends_every_key_when_deactivated(self) -> None:
        start = first()
        history = replay(text(start, after(start, by=FIRST, now=FIRST, deactivated=True)), now=NOW)
        assert history.deactivated and all(key.valid_until for key in history.keys.values())

    def test_may_move_when_it_said_so_at_the_beginning(self) -> None:
        start = first(portable=True)
        moved = start["state"]["id"].replace("cb.example", "new.example")
        assert moved in replay(text(start, after(start, by=FIRST, now=FIRST, did=moved)), now=NOW).dids


START = first()
BOUND = first(nextKeyHashes=announced(SECOND))
CHANGED = json.loads(json.dumps(START).replace("cb.example", "evil.example"))
BAD = {
    "empty": "",
    "no JSON": "{",
    "scid changed": text(CHANGED),
    "signature missing": text({k: v for k, v in START.items() if k != "proof"}),
    "signature of another": text({**START, "proof": first(SECOND)["proof"]}),
    "not entitled": text(START, after(START, by=SECOND, now=SECOND, updateKeys=[mb(SECOND)])),
    "key not announced": text(BOUND, after(BOUND, by=THIRD, now=THIRD, updateKeys=[mb(THIRD)])),
    "announced key not used": text(BOUND, after(BOUND, by=FIRST, now=FIRST)),
    "time in the future": text(START, after(START, by=FIRST, now=FIRST, time="2027-01-01T00:00:00Z")),
    "time does not grow": text(START, after(START, by=FIRST, now=FIRST, time="2026-01-01T00:00:00Z")),
    "moved without portable": text(
        START, after(START, by=FIRST, now=FIRST, did=START["state"]["id"].replace("cb.", "other."))
    ),
    "portable too late": text(START, after(START, by=FIRST, now=FIRST, portable=True)),
    "scid again": text(START, after(START, by=FIRST, now=FIRST, scid="Qm")),
    "foreign parameter": text(START, after(START, by=FIRST, now=FIRST, surprise=1)),
    "another method version": text(START, after(START, by=FIRST, now=FIRST, method="did:webvh:9.9")),
    "first entry cut off": text(after(START, by=FIRST, now=FIRST)),
    "entry twice": text(START, START),
}
ENDED = after(START, by=FIRST, now=FIRST, deactivated=True)
BAD["after the end"] = text(START, ENDED, after(ENDED, by=FIRST, now=FIRST, time="2026-07-01T00:00:00Z"))


class TestALogThatBreaksARule:
    @pytest.mark.parametrize("log", BAD.values(), ids=BAD.keys())
    def test_is_refused_and_is_not_merely_unknown(self, log: str) -> None:
        with pytest.raises(BadLog):
            replay(log, now=NOW)


class TestWhatIsNotAtHand:
    def test_is_a_log_that_nobody_gave(self) -> None:
        with pytest.raises(NotAtHand):
            Identifiers(now=NOW).verification_key(START["state"]["id"], "x")

    def test_is_a_log_whose_witnesses_cannot_be_heard(self) -> None:
        witness = {"threshold": 1, "witnesses": [{"id": SECOND.did}]}
        with pytest.raises(NotAtHand):
            replay(text(first(witness=witness)), now=NOW)

    def test_is_a_host_that_does_not_answer(self) -> None:
        def silent(url: str) -> bytes:
            raise OSError("no answer")

        with pytest.raises(NotAtHand):
            Identifiers(fetch=silent, now=NOW).verification_key(WEB, f"{WEB}#x")


class TestAWebIdentifier:
    def test_leads_to_the_documents_key(self) -> None:
        asked: list[str] = []

        def answer(url: str) -> bytes:
            asked.append(url)
            return json.dumps(document(WEB, FIRST)).encode()

        found = Identifiers(fetch=answer, now=NOW).verification_key(WEB, f"{WEB}#{mb(FIRST)[-8:]}")
        assert found.key.raw == FIRST.public_key and not found.history
        assert asked == ["https://cb.example/did/assay/did.json"]

    @pytest.mark.parametrize("change", [{"id": "did:web:evil.example"}, {"assertionMethod": []}])
    def test_is_a_no_when_the_document_does_not_fit(self, change: dict[str, Any]) -> None:
        resolver = Identifiers({WEB: document(WEB, FIRST) | change}, now=NOW)
        with pytest.raises(UnresolvedIdentifier) as raised:
            resolver.verification_key(WEB, f"{WEB}#{mb(FIRST)[-8:]}")
        assert not isinstance(raised.value, NotAtHand)

    def test_keeps_port_and_well_known_place(self) -> None:
        assert document_address("did:web:cb.example%3A8443") == "https://cb.example:8443/.well-known/did.json"

    @pytest.mark.parametrize(
        "place",
        ["127.1", "0x7f000001", "%5B::ffff:10.0.0.1%5D", "169.254.169.254", "localhost", "localhost.", "u@cb.example",
         "u%40cb.example", "cb.example:..", "cb.example:%2e%2e", "a.localhost", "printer.local", "", "cb.example%2Fx"],
    )  # fmt: skip
    def test_names_no_private_host(self, place: str) -> None:
        with pytest.raises(UnresolvedIdentifier) as raised:
            Identifiers(fetch=lambda url: pytest.fail(url), now=NOW).verification_key(f"did:web:{place}", "x")
        assert not isinstance(raised.value, NotAtHand)


class TestAPublishedLog:
    """Written by another implementation (tests/conformance/published/webvh)."""

    LOG = (Path(__file__).parents[1] / "conformance/published/webvh/basic-create.jsonl").read_text()

    def test_replays_to_its_key(self) -> None:
        history = replay(self.LOG, now=NOW)
        assert history.scid == "QmePZQxDW6wr4ohW61LLra4jm8SU3Go6EnCKcVbvzXkNtn" and len(history.keys) == 1

    def test_is_refused_after_any_change(self) -> None:
        with pytest.raises(BadLog):
            replay(self.LOG.replace("example.com", "example.net"), now=NOW)

    def test_of_an_identifier_that_moved_keeps_both_names(self) -> None:
        log = (Path(__file__).parents[1] / "conformance/published/webvh/portable-move.jsonl").read_text()
        assert {did.rpartition(":")[2] for did in replay(log, now=NOW).dids} == {"example.com", "example.org"}


def test_a_key_that_was_replaced_proves_nothing_where_the_time_of_signing_is_only_claimed() -> None:
    from assaymark.formats.keys import ed25519
    from assaymark.verify.identifiers import CurrentKeys

    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    resolver = CurrentKeys(now=now)
    former = VerificationKey(ed25519(bytes(31) + b"\x09"), None, now - dt.timedelta(days=1), history=True)
    resolver._known["did:webvh:x:y"] = {"k1": former, "k2": VerificationKey(former.key, now, None, history=True)}
    assert resolver.verification_key("did:webvh:x:y", "k2").history
    with pytest.raises(NotAtHand, match="was replaced on 2026-11-23"):
        resolver.verification_key("did:webvh:x:y", "k1")
