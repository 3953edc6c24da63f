"""PDF signatures (PAdES baseline B-B to B-LTA): sign with the body's key, tell whether and how a file was changed.

Rules that hold here
* A signature counts only when it covers the whole file, or when all that follows is what ETSI EN 319 142-1 adds for
  keeping (validation data and archive timestamps) and an archive timestamp covers the whole file. Every other change
  after signing is named.
* A signing time is *claimed* unless a timestamp of an authority that the verifier trusts proves it.
* Content that acts (scripts, programs, media) has no place in a certificate: such a file is refused.
* Every byte is bound: the covered bytes by the signature, the signature's own place by having one spelling only.
* Files from strangers are bounded: each stream, and all streams together, unpack to so much and no more.
* The certificate inside proves nothing by itself; its key is handed to the caller, who compares it with the issuer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from assaymark.formats.did import did_key
from assaymark.formats.jws import Signer
from assaymark.formats.moments import in_words
from assaymark.formats.timestamps import Root, UnknownAuthority, authority_of, context_for, verify_timestamp
from assaymark.formats.x509 import self_signed

ATTACHMENT = "certificate.bundle.json"
MAX_ATTACHMENT = 4 * 1024 * 1024
_MIB = 1024 * 1024
_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=8 * _MIB),
    document_budget=DocumentDecodeBudget(base_allowance=32 * _MIB, max_ratio=2),
)
_RESERVED = 8192
_RESERVED_WITH_TIMESTAMP = 32768
_ARCHIVED_LAST = DSSContentSettings(
    include_vri=False,
    next_ts_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
)
_MAX_OBJECTS = 20_000
_MAX_PDF = 8 * _MIB
_END = 2048
_ACTIVE = ("/JS", "/JavaScript", "/Launch", "/RichMedia", "/SubmitForm", "/ImportData")
_CHANGES = {
    ModificationLevel.NONE: "something was appended",
    ModificationLevel.LTA_UPDATES: "something was appended that no archive timestamp covers",
    ModificationLevel.FORM_FILLING: "a form field was filled in or a signature added",
    ModificationLevel.ANNOTATIONS: "an annotation was added or changed",
}


class BadPdf(ValueError):
    """The file is not a PDF that can be read safely, or carries no signature."""


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A signed PDF taken apart. ``problem`` is a sentence without its full stop when the signature does not hold.

    ``signer_key`` is the multibase form of the Ed25519 key that signed (what follows ``did:key:``).
    """

    attachment: bytes | None
    signer_key: str
    signer_name: str
    problem: str = ""
    level: str = "B-B"
    proven_at: dt.datetime | None = None
    proven_by: str = ""

    @property
    def signing_time(self) -> str:
        """Name the level and what the signing time rests on, in words."""
        if self.proven_at is None:
            return f"PAdES {self.level}, signing time claimed"
        when = in_words(self.proven_at)
        return f"PAdES {self.level}, signing time proven by timestamp of {self.proven_by} on {when}"


class _KeySigner(signers.Signer):
    """Lets pyHanko sign with a key that it never sees."""

    def __init__(self, signer: Signer, certificate: Any) -> None:
        super().__init__(signing_cert=certificate)
        self._key = signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(64) if dry_run else self._key.sign(data)


class _DatedPdfSigner(signers.PdfSigner):
    """Writes the signing time that it is told, not the machine's: time is an argument here."""

    def __init__(self, metadata: Any, *, signer: signers.Signer, at: dt.datetime, timestamps: Any) -> None:
        super().__init__(metadata, signer=signer, timestamper=timestamps)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def sign_pdf(
    pdf: bytes,
    *,
    signer: Signer,
    name: str,
    country: str = "",
    reason: str,
    at: dt.datetime,
    timestamps: TimeStamper | None = None,
    roots: Sequence[Root] = (),
) -> bytes:
    """Return the PDF with an invisible PAdES signature over the whole file. ``at`` is the signing time (aware).

    Level B-B; with a timestamp authority B-T; with its roots as well B-LTA, whose archive timestamp comes
    last and so binds every byte.
    """
    start = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    certificate = self_signed(signer=signer, name=name, country=country, valid_from=start)
    keeps = timestamps is not None and bool(roots)
    metadata = signers.PdfSignatureMetadata(
        field_name="Issuer",
        md_algorithm="sha512",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        embed_validation_info=keeps,
        use_pades_lta=keeps,
        dss_settings=_ARCHIVED_LAST,
        validation_context=context_for([certificate, *roots], moment=at) if keeps else None,
    )
    pdf_signer = _DatedPdfSigner(
        metadata, signer=_KeySigner(signer, certificate), at=at.astimezone(dt.UTC), timestamps=timestamps
    )
    reserved = _RESERVED_WITH_TIMESTAMP if timestamps else _RESERVED
    output = io.BytesIO()
    # pyHanko starts an event loop, which a thread that runs one already (an asynchronous caller) would refuse.
    with ThreadPoolExecutor(1) as apart:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        apart.submit(pdf_signer.sign_pdf, writer, output=output, bytes_reserved=reserved).result()
    return output.getvalue()


