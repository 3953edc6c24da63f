"""PDF signatures (PAdES baseline B-B to B-LTA): sign with the body's key, tell whether and how a file was changed.

Rules that hold here
* A signature counts only when it covers the whole file, or when all that follows is what ETSI EN 319 142-1 adds for
  keeping: validation data and archive timestamps. Every other change after signing is named.
* A certificate (what carries our attachment) allows no further change; in other people's files, what the signer
  allowed (ISO 32000-2 12.8.2.2: filling in forms, signing) is told and is no breach.
* A signing time is *claimed* unless a timestamp of an authority that the verifier trusts proves it, and still does.
* Content that acts (scripts, programs, media) has no place in a certificate: such a file is refused.
* In a certificate that was signed with Ed25519 every byte is bound: the covered bytes by the signature, the signature's
  own place by having one spelling only. Other signers' containers have many spellings; what they cover is bound.
* Files from strangers are bounded: each stream, and all streams together, unpack to so much and no more.
* The certificate inside proves nothing by itself; its key is handed to the caller, who compares it with the issuer.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from asn1crypto import cms, keys
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.signers.pdf_signer import DSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from assaymark.formats.jws import Signer
from assaymark.formats.keys import BadKey, KeyKind, PublicKey, multikey
from assaymark.formats.moments import in_words
from assaymark.formats.pdf_changes import changes_since
from assaymark.formats.pdf_timestamps import LAST, add_archive_timestamp, dating, own_timestamp
from assaymark.formats.timestamps import BadTimestamp, Root, context_for
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
    next_ts_settings=LAST,
)
_MAX_OBJECTS = 20_000
_MAX_PDF = 8 * _MIB
_END = 2048
_ACTIVE = ("/JS", "/JavaScript", "/Launch", "/RichMedia", "/SubmitForm", "/ImportData")
_CHANGED = "The PDF was changed after it was signed"
_OTHER_FORMATS = ("/adbe.x509.rsa_sha1", "/adbe.pkcs7.sha1", "/adbe.pkcs7.s4", "/adbe.pkcs7.s5")
_WEAK = ("md2", "md5", "sha1")
_CURVES = {"secp256r1": KeyKind.P256, "secp384r1": KeyKind.P384}


class BadPdf(ValueError):
    """The file is not a PDF that can be read safely, or carries no signature."""


class UnsupportedPdf(ValueError):
    """The file is signed or protected in a way that is not read here: nothing can be said for it or against it."""


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A signed PDF taken apart. ``problem`` is a sentence without its full stop when the signature does not hold.

    ``signer_key``: the multibase form of the key that signed (what follows ``did:key:``), empty for kinds of keys that
    issuers do not have. ``allowed``: what was changed after signing with the signer's leave. ``proven_at``: the signing
    time, when a timestamp of ``proven_by`` proves it; else ``undated`` says why not, if there is one.
    ``lasts_until``: when that proof ends unless it is renewed before.
    """

    attachment: bytes | None
    signer_key: str
    signer_name: str
    problem: str = ""
    allowed: str = ""
    level: str = "B-B"
    claimed_at: dt.datetime | None = None
    proven_at: dt.datetime | None = None
    proven_by: str = ""
    undated: str = ""
    lasts_until: dt.datetime | None = None

    @property
    def signing_time(self) -> str:
        """Name the level and what the signing time rests on, in words."""
        if self.proven_at is not None:
            return f"PAdES {self.level}, signed on {in_words(self.proven_at)} (proven by timestamp of {self.proven_by})"
        when = f"signed on {in_words(self.claimed_at)}" if self.claimed_at else "signing time not stated"
        return f"PAdES {self.level}, {when} (claimed{f': {self.undated}' if self.undated else ''})"


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
    last and so binds every byte. Raises ``OSError`` when the authority does not answer, :class:`BadTimestamp` when
    what it answers is unfit.
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
        try:
            apart.submit(pdf_signer.sign_pdf, writer, output=output, bytes_reserved=reserved).result()
        except OSError:
            raise
        except Exception as error:
            if timestamps is None:
                raise
            raise BadTimestamp(f"the timestamps of the authority are unfit: {error}") from error
    return output.getvalue()


def renew_timestamp(pdf: bytes, *, timestamps: TimeStamper, roots: Sequence[Root], at: dt.datetime) -> bytes:
    """Return the file with a new archive timestamp, while the last one still holds.

    Raises :class:`BadTimestamp` when it no longer does, and ``OSError`` when the authority does not answer.
    """
    return add_archive_timestamp(pdf, timestamps=timestamps, roots=roots, at=at, limits=_LIMITS)


