"""Canonical RDF of strangers' credentials: bounded, offline, and nothing lost that a reader would believe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from assaymark.formats import json_ld, json_ld_worker
from assaymark.formats.credential_claims import certificate_claims
from assaymark.formats.json_ld import BadJsonLd, UnsupportedJsonLd, canonical
from tests.trust_cast import CERTIFICATE


@pytest.fixture(autouse=True)
def _nothing_known_before() -> None:
    json_ld._made.cache_clear()


V2, EXAMPLES = "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"
BASE: dict[str, Any] = {
    "@context": [V2, EXAMPLES],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential"],
    "issuer": "did:example:issuer",
    "credentialSubject": {"id": "did:example:subject", "alumniOf": "The School of Examples"},
}


def crowd(number: int) -> list[dict[str, Any]]:
    """Everybody knows everybody and nobody has a name: the worst case of the canonical form."""
    return [{"id": f"_:n{i}", "knows": [{"id": f"_:n{j}"} for j in range(number) if j != i]} for i in range(number)]


class TestTheCanonicalForm:
    def test_is_lines_of_statements(self) -> None:
        (text,) = canonical([BASE])
        assert b'<did:example:subject> <https://www.w3.org/ns/credentials/examples#alumniOf> "The School' in text

    def test_does_not_depend_on_order(self) -> None:
        assert canonical([BASE]) == canonical([dict(reversed(BASE.items()))])

    def test_takes_two_documents_at_once(self) -> None:
        first, second = canonical([BASE, BASE | {"id": "urn:uuid:2"}])
        assert first.replace(b"urn:uuid:1", b"urn:uuid:2") == second

    def test_exists_for_our_own_certificates(self) -> None:
        """Every term that we write is defined by a context that ships: others may sign our shapes this way."""
        (text,) = canonical([certificate_claims(CERTIFICATE)])
        assert CERTIFICATE.number.encode() in text


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"@context": [V2]}, "'alumniOf' is not defined"),
            ({"credentialSubject": {"id": "relative"}}, "relative"),
            ({"https://www.w3.org/2018/credentials#validUntil": "x"}, "keyword or an address"),
            ({"credentialSubject": {"@id": "did:x:y"}}, "keyword or an address"),
            ({"credentialSubject": {"@context": [V2]}}, "keyword or an address"),
            ({"credentialSubject": {"id": "urn:uuid:1", "validUntil": "2099-01-01T00:00:00Z"}}, "second time"),
            ({"type": 5}, "not JSON-LD"),
        ],
    )
    def test_cannot_be_covered_by_a_signature(self, change: dict[str, Any], why: str) -> None:
        with pytest.raises(BadJsonLd, match=why):
            canonical([BASE | change])

    @pytest.mark.parametrize(
        ("contexts", "why"),
        [
            ([V2, "https://x.example/context"], "not among those"),
            ([V2, {"foo": "urn:foo"}], "written into"),
            ({"@vocab": "urn:x"}, "written into"),
            ("file:///etc/passwd", "not among those"),
        ],
    )
    def test_or_understood_is_unsupported(self, contexts: Any, why: str) -> None:
        with pytest.raises(UnsupportedJsonLd, match=why):
            canonical([BASE | {"@context": contexts}])


class TestHostileGraphs:
    @pytest.mark.slow
    @pytest.mark.parametrize("number", [7, 14])
    def test_are_given_up_after_a_second_of_work(self, number: int) -> None:
        began = os.times()
        with pytest.raises(UnsupportedJsonLd, match="too long"):
            canonical([BASE | {"credentialSubject": crowd(number)}], timeout=60)
        assert os.times().children_user - began.children_user < 1.5

    def test_are_given_up_when_a_busy_machine_does_not_get_there(self) -> None:
        with pytest.raises(UnsupportedJsonLd, match="too long"):
            canonical([BASE], timeout=0.001)

    def test_of_one_file_are_bounded_together(self) -> None:
        with json_ld.bounded():
            for number in range(20):
                try:
                    canonical([BASE | {"id": f"urn:uuid:{number}"}])
                except UnsupportedJsonLd as error:
                    assert "in this file take too long" in str(error)
                    break
            else:
                pytest.fail("twenty were made, which is more than a second of work")
            assert canonical([BASE | {"id": "urn:uuid:0"}])
        assert canonical([BASE | {"id": "urn:uuid:999"}])

    def test_of_more_files_may_take_more(self) -> None:
        with json_ld.bounded():
            before = (json_ld._left.get() or [0])[0]
            json_ld.grant()
            with json_ld.bounded():
                assert json_ld._left.get() == [before + json_ld.FOR_A_FILE]
        json_ld.grant()
        assert json_ld._left.get() is None

    def test_are_given_up_when_they_take_too_much_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        died = subprocess.CompletedProcess([], 1, b"", b"MemoryError")
        monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: died)
        with pytest.raises(UnsupportedJsonLd, match="memory"):
            canonical([BASE])

    @pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is Linux's")
    def test_get_no_more_than_60_megabytes_from_the_system(self) -> None:
        program = (
            "import runpy, sys\n"
            "worker = runpy.run_path(sys.argv[1])\n"
            "worker['_bound']()\n"
            "small = bytearray(30 * 1024 * 1024)\n"
            "try:\n    bytearray(70 * 1024 * 1024)\n"
            "except MemoryError:\n    sys.stdout.write('refused')\n"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", program, json_ld_worker.__file__], capture_output=True, check=True
        )
        assert done.stdout == b"refused"


class TestTheProcess:
    def test_imports_nothing_of_this_package(self) -> None:
        source = Path(json_ld_worker.__file__).read_text("utf-8")
        assert "import assaymark" not in source
        assert "from assaymark" not in source

    def test_says_that_the_library_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = subprocess.CompletedProcess([], 0, b'{"error": "missing"}', b"")
        monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: answer)
        with pytest.raises(UnsupportedJsonLd, match=r"install assaymark\[rdf\]"):
            canonical([BASE])

    def test_without_the_library_answers_so(self) -> None:
        """``-S`` leaves installed packages out, as where only the verifier is installed."""
        done = subprocess.run(
            [sys.executable, "-I", "-S", json_ld_worker.__file__], input=b"{}", capture_output=True, check=True
        )
        assert json.loads(done.stdout) == {"error": json_ld_worker.MISSING}

    def test_reads_only_contexts_that_came_with_the_question(self) -> None:
        question = {"contexts": {}, "documents": [BASE]}
        done = subprocess.run(
            [sys.executable, "-I", json_ld_worker.__file__],
            input=json.dumps(question).encode(),
            capture_output=True,
            check=True,
        )
        assert json.loads(done.stdout)["error"] == json_ld_worker.REFUSED

    def test_agrees_with_the_library_called_directly(self) -> None:
        contexts = {url: json_ld._context(url) for url in (V2, EXAMPLES)}

        def load(url: str, _options: Any = None) -> dict[str, Any]:
            return {"contextUrl": None, "documentUrl": url, "document": contexts[url]}

        direct = jsonld.normalize(
            BASE, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
        )
        assert canonical([BASE]) == [direct.encode()]