def read_signed_pdf(data: bytes, *, roots: Sequence[Root] = ()) -> SignedPdf:
    """Read attachment and signature; raises :class:`BadPdf` for files that are no signed PDF or cannot be parsed.

    ``roots``: the timestamp authorities that the verifier trusts; without them every signing time is claimed.
    """
    if len(data) > _MAX_PDF:
        raise BadPdf(f"it is larger than {_MAX_PDF // _MIB} MB")
    # ISO 32000-2 7.5.5: the end stands in the last kilobyte; a parser would search a whole file of nothing for it.
    if b"startxref" not in data[-_END:]:
        raise BadPdf("the file is damaged: it has no end")
    try:
        reader = PdfFileReader(io.BytesIO(data), decode_limits=_LIMITS)
        signatures = list(reader.embedded_regular_signatures)
        archived = list(reader.embedded_timestamp_signatures)
        _refuse_active(reader)
        attachment = _attachment(reader)
    except BadPdf:
        raise
    except PdfDecodeLimitError as error:
        raise BadPdf("it unpacks to far more than a certificate needs") from error
    except (Exception, RecursionError) as error:  # a parser on hostile input may raise anything
        raise BadPdf("the file is damaged") from error
    if not signatures:
        raise BadPdf("it carries no signature")
    try:
        found = _judge(data, signatures, archived, attachment)
        return found if found.problem else _dated(found, signatures[0], archived, roots)
    except (Exception, RecursionError) as error:
        raise BadPdf("its signature is damaged") from error


def _judge(
    data: bytes,
    signatures: list[EmbeddedPdfSignature],
    archived: list[EmbeddedPdfSignature],
    attachment: bytes | None,
) -> SignedPdf:
    signature = signatures[0]
    certificate = signature.signer_cert
    key = certificate.public_key
    if key.algorithm != "ed25519":
        raise BadPdf("it was not signed with an Ed25519 key")
    signer_key = did_key(bytes(key["public_key"].native)).removeprefix("did:key:")
    problem = "" if len(signatures) == 1 else "The PDF was changed after it was signed: it carries further signatures"
    problem = problem or (_kept(data, signature, archived) if archived else _coverage(data, signature))
    if not problem:
        intact, valid = validate_sig_integrity(signature.signer_info, certificate, "data", signature.compute_digest())
        if not intact:
            problem = "The PDF was changed after it was signed"
        elif not valid or not _spelled_once(signature):
            problem = "The signature of the PDF was changed"
    return SignedPdf(attachment, signer_key, str(certificate.subject.native.get("common_name", "")), problem)


def _kept(data: bytes, signature: EmbeddedPdfSignature, archived: list[EmbeddedPdfSignature]) -> str:
    """Demand that an archive timestamp covers the whole file, and that only what serves keeping was added before."""
    for earlier in (signature, *archived[:-1]):
        problem = _coverage(data, earlier, whole=False) or _changes(earlier, allowed=ModificationLevel.LTA_UPDATES)
        if problem:
            return problem
    return _coverage(data, archived[-1])


def _changes(signature: EmbeddedPdfSignature, *, allowed: ModificationLevel) -> str:
    """Name what was changed after signing, when it is more than is allowed."""
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    found = signature.diff_result
    if isinstance(found, SuspiciousModification):
        return "The PDF was changed after it was signed: content was replaced, hidden or added"
    level = found.modification_level if found is not None else ModificationLevel.NONE
    if level <= allowed and allowed is not ModificationLevel.NONE:
        return ""
    return f"The PDF was changed after it was signed: {_CHANGES.get(level, 'its pages were changed')}"


def _coverage(data: bytes, signature: EmbeddedPdfSignature, *, whole: bool = True) -> str:
    """Demand one hole in the covered range, filled exactly by the signature in upper-case hexadecimal."""
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0:
        return "The signature of the PDF covers something else than the file"
    _, first, second, length = numbers
    if whole and second + length != len(data):
        return _changes(signature, allowed=ModificationLevel.NONE)
    if not 0 < first < second or data[first:second] != b"<" + signature.pkcs7_content.hex().upper().encode() + b">":
        return "The signature of the PDF was changed"
    return ""


