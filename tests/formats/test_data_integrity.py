"""Embedded proofs: what we write holds, what was changed does not, what is not read is told apart from what is bad."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from assaymark.core.attestation import AttestationKind
from assaymark.formats import data_integrity, json_ld, strict_json
from assaymark.formats.credential import BadCredential, UnsupportedCredential, read_credential, sign_credential
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.data_integrity import BadProof, UnsupportedProof
from assaymark.formats.did import KeyResolver, key_id
from assaymark.formats.keys import KeyKind, PublicKey, multikey
from assaymark.formats.multibase import base58_encode, digest_multibase
from tests.trust_cast import ACCREDITATION, CERTIFICATE, HANSE, NORDWERK, NOW, STRANGER

RESOLVER = KeyResolver()
Change = Callable[[dict[str, Any]], object]


def signed(change: Change = lambda document: None, *, key: Any = HANSE) -> dict[str, Any]:
    """Our certificate with an embedded proof, its claims changed before signing."""
    claims = certificate_claims(CERTIFICATE)
    change(claims)
    document: dict[str, Any] = json.loads(data_integrity.sign(claims, key=key, created=NOW))
    return document


def check(document: dict[str, Any], issuer: str = HANSE.did) -> data_integrity.Proven:
    return data_integrity.check(document, issuer=issuer, resolver=RESOLVER)


def resigned(document: dict[str, Any], terms: dict[str, Any], *, suite: str = "eddsa-jcs-2022") -> dict[str, Any]:
    """Sign a document again with other terms of the proof, as the issuer itself could."""
    content = {name: value for name, value in document.items() if name != "proof"}
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "verificationMethod": key_id(HANSE.did),
        "proofPurpose": "assertionMethod",
    } | terms
    message = data_integrity.signed_bytes(content, proof, suite=suite, kind=KeyKind.ED25519)
    return content | {"proof": proof | {"proofValue": "z" + base58_encode(HANSE.sign(message))}}


class Elliptic:
    """An issuer with an elliptic key, as other people's certification bodies have."""

    def __init__(self, kind: KeyKind) -> None:
        self.curve: ec.EllipticCurve = ec.SECP256R1() if kind is KeyKind.P256 else ec.SECP384R1()
        self.hash: hashes.HashAlgorithm = hashes.SHA256() if kind is KeyKind.P256 else hashes.SHA384()
        self.private = ec.derive_private_key(20261124, self.curve)
        compressed = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
        )
        self.key = PublicKey(kind, compressed)
        self.did = "did:key:" + multikey(self.key)

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": "ecdsa-jcs-2019",
            "created": "2026-11-24T10:00:00Z",
            "verificationMethod": key_id(self.did),
            "proofPurpose": "assertionMethod",
        }
        message = data_integrity.signed_bytes(document, proof, suite="ecdsa-jcs-2019", kind=self.key.kind)
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(self.hash)))
        size = (self.curve.key_size + 7) // 8
        raw = r.to_bytes(size, "big") + s.to_bytes(size, "big")
        return document | {"proof": proof | {"proofValue": "z" + base58_encode(raw)}}


class TestWhatWeWrite:
    def test_holds_and_says_key_suite_and_moment(self) -> None:
        proven = check(signed())
        assert (proven.suite, proven.created, proven.expires) == ("eddsa-jcs-2022", NOW, None)
        assert (proven.controller, proven.key.key.raw) == (HANSE.did, HANSE.public_key)

    def test_is_the_same_each_time(self) -> None:
        assert signed() == signed()

    def test_repeats_the_contexts_in_the_proof(self) -> None:
        document = signed()
        assert document["proof"]["@context"] == document["@context"]

    def test_is_not_signed_twice(self) -> None:
        with pytest.raises(ValueError, match="already"):
            data_integrity.sign(signed(), key=HANSE, created=NOW)

    def test_needs_a_moment_with_its_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            data_integrity.sign(certificate_claims(CERTIFICATE), key=HANSE, created=dt.datetime(2026, 1, 1))

    def test_has_no_byte_that_can_change_unnoticed(self) -> None:
        good = orjson.dumps(signed())
        for position in range(0, len(good), 5):
            edited = bytearray(good)
            edited[position] ^= 0x01
            with pytest.raises(BadCredential):
                read_credential(edited.decode("latin-1"), resolver=RESOLVER)


