"""When something was signed: proven by a witness or a timestamp authority that the verifier trusts, or claimed."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import replace

import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.core.attestation import CertificateContent, Party, StatusEvent, StatusEventKind
from assaymark.formats import note, timestamps
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.cosignature import WitnessKey, cosign
from assaymark.formats.credential import issue_certificate_credential
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.status_log import Leaf, issue_proven_log, leaf_body
from assaymark.formats.webvh_writing import Document, create, update
from assaymark.verify import Answer, CertificateVerdict, Code, Input, Policy, verify
from tests.timestamp_cast import chronos
from tests.trust_cast import UNACCREDITED

SIGNS, SIGNS_NEXT, CHANGES, CHANGES_NEXT, CHANGES_LAST, WITNESS, STRANGER = (
    SigningKey.from_seed(bytes([n]) * 32) for n in range(21, 28)
)
PLACE = "register.example:did:quick"
BEGUN, SIGNED, ROTATED, NOW = (dt.datetime(2026, month, 2, 9, tzinfo=dt.UTC) for month in (5, 6, 8, 11))
SAW = WitnessKey("nordwerk.example/witness/nordwerk", WITNESS.public_key)
TRUSTS = Policy(witnesses=(str(SAW),))
ORIGIN = "register.example/status-log/quick"


def did_log(*, stolen: dt.datetime | None = None) -> str:
    """The body's identifier: its key was replaced in August, perhaps because others had it."""
    document = Document(keys=[SIGNS.multikey], also_known_as=[])
    log = create(place=PLACE, document=document, signer=CHANGES, announced=[CHANGES_NEXT.multikey], at=BEGUN)
    revoked = {SIGNS.multikey: stolen} if stolen else {}
    after = Document(keys=[SIGNS_NEXT.multikey], also_known_as=[], revoked=revoked)
    return log + update(log, document=after, signer=CHANGES_NEXT, announced=[CHANGES_LAST.multikey], at=ROTATED)


DID = str(json.loads(did_log().partition("\n")[0])["state"]["id"])
OLD, NEW = SIGNS.named(DID), SIGNS_NEXT.named(DID)
CONTENT: CertificateContent = replace(UNACCREDITED, issuer=Party(DID, "Quick Cert Ltd"))
TOKEN = issue_certificate_credential(CONTENT, key=OLD)


def checkpoint(*, seen: dt.datetime | None = SIGNED, by: SigningKey = WITNESS, digest: str = "") -> tuple[str, str]:
    """The body's log with the one document in it, and its checkpoint as a witness saw it."""
    event = StatusEvent(1, StatusEventKind.ISSUED, SIGNED, SIGNED, "", 1, digest or digest_multibase(TOKEN.encode()))
    body = leaf_body(event, target=CONTENT.credential_id, salt=b"s" * 16)
    text = note.Checkpoint(ORIGIN, 1, journal.tree_root([journal.leaf_hash(body)])).text
    signed = note.sign(text, name=ORIGIN, public_key=OLD.public_key, signer=OLD.sign)
    log = issue_proven_log(target=CONTENT.credential_id, leaves=[Leaf(body)], checkpoint=signed, key=NEW, as_of=NOW)
    line = cosign(signed, key=WitnessKey(SAW.name, by.public_key), at=seen, signer=by.sign) if seen else ""
    return log, signed + line


def bundle(*, seen: dt.datetime | None = SIGNED, stolen: dt.datetime | None = None, **more: object) -> bytes:
    log, head = checkpoint(seen=seen, **more)  # type: ignore[arg-type]
    content = Bundle(TOKEN, (), (), (log,), NOW, did_logs=(did_log(stolen=stolen),), checkpoints=(head,))
    return write_bundle(content, key=NEW)


def judged(*files: bytes, policy: Policy = TRUSTS) -> CertificateVerdict:
    return verify([Input(str(n), f) for n, f in enumerate(files)], at=NOW, now=NOW, policy=policy)[0]


