"""`assaymark register import | export | coverage | sources | refresh` as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main
from assaymark.records.register.models import Listing

pytestmark = pytest.mark.django_db

TABLE = """Certificate No;Company;Country;Certification Body;Standard;Status;Issue Date;Expiry Date
A-1;Müller Metallbau GmbH;Germany;Nord Cert;ISO 9001:2015;Active;01.02.2024;31.01.2027
A-2;"Halden
Precision";Sweden;Nord Cert;ISO 9001:2015;Active;2024-05-01;2023-05-01
A-3;Brandt Shipping;NO;Nord Cert;ISO 9001:2015;Suspended;2024-04-03;2027-05-01
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["register", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def imported(file: Path) -> Path:
    assert run("import", file, "--as-of", "2026-01-01", "--source", "nord").exit_code == 0
    return file


class TestImport:
    def test_says_what_was_listed_and_what_was_kept_aside(self, file: Path) -> None:
        done = run("import", file, "--as-of", "2026-01-01", "--source", "nord", "--name", "Nordic register")
        assert done.exit_code == 0
        assert "3 rows of 2026-01-01: 2 listed; 0 as before." in done.stdout
        assert "line 3, A-2: It expires on 2023-05-01, before its issue on 2024-05-01." in done.stderr
        assert "nord: Nordic register, 2 listings, newest snapshot of 2026-01-01." in run("sources").stdout

    def test_again_says_that_nothing_changed(self, imported: Path) -> None:
        done = run("import", imported, "--as-of", "2026-01-01", "--source", "nord")
        assert (done.exit_code, "Nothing changed" in done.stdout) == (0, True)

    def test_answers_in_json(self, file: Path) -> None:
        done = run("import", file, "--as-of", "2026-01-01", "--source", "nord", "--json")
        told = json.loads(done.stdout)
        assert (told["rows"], told["events"]["listed"], told["rows_aside"], told["repeated"]) == (3, 2, 1, False)
        assert told["aside"][0]["reasons"][0]["field"] == "expires"

    def test_of_the_next_snapshot_counts_events(self, imported: Path) -> None:
        imported.write_text(TABLE.replace("Suspended", "Active").replace("A-1;", "A-9;"), encoding="utf-8")
        done = run("import", imported, "--as-of", "2026-02-01", "--source", "nord")
        assert "1 listed, 1 reinstated, 1 delisted; 0 as before" in done.stdout

    def test_follows_a_mapping(self, tmp_path: Path) -> None:
        data = tmp_path / "register.json"
        data.write_text(json.dumps({"items": [{"nr": "A-1", "firma": {"name": "Halden"}, "stand": "ok"}]}))
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(
            '[fields]\nnumber = "nr"\nholder = "firma.name"\nstatus = "stand"\n'
            '[status]\nok = "valid"\n[constants]\nstandard = "ISO 9001:2015"\nbody = "Nord Cert"\n'
        )
        done = run("import", data, "--as-of", "2026-01-01", "--source", "nord", "--mapping", mapping)
        assert "1 listed" in done.stdout, done.stderr
        assert Listing.objects.get().holder.name == "Halden"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"Zertifikat;Firma\n1;2\n", "Write a mapping file"),
            (TABLE.encode("latin-1"), 'encoding = "cp1252"'),
            (b"PK\x03\x04", "ZIP"),
            (b"", "empty"),
        ],
    )
    def test_of_a_file_that_cannot_be_read_changes_nothing(self, file: Path, content: bytes, words: str) -> None:
        file.write_bytes(content)
        done = run("import", file, "--as-of", "2026-01-01", "--source", "nord")
        assert (done.exit_code, words in done.stderr) == (1, True)
        assert Listing.objects.count() == 0
        assert "No register is held here yet" in run("sources").stdout

    def test_that_breaks_in_the_middle_takes_nothing(self, file: Path) -> None:
        file.write_text(TABLE + 'A-4;"never closed;NO\n', encoding="utf-8")
        done = run("import", file, "--as-of", "2026-01-01", "--source", "nord")
        assert (done.exit_code, Listing.objects.count()) == (1, 0)

    def test_of_an_older_snapshot_is_refused(self, imported: Path) -> None:
        done = run("import", imported, "--as-of", "2025-01-01", "--source", "nord")
        assert (done.exit_code, "order of their days" in done.stderr) == (1, True)

    def test_wants_a_short_name(self, file: Path) -> None:
        assert run("import", file, "--as-of", "2026-01-01", "--source", "Nordic register!").exit_code == 2


