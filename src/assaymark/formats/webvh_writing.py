"""Writing a did:webvh log: its first entry, and each that replaces keys (did:webvh 1.0, create and update).

Rules that hold here
* The key for the next change is announced by its hash in the entry before (pre-rotation), so whoever steals the key
  that signs statements, or the one that signed the last entry, cannot change the identifier.
* An entry is handed out only when the whole log replays with it.
* Statements are signed by the keys of the document; a key's name is the identifier, ``#``, and the multibase key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from assaymark.formats import data_integrity, strict_json
from assaymark.formats.did_webvh import METHOD, WEBVH, BadLog, History, canonical, multihash, replay
from assaymark.formats.jws import Signer
from assaymark.formats.moments import instant, read_instant
from assaymark.formats.strict_json import Json

_SCID = "{SCID}"
_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What an identifier's document says. Keys are multibase texts (``publicKeyMultibase``).

    ``keys`` may sign statements; ``revoked`` maps compromised keys to the moment since which others may have had them.
    """

    keys: Sequence[str]
    also_known_as: Sequence[str] = ()
    revoked: Mapping[str, dt.datetime] = field(default_factory=dict)


def document_of(did: str, document: Document) -> dict[str, Json]:
    """Return the document as JSON (W3C CID 1.0)."""
    methods = [_method(did, key) for key in document.keys]
    methods += [_method(did, key) | {"revoked": instant(since)} for key, since in document.revoked.items()]
    found: dict[str, Json] = {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [f"{did}#{key}" for key in document.keys],
    }
    if document.also_known_as:
        found["alsoKnownAs"] = list(document.also_known_as)
    return found


def _method(did: str, key: str) -> dict[str, Json]:
    return {"id": f"{did}#{key}", "type": "Multikey", "controller": did, "publicKeyMultibase": key}


def create(*, place: str, document: Document, signer: Signer, announced: Iterable[str], at: dt.datetime) -> str:
    """Return the first entry, one line of text. ``place``: host and path as the identifier writes them.

    ``signer`` is the did:key that signs changes, ``announced`` the multibase keys of which one signs the next.
    """
    parameters = {"method": METHOD, "scid": _SCID, **_keys(signer, announced)}
    state = document_of(f"{WEBVH}{_SCID}:{place}", document)
    draft = {"versionId": _SCID, "versionTime": instant(at), "parameters": parameters, "state": state}
    scid = multihash(canonical(draft))
    entry = strict_json.loads_object(orjson.dumps(draft).replace(_SCID.encode(), scid.encode()))
    return _finished("", entry, number=1, signer=signer, at=at)


def update(
    log: str,
    *,
    document: Document,
    signer: Signer,
    announced: Iterable[str],
    at: dt.datetime,
    deactivate: bool = False,
) -> str:
    """Return the entry that follows a log: other keys, or the end of the identifier. Raises :class:`BadLog`.

    ``signer`` is one of those announced. ``deactivate``: nothing can follow, and no key may sign any more.
    """
    last = strict_json.loads_object(log.strip().rpartition("\n")[2].encode())
    if at.replace(microsecond=0) <= read_instant(last["versionTime"]):
        raise BadLog("the moment is not after that of the last entry; entries are at least a second apart")
    did = str(last["state"]["id"])
    parameters = _keys(signer, announced) | ({"deactivated": True} if deactivate else {})
    entry: dict[str, Json] = {
        "versionId": last["versionId"],
        "versionTime": instant(at),
        "parameters": parameters,
        "state": document_of(did, document),
    }
    return _finished(log, entry, number=int(str(last["versionId"]).partition("-")[0]) + 1, signer=signer, at=at)


def _keys(signer: Signer, announced: Iterable[str]) -> dict[str, Json]:
    own = signer.did.removeprefix("did:key:")
    return {"updateKeys": [own], "nextKeyHashes": [multihash(key.encode()) for key in announced]}


def _finished(log: str, entry: dict[str, Json], *, number: int, signer: Signer, at: dt.datetime) -> str:
    hashed = multihash(canonical(entry if number > 1 else entry | {"versionId": _scid(entry)}))
    signed = strict_json.loads_object(
        data_integrity.sign(entry | {"versionId": f"{number}-{hashed}"}, key=signer, created=at).encode()
    )
    line = orjson.dumps(signed | {"proof": [signed["proof"]]}).decode() + "\n"
    replay(log + line, now=at)
    return line


def _scid(entry: dict[str, Json]) -> str:
    return str(entry["parameters"]["scid"])


def parallel_web_document(log: str, *, now: dt.datetime) -> dict[str, Json]:
    """Return the last document under the did:web of the same place, which names the did:webvh (did:webvh 1.0).

    For readers that know did:web only: it has no history, and is the web server's word.
    """
    history: History = replay(log, now=now)
    last = strict_json.loads_object(log.strip().rpartition("\n")[2].encode())
    did = str(last["state"]["id"])
    web = f"did:web:{did.removeprefix(f'{WEBVH}{history.scid}:')}"
    text = orjson.dumps({name: value for name, value in last["state"].items() if name != "alsoKnownAs"}).decode()
    document = strict_json.loads_object(text.replace(did, web).encode())
    others = [name for name in last["state"].get("alsoKnownAs", []) if name != web]
    return {**document, "alsoKnownAs": [did, *others]}
