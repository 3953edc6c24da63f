"""The status log of a body is watched by the body above it, like its journal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import StatusEventKind
from assaymark.formats.cosignature import Request, WitnessKey, cosign, sightings
from assaymark.records.attestations import log
from assaymark.records.attestations.models import Attestation, StatusCheckpoint, StatusCosignature, StatusLeaf
from assaymark.records.journal import checkpoints, triggers
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import actions, queries
from assaymark.records.witness.asking import ask_all
from assaymark.records.witness.asking_status import ask_all_of_status
from assaymark.records.witness.models import Witness
from assaymark.records.witness.tasks import ask_witnesses
from tests.records.witness.conftest import AT, Work

LATER = AT + timedelta(minutes=1)
KEY = SigningKey.from_seed(b"s" * 32)
ELSEWHERE = WitnessKey("ab.elsewhere.example/witness/olga", KEY.public_key)


def nobody(url: str, body: str) -> tuple[int, str]:
    raise AssertionError("nobody is to be asked over the wire")


def happens(issuer: Organisation, *, times: int = 1) -> None:
    """So many events about an attestation of the issuer, and the checkpoint after them."""
    with transaction.atomic(), organisation_scope(issuer.pk):
        row = Attestation.objects.filter(organisation=issuer).get()
        for _ in range(times):
            log.tell(row, StatusEventKind.SUSPENDED, effective_from=AT, at=AT)
    log.sign(issuer.pk)


def cosigned_sizes(issuer: Organisation) -> list[int]:
    with organisation_scope(issuer.pk):
        return [row.checkpoint.size for row in StatusCosignature.objects.order_by("checkpoint__size")]


@pytest.fixture
def known(halden: Organisation, certlight: Organisation, work: Work) -> Organisation:
    """Certlight, whose journal Nordwerk watches already."""
    work(certlight)
    checkpoints.sign(certlight.pk)
    assert ask_all(certlight.pk, at=AT, post=nobody)
    return certlight


class TestTheStatusLogOfABody:
    def test_is_seen_by_the_body_above_at_each_size(self, known: Organisation, nordwerk: Organisation) -> None:
        for times in (2, 3):
            happens(known, times=times)
            assert ask_all_of_status(known.pk, at=LATER, post=nobody)
        assert cosigned_sizes(known) == [2, 5]
        note = log.cosigned(log.head_of(known).checkpoint)
        assert [s.at for s in sightings(note, keys=[actions.witness_key(nordwerk)])] == [LATER]

    def test_is_asked_in_the_background_with_the_journal(self, known: Organisation) -> None:
        happens(known)
        assert ask_witnesses.func(str(known.pk), 1)
        assert cosigned_sizes(known) == [1]

    def test_stands_among_what_the_body_above_watches(self, known: Organisation, nordwerk: Organisation) -> None:
        happens(known)
        ask_all_of_status(known.pk, at=LATER, post=nobody)
        with organisation_scope(nordwerk.pk):
            assert {one.name for one in queries.watched()} == {"Certlight", "Certlight, status log"}

    def test_that_was_cosigned_is_not_asked_again(self, known: Organisation) -> None:
        happens(known)
        assert ask_all_of_status(known.pk, at=AT, post=nobody) and ask_all_of_status(known.pk, at=LATER, post=nobody)
        with organisation_scope(known.pk):
            assert [row.at for row in StatusCosignature.objects.all()] == [AT]

    def test_that_forks_is_refused_and_shown(self, known: Organisation) -> None:
        """The body forgets its last two events and tells others instead."""
        happens(known, times=3)
        assert ask_all_of_status(known.pk, at=AT, post=nobody)
        triggers.remove()
        with organisation_scope(known.pk):
            StatusCosignature.objects.all().delete()
            StatusCheckpoint.objects.all().delete()
            StatusLeaf.objects.filter(index__gte=1).delete()
        triggers.install()
        happens(known, times=3)
        assert not ask_all_of_status(known.pk, at=LATER, post=nobody)
        with organisation_scope(known.pk):
            (row,) = Witness.objects.all()
        assert row.problem.startswith("Of the status log: It answered 422")
        assert cosigned_sizes(known) == []

    def test_without_events_asks_nobody(self, known: Organisation) -> None:
        assert ask_all_of_status(known.pk, at=AT, post=nobody)

    def test_is_not_watched_by_bodies_that_have_nothing_to_do_with_it(
        self, known: Organisation, brandt: Organisation
    ) -> None:
        happens(known)
        with organisation_scope(known.pk):
            newest = StatusCheckpoint.objects.get()
        answer = actions.add_checkpoint(witness=brandt, body=Request(0, (), newest.note).text, at=AT)
        assert answer.status == 404


class TestAWitnessElsewhere:
    def test_is_asked_with_old_size_and_proof(self, known: Organisation) -> None:
        actions.add_witness(organisation=known, url="https://ab.elsewhere.example/w/", key=ELSEWHERE, at=AT)
        asked: list[Request] = []

        def witness(url: str, body: str) -> tuple[int, str]:
            asked.append(Request.parse(body))
            return 200, cosign(asked[-1].note, key=ELSEWHERE, at=AT, signer=KEY.sign)

        for times in (2, 2):
            happens(known, times=times)
            assert ask_all_of_status(known.pk, at=LATER, post=witness)
        assert [(request.old, len(request.proof)) for request in asked] == [(0, 0), (2, 1)]

    def test_that_cannot_be_reached_stands_in_nobodys_way(self, known: Organisation) -> None:
        actions.add_witness(organisation=known, url="https://ab.elsewhere.example/w/", key=ELSEWHERE, at=AT)

        def nowhere(url: str, body: str) -> tuple[int, str]:
            raise OSError("no route")

        happens(known)
        assert not ask_all_of_status(known.pk, at=LATER, post=nowhere)
        assert cosigned_sizes(known) == [1]
