"""`assaymark certificate` and `assaymark trust`, and the story they tell together with `assaymark verify`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from assaymark.cli.certificate import certificate
from assaymark.cli.trust import trust
from assaymark.cli.verify import verify
from assaymark.records.attestations.actions import trust_anchor
from assaymark.records.attestations.models import TrustAnchor
from tests.certification_cast import NUMBER, Certified, certified

YES, NO, UNKNOWN = 0, 1, 3
DECIDER = "d.ecider@northfield.example"
ACCREDITOR = "t.vidal@meridian.example"


@pytest.fixture
def world(db: None) -> Certified:
    """In order since two months ago."""
    return certified(began=timezone.now() - dt.timedelta(days=60))


@pytest.fixture
def folder(world: Certified, tmp_path: Path) -> Path:
    """A stranger's folder: certificate and trust list."""
    assert run("export", NUMBER, "--as", "pdf", "-o", str(tmp_path / "certificate.pdf")).exit_code == 0
    assert CliRunner().invoke(trust, ["export", "-o", str(tmp_path / "anchors.json")]).exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(certificate, list(words))


def fresh(folder: Path) -> str:
    """Today's bundle, exported anew."""
    path = str(folder / "fresh.json")
    assert run("export", NUMBER, "--as", "bundle", "-o", path).exit_code == 0
    return path


def verified(*words: str, folder: Path, trusted: str = "anchors.json") -> tuple[int, dict[str, str]]:
    """Exit status and the four answers, offline."""
    done = CliRunner().invoke(verify, [*words, "--trust", str(folder / trusted), "--offline", "--json"])
    (first, *_) = json.loads(done.stdout)
    return done.exit_code, {name: said["answer"] for name, said in first["verdicts"].items()}


ALL_YES = {"authentic": "yes", "in_force": "yes", "accredited": "yes", "recognised": "yes"}


class TestTheStory:
    def test_begins_with_a_pdf_that_says_four_times_yes_offline(self, folder: Path) -> None:
        assert verified(str(folder / "certificate.pdf"), folder=folder) == (YES, ALL_YES)

    def test_a_suspension_shows_in_every_bundle_written_afterwards(self, folder: Path) -> None:
        done = run("suspend", NUMBER, "--by", DECIDER, "--reason", "Surveillance was not allowed")
        assert (done.exit_code, done.stdout) == (0, f"{NUMBER} is now suspended.\n")
        assert verified(fresh(folder), folder=folder) == (NO, ALL_YES | {"in_force": "no"})

    def test_a_fresh_bundle_beside_the_old_pdf_makes_its_status_fresh(self, folder: Path) -> None:
        run("suspend", NUMBER, "--by", DECIDER, "--reason", "Surveillance was not allowed")
        assert verified(str(folder / "certificate.pdf"), fresh(folder), folder=folder)[1]["in_force"] == "no"

    def test_a_reinstatement_brings_it_back(self, folder: Path) -> None:
        run("suspend", NUMBER, "--by", DECIDER, "--reason", "Surveillance was not allowed")
        done = run("reinstate", NUMBER, "--by", DECIDER, "--reason", "Surveillance was done", "--json")
        assert json.loads(done.stdout) == {"number": NUMBER, "holder": "Halden Precision Ltd", "status": "valid"}
        assert verified(fresh(folder), folder=folder) == (YES, ALL_YES)

    def test_withdrawing_the_accreditation_leaves_the_certificate_in_force_but_not_accredited(
        self, folder: Path
    ) -> None:
        done = run("withdraw", "MAS-0042", "--by", ACCREDITOR, "--reason", "Impartiality was lost")
        assert done.exit_code == 0, done.stderr
        assert verified(fresh(folder), folder=folder) == (NO, ALL_YES | {"accredited": "no"})

    @pytest.mark.parametrize("place", [0.1, 0.4, 0.7, 0.95])
    def test_one_byte_edited_in_the_bundle_is_not_authentic(self, folder: Path, place: float) -> None:
        path = Path(fresh(folder))
        data = bytearray(path.read_bytes())
        data[int(len(data) * place)] ^= 1
        path.write_bytes(data)
        status, answers = verified(str(path), folder=folder)
        assert (status, answers["authentic"]) == (NO, "no")

    @pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
    def test_one_byte_edited_in_the_pdf_is_not_authentic(self, folder: Path, place: float) -> None:
        path = folder / "certificate.pdf"
        data = bytearray(path.read_bytes())
        data[int(len(data) * place)] ^= 1
        path.write_bytes(data)
        status, answers = verified(str(path), folder=folder)
        assert (status, answers["authentic"]) == (NO, "no")

    def test_by_another_trust_list_it_is_not_recognised(self, world: Certified, folder: Path) -> None:
        TrustAnchor.objects.all().delete()
        trust_anchor(organisation=world.cast.halden, valid_from=dt.date(2020, 1, 1))
        CliRunner().invoke(trust, ["export", "-o", str(folder / "others.json")])
        status, answers = verified(str(folder / "certificate.pdf"), folder=folder, trusted="others.json")
        assert (status, answers) == (NO, ALL_YES | {"recognised": "no"})

    def test_the_old_pdf_alone_says_unknown_eight_days_later(self, folder: Path) -> None:
        later = (timezone.now() + dt.timedelta(days=8)).strftime("%Y-%m-%d")
        status, answers = verified(str(folder / "certificate.pdf"), "--at", later, folder=folder)
        assert (status, answers["in_force"]) == (UNKNOWN, "unknown")


