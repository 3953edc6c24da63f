"""The timestamps of a signed PDF: what they prove today, and how a new one is added before they end.

Rules that hold here (ETSI EN 319 102-1 5.6, EN 319 142-1 6.3)
* A timestamp vouches for as long as the certificate of its authority lasts; afterwards only if a later timestamp,
  itself good, was put over it before that end. So the newest is judged now, and each older one at the moment of the
  one over it.
* One timestamp that does not hold makes the whole file not authentic; one of an unknown authority only proves nothing.
* Nothing is fetched: whether an authority's key was withdrawn is not looked up.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from assaymark.formats.moments import in_words
from assaymark.formats.timestamps import (
    BadTimestamp,
    Root,
    UnknownAuthority,
    authority_end,
    authority_of,
    context_for,
    run_apart,
    verify_timestamp,
)

# Validation data first, so that the timestamp is the end of the file and binds every byte.
LAST = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
_STRONG = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class Dating:
    """What the timestamps of a file prove. ``problem``: one of them does not hold; ``undated``: why none proves a time.

    ``lasts_until``: the end of the authority's certificate behind the newest timestamp that counts.
    """

    problem: str = ""
    at: dt.datetime | None = None
    by: str = ""
    undated: str = ""
    lasts_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stamp:
    token: bytes
    digest: Callable[[str], bytes]


def dating(
    signature: EmbeddedPdfSignature,
    archived: Sequence[EmbeddedPdfSignature],
    *,
    roots: Sequence[Root],
    now: dt.datetime | None,
    strict: bool,
) -> Dating:
    """Judge the signature's own timestamp and the archive timestamps over it, oldest first; ``now`` is the present.

    ``strict``: refuse bytes beside a token that nobody signed. Raises ``ValueError`` for what cannot be parsed.
    """
    stamps = [_Stamp(_token(one, strict=strict), one.compute_digest) for one in archived]
    own = own_timestamp(signature, strict=strict)
    if own:
        signed: bytes = signature.signer_info["signature"].native
        stamps.insert(0, _Stamp(own, lambda name: hashlib.new(name, signed).digest()))
    until, found = now, Dating()
    for stamp in reversed(stamps):
        found = _judged(stamp, found, roots=roots, until=until)
        if found.problem:
            return found
        until = found.at or until
    return found


def _judged(stamp: _Stamp, later: Dating, *, roots: Sequence[Root], until: dt.datetime | None) -> Dating:
    """Judge one timestamp, knowing what the later ones prove."""
    imprint = cms.ContentInfo.load(stamp.token)["content"]["encap_content_info"]["content"].parsed["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    authority = authority_of(stamp.token)
    if name not in _STRONG:
        return later if later.at else Dating(undated=f"its timestamp is over a {name} digest, which proves nothing")
    try:
        moment = verify_timestamp(stamp.token, stamp.digest(name), roots)
    except UnknownAuthority:
        if later.at:
            return later
        known = f"its timestamp is by {authority}, which you do not trust" if roots else ""
        return Dating(undated=later.undated or known)
    except BadTimestamp as error:
        return Dating(problem=f"A timestamp of the PDF does not hold: {error}")
    end = authority_end(stamp.token, roots)
    if until is not None and end < until:
        if later.at:
            return later
        reason = f"the certificate of the timestamp authority {authority} ended on {in_words(end)}"
        return Dating(undated=f"{reason}, and no later timestamp was added before")
    return Dating(at=moment, by=authority, lasts_until=later.lasts_until or end)


def own_timestamp(signature: EmbeddedPdfSignature, *, strict: bool) -> bytes | None:
    """Return the timestamp over the signature itself; ``strict`` refuses other unsigned attributes."""
    attributes = signature.signer_info["unsigned_attrs"]
    if not attributes:
        return None
    names = [attribute["type"].native for attribute in attributes]
    if strict and (names != ["signature_time_stamp_token"] or len(attributes[0]["values"]) != 1):
        raise ValueError("its signature carries attributes that nobody signed")
    for attribute in attributes:
        if attribute["type"].native == "signature_time_stamp_token" and len(attribute["values"]):
            return bytes(attribute["values"][0].dump())
    return None


def _token(signature: EmbeddedPdfSignature, *, strict: bool) -> bytes:
    """Take the token of an archive timestamp out of its place, which is filled up with zeros."""
    raw: bytes = signature.pkcs7_content
    token = bytes(cms.ContentInfo.load(raw).dump())
    if strict and (raw[: len(token)] != token or raw[len(token) :].strip(b"\0")):
        raise ValueError("its archive timestamp carries bytes that nobody signed")
    return token


def add_archive_timestamp(
    pdf: bytes, *, timestamps: TimeStamper, roots: Sequence[Root], at: dt.datetime, limits: Any
) -> bytes:
    """Return the file with a new archive timestamp as its end, over everything, its own validation data included.

    Raises :class:`BadTimestamp` when the last timestamp no longer holds, so that nothing new may stand on it,
    and ``OSError`` when the authority does not answer.
    """
    reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
    before = list(reader.embedded_timestamp_signatures)
    if before:
        _refuse_ended(before[-1], roots=roots, at=at)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), decode_limits=limits)
    output = io.BytesIO()

    async def work() -> None:
        await PdfTimeStamper(timestamps).async_timestamp_pdf(
            writer, "sha512", context_for(list(roots), moment=at), output=output, dss_settings=LAST
        )

    try:
        run_apart(work)
    except OSError:
        raise
    except Exception as error:
        raise BadTimestamp(f"no archive timestamp can be added: {error}") from error
    return output.getvalue()


def _refuse_ended(last: EmbeddedPdfSignature, *, roots: Sequence[Root], at: dt.datetime) -> None:
    stamp = _Stamp(_token(last, strict=False), last.compute_digest)
    found = _judged(stamp, Dating(), roots=roots, until=at)
    if found.at is None:
        raise BadTimestamp(found.problem or found.undated or "the last timestamp proves nothing")
