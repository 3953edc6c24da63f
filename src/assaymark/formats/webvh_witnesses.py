"""Witnesses of a did:webvh log: who has to approve its changes, and whether enough of them did (did:webvh 1.0).

Rules that hold here
* A list of witnesses counts from the entry after the one that names it; where there was none before, at once.
* A witness is a did:key. Its proof is over the version's name, and approves all entries before it too.
* Proofs about versions that are not in the log, of strangers, or that do not hold are passed over: only enough counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from assaymark.formats import data_integrity, strict_json
from assaymark.formats.did import KEY, KeyResolver, UnresolvedIdentifier, key_of
from assaymark.formats.jws import Signer
from assaymark.formats.strict_json import Json

MAX_FILE, MAX_WITNESSES, MAX_CHECKS = 1024 * 1024, 100, 2000


class BadWitnesses(ValueError):
    """The rule about witnesses is malformed, or too few of them approved a change."""


@dataclass(frozen=True, slots=True)
class Rule:
    """So many of these (did:key) have to approve."""

    threshold: int
    witnesses: frozenset[str]


def rule_of(value: Json) -> Rule | None:
    """Read the parameter ``witness``; ``{}`` means that none are needed. Raises :class:`BadWitnesses`."""
    if value == {}:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("witnesses"), list):
        raise BadWitnesses("witness is no object with threshold and witnesses")
    threshold, named = value.get("threshold"), value["witnesses"]
    ids = [item.get("id") for item in named if isinstance(item, dict)]
    if len(ids) != len(named) or not 0 < len(ids) <= MAX_WITNESSES or len(set(map(str, ids))) != len(ids):
        raise BadWitnesses("its witnesses are not named, are too many, or one is named twice")
    if not isinstance(threshold, int) or isinstance(threshold, bool) or not 1 <= threshold <= len(ids):
        raise BadWitnesses("the number of witnesses that must approve is not between one and all of them")
    try:
        for one in ids:
            key_of(str(one))
    except UnresolvedIdentifier as error:
        raise BadWitnesses(f"a witness is no did:key: {error}") from error
    return Rule(threshold, frozenset(map(str, ids)))


def check(versions: Sequence[str], needed: Sequence[Rule | None], texts: Sequence[str]) -> None:
    """Compare the rules of each entry with the proofs; raises :class:`BadWitnesses` when an entry lacks approval."""
    wanted = frozenset[str]().union(*(rule.witnesses for rule in needed if rule))
    newest = _newest_approvals(versions, wanted, texts)
    for number, rule in enumerate(needed, 1):
        if rule is None:
            continue
        count = sum(newest.get(one, 0) >= number for one in rule.witnesses)
        if count < rule.threshold:
            raise BadWitnesses(f"entry {number} of the log: {count} of {rule.threshold} witnesses approved it")


def _newest_approvals(versions: Sequence[str], wanted: frozenset[str], texts: Sequence[str]) -> dict[str, int]:
    """The number of the newest entry that each witness approved."""
    numbers = {version: number for number, version in enumerate(versions, 1)}
    found: dict[str, int] = {}
    candidates = [
        (numbers[str(item["versionId"])], proof)
        for text in texts
        for item in _items(text)
        if str(item.get("versionId")) in numbers
        for proof in _proofs(item)
    ]
    candidates.sort(key=lambda pair: pair[0], reverse=True)
    for number, proof in candidates[:MAX_CHECKS]:
        witness = str(proof.get("verificationMethod")).partition("#")[0]
        if witness in wanted and witness not in found and _holds(versions[number - 1], proof):
            found[witness] = number
    return found


def _items(text: str) -> list[dict[str, Json]]:
    if len(text) > MAX_FILE:
        raise BadWitnesses("the file of witnesses' proofs is out of bounds")
    try:
        value = strict_json.loads(text.encode("utf-8", "replace"), max_bytes=MAX_FILE)
    except strict_json.BadJson as error:
        raise BadWitnesses(f"the file of witnesses' proofs is malformed: {error}") from error
    if not isinstance(value, list):
        raise BadWitnesses("the file of witnesses' proofs is no list")
    return [item for item in value if isinstance(item, dict)]


def _proofs(item: dict[str, Json]) -> list[dict[str, Json]]:
    value = item.get("proof")
    return [proof for proof in (value if isinstance(value, list) else [value]) if isinstance(proof, dict)]


def _holds(version: str, proof: dict[str, Json]) -> bool:
    if proof.get("cryptosuite") != data_integrity.EDDSA_JCS:
        return False
    try:
        data_integrity.check_proof({"versionId": version}, proof, resolver=KeyResolver())
    except (data_integrity.BadProof, data_integrity.UnsupportedProof):
        return False
    return True


def approve(version: str, *, witness: Signer, at: dt.datetime) -> dict[str, Json]:
    """Return the approval of a version as it stands in ``did-witness.json``. The witness is a did:key."""
    if not witness.did.startswith(KEY):
        raise ValueError("a witness is named by did:key")
    signed = orjson.loads(data_integrity.sign({"versionId": version}, key=witness, created=at))
    return {"versionId": version, "proof": [signed["proof"]]}
