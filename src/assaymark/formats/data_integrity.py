"""Data Integrity proofs (W3C Data Integrity 1.0) embedded in JSON: four suites read, one written.

Rules that hold here
* Read: ``eddsa-jcs-2022``, ``eddsa-rdfc-2022`` (vc-di-eddsa 3.3, 3.2), ``ecdsa-jcs-2019`` with P-256 or P-384
  (vc-di-ecdsa 3.3). Written: ``eddsa-jcs-2022``. Another suite or a chain of proofs is *unsupported*, which is unknown.
* What is signed is SHA-256 (P-384: SHA-384) of the proof's own terms, then of the document without its proofs.
* A proof with ``@context`` must repeat the beginning of the document's (3.3.2); canonical JSON is RFC 8785, which
  refuses numbers that other readers would round.
* In a set, every proof of the issuer that can be checked must hold; proofs of others say nothing about the issuer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
import rfc8785

from assaymark.formats import json_ld
from assaymark.formats.did import NotAtHand, Resolver, UnresolvedIdentifier, VerificationKey, key_id
from assaymark.formats.jws import Signer
from assaymark.formats.keys import KeyKind, PublicKey
from assaymark.formats.moments import BadMoment, instant, read_instant
from assaymark.formats.multibase import EncodingError, base58_decode, base58_encode
from assaymark.formats.strict_json import Json

EDDSA_JCS = "eddsa-jcs-2022"
EDDSA_RDFC = "eddsa-rdfc-2022"
ECDSA_JCS = "ecdsa-jcs-2019"
SUITES: dict[str, tuple[KeyKind, ...]] = {
    EDDSA_JCS: (KeyKind.ED25519,),
    EDDSA_RDFC: (KeyKind.ED25519,),
    ECDSA_JCS: (KeyKind.P256, KeyKind.P384),
}
MAX_PROOFS = 8


class BadProof(ValueError):
    """A proof is malformed, is not the issuer's, or its signature does not hold."""


class UnsupportedProof(ValueError):
    """Whether the proof holds cannot be told here: another suite, a chain of proofs, a library or context missing."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: by which key of whom, with which suite, and between which moments (its own word)."""

    controller: str
    key: VerificationKey
    suite: str
    created: dt.datetime | None
    expires: dt.datetime | None


def proofs_of(document: dict[str, Json]) -> list[dict[str, Json]]:
    """List the proofs of a document; raises :class:`BadProof` when there is none or one is no object."""
    value = document.get("proof")
    items: list[Json] = value if isinstance(value, list) else [value]
    found: list[dict[str, Json]] = [proof for proof in items if isinstance(proof, dict)]
    if not found or len(found) != len(items):
        raise BadProof("a proof is missing or is not an object")
    if len(found) > MAX_PROOFS:
        raise BadProof(f"more than {MAX_PROOFS} proofs")
    return found


def controller_of(proof: dict[str, Json]) -> str:
    """Return whose key a proof names: its verification method without the fragment."""
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not method or len(method) > 2000:
        raise BadProof("the proof names no key (verificationMethod)")
    return method.partition("#")[0]


def check(document: dict[str, Json], *, issuer: str, resolver: Resolver) -> Proven:
    """Check every proof of the issuer, and return the first that holds.

    Raises :class:`BadProof`, or :class:`UnsupportedProof` when no proof of the issuer's can be checked here.
    """
    own = [proof for proof in proofs_of(document) if controller_of(proof) == issuer]
    if not own:
        raise BadProof("the signature names a key that is not the issuer's")
    proven: list[Proven] = []
    unsupported: UnsupportedProof | None = None
    slow = [proof for proof in own if proof.get("cryptosuite") == EDDSA_RDFC]
    for proof in own:
        if proof in slow[1:]:
            continue  # canonical RDF takes a process of its own: the first of its kind stands for the others
        try:
            proven.append(check_proof(document, proof, resolver=resolver))
        except UnsupportedProof as error:
            unsupported = error
    if not proven:
        raise unsupported or BadProof("no proof holds")
    return proven[0]


