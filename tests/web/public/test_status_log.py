"""Anybody can keep a checkpoint of an issuer's status log, and hold the log against it."""

from __future__ import annotations

import base64

from django.test import Client

from assaymark.core import journal
from assaymark.formats import note
from assaymark.records.attestations import log
from tests.records.attestations.conftest import Chain
from tests.records.attestations.conftest import chain as chain


class TestTheStatusLogOfAnIssuer:
    def test_is_published_by_its_hashes_and_a_checkpoint_over_them(self, client: Client, chain: Chain) -> None:
        log.sign(chain.northfield.pk)
        held = client.get("/status-log/northfield/checkpoint")
        leaves = client.get("/status-log/northfield/leaves")
        assert held["Content-Type"] == leaves["Content-Type"] == "text/plain; charset=utf-8"
        checkpoint = note.open_checkpoint(held.content.decode(), keys=log.verifier_keys(chain.northfield))
        hashes = [base64.b64decode(line) for line in leaves.content.split()]
        assert (checkpoint.size, checkpoint.root) == (len(hashes), journal.tree_root(hashes))

    def test_names_nobody(self, client: Client, chain: Chain) -> None:
        content = client.get("/status-log/northfield/leaves").content.decode()
        assert chain.certificate.number not in content and "Halden" not in content

    def test_of_who_attests_nothing_is_not_found(self, client: Client, chain: Chain) -> None:
        assert client.get("/status-log/halden/checkpoint").status_code == 404
