"""A body watches its clients' journals: who asks whom, what is answered, and what it never signs."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.core.attestation import AttestationKind
from assaymark.formats import note
from assaymark.formats.cosignature import Request, sightings
from assaymark.formats.note import Checkpoint, VerifierKey
from assaymark.records.journal import checkpoints
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import actions, queries, seen
from assaymark.records.witness.models import Witnessed
from tests.records.witness.conftest import AT, Work, attest

ELSEWHERE = "qms.elsewhere.example/log/olga/e1"
KEY = SigningKey.from_seed(b"e" * 32)
LEAVES = [journal.leaf_hash(str(n).encode()) for n in range(9)]


def of_elsewhere(old: int, new: int, *, key: SigningKey = KEY, leaves: list[bytes] = LEAVES) -> str:
    text = Checkpoint(ELSEWHERE, new, journal.tree_root(leaves[:new])).text
    signed = note.sign(text, name=ELSEWHERE, public_key=key.public_key, signer=key.sign)
    return Request(old, tuple(journal.consistency_proof(leaves[:new], old)), signed).text


class TestWhoWatchesWhom:
    def test_follows_from_what_they_attest(
        self, halden: Organisation, certlight: Organisation, nordwerk: Organisation, brandt: Organisation
    ) -> None:
        assert queries.bodies_of(halden.pk) == {certlight.pk}
        assert queries.bodies_of(certlight.pk) == {nordwerk.pk}
        assert queries.bodies_of(nordwerk.pk) == set()
        assert queries.bodies_of(brandt.pk) == set()

    def test_grows_with_a_second_certificate(self, halden: Organisation, brandt: Organisation) -> None:
        attest(brandt, halden, AttestationKind.CERTIFICATE)
        assert brandt.pk in queries.bodies_of(halden.pk)


class TestAJournalOfThisInstallation:
    def ask(self, halden: Organisation, witness: Organisation, old: int = 0) -> actions.Answer:
        signed = checkpoints.sign(halden.pk)
        with organisation_scope(halden.pk):
            proof = checkpoints.extension(old=old, checkpoint=signed)
        return actions.add_checkpoint(witness=witness, body=Request(old, tuple(proof), signed.note).text, at=AT)

    def test_is_cosigned_by_its_body(self, halden: Organisation, certlight: Organisation) -> None:
        answer = self.ask(halden, certlight)
        assert answer.status == HTTPStatus.OK
        with organisation_scope(halden.pk):
            signed = checkpoints.sign(halden.pk).note
        (sighting,) = sightings(signed + answer.text, keys=[actions.witness_key(certlight)])
        assert sighting.at == AT
        assert sighting.witness == "127.0.0.1:8000/witness/certlight"

    def test_is_not_known_to_who_has_nothing_to_do_with_it(self, halden: Organisation, brandt: Organisation) -> None:
        assert self.ask(halden, brandt).status == HTTPStatus.NOT_FOUND

    def test_with_a_key_of_somebody_else_is_forbidden(self, halden: Organisation, certlight: Organisation) -> None:
        origin = checkpoints.origin("halden", 1)
        text = Checkpoint(origin, 3, bytes(32)).text
        forged = note.sign(text, name=origin, public_key=KEY.public_key, signer=KEY.sign)
        answer = actions.add_checkpoint(witness=certlight, body=Request(0, (), forged).text, at=AT)
        assert answer.status == HTTPStatus.FORBIDDEN

    def test_is_watched_with_another_key_than_that_of_the_bodys_own_journal(self, certlight: Organisation) -> None:
        assert actions.signing_key(certlight).public_key != checkpoints.journal_key(certlight.pk).public_key


class TestAJournalOfElsewhere:
    @pytest.fixture(autouse=True)
    def accepted(self, certlight: Organisation) -> None:
        actions.watch(witness=certlight, key=VerifierKey(ELSEWHERE, KEY.public_key), at=AT)

    def ask(self, certlight: Organisation, body: str) -> tuple[int, str]:
        answer = actions.add_checkpoint(witness=certlight, body=body, at=AT)
        return int(answer.status), answer.text

    def test_is_cosigned_as_it_grows(self, certlight: Organisation) -> None:
        for old, new in ((0, 3), (3, 7), (7, 7), (7, 9)):
            assert self.ask(certlight, of_elsewhere(old, new))[0] == 200
        with organisation_scope(certlight.pk):
            assert [row.size for row in Witnessed.objects.all()] == [3, 7, 9]
            (watched,) = queries.watched()
            assert (watched.name, watched.size) == (ELSEWHERE, 9)

    def test_is_told_what_was_seen_when_it_thinks_otherwise(self, certlight: Organisation) -> None:
        self.ask(certlight, of_elsewhere(0, 7))
        assert self.ask(certlight, of_elsewhere(3, 9)) == (409, "7\n")
        assert self.ask(certlight, of_elsewhere(0, 9)) == (409, "7\n")

    def test_that_forks_is_not_cosigned(self, certlight: Organisation) -> None:
        self.ask(certlight, of_elsewhere(0, 7))
        other = [*LEAVES[:5], *(journal.leaf_hash(b"other") for _ in range(4))]
        assert self.ask(certlight, of_elsewhere(7, 7, leaves=other)) == (409, "7\n")
        assert self.ask(certlight, of_elsewhere(7, 9, leaves=other))[0] == 422
        held = seen.read(certlight.pk, ELSEWHERE)
        assert held is not None
        assert note.unverified_checkpoint(held).root == journal.tree_root(LEAVES[:7])

    def test_that_shrinks_is_not_cosigned(self, certlight: Organisation) -> None:
        self.ask(certlight, of_elsewhere(0, 7))
        signed = Request.parse(of_elsewhere(0, 5)).note
        assert self.ask(certlight, Request(7, (), signed).text)[0] == 400
        assert self.ask(certlight, Request(5, (), signed).text) == (409, "7\n")

    def test_signed_by_somebody_else_is_forbidden(self, certlight: Organisation) -> None:
        assert self.ask(certlight, of_elsewhere(0, 3, key=SigningKey.from_seed(b"x" * 32)))[0] == 403

    @pytest.mark.parametrize("body", ["", "old 0\n\nnothing\n", "nonsense\n\n\n", "\0"])
    def test_that_sends_nonsense_made_a_bad_request(self, certlight: Organisation, body: str) -> None:
        assert self.ask(certlight, body)[0] == 400

    def test_is_not_watched_by_another(self, nordwerk: Organisation) -> None:
        assert self.ask(nordwerk, of_elsewhere(0, 3))[0] == 404

    def test_was_accepted_in_the_bodys_own_journal(self, certlight: Organisation) -> None:
        from assaymark.records.journal.queries import newest

        with organisation_scope(certlight.pk):
            assert newest()[0].verb == "witness.log_accepted"

    def test_is_remembered_by_an_older_database_too(self, certlight: Organisation) -> None:
        """The witness's database was restored: the file outside of it still refuses the fork."""
        from assaymark.records.journal import triggers

        self.ask(certlight, of_elsewhere(0, 7))
        triggers.remove()
        with organisation_scope(certlight.pk):
            Witnessed.objects.all().delete()
        triggers.install()
        assert self.ask(certlight, of_elsewhere(0, 3)) == (409, "7\n")
        assert self.ask(certlight, of_elsewhere(7, 9))[0] == 200

    def test_what_was_seen_cannot_be_changed(self, certlight: Organisation) -> None:
        self.ask(certlight, of_elsewhere(0, 7))
        with (
            organisation_scope(certlight.pk),
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
        ):
            Witnessed.objects.update(at=AT + timedelta(days=1))


class TestTwoAtOnce:
    @pytest.mark.slow
    @pytest.mark.django_db(transaction=True)
    def test_only_one_of_two_histories_is_cosigned(self, certlight: Organisation, work: Work) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from django.db import connections

        actions.watch(witness=certlight, key=VerifierKey(ELSEWHERE, KEY.public_key), at=AT)
        forks = [[journal.leaf_hash(f"{who}{n}".encode()) for n in range(4)] for who in range(6)]

        def ask(leaves: list[bytes]) -> Any:
            try:
                return actions.add_checkpoint(witness=certlight, body=of_elsewhere(0, 4, leaves=leaves), at=AT).status
            finally:
                connections.close_all()

        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(int(status) for status in pool.map(ask, forks))
        assert statuses == [200, 409, 409, 409, 409, 409]