class TestAFormerKey:
    def test_counts_for_what_a_witness_saw_before_it_was_replaced(self) -> None:
        found = judged(bundle()).authentic
        assert found.answer is Answer.YES
        assert "signed by 2 Jun 2026, when nordwerk.example/witness/nordwerk saw it" in found.evidence

    @pytest.mark.parametrize(
        ("data", "policy"),
        [
            (bundle(seen=None), TRUSTS),
            (bundle(), Policy()),
            (bundle(seen=ROTATED + dt.timedelta(days=1)), TRUSTS),
            (bundle(seen=ROTATED), TRUSTS),
            (bundle(digest=digest_multibase(b"another")), TRUSTS),
        ],
        ids=["nobody saw it", "by nobody trusted", "after", "at that moment", "another document"],
    )
    def test_is_unknown_when_that_is_not_proven(self, data: bytes, policy: Policy) -> None:
        assert judged(data, policy=policy).authentic.answer is Answer.UNKNOWN

    def test_is_unknown_when_a_stranger_writes_the_witness_name(self) -> None:
        assert judged(bundle(by=STRANGER)).authentic.answer is Answer.UNKNOWN

    def test_gains_nothing_by_a_checkpoint_with_a_changed_line(self) -> None:
        log, head = checkpoint()
        content = Bundle(
            TOKEN, (), (), (log,), NOW, did_logs=(did_log(),), checkpoints=(head.replace("\n1\n", "\n2\n"),)
        )
        assert judged(write_bundle(content, key=NEW)).authentic.answer is Answer.UNKNOWN

    def test_is_helped_by_a_bundle_beside_the_credential(self) -> None:
        alone, together = judged(TOKEN.encode()), judged(TOKEN.encode(), bundle())
        assert (alone.authentic.answer, together.authentic.answer) == (Answer.UNKNOWN, Answer.YES)


class TestAKeyThatOthersHad:
    def test_counts_for_what_a_witness_saw_before(self) -> None:
        found = judged(bundle(stolen=SIGNED + dt.timedelta(days=3)))
        assert found.authentic.answer is Answer.YES

    @pytest.mark.parametrize("seen", [None, SIGNED])
    def test_proves_nothing_else(self, seen: dt.datetime | None) -> None:
        found = judged(bundle(seen=seen, stolen=SIGNED - dt.timedelta(days=3)))
        assert (found.authentic.answer, found.authentic.code) == (Answer.NO, Code.INVALID)
        assert found.answer is Answer.NO


class TestATimestamp:
    def test_over_the_checkpoint_proves_the_time_under_a_trusted_root(self) -> None:
        tsa = chronos()
        log, head = checkpoint(seen=None)
        digest = timestamps.digest_of(note.text_of(head).encode())
        request = timestamps.timestamp_request(digest, nonce=7)
        token = timestamps.token_of_response(tsa.answer(request, at=SIGNED), request=request)
        content = Bundle(
            TOKEN,
            (),
            (),
            (log,),
            NOW,
            did_logs=(did_log(),),
            checkpoints=(head,),
            timestamps=(base64.b64encode(token).decode(),),
        )
        data = write_bundle(content, key=NEW)
        assert judged(data, policy=Policy(timestamp_roots=(tsa.root.dump(),))).authentic.answer is Answer.YES
        assert judged(data).authentic.answer is Answer.UNKNOWN


class TestTwoHistories:
    def test_of_one_issuer_are_both_left_out(self) -> None:
        first, _ = checkpoint()
        second, _ = checkpoint(digest=digest_multibase(b"another"))
        content = Bundle(TOKEN, (), (), (first,), NOW, did_logs=(did_log(),), checkpoints=(checkpoint()[1],))
        found = judged(write_bundle(content, key=NEW), second.encode())
        assert found.in_force.answer is Answer.UNKNOWN
        assert any("two histories" in notice for notice in found.notices)
