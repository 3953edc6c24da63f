"""`assaymark journal` and witnesses: who saw what, and how two installations come to know each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from assaymark.adapters.keys import SigningKey
from assaymark.cli.journal import journal
from assaymark.core.attestation import AttestationKind
from assaymark.formats.cosignature import WitnessKey
from assaymark.formats.note import VerifierKey
from assaymark.records.attestations.models import Attestation
from assaymark.records.journal import checkpoints
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import actions, queries
from assaymark.records.witness.asking import ask_all

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STRANGER = SigningKey.from_seed(b"o" * 32).public_key
LOG_KEY = str(VerifierKey("elsewhere.example/log/olga/e1", STRANGER))
WITNESS_KEY = str(WitnessKey("elsewhere.example/witness/olga", STRANGER))


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(journal, [str(a) for a in arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def certlight(db: None) -> Organisation:
    return add_organisation(slug="certlight", name="Certlight", at=AT)


@pytest.fixture
def exported(certlight: Organisation, tmp_path: Path) -> Path:
    halden = add_organisation(slug="halden", name="Halden Precision Ltd", at=AT)
    with organisation_scope(certlight.pk):
        Attestation.objects.create(
            organisation=certlight,
            holder=halden,
            kind=AttestationKind.CERTIFICATE.value,
            number="CL-1",
            edition_key="iso-9001-2015",
            standard_label="ISO 9001:2015",
            original_issue=AT.date(),
            valid_from=AT.date(),
        )
    checkpoints.sign(halden.pk)
    ask_all(halden.pk, at=AT)
    file = tmp_path / "halden.journal"
    assert run("export", "--organisation", "halden", "-o", file)[0] == 0
    return file


class TestVerify:
    def test_says_which_witness_saw_what_and_when(self, exported: Path, certlight: Organisation) -> None:
        status, output, _ = run("verify", exported, "--witness", str(actions.witness_key(certlight)))
        assert status == 0
        assert "Seen by 127.0.0.1:8000/witness/certlight:\n  1 entries on 2026-03-02 09:00 UTC\n" in output

    def test_says_when_the_key_is_only_from_the_file(self, exported: Path) -> None:
        assert "certlight (its key is from the file):" in run("verify", exported)[1]

    def test_names_a_witness_that_saw_nothing(self, exported: Path) -> None:
        status, output, _ = run("verify", exported, "--witness", WITNESS_KEY)
        assert status == 0
        assert "elsewhere.example/witness/olga saw no checkpoint of this journal." in output

    def test_answers_programs_with_every_sighting(self, exported: Path) -> None:
        answer = json.loads(run("verify", exported, "--json")[1])
        assert [(seen["size"], seen["at"], seen["known"]) for seen in answer["seen"]] == [
            (1, "2026-03-02T09:00:00+00:00", False)
        ]

    def test_of_a_key_that_is_none_is_wrong_use(self, exported: Path) -> None:
        assert run("verify", exported, "--witness", "nonsense")[0] == 2


class TestWatch:
    def test_answers_with_the_bodys_own_key(self, certlight: Organisation) -> None:
        status, output, _ = run("watch", "--organisation", "certlight", "--key", LOG_KEY)
        assert status == 0
        assert "Certlight watches elsewhere.example/log/olga/e1." in output
        assert str(actions.witness_key(certlight)) in output

    def test_may_be_said_twice(self, certlight: Organisation) -> None:
        for _ in range(2):
            status, output, _ = run("watch", "--organisation", "certlight", "--key", LOG_KEY, "--json")
            assert status == 0
        assert json.loads(output)["log"] == "elsewhere.example/log/olga/e1"

    def test_of_a_key_that_is_none_is_wrong_use(self, certlight: Organisation) -> None:
        status, _, error = run("watch", "--organisation", "certlight", "--key", WITNESS_KEY)
        assert status == 2
        assert "The key cannot be read" in error


class TestAskWitness:
    def test_is_asked_from_then_on(self, certlight: Organisation) -> None:
        address = "https://elsewhere.example/witness/olga"
        status, output, _ = run("ask-witness", "--organisation", "certlight", "--url", address, "--key", WITNESS_KEY)
        assert status == 0
        assert "elsewhere.example/witness/olga is asked to cosign each checkpoint of Certlight." in output
        with organisation_scope(certlight.pk):
            (witness,) = queries.witnesses()
        assert (witness.name, witness.at, witness.elsewhere) == ("elsewhere.example/witness/olga", None, True)

    def test_of_a_key_that_is_none_is_wrong_use(self, certlight: Organisation) -> None:
        asked = ("ask-witness", "--organisation", "certlight", "--url", "https://x.example", "--key", LOG_KEY)
        assert run(*asked)[0] == 2