def read_signed_pdf(data: bytes, *, roots: Sequence[Root] = (), now: dt.datetime | None = None) -> SignedPdf:
    """Read attachment and signature; raises :class:`BadPdf` for files that are no signed PDF or cannot be parsed.

    ``roots``: the timestamp authorities that the verifier trusts; without them every signing time is claimed.
    ``now`` (aware) is the present, up to which timestamps must have lasted or been renewed.
    Raises :class:`UnsupportedPdf` for what is encrypted, or signed in a way that is not read here.
    """
    if roots and now is None:
        raise TypeError("whether timestamps still hold depends on the present: pass it")
    if len(data) > _MAX_PDF:
        raise BadPdf(f"it is larger than {_MAX_PDF // _MIB} MB")
    # ISO 32000-2 7.5.5: the end stands in the last kilobyte; a parser would search a whole file of nothing for it.
    if b"startxref" not in data[-_END:]:
        raise BadPdf("the file is damaged: it has no end")
    # Dictionaries that stand within others are parsed before anybody can count them.
    if data.count(b"<<") > _MAX_OBJECTS:
        raise BadPdf("it has far more parts than a certificate needs")
    try:
        reader = PdfFileReader(io.BytesIO(data), decode_limits=_LIMITS)
        _refuse_unread(reader)
        signatures = list(reader.embedded_regular_signatures)
        archived = list(reader.embedded_timestamp_signatures)
        _refuse_active(reader)
        attachment = _attachment(reader)
    except (BadPdf, UnsupportedPdf):
        raise
    except PdfDecodeLimitError as error:
        raise BadPdf("it unpacks to far more than a certificate needs") from error
    except (Exception, RecursionError) as error:  # a parser on hostile input may raise anything
        raise BadPdf("the file is damaged") from error
    if not signatures:
        raise BadPdf("it carries no signature")
    try:
        return _Judge(data, reader, signatures, archived, attachment).judged(roots, now)
    except UnsupportedPdf:
        raise
    except (Exception, RecursionError) as error:
        raise BadPdf("its signature is damaged") from error


