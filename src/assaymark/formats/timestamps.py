"""Timestamp tokens (RFC 3161): ask for one over a digest, and tell when a digest existed, by roots the verifier names.

Rules that hold here
* A token counts only under a root that the verifier trusts; the certificates inside the token never vouch for
  themselves (RFC 3161 2.2). An unknown authority gives no date: the caller then calls a date "claimed".
* The authority's certificate is for timestamps and nothing else (RFC 3161 2.3) and was valid at the time it states.
* Nothing is fetched. A key that was stolen and withdrawn after the token was made is therefore not noticed here;
  who worries about that names fewer roots.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeVar

from asn1crypto import cms, core, tsp
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from assaymark.formats.timestamp_authorities import MAX_ROOTS, Root, read_roots, roots_of

# Reasons are given to the caller; pyHanko's own lines would else end on a command's standard error, or in a log.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).setLevel(logging.CRITICAL)

MAX_TOKEN = 64 * 1024
_BY_LENGTH = {32: "sha256", 48: "sha384", 64: "sha512"}
_T = TypeVar("_T")


class _Response(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """An answer as RFC 3161 2.4.2 defines it: a refusal carries no token."""

    _fields: ClassVar[list[Any]] = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


class BadTimestamp(ValueError):
    """The token is malformed, is over something else, or comes from no authority that the verifier trusts."""


class UnknownAuthority(BadTimestamp):
    """The token is sound, but comes from an authority that the verifier does not trust: its date stays claimed."""


def timestamp_request(digest: bytes, *, nonce: int | None = None) -> bytes:
    """Return the request (DER) for a token over a SHA-256, -384 or -512 digest, with the authority's certificate."""
    request = {
        "version": 1,
        "message_imprint": {"hash_algorithm": {"algorithm": _algorithm(digest)}, "hashed_message": digest},
        "nonce": secrets.randbits(63) if nonce is None else nonce,
        "cert_req": True,
    }
    return bytes(tsp.TimeStampReq(request).dump())


def token_of_response(response: bytes, *, request: bytes) -> bytes:
    """Take the token out of an authority's answer; raises :class:`BadTimestamp` when it refused or answers another."""
    try:
        answer = _Response.load(response, strict=True)
        asked = tsp.TimeStampReq.load(request)
        if answer["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise BadTimestamp("the timestamp authority refused the request")
        token = bytes(answer["token"].dump())
        info = _info(_signed(token))
        same = info["nonce"].native == asked["nonce"].native
        same = same and info["message_imprint"].native == asked["message_imprint"].native
    except BadTimestamp:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise BadTimestamp("the answer of the timestamp authority is malformed") from error
    if not same:
        raise BadTimestamp("the timestamp authority answered another request")
    return token


def verify_timestamp(token: bytes, digest: bytes, roots: Sequence[Root]) -> dt.datetime:
    """Return the moment at which ``digest`` existed, proven by an authority under ``roots``.

    Raises :class:`BadTimestamp`, with the reason in words, in every other case.
    """
    algorithm = _algorithm(digest)
    if len(token) > MAX_TOKEN:
        raise BadTimestamp("the timestamp token is larger than 64 KB")
    try:
        signed = _signed(token)
        info = _info(signed)
        imprint, moment = info["message_imprint"], info["gen_time"].native
        over = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
            raise BadTimestamp("the timestamp states no time")
    except BadTimestamp:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise BadTimestamp("the timestamp token is malformed") from error
    if over != (algorithm, digest):
        raise BadTimestamp("the timestamp is over something else")
    status = _validated(signed, moment, digest, roots)
    if not (status.intact and status.valid):
        raise BadTimestamp("the signature of the timestamp does not hold")
    if not status.trusted:
        raise UnknownAuthority(f"the timestamp comes from an authority that you do not trust ({authority_of(token)})")
    return moment.astimezone(dt.UTC)


def authority_of(token: bytes) -> str:
    """Name who made a token, as its certificate says; not yet believed. Empty when it cannot be read."""
    try:
        certificates = _signed(token)["certificates"]
        signer = _signed(token)["signer_infos"][0]["sid"].chosen["serial_number"].native
        for choice in certificates:
            if choice.chosen.serial_number == signer:
                return str(choice.chosen.subject.native.get("common_name", ""))[:200]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        pass
    return ""


def authority_end(token: bytes, roots: Sequence[Root] = ()) -> dt.datetime:
    """Return when the certificates behind a token end: its authority's, and those between it and the roots.

    Raises :class:`BadTimestamp` when the token names no certificate.
    """
    try:
        signed = _signed(token)
        given = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
        serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
        current = next(certificate for certificate in given if certificate.serial_number == serial)
        trusted, above_all = {root.dump() for root in roots}, [root.subject for root in roots]
        end: dt.datetime = current.not_valid_after
        for _ in range(len(given)):
            above = [c for c in given if c.subject == current.issuer and c != current and c.dump() not in trusted]
            if not above or current.issuer in above_all:
                break
            current = above[0]
            end = min(end, current.not_valid_after)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, StopIteration) as error:
        raise BadTimestamp("the timestamp token carries no certificate of its authority") from error
    return end.astimezone(dt.UTC)


def context_for(roots: Sequence[Root], *, moment: dt.datetime) -> ValidationContext:
    """Return the rules of path building: these roots, this moment, nothing fetched."""
    return ValidationContext(
        trust_roots=list(roots),
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
    )


def run_apart(work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Run asynchronous library code from anywhere, also from a thread that has an event loop already."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(lambda: asyncio.run(work())).result()


def _validated(
    signed: cms.SignedData, moment: dt.datetime, digest: bytes, roots: Sequence[Root]
) -> TimestampSignatureStatus:
    context = context_for(roots, moment=moment)
    try:
        found = run_apart(lambda: validate_tst_signed_data(signed, context, lambda _: digest))
        return TimestampSignatureStatus(**found)
    except Exception as error:  # a parser on hostile input may raise anything
        raise BadTimestamp("the signature of the timestamp cannot be checked") from error


def _algorithm(digest: bytes) -> str:
    if len(digest) not in _BY_LENGTH:
        raise BadTimestamp("timestamps are over SHA-256, SHA-384 or SHA-512 digests")
    return _BY_LENGTH[len(digest)]


def _signed(token: bytes) -> cms.SignedData:
    container = cms.ContentInfo.load(token, strict=True)
    if container["content_type"].native != "signed_data":
        raise BadTimestamp("the timestamp token is not signed")
    return container["content"]


def _info(signed: cms.SignedData) -> tsp.TSTInfo:
    content = signed["encap_content_info"]
    if content["content_type"].native != "tst_info" or not isinstance(content["content"], core.ParsableOctetString):
        raise BadTimestamp("the token is no timestamp")
    info = content["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise BadTimestamp("the token is no timestamp")
    return info


def digest_of(data: bytes) -> bytes:
    """The SHA-256 digest over which this project asks for timestamps."""
    return hashlib.sha256(data).digest()


__all__ = [
    "MAX_ROOTS",
    "BadTimestamp",
    "Root",
    "UnknownAuthority",
    "authority_end",
    "authority_of",
    "context_for",
    "digest_of",
    "read_roots",
    "roots_of",
    "run_apart",
    "timestamp_request",
    "token_of_response",
    "verify_timestamp",
]
