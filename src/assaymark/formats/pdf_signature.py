"""PDF signatures (PAdES baseline B-B): sign with the body's key, and tell whether a signed file was changed.

Rules that hold here
* A signature counts only when it covers the whole file: something appended after signing is named as such.
* Every byte is bound: the covered bytes by the signature, the signature's own place by having one spelling only.
* Files from strangers are bounded: each stream, and all streams together, unpack to so much and no more.
* The certificate inside proves nothing by itself; its key is handed to the caller, who compares it with the issuer.
"""

from __future__ import annotations

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from assaymark.formats.did import did_key
from assaymark.formats.jws import Signer
from assaymark.formats.x509 import self_signed

ATTACHMENT = "certificate.bundle.json"
MAX_ATTACHMENT = 4 * 1024 * 1024
_MIB = 1024 * 1024
_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=8 * _MIB),
    document_budget=DocumentDecodeBudget(base_allowance=32 * _MIB, max_ratio=2),
)
_RESERVED = 8192


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


class _KeySigner(signers.Signer):
    """Lets pyHanko sign with a key that it never sees."""

    def __init__(self, signer: Signer, certificate: Any) -> None:
        super().__init__(signing_cert=certificate)
        self._key = signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(64) if dry_run else self._key.sign(data)


class _DatedPdfSigner(signers.PdfSigner):
    """Writes the signing time that it is told, not the machine's: time is an argument here."""

    def __init__(self, metadata: Any, *, signer: signers.Signer, at: dt.datetime) -> None:
        super().__init__(metadata, signer=signer)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def sign_pdf(pdf: bytes, *, signer: Signer, name: str, country: str = "", reason: str, at: dt.datetime) -> bytes:
    """Return the PDF with an invisible PAdES B-B signature over the whole file. ``at`` is the signing time (aware)."""
    start = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    certificate = self_signed(signer=signer, name=name, country=country, valid_from=start)
    metadata = signers.PdfSignatureMetadata(
        field_name="Issuer",
        md_algorithm="sha512",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    pdf_signer = _DatedPdfSigner(metadata, signer=_KeySigner(signer, certificate), at=at.astimezone(dt.UTC))
    output = io.BytesIO()
    # pyHanko starts an event loop, which a thread that runs one already (an asynchronous caller) would refuse.
    with ThreadPoolExecutor(1) as apart:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        apart.submit(pdf_signer.sign_pdf, writer, output=output, bytes_reserved=_RESERVED).result()
    return output.getvalue()


def read_signed_pdf(data: bytes) -> SignedPdf:
    """Read attachment and signature; raises :class:`BadPdf` for files that are no signed PDF or cannot be parsed."""
    try:
        reader = PdfFileReader(io.BytesIO(data), decode_limits=_LIMITS)
        signatures = list(reader.embedded_regular_signatures)
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
        return _judge(data, signatures, attachment)
    except (Exception, RecursionError) as error:
        raise BadPdf("its signature is damaged") from error


def _judge(data: bytes, signatures: list[EmbeddedPdfSignature], attachment: bytes | None) -> SignedPdf:
    signature = signatures[0]
    certificate = signature.signer_cert
    key = certificate.public_key
    if key.algorithm != "ed25519":
        raise BadPdf("it was not signed with an Ed25519 key")
    signer_key = did_key(bytes(key["public_key"].native)).removeprefix("did:key:")
    problem = "" if len(signatures) == 1 else "The PDF was changed after it was signed: it carries further signatures"
    problem = problem or _coverage(data, signature)
    if not problem:
        intact, valid = validate_sig_integrity(signature.signer_info, certificate, "data", signature.compute_digest())
        if not intact:
            problem = "The PDF was changed after it was signed"
        elif not valid or not _spelled_once(signature):
            problem = "The signature of the PDF was changed"
    return SignedPdf(attachment, signer_key, str(certificate.subject.native.get("common_name", "")), problem)


def _coverage(data: bytes, signature: EmbeddedPdfSignature) -> str:
    """Demand one hole in the covered range, filled exactly by the signature in upper-case hexadecimal."""
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0:
        return "The signature of the PDF covers something else than the file"
    _, first, second, length = numbers
    if second + length != len(data):
        return "The PDF was changed after it was signed: something was appended"
    if not 0 < first < second or data[first:second] != b"<" + signature.pkcs7_content.hex().upper().encode() + b">":
        return "The signature of the PDF was changed"
    return ""


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