class _Judge:
    """One file: its first signature, the archive timestamps over it, and what was changed since."""

    def __init__(
        self,
        data: bytes,
        reader: PdfFileReader,
        signatures: list[EmbeddedPdfSignature],
        archived: list[EmbeddedPdfSignature],
        attachment: bytes | None,
    ) -> None:
        self.data, self.reader, self.signatures, self.attachment = data, reader, signatures, attachment
        self.signature = signatures[0]
        # A timestamp that was put in before the signature says nothing about it.
        self.archived = [one for one in archived if one.signed_revision > self.signature.signed_revision]
        self.key = _key(self.signature.signer_cert.public_key)
        self.certificate = attachment is not None
        self.one_spelling = self.certificate and self.key is not None and self.key.kind is KeyKind.ED25519
        self.allowed = ""

    def judged(self, roots: Sequence[Root], now: dt.datetime | None) -> SignedPdf:
        """Judge what was signed, what came after, and what the timestamps prove."""
        found = SignedPdf(
            attachment=self.attachment,
            signer_key=multikey(self.key) if self.key else "",
            signer_name=str(self.signature.signer_cert.subject.native.get("common_name", ""))[:200],
            problem=self._problem(),
            claimed_at=self._claimed(),
        )
        if found.problem:
            return found
        proven = dating(self.signature, self.archived, roots=roots, now=now, strict=self.one_spelling)
        return replace(
            found,
            problem=proven.problem,
            allowed=self.allowed,
            level=self._level(),
            proven_at=proven.at,
            proven_by=proven.by,
            undated=proven.undated,
            lasts_until=proven.lasts_until,
        )

    def _problem(self) -> str:
        if self.certificate and len(self.signatures) > 1:
            return f"{_CHANGED}: it carries further signatures"
        problem = self._kept() or self._holds(self.signature)
        return problem or next(filter(None, map(self._holds, self.signatures[1:])), "")

    def _holds(self, signature: EmbeddedPdfSignature) -> str:
        if signature.md_algorithm in _WEAK:
            raise UnsupportedPdf(f"it was signed with {signature.md_algorithm}, which no longer protects from forgery")
        intact, valid = validate_sig_integrity(
            signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
        )
        if not intact:
            return _CHANGED
        if not valid or (self.one_spelling and not _spelled_once(signature)):
            return "The signature of the PDF was changed"
        return ""

    def _kept(self) -> str:
        """Demand that only what serves keeping was added, or what the signer allowed, and that nothing trails."""
        last = self.archived[-1] if self.archived else None
        for one in (self.signature, *self.archived):
            problem = self._coverage(one) or ("" if self._whole(one) else self._changes(one))
            if problem:
                return problem
        if (last is not None and self._whole(last)) or self._whole(self.signature):
            return ""
        end = self.data.rstrip(b"\r\n")
        return "" if end.endswith(b"%%EOF") else f"{_CHANGED}: something was appended"

    def _whole(self, signature: EmbeddedPdfSignature) -> bool:
        return int(signature.byte_range[2]) + int(signature.byte_range[3]) == len(self.data)

    def _changes(self, signature: EmbeddedPdfSignature) -> str:
        """Name what was changed after signing, when it is more than is allowed."""
        signature.compute_integrity_info()  # type: ignore[no-untyped-call]
        found = signature.diff_result
        level = None if isinstance(found, SuspiciousModification) or found is None else found.modification_level
        keeping = level is ModificationLevel.LTA_UPDATES and (bool(self.archived) or "/DSS" in self.reader.root)
        named = changes_since(self.reader, signature.signed_revision, only_seen=keeping)
        if keeping and not named:
            return ""
        named = named or "something was appended"
        allowed = self.signature.docmdp_level
        permitted = level is not None and level is not ModificationLevel.NONE and not self.certificate
        if permitted and level is not None and (allowed is None or level.value <= allowed.value):
            self.allowed = named
            return ""
        return f"{_CHANGED}: {named}"

    def _coverage(self, signature: EmbeddedPdfSignature) -> str:
        """Demand one hole in the covered range, filled exactly by the signature in hexadecimal."""
        numbers = [int(number) for number in signature.byte_range]
        if len(numbers) != 4 or numbers[0] != 0:
            return "The signature of the PDF covers something else than the file"
        _, first, second, length = numbers
        if not 0 < first < second or length < 0 or second + length > len(self.data):
            return "The signature of the PDF covers something else than the file"
        spelled = self.data[first:second]
        if not self.one_spelling:
            spelled = spelled.upper()
        if spelled != b"<" + signature.pkcs7_content.hex().upper().encode() + b">":
            return "The signature of the PDF was changed"
        return ""

    def _level(self) -> str:
        """ETSI EN 319 142-1 6.1: a timestamp, validation data besides, and an archive timestamp over both."""
        stamped = bool(self.archived) or own_timestamp(self.signature, strict=False) is not None
        if not stamped:
            return "B-B"
        if "/DSS" not in self.reader.root:
            return "B-T"
        if not self.archived:
            return "B-LT"
        covered = self.reader.get_historical_root(self.archived[-1].signed_revision)
        return "B-LTA" if "/DSS" in covered else "B-LT"

    def _claimed(self) -> dt.datetime | None:
        try:
            claimed = self.signature.self_reported_timestamp
        except (ValueError, TypeError):
            return None
        return claimed if claimed is not None and claimed.tzinfo is not None else None


def _key(info: keys.PublicKeyInfo) -> PublicKey | None:
    """The key as issuers have them (Ed25519, P-256, P-384); ``None`` for other kinds."""
    try:
        if info.algorithm == "ed25519":
            return PublicKey(KeyKind.ED25519, bytes(info["public_key"].native))
        if info.algorithm == "ec" and info.curve[0] == "named" and info.curve[1] in _CURVES:
            point: bytes = info["public_key"].native
            size = (len(point) - 1) // 2
            if point[:1] == b"\x04":
                point = bytes([2 + (point[-1] & 1)]) + point[1 : 1 + size]
            return PublicKey(_CURVES[info.curve[1]], point)
    except (ValueError, TypeError, BadKey):
        pass
    return None


def _refuse_unread(reader: PdfFileReader) -> None:
    """Refuse, as unread and not as wrong, what is encrypted or signed in another format than PAdES and its elder."""
    if reader.encrypted:
        raise UnsupportedPdf("it is encrypted")
    for _, value, _ in fields.enumerate_sig_fields(reader, filled_status=True):
        if isinstance(value, generic.IndirectObject):
            value = value.get_object()  # type: ignore[no-untyped-call]
        kind = value.get("/SubFilter") if isinstance(value, generic.DictionaryObject) else None
        if kind in _OTHER_FORMATS:
            raise UnsupportedPdf(f"it is signed in the format {str(kind)[1:60]}")


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