class TestExport:
    def test_and_import_of_the_international_database_are_each_others_inverse(
        self, imported: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "upload.json"
        done = run("export", "--source", "nord", "-o", out)
        assert (done.exit_code, "2 certificates" in done.stdout) == (0, True)
        assert "2 of them lack accreditation_body_name" in done.stderr
        again = run("import", out, "--as-of", "2026-01-01", "--source", "copy", "--format", "certsearch")
        assert "2 listed" in again.stdout, again.stderr
        second = tmp_path / "again.json"
        run("export", "--source", "copy", "-o", second)
        assert json.loads(second.read_bytes()) == json.loads(out.read_bytes())

    def test_as_a_table_can_be_read_again(self, imported: Path, tmp_path: Path) -> None:
        out = tmp_path / "upload.csv"
        run("export", "--source", "nord", "-o", out)
        again = run("import", out, "--as-of", "2026-01-01", "--source", "copy", "--format", "certsearch")
        assert "2 listed" in again.stdout, again.stderr

    def test_answers_in_json(self, imported: Path, tmp_path: Path) -> None:
        told = json.loads(run("export", "--source", "nord", "-o", tmp_path / "x.csv", "--json").stdout)
        assert (told["certificates"], told["lacking"]["certified_entity_city"]) == (2, 2)

    def test_of_an_earlier_day_is_the_register_of_that_day(self, imported: Path, tmp_path: Path) -> None:
        imported.write_text(TABLE.replace("A-1;", "A-9;"), encoding="utf-8")
        run("import", imported, "--as-of", "2026-02-01", "--source", "nord")
        out = tmp_path / "then.json"
        run("export", "--source", "nord", "--on", "2026-01-15", "-o", out)
        assert [r["certificate_number"] for r in json.loads(out.read_bytes())] == ["A-1", "A-3"]
        run("export", "--source", "nord", "--on", "2026-02-15", "--known-at", "2020-01-01", "-o", out)
        assert json.loads(out.read_bytes()) == []

    def test_of_an_unknown_register_is_wrong_use(self, tmp_path: Path) -> None:
        assert run("export", "--source", "none", "-o", tmp_path / "x.json").exit_code == 2


class TestCoverage:
    def test_is_stated_in_a_sentence(self, imported: Path) -> None:
        done = run("coverage", "nord", "--body", "nord cert", "--since", "2024-01-01")
        assert done.stdout == "Nord Cert publishes here completely since 2024-01-01.\n"

    def test_answers_in_json(self, imported: Path) -> None:
        told = json.loads(run("coverage", "nord", "--since", "2024-01-01", "--until", "2024-12-31", "--json").stdout)
        assert (told["body"], told["since"], told["until"]) == (None, "2024-01-01", "2024-12-31")

    def test_of_an_unknown_body_is_refused(self, imported: Path) -> None:
        assert run("coverage", "nord", "--body", "Nobody", "--since", "2024-01-01").exit_code == 1

    def test_of_an_unknown_register_is_wrong_use(self) -> None:
        assert run("coverage", "none", "--since", "2024-01-01").exit_code == 2


class TestSources:
    def test_answer_in_json(self, imported: Path) -> None:
        assert json.loads(run("sources", "--json").stdout) == [
            {"key": "nord", "name": "nord", "newest": "2026-01-01", "listings": 2}
        ]


class TestRefresh:
    def test_says_what_it_did(self) -> None:
        assert run("refresh").stdout == "0 certificates, accreditations and recognitions; 0 statements added.\n"
        assert json.loads(run("refresh", "--json").stdout) == {"attestations": 0, "added": 0}
