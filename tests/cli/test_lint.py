"""`assaymark lint` at the prompt: every form of a certificate, exit status, JSON, files that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from assaymark.cli.main import main
from assaymark.formats.credential_claims import certificate_claims
from assaymark.formats.pdf_certificate import issue_certificate_pdf
from tests.trust_cast import CERTIFICATE, HANSE, NOW, Chain


def run(tmp_path: Path, data: bytes, *options: str) -> Result:
    file = tmp_path / "file"
    file.write_bytes(data)
    return CliRunner().invoke(main, ["lint", str(file), *options])


def claims(**changes: Any) -> dict[str, Any]:
    found = certificate_claims(CERTIFICATE)
    return found | {"credentialSubject": found["credentialSubject"] | changes}


class TestEachForm:
    def test_all_forms_of_one_certificate_get_the_same_complaints(self, tmp_path: Path) -> None:
        bundle = Chain().bundle()
        forms = [
            bundle,
            orjson.loads(bundle)["certificate"].encode(),
            orjson.dumps(claims()),
            issue_certificate_pdf(CERTIFICATE, bundle=bundle, key=HANSE, at=NOW),
        ]
        answers = [orjson.loads(run(tmp_path, form, "--json").stdout_bytes)["complaints"] for form in forms]
        rules = [[row["rule"] for row in answer] for answer in answers]
        assert rules[0] == rules[1] == rules[3]
        assert set(rules[2]) - set(rules[0]) <= {"CRT-ACCREDITATION", "CRT-MARK"}


class TestExitStatus:
    def test_is_one_with_an_error_which_names_clause_and_next_step(self, tmp_path: Path) -> None:
        result = run(tmp_path, orjson.dumps(claims(certificateNumber="")))
        assert result.exit_code == 1
        assert "CRT-NUMBER" in result.output
        assert "ISO/IEC 17021-1:2015, 8.2.2 d. Give it a number" in result.output

    def test_is_nought_with_warnings_alone(self, tmp_path: Path) -> None:
        result = run(tmp_path, orjson.dumps(claims(publicPage="")))
        assert (result.exit_code, "CRT-CHECK" in result.output) == (0, True)

    @pytest.mark.parametrize("data", [b"", b"{}", b"hello", b"%PDF-1.7 nothing", b'{"type": 3}', b"\xff\xfe", b"a.b.c"])
    def test_is_two_for_a_file_that_is_no_certificate(self, tmp_path: Path, data: bytes) -> None:
        result = run(tmp_path, data)
        assert (result.exit_code, "cannot be looked at" in result.output) == (2, True)

    def test_is_two_for_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(main, ["lint", str(tmp_path / "none.pdf")])
        assert (result.exit_code, "Check the name" in result.output) == (2, True)


def test_json_counts_errors_and_warnings(tmp_path: Path) -> None:
    answer = orjson.loads(run(tmp_path, orjson.dumps(claims(certificateNumber="")), "--json").stdout_bytes)
    assert answer["errors"] == 1
    assert answer["warnings"] == len(answer["complaints"]) - 1
    assert set(answer["complaints"][0]) == {"rule", "clause", "message", "next_step", "error"}


def test_control_characters_of_strangers_stay_off_the_terminal(tmp_path: Path) -> None:
    result = run(tmp_path, orjson.dumps(claims(standardLabel="ISO \x1b[31m 9001")))
    assert "CRT-EDITION" in result.output
    assert "\x1b[31m 9001" not in result.output
