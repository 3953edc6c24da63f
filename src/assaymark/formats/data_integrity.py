"""Data Integrity proofs (W3C Data Integrity 1.0) embedded in JSON: four suites read, one written.

Rules that hold here
* Read: ``eddsa-jcs-2022``, ``eddsa-rdfc-2022`` (vc-di-eddsa 3.3, 3.2), ``ecdsa-jcs-2019`` with P-256 or P-384
  (vc-di-ecdsa 3.3). Written: ``eddsa-jcs-2022``. Another suite is *unsupported*, which is unknown.
* What is signed is SHA-256 (P-384: SHA-384) of the proof's own terms, then of the document without its proofs.
* A proof with ``@context`` must repeat the beginning of the document's (3.3.2); canonical JSON is RFC 8785, which
  refuses numbers that other readers would round.
* In a set, every proof of the issuer that can be checked must hold; proofs of others say nothing about the issuer.
* In a chain (``previousProof``), what is signed holds the proofs before it; these must hold too, whoever's they are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from assaymark.formats import json_ld, strict_json
from assaymark.formats.did import NotAtHand, Resolver, UnresolvedIdentifier, VerificationKey
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
MAX_FORMS = 4  # of one document, by repeated contexts and proofs before: each is made anew


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
    """Check every proof of the issuer, with the proofs that it builds on, and return the first that holds.

    Raises :class:`BadProof`, or :class:`UnsupportedProof` when no proof of the issuer's can be checked here.
    """
    proofs = proofs_of(document)
    own = [number for number, proof in enumerate(proofs) if controller_of(proof) == issuer]
    if not own:
        raise BadProof("the signature names a key that is not the issuer's")
    outcomes = _outcomes(document, proofs, sorted(_with_previous(proofs, own)), resolver)
    proven = [found for number in own if (found := _whole(number, proofs, outcomes))]
    if not proven:
        raise next((one for one in outcomes.values() if isinstance(one, UnsupportedProof)), BadProof("no proof holds"))
    return proven[0]


def check_all(document: dict[str, Json], *, resolver: Resolver) -> Proven:
    """Check every proof of a document, whoever's it is, and return the first; all must be checkable and hold."""
    proofs = proofs_of(document)
    outcomes = _outcomes(document, proofs, range(len(proofs)), resolver)
    for found in outcomes.values():
        if isinstance(found, UnsupportedProof):
            raise found
    first = outcomes[0]
    assert isinstance(first, Proven)
    return first


def check_proof(document: dict[str, Json], proof: dict[str, Json], *, resolver: Resolver) -> Proven:
    """Check one proof of a document, which builds on no other, with the key that it names, whoever's that is."""
    if "previousProof" in proof:
        raise BadProof("previousProof names a proof that is not there")
    claim = _claim(proof, [], resolver)
    (message,) = _messages(document, [claim])
    return _held(claim, message)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A proof whose terms were read and whose key was found; its signature is not checked yet."""

    proof: dict[str, Json]
    previous: list[dict[str, Json]]
    suite: str
    controller: str
    key: VerificationKey
    signature: bytes
    created: dt.datetime | None
    expires: dt.datetime | None


def _outcomes(
    document: dict[str, Json], proofs: list[dict[str, Json]], numbers: Iterable[int], resolver: Resolver
) -> dict[int, Proven | UnsupportedProof]:
    """Check proofs by their number; the first bad one raises :class:`BadProof`."""
    found: dict[int, Proven | UnsupportedProof] = {}
    claims: dict[int, _Claim] = {}
    for number in numbers:
        try:
            claims[number] = _claim(proofs[number], [proofs[one] for one in _previous(proofs, number)], resolver)
        except UnsupportedProof as error:
            found[number] = error
    made: dict[tuple[str, str], bytes] = {}
    for number, claim in claims.items():
        if claim.suite == EDDSA_RDFC:
            continue
        try:  # one after the other: the first bad one ends it
            found[number] = _plainly_held(document, claim, made)
        except UnsupportedProof as error:
            found[number] = error
    graphs = {number: claim for number, claim in claims.items() if claim.suite == EDDSA_RDFC}
    try:
        messages = _messages(document, list(graphs.values()))
    except UnsupportedProof as error:
        return dict(sorted({**found, **dict.fromkeys(graphs, error)}.items()))
    for number, message in zip(graphs, messages, strict=True):
        found[number] = _held(graphs[number], message)
    return dict(sorted(found.items()))


def _previous(proofs: list[dict[str, Json]], number: int) -> list[int]:
    """List the proofs that one builds on (Data Integrity 1.0 section 4.4), in the order of the document."""
    if "previousProof" not in proofs[number]:
        return []
    named = proofs[number]["previousProof"]
    names = named if isinstance(named, list) else [named]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        raise BadProof("previousProof is malformed")
    found = [other for other, proof in enumerate(proofs) if proof.get("id") in names]
    if sorted(str(proofs[one]["id"]) for one in found) != sorted(names) or number in found:
        raise BadProof("previousProof names a proof that is not there, or is there twice")
    return found


def _with_previous(proofs: list[dict[str, Json]], numbers: list[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(numbers)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(_previous(proofs, number))
    return found


def _whole(number: int, proofs: list[dict[str, Json]], outcomes: dict[int, Proven | UnsupportedProof]) -> Proven | None:
    """Return what a proof shows, if every proof that it builds on could be checked too."""
    if any(isinstance(outcomes[one], UnsupportedProof) for one in _with_previous(proofs, [number])):
        return None
    found = outcomes[number]
    return found if isinstance(found, Proven) else None


def _claim(proof: dict[str, Json], previous: list[dict[str, Json]], resolver: Resolver) -> _Claim:
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
    return _Claim(proof, previous, suite, controller, found, signature, created, expires)


def _held(claim: _Claim, message: bytes) -> Proven:
    if not claim.key.key.holds(message=message, signature=claim.signature):
        raise BadProof("the signature does not fit the content: something was changed, or another key signed")
    return Proven(claim.controller, claim.key, claim.suite, claim.created, claim.expires)


def _plainly_held(document: dict[str, Json], claim: _Claim, made: dict[tuple[str, str], bytes]) -> Proven:
    """Check a signature over canonical JSON.

    Signers that follow an earlier draft sign the document's contexts among the terms of the proof and do not repeat
    them in it: what is signed is the same, and both forms are tried.
    """
    try:
        return _held(claim, _messages(document, [claim], made)[0])
    except BadProof:
        if "@context" in claim.proof or "@context" not in document:
            raise
        drafted = replace(claim, proof=claim.proof | {"@context": document["@context"]})
        return _held(drafted, _messages(document, [drafted], made)[0])


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
        forms = _rdf([terms, content])
    else:
        forms = _plain(terms, content)
    return _hashed(forms, kind)


def _messages(
    document: dict[str, Json], claims: list[_Claim], known: dict[tuple[str, str], bytes] | None = None
) -> list[bytes]:
    """Return what each signature is made over; canonical RDF of all of them is made in one process."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    pairs: list[tuple[dict[str, Json], dict[str, Json]]] = []
    for claim in claims:
        terms = {name: value for name, value in claim.proof.items() if name != "proofValue"}
        pairs.append((terms, unsigned | ({"proof": claim.previous} if claim.previous else {})))
    if claims and claims[0].suite == EDDSA_RDFC:
        flat = [part for terms, content in pairs for part in (terms | {"@context": content.get("@context")}, content)]
        forms = _rdf(flat)
        made = [forms[at : at + 2] for at in range(0, len(forms), 2)]
    else:
        made = [_plain(terms, content, made=known) for terms, content in pairs]
    return [_hashed(form, claim.key.key.kind) for claim, form in zip(claims, made, strict=True)]