def _dated(
    found: SignedPdf,
    signature: EmbeddedPdfSignature,
    archived: list[EmbeddedPdfSignature],
    roots: Sequence[Root],
) -> SignedPdf:
    """Check every timestamp; one that does not hold makes the file not authentic, an unknown authority only undated."""
    own = _own_timestamp(signature)
    signed: bytes = signature.signer_info["signature"].native
    checks: list[tuple[bytes, Callable[[str], bytes]]] = [(_unpadded(t), t.compute_digest) for t in archived]
    if own:
        checks.append((own, lambda name: hashlib.new(name, signed).digest()))
    proven: list[tuple[dt.datetime, str]] = []
    for token, digest in checks:
        imprint = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed["message_imprint"]
        try:
            name = imprint["hash_algorithm"]["algorithm"].native
            proven.append((verify_timestamp(token, digest(name), roots), authority_of(token)))
        except UnknownAuthority:
            continue
        except ValueError as error:
            return replace(found, problem=f"A timestamp of the PDF does not hold: {error}")
    level = "B-B" if not own else "B-LTA" if archived else "B-T"
    at, by = min(proven, default=(None, ""))
    return replace(found, level=level, proven_at=at, proven_by=by)


def _unpadded(signature: EmbeddedPdfSignature) -> bytes:
    raw: bytes = signature.pkcs7_content
    token = bytes(cms.ContentInfo.load(raw).dump())
    if raw[: len(token)] != token or raw[len(token) :].strip(b"\0"):
        raise BadPdf("its archive timestamp carries bytes that nobody signed")
    return token


def _own_timestamp(signature: EmbeddedPdfSignature) -> bytes | None:
    attributes = signature.signer_info["unsigned_attrs"]
    if not attributes:
        return None
    if [a["type"].native for a in attributes] != ["signature_time_stamp_token"] or len(attributes[0]["values"]) != 1:
        raise BadPdf("its signature carries attributes that nobody signed")
    return bytes(attributes[0]["values"][0].dump())


def _refuse_active(reader: PdfFileReader) -> None:
    """Refuse scripts, programs and media, wherever the document reaches them."""
    pending: list[Any] = [reader.trailer.flatten()]
    seen: set[Any] = set()
    while pending:
        if len(seen) > _MAX_OBJECTS:
            raise BadPdf("it has far more parts than a certificate needs")
        item = pending.pop()
        if isinstance(item, generic.IndirectObject):
            if item.reference in seen:
                continue
            seen.add(item.reference)
            item = item.get_object()  # type: ignore[no-untyped-call]
        if isinstance(item, generic.DictionaryObject):
            action = item.raw_get("/S") if "/S" in item else None
            named = [name for name in _ACTIVE if name in item or action == name]
            if named:
                raise BadPdf(f"it carries content that acts ({named[0]})")
            pending.extend(item.raw_get(key) for key in item)
        elif isinstance(item, generic.ArrayObject):
            pending.extend(item.raw_get(position) for position in range(len(item)))


def _spelled_once(signature: EmbeddedPdfSignature) -> bool:
    """Tell whether the container is exactly what its signed parts make it: no spare bits that nobody signed."""
    raw: bytes = signature.pkcs7_content
    container = cms.ContentInfo.load(raw)
    info, certificate = signature.signer_info, signature.signer_cert
    rebuilt = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": cms.DigestAlgorithms([{"algorithm": signature.md_algorithm}]),
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [certificate],
                    "signer_infos": [
                        {
                            "version": "v1",
                            "sid": cms.SignerIdentifier(
                                {
                                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                                    )
                                }
                            ),
                            "digest_algorithm": {"algorithm": signature.md_algorithm},
                            "signature_algorithm": {"algorithm": "ed25519"},
                            "signed_attrs": info["signed_attrs"],
                            "signature": info["signature"].native,
                            **({"unsigned_attrs": info["unsigned_attrs"]} if info["unsigned_attrs"] else {}),
                        }
                    ],
                }
            ),
        }
    )
    length = len(container.dump())
    return bool(rebuilt.dump() == raw[:length] and not raw[length:].strip(b"\0"))


def _attachment(reader: PdfFileReader) -> bytes | None:
    names = reader.root.get("/Names")
    files = names.get("/EmbeddedFiles") if names is not None else None
    entries = files.get("/Names") if files is not None else None
    if entries is None or len(entries) > 200:
        return None
    for position in range(0, len(entries) - 1, 2):
        if str(entries[position]) == ATTACHMENT:
            stream = entries[position + 1]["/EF"]["/F"]
            content: bytes = stream.data
            if len(content) > MAX_ATTACHMENT:
                raise BadPdf("the attached bundle is larger than 4 MB")
            return content
    return None
