"""A bundle: one JSON file with a certificate, the chain above it, and status as it stood when it was written.

Rules that hold here
* Everything inside is signed by who said it. The *seal* is a signature over the whole file by a party of the chain,
  so that no byte can be changed, added or left out unnoticed.
* A file has one spelling (sorted names, two spaces of indent, a newline at the end): the bytes are compared.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import orjson

from assaymark.formats import jws, strict_json
from assaymark.formats.did import Resolver
from assaymark.formats.moments import BadMoment, instant, read_instant
from assaymark.formats.multibase import digest_multibase

TYPE = "AssaymarkBundle"
TYP = "bundle-seal+jwt"
MAX_TOKENS = 64
_MEMBERS = {"type", "version", "generatedAt", "certificate", "chain", "statusLists", "statusLogs", "seal"}


class BadBundle(ValueError):
    """The file is not a bundle, or it was changed after it was written."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What travels together. All members are signed tokens; ``generated_at`` is when the status was collected."""

    certificate: str
    chain: tuple[str, ...]
    status_lists: tuple[str, ...]
    status_logs: tuple[str, ...]
    generated_at: dt.datetime
    sealed_by: str = ""


def _spell(document: dict[str, strict_json.Json]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write_bundle(bundle: Bundle, *, key: jws.Signer) -> bytes:
    """Write and seal a bundle; ``key`` is the certification body's (or another party of the chain)."""
    document: dict[str, strict_json.Json] = {
        "type": TYPE,
        "version": 1,
        "generatedAt": instant(bundle.generated_at),
        "certificate": bundle.certificate,
        "chain": list(bundle.chain),
        "statusLists": list(bundle.status_lists),
        "statusLogs": list(bundle.status_logs),
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
    if document.get("type") != TYPE or document.get("version") != 1:
        raise BadBundle("not a bundle of version 1")
    if set(document) != _MEMBERS:
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
        )
    except BadMoment as error:
        raise BadBundle(str(error)) from error


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
