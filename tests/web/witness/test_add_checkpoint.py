"""The witness's address, asked over HTTP (C2SP tlog-witness)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.formats import note
from assaymark.formats.cosignature import MAX_REQUEST, Request, sightings
from assaymark.formats.note import Checkpoint, VerifierKey
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.witness import actions

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGIN = "qms.elsewhere.example/log/olga/e1"
KEY = SigningKey.from_seed(b"e" * 32)
LEAVES = [journal.leaf_hash(str(n).encode()) for n in range(9)]
ADDRESS = "/witness/certlight/add-checkpoint"


def request(old: int, new: int) -> Request:
    text = Checkpoint(ORIGIN, new, journal.tree_root(LEAVES[:new])).text
    signed = note.sign(text, name=ORIGIN, public_key=KEY.public_key, signer=KEY.sign)
    return Request(old, tuple(journal.consistency_proof(LEAVES[:new], old)), signed)


@pytest.fixture
def certlight(db: None) -> Organisation:
    cache.clear()
    body = add_organisation(slug="certlight", name="Certlight", at=AT)
    actions.watch(witness=body, key=VerifierKey(ORIGIN, KEY.public_key), at=AT)
    return body


class TestAddCheckpoint:
    def ask(self, body: str, address: str = ADDRESS) -> tuple[int, str, str]:
        answer = Client(enforce_csrf_checks=True).post(address, body, content_type="text/plain")
        return answer.status_code, answer.content.decode(), answer["Content-Type"]

    def test_answers_with_the_cosignature_alone(self, certlight: Organisation) -> None:
        status, line, _ = self.ask(request(0, 3).text)
        assert status == 200
        assert line.startswith("— 127.0.0.1:8000/witness/certlight ")
        assert len(sightings(request(0, 3).note + line, keys=[actions.witness_key(certlight)])) == 1

    def test_answers_a_wrong_size_with_the_right_one(self, certlight: Organisation) -> None:
        self.ask(request(0, 3).text)
        assert self.ask(request(0, 7).text) == (409, "3\n", "text/x.tlog.size")

    def test_says_what_is_wrong(self, certlight: Organisation) -> None:
        self.ask(request(0, 3).text)
        assert self.ask("nonsense")[0] == 400
        assert self.ask(Request(3, (), request(3, 7).note).text)[0] == 422
        assert self.ask(request(0, 3).text.replace("/olga/", "/olgb/"))[0] == 404
        assert self.ask(request(0, 3).text.replace("\n3\n", "\n4\n"))[0] == 403

    def test_is_nowhere_for_who_does_not_exist(self, certlight: Organisation) -> None:
        assert self.ask(request(0, 3).text, "/witness/nobody/add-checkpoint")[0] == 404

    def test_reads_no_more_than_a_request_has(self, certlight: Organisation) -> None:
        assert self.ask("x" * (MAX_REQUEST + 1))[0] == 400

    def test_is_asked_by_post_only(self, certlight: Organisation) -> None:
        assert Client().get(ADDRESS).status_code == 405

    @pytest.mark.slow
    def test_lets_an_address_in_only_so_often(self, certlight: Organisation) -> None:
        statuses = [self.ask("nonsense")[0] for _ in range(125)]
        assert statuses[0] == 400
        assert statuses[-1] == 429