class TestACertificateWithAnEmbeddedProof:
    def test_is_read_like_a_token(self) -> None:
        text = sign_credential(certificate_claims(CERTIFICATE), key=HANSE, created=NOW)
        read = read_credential(text, resolver=RESOLVER)
        assert (read.kind, read.number, read.issuer) == (AttestationKind.CERTIFICATE, CERTIFICATE.number, HANSE.did)
        assert read.signed_at == NOW
        assert read.key is not None
        assert read.key.key.raw == HANSE.public_key
        assert read.digest == digest_multibase(text.encode())
        assert "proof" not in read.claims

    def test_serves_an_accreditation_too(self) -> None:
        text = sign_credential(recognition_claims(ACCREDITATION), key=NORDWERK, created=NOW)
        assert read_credential(text, resolver=RESOLVER).kind is AttestationKind.ACCREDITATION

    def test_is_not_signed_in_the_name_of_somebody_else(self) -> None:
        with pytest.raises(ValueError, match="not the owner of the key"):
            sign_credential(certificate_claims(CERTIFICATE), key=STRANGER, created=NOW)

    def test_that_breaks_the_schema_is_not_signed(self) -> None:
        with pytest.raises(ValueError, match="breaks its schema"):
            sign_credential(certificate_claims(CERTIFICATE) | {"validFrom": "soon"}, key=HANSE, created=NOW)

    def test_ends_when_its_proof_ends(self) -> None:
        document = resigned(signed(), {"expires": "2027-01-01T00:00:00Z"})
        read = read_credential(json.dumps(document), resolver=RESOLVER)
        assert read.valid_until == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)

    def test_naming_a_member_twice_is_refused(self) -> None:
        text = orjson.dumps(signed()).decode()
        with pytest.raises(BadCredential, match="twice"):
            read_credential('{"name":"other",' + text[1:], resolver=RESOLVER)

    def test_of_a_suite_that_is_not_read_is_unsupported_and_not_bad(self) -> None:
        document = signed()
        document["proof"]["cryptosuite"] = "bbs-2023"
        with pytest.raises(UnsupportedCredential, match="bbs-2023"):
            read_credential(json.dumps(document), resolver=RESOLVER)


class TestEllipticKeys:
    @pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.P384])
    def test_sign_what_is_accepted(self, kind: KeyKind) -> None:
        issuer = Elliptic(kind)
        claims = certificate_claims(CERTIFICATE)
        claims["issuer"]["id"] = issuer.did
        read = read_credential(json.dumps(issuer.sign(claims)), resolver=RESOLVER)
        assert (read.issuer, read.signed_at) == (issuer.did, NOW)

    @pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.P384])
    def test_do_not_sign_what_was_changed(self, kind: KeyKind) -> None:
        issuer = Elliptic(kind)
        document = issuer.sign(certificate_claims(CERTIFICATE))
        with pytest.raises(BadProof, match="does not fit"):
            check(document | {"name": "x"}, issuer.did)

    def test_do_not_pass_for_another_suite(self) -> None:
        document = Elliptic(KeyKind.P256).sign(certificate_claims(CERTIFICATE))
        document["proof"]["cryptosuite"] = "eddsa-jcs-2022"
        with pytest.raises(BadProof, match="does not belong to a P-256 key"):
            check(document, Elliptic(KeyKind.P256).did)

    def test_sign_in_one_length_only(self) -> None:
        issuer = Elliptic(KeyKind.P256)
        document = issuer.sign(certificate_claims(CERTIFICATE))
        document["proof"]["proofValue"] += "1"
        with pytest.raises(BadProof, match="does not fit"):
            check(document, issuer.did)