def _plain(
    terms: dict[str, Json], content: dict[str, Json], *, made: dict[tuple[str, str], bytes] | None = None
) -> list[bytes]:
    """Return the canonical JSON of both. ``made`` keeps that of contents which several proofs are made over."""
    if "@context" in terms:
        _check_context(terms["@context"], content.get("@context"))
        content = content | {"@context": terms["@context"]}
    if made is None:
        return [canonical(terms), canonical(content)]
    same = (repr(content.get("@context")), repr(content.get("proof")))
    if same not in made:
        if len(made) == MAX_FORMS:
            raise UnsupportedProof(f"its proofs are made over more than {MAX_FORMS} different forms of it")
        made[same] = canonical(content)
    return [canonical(terms), made[same]]


def _hashed(forms: list[bytes], kind: KeyKind) -> bytes:
    digest = hashlib.sha384 if kind is KeyKind.P384 else hashlib.sha256
    return b"".join(digest(form).digest() for form in forms)


def _rdf(documents: list[dict[str, Json]]) -> list[bytes]:
    try:
        return json_ld.canonical(documents)
    except json_ld.UnsupportedJsonLd as error:
        raise UnsupportedProof(str(error)) from error
    except json_ld.BadJsonLd as error:
        raise BadProof(str(error)) from error


def _check_context(of_proof: Json, of_document: Json) -> None:
    first, whole = (value if isinstance(value, list) else [value] for value in (of_proof, of_document))
    if whole[: len(first)] != first:
        raise BadProof("the contexts of proof and credential differ")


def canonical(value: Json) -> bytes:
    """Return the canonical JSON of a value (RFC 8785); raises :class:`BadProof` when it has none."""
    try:
        return strict_json.canonical(value)
    except strict_json.BadJson as error:
        raise BadProof(f"the content has no canonical form: {error}") from error


def sign(document: dict[str, Json], *, key: Signer, created: dt.datetime) -> str:
    """Return the document with an ``eddsa-jcs-2022`` proof, as JSON text. ``created`` is aware."""
    if "proof" in document:
        raise ValueError("the document carries a proof already")
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": EDDSA_JCS,
        "created": instant(created),
        "verificationMethod": key.kid,
        "proofPurpose": "assertionMethod",
    }
    if "@context" in document:
        proof["@context"] = document["@context"]
    message = signed_bytes(document, proof, suite=EDDSA_JCS, kind=KeyKind.ED25519)
    signature = key.sign(message)
    if not PublicKey(KeyKind.ED25519, key.public_key).holds(message=message, signature=signature):
        raise ValueError("the key store made a signature that its own key does not confirm")
    return orjson.dumps(document | {"proof": proof | {"proofValue": "z" + base58_encode(signature)}}).decode()
