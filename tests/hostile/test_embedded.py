"""Embedded proofs that are heavy to check: canonical JSON of much, many times, in many forms."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from assaymark.formats import data_integrity
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.keys import KeyKind
from assaymark.formats.multibase import base58_encode
from assaymark.verify import CertificateVerdict, Code
from tests.hostile.attack import NO, UNKNOWN, YES, answers, bundled, judge, refused
from tests.trust_cast import ACCREDITATION, CERTIFICATE, HANSE, NORDWERK, QUICK, Chain

pytestmark = pytest.mark.slow

PROOFS = data_integrity.MAX_PROOFS
Filler = Callable[[], Any]


def numbers() -> list[float]:
    """Numbers whose shortest spelling is the hardest to find."""
    dice = random.Random(20261124)
    return [dice.random() * 10.0 ** dice.randint(-300, 300) for _ in range(15_000)]


def large_integers() -> list[int]:
    """Integers that have to be made doubles first."""
    return [2**60] * 15_000


def many_names() -> dict[str, str]:
    """Names that are all sorted."""
    return {f"k{number:06}": "" for number in range(20_000)}


FILLERS: list[Filler] = [numbers, large_integers, many_names]


def proven(claims: dict[str, Any], signer: Any = HANSE, *, proofs: int = PROOFS, forms: int = 1) -> str:
    """A credential with several good proofs, over so many different forms of it (by the contexts they repeat)."""
    contexts = claims["@context"]
    claims = claims | {"@context": [*contexts, *(f"https://x.example/{n}" for n in range(forms))]}
    found = []
    for number in range(proofs):
        terms = {
            "type": "DataIntegrityProof",
            "id": f"urn:proof:{number}",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": signer.kid,
            "proofPurpose": "assertionMethod",
            "@context": [*contexts, *(f"https://x.example/{n}" for n in range(number % forms))],
        }
        message = data_integrity.signed_bytes(claims, terms, suite="eddsa-jcs-2022", kind=KeyKind.ED25519)
        found.append(terms | {"proofValue": "z" + base58_encode(signer.sign(message))})
    return orjson.dumps(claims | {"proof": found}).decode()


def once(data: bytes) -> CertificateVerdict:
    """Verify once, for the time: what it takes is counted in parts, and memory follows from them."""

    def fetch(_: str) -> bytes:
        raise OSError("nothing is to be had")

    return judge(data, fetch=fetch)


class TestAHeavyCredential:
    @pytest.mark.parametrize("filler", FILLERS)
    def test_with_many_good_proofs_stays_within_bounds(self, filler: Filler) -> None:
        claims = certificate_claims(CERTIFICATE) | {"x": filler()}
        once(proven(claims, forms=data_integrity.MAX_FORMS).encode())

    def test_of_more_forms_than_are_made_is_unknown_as_far_as_they_are_not(self) -> None:
        """The first four forms are checked and hold; what the others would say is not found out."""
        verdict = judge(proven(certificate_claims(CERTIFICATE), forms=PROOFS).encode())
        assert (verdict.authentic.answer, verdict.in_force.answer) == (YES, UNKNOWN)

    @pytest.mark.parametrize("size", [60_001, 300_000])
    def test_of_more_parts_than_are_read_is_refused(self, size: int) -> None:
        claims = certificate_claims(CERTIFICATE) | {"x": [0] * size, "proof": {}}
        verdict = refused(orjson.dumps(claims))
        assert (verdict.authentic.answer, verdict.authentic.code) == (NO, Code.INVALID)

    def test_larger_than_a_megabyte_is_refused(self) -> None:
        claims = certificate_claims(CERTIFICATE) | {"x": "x" * 1024 * 1024, "proof": {}}
        assert "more than 1048576 bytes" in refused(orjson.dumps(claims)).authentic.reason


class TestAHeavyBundle:
    @pytest.mark.parametrize("filler", [numbers, large_integers])
    @pytest.mark.parametrize("seal", [HANSE, QUICK], ids=["the body's seal", "a stranger's seal"])
    def test_of_heavy_accreditations_stays_within_bounds(self, filler: Filler, seal: Any) -> None:
        share = filler()[:4_000]
        parents = [
            proven(recognition_claims(ACCREDITATION) | {"id": f"urn:x:{n}", "x": share}, NORDWERK, forms=4)
            for n in range(4)
        ]
        verdict = once(bundled(parents=parents, signer=seal))
        assert (verdict.authentic.answer is YES) is (seal is HANSE)

    def test_of_a_light_one_is_answered(self) -> None:
        accreditation = proven(recognition_claims(ACCREDITATION), NORDWERK, proofs=2)
        certificate = certificate_claims(CERTIFICATE)
        parents = [accreditation, Chain().parents()[1]]
        assert answers(judge(bundled(proven(certificate, proofs=1), parents=parents))) == ["yes"] * 4
