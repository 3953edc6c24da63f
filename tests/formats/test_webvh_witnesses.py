"""Changes of an identifier that others must approve: enough approvals, too few, none at hand."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
import rfc8785

from assaymark.adapters.keys import SigningKey
from assaymark.formats.did import NotAtHand
from assaymark.formats.did_webvh import BadLog, multihash, replay, witnesses_address
from assaymark.formats.multibase import base58_encode
from assaymark.formats.webvh_witnesses import BadWitnesses, approve, rule_of
from assaymark.verify.identifiers import Identifiers

OWNER, ADA, BEN, CYD, STRANGER = (SigningKey.from_seed(bytes([n]) * 32) for n in (21, 22, 23, 24, 25))
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def mb(key: SigningKey) -> str:
    return key.did.removeprefix("did:key:")


def rule(threshold: int, *keys: SigningKey) -> dict[str, Any]:
    return {"threshold": threshold, "witnesses": [{"id": key.did} for key in keys]}


def signed(entry: dict[str, Any]) -> dict[str, Any]:
    proof = {
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
        "verificationMethod": OWNER.kid, "created": entry["versionTime"],
    }  # fmt: skip
    message = hashlib.sha256(rfc8785.dumps(proof)).digest() + hashlib.sha256(rfc8785.dumps(entry)).digest()
    return {**entry, "proof": [{**proof, "proofValue": "z" + base58_encode(OWNER.sign(message))}]}


def log_of(*parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """A log with an entry for each: only its parameters differ."""
    did = "did:webvh:{SCID}:cb.example"
    key = {"id": f"{did}#k", "type": "Multikey", "controller": did, "publicKeyMultibase": mb(OWNER)}
    draft = {
        "versionId": "{SCID}", "versionTime": "2026-01-01T00:00:00Z",
        "parameters": {"method": "did:webvh:1.0", "scid": "{SCID}", "updateKeys": [mb(OWNER)], **parameters[0]},
        "state": {"id": did, "verificationMethod": [key], "assertionMethod": [key["id"]]},
    }  # fmt: skip
    scid = multihash(rfc8785.dumps(draft))
    entry = json.loads(json.dumps(draft).replace("{SCID}", scid))
    found = [signed({**entry, "versionId": f"1-{multihash(rfc8785.dumps(entry))}"})]
    for number, one in enumerate(parameters[1:], 2):
        entry = {
            "versionId": found[-1]["versionId"], "versionTime": f"2026-0{number}-01T00:00:00Z", "parameters": one,
            "state": found[0]["state"],
        }  # fmt: skip
        found.append(signed({**entry, "versionId": f"{number}-{multihash(rfc8785.dumps(entry))}"}))
    return found


def text(entries: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def approvals(*pairs: tuple[dict[str, Any], SigningKey]) -> str:
    return json.dumps([approve(entry["versionId"], witness=key, at=NOW) for entry, key in pairs])


class TestALogWithWitnesses:
    def test_holds_when_enough_approved_its_newest_entry(self) -> None:
        log = log_of({"witness": rule(2, ADA, BEN, CYD)}, {})
        given = approvals((log[1], ADA), (log[1], CYD))
        assert len(replay(text(log), now=NOW, witnesses=[given]).versions) == 2

    def test_is_unknown_without_proofs_and_a_no_with_too_few(self) -> None:
        log = log_of({"witness": rule(2, ADA, BEN)})
        with pytest.raises(NotAtHand):
            replay(text(log), now=NOW)
        with pytest.raises(BadLog, match="1 of 2 witnesses"):
            replay(text(log), now=NOW, witnesses=[approvals((log[0], ADA))])

    def test_needs_the_approval_of_its_last_entry_too(self) -> None:
        log = log_of({"witness": rule(1, ADA)}, {})
        with pytest.raises(BadLog, match="entry 2"):
            replay(text(log), now=NOW, witnesses=[approvals((log[0], ADA))])

    def test_counts_nobody_twice_and_no_stranger(self) -> None:
        log = log_of({"witness": rule(2, ADA, BEN)})
        given = approvals((log[0], ADA), (log[0], ADA), (log[0], STRANGER))
        with pytest.raises(BadLog, match="1 of 2"):
            replay(text(log), now=NOW, witnesses=[given])

    def test_takes_no_approval_of_a_version_that_is_not_in_it(self) -> None:
        log = log_of({"witness": rule(1, ADA)}, {})
        with pytest.raises(BadLog, match="0 of 1"):
            replay(text(log[:1]), now=NOW, witnesses=[approvals((log[1], ADA))])

    def test_takes_no_approval_that_was_altered(self) -> None:
        log = log_of({"witness": rule(1, ADA)})
        proof = approve("1-else", witness=ADA, at=NOW)["proof"]
        with pytest.raises(BadLog, match="0 of 1"):
            replay(text(log), now=NOW, witnesses=[json.dumps([{"versionId": log[0]["versionId"], "proof": proof}])])

    @pytest.mark.parametrize("given", ["", "{}", "[", "x" * 1_100_000])
    def test_is_a_no_with_a_file_that_is_none(self, given: str) -> None:
        with pytest.raises(BadLog):
            replay(text(log_of({"witness": rule(1, ADA)})), now=NOW, witnesses=[given])


class TestTheWitnessesThatCount:
    def test_are_the_former_ones_for_the_entry_that_replaces_them(self) -> None:
        log = log_of({"witness": rule(1, ADA)}, {"witness": rule(1, BEN)})
        with pytest.raises(BadLog, match="0 of 1"):
            replay(text(log), now=NOW, witnesses=[approvals((log[1], BEN))])
        assert replay(text(log), now=NOW, witnesses=[approvals((log[1], ADA))]).versions

    def test_are_the_new_ones_from_the_next_entry_on(self) -> None:
        log = log_of({"witness": rule(1, ADA)}, {"witness": rule(1, BEN)}, {})
        given = approvals((log[1], ADA), (log[2], BEN))
        assert len(replay(text(log), now=NOW, witnesses=[given]).versions) == 3
        with pytest.raises(BadLog, match="entry 3"):
            replay(text(log), now=NOW, witnesses=[approvals((log[2], ADA))])

    def test_are_the_first_ones_at_once(self) -> None:
        log = log_of({}, {"witness": rule(1, ADA)})
        with pytest.raises(BadLog, match="entry 2"):
            replay(text(log), now=NOW, witnesses=[approvals((log[0], ADA))])

    def test_are_none_after_they_approved_their_own_end(self) -> None:
        log = log_of({"witness": rule(1, ADA)}, {"witness": {}}, {})
        assert len(replay(text(log), now=NOW, witnesses=[approvals((log[1], ADA))]).versions) == 3


class TestARule:
    @pytest.mark.parametrize(
        "value",
        [
            rule(0, ADA), rule(2, ADA), rule(1), rule(1, ADA, ADA), [], {"threshold": 1},
            rule(1, ADA) | {"threshold": True}, {"threshold": 1, "witnesses": [{"id": "did:web:cb.example"}]},
            {"threshold": 1, "witnesses": ["x"]},
        ],
    )  # fmt: skip
    def test_that_is_malformed_is_refused(self, value: Any) -> None:
        with pytest.raises(BadWitnesses):
            rule_of(value)

    def test_makes_the_log_bad_and_not_unknown(self) -> None:
        with pytest.raises(BadLog, match="entry 1"):
            replay(text(log_of({"witness": rule(3, ADA)})), now=NOW)

    def test_is_none_when_it_is_empty(self) -> None:
        assert rule_of({}) is None
        assert replay(text(log_of({"witness": {}})), now=NOW).versions


class TestOnline:
    def test_proofs_are_fetched_beside_the_log_and_only_when_needed(self) -> None:
        log = log_of({"witness": rule(1, ADA)})
        did = log[0]["state"]["id"]
        web = {"did.jsonl": text(log), "did-witness.json": approvals((log[0], ADA))}
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            return web[url.rpartition("/")[2]].encode()

        assert Identifiers(fetch=fetch, now=NOW).verification_key(did, f"{did}#k").history
        assert asked[-1] == witnesses_address(did) == "https://cb.example/.well-known/did-witness.json"
        web["did.jsonl"], asked[:] = text(log_of({})), []
        did = json.loads(web["did.jsonl"])["state"]["id"]
        assert Identifiers(fetch=fetch, now=NOW).verification_key(did, f"{did}#k").history
        assert len(asked) == 1

    def test_offline_they_may_be_given(self) -> None:
        log = log_of({"witness": rule(1, ADA)})
        did = log[0]["state"]["id"]
        resolver = Identifiers(logs=[text(log)], now=NOW, witnesses=[approvals((log[0], ADA))])
        assert resolver.verification_key(did, f"{did}#k").key.raw == OWNER.public_key