def check_proof(document: dict[str, Json], proof: dict[str, Json], *, resolver: Resolver) -> Proven:
    """Check one proof of a document with the key that it names, whoever's that is."""
    suite = _suite(proof)
    if proof.get("proofPurpose") != "assertionMethod":
        raise BadProof("the proof was not made to state something (proofPurpose assertionMethod)")
    created, expires = _moment(proof, "created"), _moment(proof, "expires")
    if created and expires and created > expires:
        raise BadProof("the proof ends before it was made")
    signature = _signature(proof)
    controller = controller_of(proof)
    try:
        found = resolver.verification_key(controller, str(proof["verificationMethod"]))
    except UnresolvedIdentifier as error:
        if isinstance(error, NotAtHand) or not controller.startswith("did:"):
            raise UnsupportedProof(f"the issuer's key is not at hand: {error}") from error
        raise BadProof(str(error)) from error
    if found.key.kind not in SUITES[suite]:
        raise BadProof(f"suite {suite} does not belong to a {found.key.kind} key")
    message = signed_bytes(document, proof, suite=suite, kind=found.key.kind)
    if not found.key.holds(message=message, signature=signature):
        raise BadProof("the signature does not fit the content: something was changed, or another key signed")
    return Proven(controller, found, suite, created, expires)


def _suite(proof: dict[str, Json]) -> str:
    kind, suite = proof.get("type"), proof.get("cryptosuite")
    if not isinstance(kind, str):
        raise BadProof("the proof has no type")
    if kind != "DataIntegrityProof":
        raise UnsupportedProof(f"proof type {kind[:40]!r} is not checked here")
    if not isinstance(suite, str):
        raise BadProof("the proof names no suite (cryptosuite)")
    if suite not in SUITES:
        raise UnsupportedProof(f"suite {suite[:40]!r} is not checked here; {', '.join(SUITES)} are")
    if "previousProof" in proof:
        raise UnsupportedProof("chains of proofs (previousProof) are not checked here")
    return suite


def _moment(proof: dict[str, Json], name: str) -> dt.datetime | None:
    if name not in proof:
        return None
    try:
        return read_instant(proof[name])
    except BadMoment as error:
        raise BadProof(f"{name} of the proof: {error}") from error


def _signature(proof: dict[str, Json]) -> bytes:
    value = proof.get("proofValue")
    if not isinstance(value, str) or value[:1] != "z":
        raise BadProof("the proof carries no signature in base58 (proofValue)")
    try:
        data = base58_decode(value[1:])
    except EncodingError as error:
        raise BadProof(f"proofValue: {error}") from error
    if base58_encode(data) != value[1:]:
        raise BadProof("proofValue is not in its one spelling")
    return data


def signed_bytes(document: dict[str, Json], proof: dict[str, Json], *, suite: str, kind: KeyKind) -> bytes:
    """Return what the signature is made over: hash of the proof's terms, then hash of the document."""
    content = {name: value for name, value in document.items() if name != "proof"}
    terms = {name: value for name, value in proof.items() if name != "proofValue"}
    if suite == EDDSA_RDFC:
        terms["@context"] = content.get("@context")
        forms = _rdf(terms, content)
    else:
        if "@context" in terms:
            _check_context(terms["@context"], content.get("@context"))
            content["@context"] = terms["@context"]
        forms = [_jcs(terms), _jcs(content)]
    digest = hashlib.sha384 if kind is KeyKind.P384 else hashlib.sha256
    return b"".join(digest(form).digest() for form in forms)


def _rdf(terms: dict[str, Json], content: dict[str, Json]) -> list[bytes]:
    try:
        return json_ld.canonical([terms, content])
    except json_ld.UnsupportedJsonLd as error:
        raise UnsupportedProof(str(error)) from error
    except json_ld.BadJsonLd as error:
        raise BadProof(str(error)) from error


def _check_context(of_proof: Json, of_document: Json) -> None:
    first, whole = (value if isinstance(value, list) else [value] for value in (of_proof, of_document))
    if whole[: len(first)] != first:
        raise BadProof("the contexts of proof and credential differ")


def _jcs(value: Json) -> bytes:
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise BadProof(f"the content has no canonical form: {error}") from error


def sign(document: dict[str, Json], *, key: Signer, created: dt.datetime) -> str:
    """Return the document with an ``eddsa-jcs-2022`` proof, as JSON text. ``created`` is aware."""
    if "proof" in document:
        raise ValueError("the document carries a proof already")
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": EDDSA_JCS,
        "created": instant(created),
        "verificationMethod": key_id(key.did),
        "proofPurpose": "assertionMethod",
    }
    if "@context" in document:
        proof["@context"] = document["@context"]
    message = signed_bytes(document, proof, suite=EDDSA_JCS, kind=KeyKind.ED25519)
    signature = key.sign(message)
    if not PublicKey(KeyKind.ED25519, key.public_key).holds(message=message, signature=signature):
        raise ValueError("the key store made a signature that its own key does not confirm")
    return orjson.dumps(document | {"proof": proof | {"proofValue": "z" + base58_encode(signature)}}).decode()
