"""did:webvh 1.0: an identifier whose keys have a history, replayed from its log (``did.jsonl``).

Rules that hold here
* Entries chain by hash, and the first by the self-certifying part of the identifier (SCID). Each is signed by a key
  that was entitled before it; with pre-rotation by one whose hash was announced.
* ``versionTime`` grows and is not in the future; after ``deactivated`` nothing follows.
* A log whose changes need witnesses (``formats.webvh_witnesses``) is *not at hand* without their proofs: unknown.
* A key that an entry states as revoked since a moment is compromised since then; that is never taken back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import rfc8785

from assaymark.formats import data_integrity, strict_json, webvh_witnesses
from assaymark.formats.did import KeyResolver, NotAtHand, UnresolvedIdentifier, VerificationKey
from assaymark.formats.did_document import assertion_keys, revocations, web_address
from assaymark.formats.moments import BadMoment, read_instant
from assaymark.formats.multibase import base58_encode
from assaymark.formats.strict_json import Json

WEBVH = "did:webvh:"
METHOD = "did:webvh:1.0"
LOG, WITNESSES = "did.jsonl", "did-witness.json"
MAX_LOG, MAX_ENTRIES = 1024 * 1024, 1000
CLOCK_SKEW = dt.timedelta(minutes=5)  # clocks differ; who rotated a key a minute ago is no liar
_PARAMETERS = {
    "method", "scid", "updateKeys", "nextKeyHashes", "portable", "witness", "watchers", "deactivated", "ttl",
}  # fmt: skip


class BadLog(UnresolvedIdentifier):
    """The log breaks a rule of the method; the message names entry and rule."""


@dataclass(slots=True)
class History:
    """What a log proves: the identifiers it had, and each key with the interval in which it was the issuer's."""

    scid: str = ""
    dids: set[str] = field(default_factory=set)
    keys: dict[str, VerificationKey] = field(default_factory=dict)
    deactivated: bool = False
    versions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    version: str = ""
    time: dt.datetime | None = None
    did: str = ""
    portable: bool = False
    update_keys: list[str] = field(default_factory=list)
    next_hashes: list[str] = field(default_factory=list)
    witnesses: webvh_witnesses.Rule | None = None


def log_address(did: str) -> str:
    """Return where the log of a did:webvh is published."""
    return web_address(scid_and_place(did)[1], file=LOG)


def witnesses_address(did: str) -> str:
    """Return where the proofs of its witnesses are published."""
    return web_address(scid_and_place(did)[1], file=WITNESSES)


def scid_and_place(did: str) -> tuple[str, str]:
    """Take a did:webvh apart into its self-certifying part and host with path."""
    scid, _, place = did.removeprefix(WEBVH).partition(":")
    if not did.startswith(WEBVH) or not scid or not place:
        raise UnresolvedIdentifier(f"{did[:80]} is not a did:webvh")
    return scid, place


def multihash(data: bytes) -> str:
    """Return the SHA-256 multihash in base58btc, without a multibase prefix."""
    return base58_encode(b"\x12\x20" + hashlib.sha256(data).digest())