class TestTheTermsOfAProof:
    @pytest.mark.parametrize(
        ("terms", "why"),
        [
            ({"proofPurpose": "authentication"}, "assertionMethod"),
            ({"created": "yesterday"}, "created"),
            ({"expires": 5}, "expires"),
            ({"created": "2026-02-01T00:00:00Z", "expires": "2026-01-01T00:00:00Z"}, "ends before"),
            ({"verificationMethod": key_id(STRANGER.did)}, "not the issuer's"),
            ({"verificationMethod": ["x"]}, "verificationMethod"),
            ({"verificationMethod": f"{HANSE.did}#other"}, "not the issuer's"),
            ({"cryptosuite": 5}, "cryptosuite"),
            ({"previousProof": "urn:uuid:1"}, "previousProof"),
            ({"previousProof": []}, "previousProof"),
            ({"previousProof": [5]}, "previousProof"),
            ({"previousProof": None}, "previousProof"),
            ({"id": "urn:uuid:1", "previousProof": "urn:uuid:1"}, "previousProof"),
        ],
    )
    def test_that_break_the_rules_are_refused_though_signed(self, terms: dict[str, Any], why: str) -> None:
        with pytest.raises(BadProof, match=why):
            check(resigned(signed(), terms))

    @pytest.mark.parametrize(
        ("terms", "why"),
        [
            ({"type": "Ed25519Signature2020"}, "Ed25519Signature2020"),
            ({"cryptosuite": "ecdsa-sd-2023"}, "ecdsa-sd-2023"),
            ({"cryptosuite": "EDDSA-JCS-2022"}, "EDDSA-JCS-2022"),
        ],
    )
    def test_that_are_not_read_are_unsupported(self, terms: dict[str, Any], why: str) -> None:
        with pytest.raises(UnsupportedProof, match=why):
            check(resigned(signed(), terms))

    @pytest.mark.parametrize("terms", [{"domain": "x.example"}, {"challenge": "1"}, {"nonce": "a"}, {"id": "urn:x:1"}])
    def test_that_concern_presentations_are_signed_and_otherwise_let_be(self, terms: dict[str, Any]) -> None:
        document = resigned(signed(), terms)
        assert check(document).suite == "eddsa-jcs-2022"
        document["proof"].update(dict.fromkeys(terms, "changed"))
        with pytest.raises(BadProof):
            check(document)

    @pytest.mark.parametrize(
        ("created", "read"),
        [
            ("2026-11-24T11:00:00+01:00", NOW),
            ("2026-11-24T10:00:00.000Z", NOW),
            ("2026-11-24T00:00:00-10:00", NOW),
            ("2026-11-24T10:00:00.123456789Z", NOW.replace(microsecond=123456)),
        ],
    )
    def test_may_name_their_moment_in_any_zone(self, created: str, read: dt.datetime) -> None:
        assert check(resigned(signed(), {"created": created})).created == read

    @pytest.mark.parametrize(
        "created",
        [
            "2026-11-24",
            "2026-11-24T10:00:00",
            "2026-11-24 10:00:00Z",
            "2026-11-24t10:00:00z",
            "2026-13-24T10:00:00Z",
            "2026-11-24T25:00:00Z",
            "2026-11-24T10:00:60Z",
            "2026-11-24T10:00Z",
            "20261124T100000Z",
            "٢٠٢٦-11-24T10:00:00Z",
            1795514400,
            None,
            ["2026-11-24T10:00:00Z"],
            "",
        ],
        ids=repr,
    )
    def test_that_name_no_moment_are_refused_though_signed(self, created: object) -> None:
        with pytest.raises(BadProof, match="created"):
            check(resigned(signed(), {"created": created}))

    def test_may_leave_the_contexts_out(self) -> None:
        assert check(resigned(signed(), {})).created is None

    def test_must_begin_with_the_contexts_of_the_credential(self) -> None:
        document = signed()
        document["@context"] = list(reversed(document["@context"]))
        with pytest.raises(BadProof, match="contexts"):
            check(document)

    @pytest.mark.parametrize("value", [None, "", "z", "zz0", "uAAAA", "f00", 5, "z" + "1" * 300])
    def test_carry_a_signature_in_base58(self, value: object) -> None:
        document = signed()
        document["proof"]["proofValue"] = value
        with pytest.raises(BadProof):
            check(document)


