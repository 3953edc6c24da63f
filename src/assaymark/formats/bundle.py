"""A bundle: one JSON file with a certificate, the chain above it, and status as it stood when it was written.

Rules that hold here
* Everything inside is signed by who said it. The *seal* is a signature over the whole file by a party of the chain,
  so that no byte can be changed, added or left out unnoticed.
* A file has one spelling (sorted names, two spaces of indent, a newline at the end): the bytes are compared.
* Version 2 carries, beside the signed tokens of version 1: ``didLogs`` (texts of ``did.jsonl``, proven by themselves),
  ``checkpoints`` (of the issuers' status logs, with their witnesses' cosignatures) and ``timestamps`` (RFC 3161 tokens
  over the text of a checkpoint, base64). Version 1 is read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import orjson

from assaymark.formats import jws, strict_json
from assaymark.formats.did import NotAtHand, Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant
from assaymark.formats.multibase import digest_multibase

TYPE = "AssaymarkBundle"
TYP = "bundle-seal+jwt"
MAX_TOKENS = 64
MAX_CARRIED = 16
MAX_DID_LOG = 1024 * 1024
_MEMBERS = {"type", "version", "generatedAt", "certificate", "chain", "statusLists", "statusLogs", "seal"}
_CARRIED = ("didLogs", "checkpoints", "timestamps")
_FIELDS = ("did_logs", "checkpoints", "timestamps")
_OF_VERSION = {1: _MEMBERS, 2: _MEMBERS | set(_CARRIED)}


class BadBundle(ValueError):
    """The file is not a bundle, or it was changed after it was written."""


class UnsettledBundle(BadBundle):
    """Whose key sealed the bundle cannot be told from what is at hand: unknown, and not a *no*."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What travels together. All members are signed tokens; ``generated_at`` is when the status was collected."""

    certificate: str
    chain: tuple[str, ...]
    status_lists: tuple[str, ...]
    status_logs: tuple[str, ...]
    generated_at: dt.datetime
    sealed_by: str = ""
    did_logs: tuple[str, ...] = ()
    checkpoints: tuple[str, ...] = ()
    timestamps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a bundle brings that proves itself, or is proven by whom the verifier trusts: usable before the seal is."""

    did_logs: tuple[str, ...] = ()
    status_logs: tuple[str, ...] = ()
    checkpoints: tuple[str, ...] = ()
    timestamps: tuple[str, ...] = ()


def _spell(document: dict[str, strict_json.Json]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write_bundle(bundle: Bundle, *, key: jws.Signer) -> bytes:
    """Write and seal a bundle; ``key`` is the certification body's (or another party of the chain)."""
    document: dict[str, strict_json.Json] = {
        "type": TYPE,
        "version": 2,
        "generatedAt": instant(bundle.generated_at),
        "certificate": bundle.certificate,
        "chain": list(bundle.chain),
        "statusLists": list(bundle.status_lists),
        "statusLogs": list(bundle.status_logs),
        "didLogs": list(bundle.did_logs),
        "checkpoints": list(bundle.checkpoints),
        "timestamps": list(bundle.timestamps),
    }
    seal = {"iss": key.did, "digest": digest_multibase(_spell(document))}
    return _spell(document | {"seal": jws.sign(orjson.dumps(seal), signer=key, typ=TYP)})


def is_bundle(document: object) -> bool:
    """Tell whether a JSON document says that it is a bundle."""
    return isinstance(document, dict) and document.get("type") == TYPE


def read_bundle(data: bytes, *, resolver: Resolver) -> Bundle:
    """Check seal and spelling; raises :class:`BadBundle`. What the members say is not yet believed."""
    try:
        document = strict_json.loads_object(data)
    except strict_json.BadJson as error:
        raise BadBundle(str(error)) from error
    version = document.get("version")
    if document.get("type") != TYPE or not isinstance(version, int) or version not in _OF_VERSION:
        raise BadBundle("not a bundle of version 1 or 2")
    if set(document) != _OF_VERSION[version]:
        raise BadBundle("members are missing, or there are others: the bundle was changed after it was written")
    if _spell(document) != data:
        raise BadBundle("not in the form in which bundles are written: it was changed afterwards")
    sealed_by = _check_seal(document, resolver)
    try:
        return Bundle(
            certificate=_token(document["certificate"]),
            chain=_tokens(document["chain"]),
            status_lists=_tokens(document["statusLists"]),
            status_logs=_tokens(document["statusLogs"]),
            generated_at=read_instant(document["generatedAt"]),
            sealed_by=sealed_by,
            **{field: _texts(document.get(name, [])) for name, field in zip(_CARRIED, _FIELDS, strict=True)},
        )
    except BadMoment as error:
        raise BadBundle(str(error)) from error


def carried_in(document: dict[str, strict_json.Json]) -> Carried:
    """What a bundle brings that may be used before its seal is checked; members that are malformed bring nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for name, field in (*zip(_CARRIED, _FIELDS, strict=True), ("statusLogs", "status_logs")):
        try:
            found[field] = _texts(document.get(name, []), most=MAX_TOKENS if name == "statusLogs" else MAX_CARRIED)
        except BadBundle:
            continue
    return Carried(**found)


def _texts(value: strict_json.Json, *, most: int = MAX_CARRIED) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise BadBundle(f"it carries more than {most} texts of a kind, or none of texts")
    if not all(isinstance(text, str) and len(text) <= MAX_DID_LOG for text in value):
        raise BadBundle("a text that it carries is malformed or too long")
    return tuple(str(text) for text in value)


def _check_seal(document: dict[str, strict_json.Json], resolver: Resolver) -> str:
    rest = {name: value for name, value in document.items() if name != "seal"}
    try:
        parts = jws.split(_token(document["seal"]))
        seal = strict_json.loads_object(parts.payload, max_bytes=4096)
        issuer = seal.get("iss")
        if parts.header.get("typ") != TYP or not isinstance(issuer, str):
            raise BadBundle("the seal is not one of a bundle")
        jws.check(parts, issuer=issuer, resolver=resolver)
    except (jws.BadToken, strict_json.BadJson) as error:
        if isinstance(error.__cause__, NotAtHand):
            raise UnsettledBundle(f"whether its seal holds is not known, {error}") from error
        raise BadBundle(f"the seal does not hold: {error}") from error
    if seal.get("digest") != digest_multibase(_spell(rest)):
        raise BadBundle("the seal does not fit the content: the bundle was changed after it was written")
    return issuer


def _token(value: object) -> str:
    if not isinstance(value, str):
        raise BadBundle("a member is not a signed token")
    return value


def _tokens(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_TOKENS:
        raise BadBundle(f"a member is not a list of at most {MAX_TOKENS} signed tokens")
    return tuple(_token(item) for item in value)