class TestList:
    def test_names_everything_that_was_attested_with_its_status(self, world: Certified) -> None:
        run("suspend", NUMBER, "--by", DECIDER, "--reason", "Surveillance was not allowed")
        rows = {row["number"]: row for row in json.loads(run("list", "--json").stdout)}
        assert {number: (row["kind"], row["status"]) for number, row in rows.items()} == {
            NUMBER: ("certificate", "suspended"),
            "MAS-0042": ("accreditation", "valid"),
            "MRA-0007": ("recognition", "valid"),
        }
        assert (rows[NUMBER]["holder"], rows[NUMBER]["issuer"]) == ("Halden Precision Ltd", "Northfield Certification")

    def test_says_it_in_words(self, world: Certified) -> None:
        assert "Halden Precision Ltd by Northfield Certification" in run("list").stdout


class TestExport:
    def test_writes_a_credential_that_leads_nowhere_offline(self, world: Certified, folder: Path) -> None:
        path = str(folder / "certificate.jwt")
        assert run("export", NUMBER.lower(), "--as", "credential", "-o", path).exit_code == 0
        status, answers = verified(path, folder=folder)
        assert (status, answers["authentic"], answers["in_force"]) == (UNKNOWN, "yes", "unknown")

    def test_of_an_accreditation_is_a_bundle_but_no_pdf(self, world: Certified, folder: Path) -> None:
        path = str(folder / "accreditation")
        assert run("export", "MAS-0042", "--as", "bundle", "-o", path).exit_code == 0
        refused = run("export", "MAS-0042", "--as", "pdf", "-o", path)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "only certificates are printed" in refused.stderr

    @pytest.mark.parametrize(
        "words",
        [("export", "NC-0"), ("export", NUMBER, "--as", "poster", "-o", "x"), ("export", NUMBER, "--as", "pdf")],
    )
    def test_of_wrong_use_is_2(self, world: Certified, words: tuple[str, ...]) -> None:
        assert run(*words).exit_code == 2

    def test_of_an_unknown_number_says_what_to_do(self, world: Certified, tmp_path: Path) -> None:
        done = run("export", "NC-0", "--as", "bundle", "-o", str(tmp_path / "x"))
        assert done.exit_code == 2
        assert "assaymark certificate list" in done.stderr


class TestDecisions:
    def test_are_refused_with_reason_and_clause_when_they_make_no_sense(self, world: Certified) -> None:
        done = run("reinstate", NUMBER, "--by", DECIDER, "--reason", "All is well")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "It is in force; there is nothing to restore. (ISO/IEC 17021-1:2015, 9.6.5)" in done.stderr

    def test_are_not_for_those_who_took_part_in_the_audit(self, world: Certified) -> None:
        done = run("suspend", NUMBER, "--by", "m.kowalska@northfield.example", "--reason", "No")
        assert done.exit_code == 1
        assert "Your role does not allow this" in done.stderr

    def test_are_not_for_strangers(self, world: Certified) -> None:
        done = run("withdraw", NUMBER, "--by", "p.novak@halden.example", "--reason", "No")
        assert done.exit_code == 2
        assert "has no role in northfield" in done.stderr

    def test_after_a_withdrawal_there_is_no_way_back(self, world: Certified) -> None:
        assert run("withdraw", NUMBER, "--by", DECIDER, "--reason", "At the client's request").exit_code == 0
        done = run("reinstate", NUMBER, "--by", DECIDER, "--reason", "Sorry")
        assert done.exit_code == 1
        assert "Grant anew after a new assessment." in done.stderr

    @pytest.mark.parametrize("command", ["suspend", "reinstate", "withdraw"])
    def test_need_a_person_and_a_reason(self, world: Certified, command: str) -> None:
        assert run(command, NUMBER, "--by", DECIDER).exit_code == 2
        assert run(command, NUMBER, "--reason", "x").exit_code == 2
        assert run("list", "--json").stdout.count('"valid"') == 3


class TestTrust:
    def test_exports_whom_this_installation_trusts(self, folder: Path, world: Certified) -> None:
        (anchor,) = json.loads((folder / "anchors.json").read_bytes())["anchors"]
        assert (anchor["name"], anchor["role"]) == ("Mutual recognition arrangement", "arrangement")
        assert anchor["did"].startswith("did:key:z6Mk")

    def test_adds_an_organisation_of_the_installation_once(self, world: Certified) -> None:
        for _ in range(2):
            done = CliRunner().invoke(
                trust, ["add", "meridian", "--role", "accreditation body", "--from", "2025-01-01"]
            )
            assert "Meridian Accreditation Service is trusted as accreditation body from 2025-01-01." in done.stdout
        assert TrustAnchor.objects.count() == 2

    def test_does_not_know_strangers(self, world: Certified) -> None:
        done = CliRunner().invoke(trust, ["add", "nobody"])
        assert done.exit_code == 2
        assert "assaymark organisation list" in done.stderr
