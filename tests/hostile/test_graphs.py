"""Poison graphs: credentials under `eddsa-rdfc-2022` whose canonical RDF takes for ever, or all memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from assaymark.formats import json_ld, json_ld_worker
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.multibase import base58_encode
from assaymark.verify import CertificateVerdict, Code
from tests.hostile.attack import MEGABYTES, NO, SECONDS, UNKNOWN, YES, bundled, judge
from tests.trust_cast import ACCREDITATION, CERTIFICATE, HANSE, NORDWERK, STRANGER, Chain

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="the bounds are the system's")]

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
Graph = Callable[[], list[dict[str, Any]]]


def crowd(number: int = 14) -> list[dict[str, Any]]:
    """Everybody knows everybody, and nobody has a name."""
    return [{"id": f"_:n{i}", "knows": [{"id": f"_:n{j}"} for j in range(number) if j != i]} for i in range(number)]


def crowd_without_labels() -> list[dict[str, Any]]:
    """Many things that differ in nothing at all."""
    return [{"knows": [{"knows": [{} for _ in range(9)]} for _ in range(9)]} for _ in range(9)]


def rings() -> list[dict[str, Any]]:
    """Rings of equal length: each could be any other, from any beginning."""
    return [
        {"id": f"_:r{ring}n{n}", "knows": {"id": f"_:r{ring}n{(n + 1) % 6}"}} for ring in range(30) for n in range(6)
    ]


def lattice() -> list[dict[str, Any]]:
    """A closed lattice, in which every node has the same neighbourhood."""
    size = 8
    return [
        {"id": f"_:l{x}x{y}", "knows": [{"id": f"_:l{(x + 1) % size}x{y}"}, {"id": f"_:l{x}x{(y + 1) % size}"}]}
        for x in range(size)
        for y in range(size)
    ]


def multitude() -> list[dict[str, Any]]:
    """So many things that memory might not do."""
    return [{"id": f"_:m{n}", "knows": {"id": f"_:m{n + 1}"}} for n in range(12_000)]


def with_proof(claims: dict[str, Any], signer: Any = HANSE) -> str:
    """A credential with a proof that nobody needs to have made: the graph comes before the signature."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": signer.kid,
        "proofPurpose": "assertionMethod",
        "proofValue": "z" + base58_encode(signer.sign(orjson.dumps(claims))),
    }
    return orjson.dumps(claims | {"proof": proof}).decode()


def poisoned(claims: dict[str, Any], graph: Graph) -> dict[str, Any]:
    """Our own content with a poison graph in a corner of it."""
    return claims | {"@context": [*claims["@context"], EXAMPLES], "relatedResource": graph()}


class Work:
    """The processor time of the processes that were started meanwhile."""

    def __enter__(self) -> Work:
        self.began = os.times()
        return self

    def __exit__(self, *_: object) -> None:
        now = os.times()
        self.seconds = now.children_user + now.children_system
        self.seconds -= self.began.children_user + self.began.children_system


def once(data: bytes) -> CertificateVerdict:
    """Verify once only, with nothing to be fetched: the memory is that of another process, and measured below."""

    def fetch(_: str) -> bytes:
        raise OSError("nothing is to be had")

    return judge(data, fetch=fetch)


class TestAPoisonGraph:
    @pytest.mark.parametrize("graph", [crowd, multitude])
    def test_in_a_certificate_is_given_up_and_never_yes(self, graph: Graph) -> None:
        """Whether it is signed was not found out: that is no accusation, and so it is unknown and not no."""
        with Work() as work:
            verdict = once(with_proof(poisoned(certificate_claims(CERTIFICATE), graph)).encode())
        assert (verdict.authentic.answer, verdict.authentic.code) == (UNKNOWN, Code.UNSUPPORTED)
        assert [finding.answer for finding in verdict.findings.values()] == [UNKNOWN] * 4
        assert work.seconds < SECONDS

    def test_in_the_accreditation_leaves_the_certificate_alone(self) -> None:
        accreditation = with_proof(poisoned(recognition_claims(ACCREDITATION), crowd), NORDWERK)
        with Work() as work:
            verdict = once(bundled(parents=[accreditation, Chain().parents()[1]]))
        assert (verdict.authentic.answer, verdict.in_force.answer) == (YES, YES)
        assert verdict.accredited.answer is not YES
        assert work.seconds < SECONDS

    def test_two_dozen_in_one_bundle_cost_no_more_than_one(self) -> None:
        many = [
            with_proof(poisoned(recognition_claims(ACCREDITATION) | {"id": f"urn:x:{n}"}, crowd), NORDWERK)
            for n in range(24)
        ]
        with Work() as work:
            verdict = once(bundled(parents=many))
        assert verdict.accredited.answer is not YES
        assert work.seconds < SECONDS

    def test_two_dozen_under_a_strangers_seal_cost_no_more_than_one(self) -> None:
        """Who sealed a bundle is looked for among the issuers of its chain: each of them would be opened."""
        many = [
            with_proof(poisoned(recognition_claims(ACCREDITATION) | {"id": f"urn:x:{n}"}, crowd), NORDWERK)
            for n in range(24)
        ]
        with Work() as work:
            verdict = once(bundled(parents=many, signer=STRANGER))
        assert verdict.answer is NO
        assert work.seconds < SECONDS


# Starts the worker and says what it used: a process that a large one starts would count the large one's memory.
OBSERVER = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-I", sys.argv[1]], stdin=sys.stdin, capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
"""


class TestTheProcessOfAPoisonGraph:
    @pytest.mark.parametrize("graph", [crowd_without_labels, rings, lattice, multitude])
    def test_ends_within_a_second_of_work_and_a_hundred_megabytes(self, graph: Graph) -> None:
        document = poisoned(certificate_claims(CERTIFICATE), graph)
        contexts = {url: json_ld._context(url) for url in json_ld.contexts_of(document)}
        command = [sys.executable, "-I", "-S", "-c", OBSERVER, json_ld_worker.__file__]
        question = orjson.dumps({"contexts": contexts, "documents": [document]})
        kilobytes, seconds = subprocess.run(command, input=question, capture_output=True, check=True).stdout.split()
        assert int(kilobytes) < MEGABYTES * 1024
        assert float(seconds) < SECONDS
