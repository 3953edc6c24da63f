"""Logs that we write replay here and in an independent library, and give each key its time."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from openvc.did.did_webvh import DidWebvhError, DidWebvhResolver

from assaymark.adapters.keys import SigningKey
from assaymark.formats.did import UnresolvedIdentifier
from assaymark.formats.did_document import assertion_keys
from assaymark.formats.did_webvh import BadLog, multihash, replay
from assaymark.formats.webvh_writing import Document, create, parallel_web_document, update
from assaymark.verify.identifiers import CurrentKeys, Identifiers

SIGNS, SIGNS_NEXT, CHANGES, CHANGES_NEXT, CHANGES_LAST, THIEF = (
    SigningKey.from_seed(bytes([n]) * 32) for n in (11, 12, 13, 14, 15, 16)
)
PLACE = "register.example:did:hanse"
WEB = f"did:web:{PLACE}"
BEGUN, ROTATED, NOW = (dt.datetime(2026, month, 1, 9, tzinfo=dt.UTC) for month in (1, 6, 11))
STOLEN = dt.datetime(2026, 4, 3, tzinfo=dt.UTC)


def mb(key: SigningKey) -> str:
    return key.did.removeprefix("did:key:")


def first() -> str:
    document = Document(keys=[mb(SIGNS)], also_known_as=[WEB, SIGNS.did])
    return create(place=PLACE, document=document, signer=CHANGES, announced=[mb(CHANGES_NEXT)], at=BEGUN)


def rotated(*, compromised: bool = False) -> str:
    revoked = {mb(SIGNS): STOLEN} if compromised else {}
    document = Document(keys=[mb(SIGNS_NEXT)], also_known_as=[WEB], revoked=revoked)
    log = first()
    return log + update(log, document=document, signer=CHANGES_NEXT, announced=[mb(CHANGES_LAST)], at=ROTATED)


def did_of(log: str) -> str:
    return str(json.loads(log.partition("\n")[0])["state"]["id"])


class TestALogThatWeWrite:
    def test_names_itself_by_the_hash_of_its_first_entry(self) -> None:
        log = first()
        history = replay(log, now=NOW)
        assert did_of(log) == f"did:webvh:{history.scid}:{PLACE}"
        assert history.versions == [json.loads(log)["versionId"]]

    def test_gives_the_former_key_its_end_and_the_new_one_its_beginning(self) -> None:
        log = rotated()
        did, resolver = did_of(log), Identifiers(logs=[log], now=NOW)
        old = resolver.verification_key(did, f"{did}#{mb(SIGNS)}")
        new = resolver.verification_key(did, f"{did}#{mb(SIGNS_NEXT)}")
        assert (old.valid_from, old.valid_until, old.compromised_since) == (BEGUN, ROTATED, None)
        assert (new.key.raw, new.valid_from, new.valid_until) == (SIGNS_NEXT.public_key, ROTATED, None)

    @pytest.mark.parametrize("log", [first(), rotated(), rotated(compromised=True)], ids=["new", "rotated", "stolen"])
    def test_is_accepted_by_an_independent_library(self, log: str) -> None:
        did = did_of(log)
        found = DidWebvhResolver(lambda url: log).resolve(did)
        assert found.id == did
        signs = SIGNS if log == first() else SIGNS_NEXT
        assert mb(signs) in json.dumps(json.loads(log.strip().rpartition("\n")[2])["state"]["assertionMethod"])

    def test_is_refused_by_it_and_by_us_when_a_letter_changes(self) -> None:
        log = rotated().replace("2026-06-01", "2026-06-02")
        with pytest.raises(DidWebvhError):
            DidWebvhResolver(lambda url: log).resolve(did_of(log))
        with pytest.raises(BadLog):
            replay(log, now=NOW)

    def test_ends_for_good_when_deactivated(self) -> None:
        log = rotated()
        ended = log + update(
            log, document=Document(keys=[]), signer=CHANGES_LAST, announced=[], at=NOW, deactivate=True
        )  # fmt: skip
        history = replay(ended, now=NOW)
        assert history.deactivated
        assert all(key.valid_until is not None for key in history.keys.values())
        with pytest.raises(BadLog):
            update(ended, document=Document(keys=[mb(THIEF)]), signer=CHANGES_LAST, announced=[], at=NOW.replace(day=2))


class TestTheNextChange:
    def test_is_signed_by_the_announced_key_and_by_no_other(self) -> None:
        log = first()
        for wrong in (SIGNS, CHANGES, THIEF):
            with pytest.raises(BadLog, match="not those announced"):
                update(log, document=Document(keys=[mb(THIEF)]), signer=wrong, announced=[mb(THIEF)], at=ROTATED)

    def test_announces_only_the_hash_of_the_key_after_it(self) -> None:
        log = rotated()
        assert mb(CHANGES_LAST) not in log
        assert multihash(mb(CHANGES_LAST).encode()) in log

    @pytest.mark.parametrize("seconds", [0, 0.9, -60])
    def test_comes_at_least_a_second_later(self, seconds: float) -> None:
        with pytest.raises(BadLog, match="at least a second"):
            update(
                first(), document=Document(keys=[mb(SIGNS_NEXT)]), signer=CHANGES_NEXT, announced=[],
                at=BEGUN + dt.timedelta(seconds=seconds),
            )  # fmt: skip

    def test_must_announce_again_or_say_that_it_does_not(self) -> None:
        log = first()
        line = json.loads(update(log, document=Document(keys=[]), signer=CHANGES_NEXT, announced=[], at=ROTATED))
        assert line["parameters"]["nextKeyHashes"] == []
        assert replay(log + json.dumps(line) + "\n", now=NOW).versions


class TestACompromisedKey:
    def test_carries_in_the_log_since_when_others_may_have_had_it(self) -> None:
        log = rotated(compromised=True)
        did = did_of(log)
        old = Identifiers(logs=[log], now=NOW).verification_key(did, f"{did}#{mb(SIGNS)}")
        assert (old.compromised_since, old.valid_until) == (STOLEN, ROTATED)

    def test_proves_nothing_where_nobody_can_say_when_it_signed(self) -> None:
        log = rotated(compromised=True)
        did = did_of(log)
        with pytest.raises(UnresolvedIdentifier, match="since 2026-04-03") as raised:
            CurrentKeys(logs=[log], now=NOW).verification_key(did, f"{did}#{mb(SIGNS)}")
        assert type(raised.value) is UnresolvedIdentifier  # a no, and not merely unknown

    def test_stays_compromised_when_a_later_entry_says_nothing_of_it(self) -> None:
        log = rotated(compromised=True)
        third = update(
            log, document=Document(keys=[mb(SIGNS_NEXT)]), signer=CHANGES_LAST, announced=[],
            at=ROTATED.replace(month=7),
        )  # fmt: skip
        did = did_of(log)
        old = replay(log + third, now=NOW).keys[f"{did}#{mb(SIGNS)}"]
        assert old.compromised_since == STOLEN

    def test_stays_compromised_when_it_is_named_again(self) -> None:
        log = rotated(compromised=True)
        third = update(
            log, document=Document(keys=[mb(SIGNS)]), signer=CHANGES_LAST, announced=[], at=ROTATED.replace(month=7)
        )
        did = did_of(log)
        assert replay(log + third, now=NOW).keys[f"{did}#{mb(SIGNS)}"].compromised_since == STOLEN

    def test_is_no_key_of_a_web_document_either(self) -> None:
        document = json.loads(rotated(compromised=True).strip().rpartition("\n")[2])["state"]
        document["assertionMethod"].append(f"{document['id']}#{mb(SIGNS)}")
        assert set(assertion_keys(document, did=document["id"])) == {f"{document['id']}#{mb(SIGNS_NEXT)}"}

    def test_is_refused_when_its_moment_is_none(self) -> None:
        log = rotated(compromised=True)
        document = json.loads(log.strip().rpartition("\n")[2])["state"]
        document["verificationMethod"][1]["revoked"] = "spring"
        from assaymark.formats.did_document import revocations

        with pytest.raises(UnresolvedIdentifier, match="revoked"):
            revocations(document, did=document["id"])


class TestTheParallelWebDocument:
    def test_has_the_same_keys_under_the_other_name(self) -> None:
        log = rotated()
        document = parallel_web_document(log, now=NOW)
        assert document["id"] == WEB
        assert list(assertion_keys(document, did=WEB)) == [f"{WEB}#{mb(SIGNS_NEXT)}"]

    def test_names_the_identifier_with_history(self) -> None:
        log = rotated()
        assert parallel_web_document(log, now=NOW)["alsoKnownAs"] == [did_of(log)]