def canonical(value: Json) -> bytes:
    """Return the canonical JSON of an entry (RFC 8785); raises :class:`BadLog` when it has none."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise BadLog("the log holds values without a canonical form") from error


def needs_witnesses(log: str) -> bool:
    """Tell whether an entry names witnesses, so that their proofs are worth fetching. Nothing is checked."""
    return '"witness"' in log


def replay(log: str, *, now: dt.datetime, witnesses: Sequence[str] = ()) -> History:
    """Replay a log; raises :class:`BadLog`, or :class:`NotAtHand` when its changes need witnesses' proofs.

    ``witnesses``: texts of ``did-witness.json``; proofs about other logs among them do no harm.
    """
    lines = [line for line in log.split("\n") if line.strip()]
    if not lines or len(log) > MAX_LOG or len(lines) > MAX_ENTRIES:
        raise BadLog("the log is empty or out of bounds")
    history, state, needed = History(), _State(), []
    for number, line in enumerate(lines, 1):
        try:
            entry = strict_json.loads_object(line.encode("utf-8", "replace"), max_bytes=MAX_LOG)
            needed.append(_step(entry, number, state, history, now))
        except (strict_json.BadJson, webvh_witnesses.BadWitnesses, UnresolvedIdentifier) as error:
            raise BadLog(f"entry {number} of the log: {error}") from error
    _check_witnesses(history, needed, witnesses)
    return history


def _check_witnesses(history: History, needed: list[webvh_witnesses.Rule | None], given: Sequence[str]) -> None:
    if not any(needed):
        return
    if not given:
        raise NotAtHand("changes of this identifier need witnesses, whose proofs are not at hand")
    try:
        webvh_witnesses.check(history.versions, needed, given)
    except webvh_witnesses.BadWitnesses as error:
        raise BadLog(str(error)) from error


def _step(
    entry: dict[str, Json], number: int, state: _State, history: History, now: dt.datetime
) -> webvh_witnesses.Rule | None:
    """Take in one entry; returns the witnesses that it needs."""
    if history.deactivated:
        raise BadLog("an entry follows the deactivation")
    unsigned = {name: value for name, value in entry.items() if name != "proof"}
    if set(unsigned) != {"versionId", "versionTime", "parameters", "state"}:
        raise BadLog("members are missing or foreign")
    parameters, document = unsigned["parameters"], unsigned["state"]
    if not isinstance(parameters, dict) or not isinstance(document, dict):
        raise BadLog("parameters or state is no object")
    _check_parameters(parameters, number)
    if number == 1:
        history.scid = _check_scid(unsigned, parameters, line_scid=str(parameters["scid"]))
        state.version = history.scid
    hashed = multihash(canonical({**unsigned, "versionId": state.version}))
    if unsigned["versionId"] != f"{number}-{hashed}":
        raise BadLog("the version does not follow from what stands in the entry and before it")
    _check_keys(entry, unsigned, parameters, number, state)
    _check_time(unsigned["versionTime"], state, now)
    _check_identifier(document, parameters, number, state, history)
    history.deactivated = bool(parameters.get("deactivated", False))
    _keep_keys(document, state, history)
    state.version = str(unsigned["versionId"])
    history.versions.append(state.version)
    before = state.witnesses
    if "witness" in parameters:
        state.witnesses = webvh_witnesses.rule_of(parameters["witness"])
    return before or state.witnesses  # a new list counts after its entry, the first one at once


def _check_parameters(parameters: dict[str, Json], number: int) -> None:
    if foreign := set(parameters) - _PARAMETERS:
        raise BadLog(f"parameter {min(foreign)[:40]!r} is unknown")
    if parameters.get("method", None if number == 1 else METHOD) != METHOD:
        raise BadLog(f"the method is not {METHOD}")
    if (number == 1) != isinstance(parameters.get("scid"), str):
        raise BadLog("scid stands in the first entry, and there alone")
    if number > 1 and parameters.get("portable", False) is True and "portable" in parameters:
        raise BadLog("an identifier becomes portable in its first entry or never")
    if any(not isinstance(parameters.get(name, False), bool) for name in ("portable", "deactivated")):
        raise BadLog("portable and deactivated are true or false")
    for name in ("updateKeys", "nextKeyHashes"):
        value = parameters.get(name, [])
        if not isinstance(value, list) or len(value) > 100 or not all(isinstance(item, str) for item in value):
            raise BadLog(f"{name} is no list of texts")


def _check_scid(unsigned: dict[str, Json], parameters: dict[str, Json], *, line_scid: str) -> str:
    text = canonical({**unsigned, "versionId": "{SCID}"}).decode()
    if len(line_scid) < 40 or multihash(text.replace(line_scid, "{SCID}").encode()) != line_scid:
        raise BadLog("the identifier does not follow from the first entry (SCID)")
    return line_scid


def _check_keys(
    entry: dict[str, Json], unsigned: dict[str, Json], parameters: dict[str, Json], number: int, state: _State
) -> None:
    stated = parameters.get("updateKeys")
    if number == 1 and not stated:
        raise BadLog("the first entry names no update keys")
    entitled: list[str] = state.update_keys
    if number == 1:
        entitled = stated or []
    elif state.next_hashes:
        if stated is None or "nextKeyHashes" not in parameters:
            raise BadLog("with keys announced, every entry names its keys and announces the next (nextKeyHashes)")
        if any(multihash(key.encode()) not in state.next_hashes for key in stated):
            raise BadLog("update keys are not those announced before (nextKeyHashes)")
        entitled = stated
    _check_proof(entry.get("proof"), unsigned, entitled)
    state.update_keys = state.update_keys if stated is None else stated
    state.next_hashes = parameters.get("nextKeyHashes", state.next_hashes)


def _check_proof(proofs: Json, unsigned: dict[str, Json], entitled: list[str]) -> None:
    proofs = proofs if isinstance(proofs, list) else [proofs]
    if not proofs or len(proofs) > 8:
        raise BadLog("it has no proof, or too many")
    for proof in proofs:
        if not isinstance(proof, dict) or proof.get("cryptosuite") != "eddsa-jcs-2022":
            raise BadLog("its proof is missing or not of eddsa-jcs-2022")
        if proof.get("type") != "DataIntegrityProof" or proof.get("proofPurpose") != "assertionMethod":
            raise BadLog("its proof is of another type or purpose")
        name = str(proof.get("verificationMethod")).removeprefix("did:key:").split("#")[0]
        if name not in entitled:
            raise BadLog("it is signed by a key that was not entitled to")
        try:
            data_integrity.check_proof(unsigned, proof, resolver=KeyResolver())
        except (data_integrity.BadProof, data_integrity.UnsupportedProof) as error:
            raise BadLog(f"its proof does not hold: {error}") from error


def _check_time(value: Json, state: _State, now: dt.datetime) -> None:
    try:
        time = read_instant(str(value))
    except BadMoment as error:
        raise BadLog("versionTime is no moment") from error
    if time > now + CLOCK_SKEW:
        raise BadLog("versionTime is in the future")
    if state.time is not None and time <= state.time:
        raise BadLog("versionTime does not grow")
    state.time = time


def _check_identifier(
    document: dict[str, Json], parameters: dict[str, Json], number: int, state: _State, history: History
) -> None:
    did = str(document.get("id"))
    if scid_and_place(did)[0] != history.scid:
        raise BadLog("the state is that of another identifier")
    if number > 1 and did != state.did and not state.portable:
        raise BadLog("the identifier moved without being portable")
    state.portable = parameters.get("portable", state.portable)
    state.did = did
    history.dids.add(did)


def _keep_keys(document: dict[str, Json], state: _State, history: History) -> None:
    """Keys that stand in this version are open from their first day on; the others end with it."""
    current = {} if history.deactivated else assertion_keys(document, did=state.did)
    revoked = revocations(document, did=state.did)
    for kid, known in history.keys.items():
        if known.valid_until is None and current.get(kid) != known.key:
            history.keys[kid] = replace(known, valid_until=state.time)
    for kid, key in current.items():
        known_now = history.keys.get(kid)
        if known_now is None or known_now.valid_until is not None:
            taken = known_now.compromised_since if known_now else None
            history.keys[kid] = VerificationKey(key, state.time, None, history=True, compromised_since=taken)
    for kid, since in revoked.items():
        if (owned := history.keys.get(kid)) is not None:
            history.keys[kid] = replace(owned, compromised_since=min(since, owned.compromised_since or since))