class TestSetsOfProofs:
    def test_hold_when_all_of_the_issuer_hold(self) -> None:
        document = signed()
        document["proof"] = [document["proof"], resigned(document, {"created": "2026-01-01T00:00:00Z"})["proof"]]
        assert check(document).created == NOW

    def test_fail_when_one_of_the_issuer_does_not_hold(self) -> None:
        document = signed()
        document["proof"] = [document["proof"], document["proof"] | {"created": "2026-01-01T00:00:00Z"}]
        with pytest.raises(BadProof, match="does not fit"):
            check(document)

    def test_ignore_what_strangers_signed(self) -> None:
        document = signed()
        document["proof"] = [signed(key=STRANGER)["proof"], document["proof"]]
        assert check(document).controller == HANSE.did

    def test_of_strangers_only_say_nothing(self) -> None:
        with pytest.raises(BadProof, match="not the issuer's"):
            check(signed(key=STRANGER))

    def test_may_hold_beside_a_suite_that_is_not_read(self) -> None:
        document = signed()
        document["proof"] = [document["proof"] | {"cryptosuite": "bbs-2023"}, document["proof"]]
        assert check(document).suite == "eddsa-jcs-2022"

    @pytest.mark.parametrize("value", [None, [], "x", [5], 7])
    def test_are_objects(self, value: object) -> None:
        with pytest.raises(BadProof, match="proof is missing"):
            check(signed() | {"proof": value})

    def test_are_bounded(self) -> None:
        document = signed()
        with pytest.raises(BadProof, match="more than 8"):
            check(document | {"proof": [document["proof"]] * 9})


def chained(*signers: Any, suite: str = "eddsa-jcs-2022") -> dict[str, Any]:
    """Our certificate with one proof after the other, each over those before it."""
    document = {name: value for name, value in signed().items() if name != "proof"}
    proofs: list[dict[str, Any]] = []
    for number, signer in enumerate(signers):
        proof = {
            "type": "DataIntegrityProof",
            "id": f"urn:proof:{number}",
            "cryptosuite": suite,
            "verificationMethod": key_id(signer.did),
            "proofPurpose": "assertionMethod",
        } | ({"previousProof": [f"urn:proof:{n}" for n in range(number)]} if number else {})
        parts = [proof, document | ({"proof": list(proofs)} if proofs else {})]
        if suite == "eddsa-rdfc-2022":
            forms = json_ld.canonical([proof | {"@context": document["@context"]}, parts[1]])
        else:
            forms = [strict_json.canonical(part) for part in parts]
        raw = signer.sign(b"".join(hashlib.sha256(form).digest() for form in forms))
        proofs.append(proof | {"proofValue": "z" + base58_encode(raw)})
    return document | {"proof": proofs}


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022"])
class TestChainsOfProofs:
    def test_hold_when_each_signs_those_before(self, suite: str) -> None:
        document = chained(STRANGER, NORDWERK, HANSE, suite=suite)
        assert check(document).controller == HANSE.did
        assert data_integrity.check_all(document, resolver=RESOLVER).controller == STRANGER.did

    def test_in_another_order_are_the_same_graph_and_other_json(self, suite: str) -> None:
        document = chained(STRANGER, NORDWERK, HANSE, suite=suite)
        document["proof"][:2] = document["proof"][1::-1]
        if suite == "eddsa-rdfc-2022":
            assert check(document).controller == HANSE.did
        else:
            with pytest.raises(BadProof, match="does not fit"):
                check(document)

    def test_fail_when_one_before_was_changed_whoever_signed_it(self, suite: str) -> None:
        document = chained(STRANGER, HANSE, suite=suite)
        document["proof"][0]["created"] = "2026-01-01T00:00:00Z"
        with pytest.raises(BadProof, match="does not fit"):
            check(document)

    def test_fail_when_one_before_is_missing(self, suite: str) -> None:
        document = chained(STRANGER, HANSE, suite=suite)
        del document["proof"][0]
        with pytest.raises(BadProof, match="not there"):
            check(document)

    def test_fail_when_the_content_was_changed(self, suite: str) -> None:
        document = chained(HANSE, STRANGER, suite=suite)
        document["credentialSubject"]["name"] = "Somebody else"
        with pytest.raises(BadProof, match="does not fit"):
            check(document)

    def test_do_not_speak_for_an_issuer_who_signed_none(self, suite: str) -> None:
        with pytest.raises(BadProof, match="not the issuer's"):
            check(chained(STRANGER, NORDWERK, suite=suite))

    def test_that_a_stranger_went_on_with_stay_the_issuers(self, suite: str) -> None:
        """A notary signs over the issuer's proof: that the notary's own fails says nothing about the issuer."""
        document = chained(HANSE, STRANGER, suite=suite)
        document["proof"][1]["created"] = "2026-01-01T00:00:00Z"
        assert check(document).controller == HANSE.did
        with pytest.raises(BadProof, match="does not fit"):
            data_integrity.check_all(document, resolver=RESOLVER)

    def test_on_a_proof_that_cannot_be_checked_are_unsupported(self, suite: str) -> None:
        document = chained(STRANGER, HANSE, suite=suite)
        document["proof"][0]["cryptosuite"] = "bbs-2023"
        content = {name: value for name, value in document.items() if name != "proof"}
        terms = {name: value for name, value in document["proof"][1].items() if name != "proofValue"}
        terms["cryptosuite"] = "eddsa-jcs-2022"
        forms = [strict_json.canonical(one) for one in (terms, content | {"proof": document["proof"][:1]})]
        raw = HANSE.sign(b"".join(hashlib.sha256(form).digest() for form in forms))
        document["proof"][1] = terms | {"proofValue": "z" + base58_encode(raw)}
        with pytest.raises(UnsupportedProof, match="bbs-2023"):
            check(document)


class TestCanonicalContent:
    @pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 2**63 + 1])
    def test_has_no_number_that_readers_round(self, number: int) -> None:
        document = signed()
        document["big"] = number
        with pytest.raises(BadProof, match="canonical form"):
            check(document)

    @pytest.mark.parametrize("number", [2**53, -(2**53), 2**60, 10**21, 1e21, 5e-324, -0.0, 1.5])
    def test_may_have_any_number_that_all_readers_read_alike(self, number: float) -> None:
        text = orjson.dumps(signed(lambda claims: claims.update(big=float(number)))).decode()
        spelled = text.replace(orjson.dumps(float(number)).decode(), repr(number), 1)
        assert check(strict_json.loads_object(spelled.encode())).created == NOW

    def test_does_not_depend_on_the_order_of_members(self) -> None:
        document = signed()
        assert check(dict(reversed(document.items()))).created == NOW

    def test_depends_on_the_spelling_of_words(self) -> None:
        document = signed(lambda claims: claims.update(name="Brinkmann \u00e9"))
        document["name"] = "Brinkmann e\u0301"
        with pytest.raises(BadProof, match="does not fit"):
            check(document)

    def test_is_what_the_specification_hashes(self) -> None:
        document = signed()
        terms = {name: value for name, value in document["proof"].items() if name != "proofValue"}
        raw = base64.b16encode(
            data_integrity.signed_bytes(document, terms, suite="eddsa-jcs-2022", kind=KeyKind.ED25519)
        )
        assert len(raw) == 128
