"""PDFs for tests: certificates at each PAdES level, other people's signed PDFs, and what may be done to them later."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from assaymark.formats.pdf_certificate import render_certificate
from assaymark.formats.pdf_signature import sign_pdf
from assaymark.formats.timestamps import context_for
from tests.timestamp_cast import Authority, chronos
from tests.trust_cast import CERTIFICATE, HANSE, NOW, Chain

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
N = generic.NameObject
_USES = x509.KeyUsage(
    digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)  # fmt: skip
Change = Callable[[IncrementalPdfFileWriter], None]


def updated(data: bytes, change: Change) -> bytes:
    """The file with an incremental update, as an editor appends it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@cache
def page() -> bytes:
    """The unsigned page of a certificate, with its bundle."""
    return render_certificate(CERTIFICATE, bundle=Chain().bundle(), at=NOW)


@cache
def page_with_field() -> bytes:
    """The same with an empty field to fill in."""
    return updated(page(), field_added)


@cache
def certificate(level: str, *, field: bool = False) -> bytes:
    """Hanse's certificate as PDF, signed at a level with the time of Chronos."""
    return certificate_by(level, chronos(), field=field)


def certificate_by(level: str, authority: Authority, *, field: bool = False, at: dt.datetime = NOW) -> bytes:
    """The same with the time of another authority."""
    stamper = None if level == "B-B" else authority.stamper(at)
    roots = [authority.root] if level == "B-LTA" else []
    content = page_with_field() if field else page()
    data = sign_pdf(content, signer=HANSE, name="Hanse Cert", reason="Issue", at=at, timestamps=stamper, roots=roots)
    return updated(data, _validation_data(authority)) if level == "B-LT" else data


def _validation_data(authority: Authority) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        DocumentSecurityStore.supply_dss_in_writer(writer, sig_contents=None, certs=[authority.root])

    return change


class _Weak(TimeStamper):
    """Asks another for timestamps over a digest that was good once."""

    def __init__(self, inner: TimeStamper, digest: str) -> None:
        super().__init__()
        self.inner, self.digest = inner, digest

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        weak = hashlib.new(self.digest, b"").digest()
        return await self.inner.async_timestamp(weak, self.digest)


class Stranger:
    """A signer with a certificate of somebody's authority: P-256, RSA or Ed25519."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
        if kind == "P-256":
            key = ec.generate_private_key(ec.SECP256R1())
        elif kind == "RSA":
            key = rsa.generate_private_key(65537, 2048)
        else:
            key = ed25519.Ed25519PrivateKey.generate()
        above = ec.generate_private_key(ec.SECP256R1())
        self.root = self._certify("Elsewhere root", above.public_key(), above)
        own = self._certify("Elsewhere Ltd", key.public_key(), above)
        store = SimpleCertificateStore()
        store.register(self.root)
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.signer = signers.SimpleSigner(
            signing_cert=own, signing_key=keys.PrivateKeyInfo.load(private), cert_registry=store
        )

    @staticmethod
    def _certify(name: str, key: object, by: ec.EllipticCurvePrivateKey) -> asn1.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elsewhere root")]))
            .public_key(key)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(days=100))
            .not_valid_after(NOW + dt.timedelta(days=1000))
            .add_extension(_USES, critical=True)
            .add_extension(x509.BasicConstraints(ca=name.endswith("root"), path_length=None), critical=True)
        )
        der = builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        return asn1.Certificate.load(der)

    def sign(
        self,
        data: bytes,
        level: str,
        *,
        certify: fields.MDPPerm | None = None,
        digest: str = "sha256",
        field: str = "Approval",
        stamp_digest: str = "sha256",
    ) -> bytes:
        """Sign as pyHanko does it for anybody, with validation data for this signer's own certificates."""
        lasting = level in ("B-LT", "B-LTA")
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha512" if self.kind == "Ed25519" else digest,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=certify is not None,
            docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS,
            embed_validation_info=lasting,
            use_pades_lta=level == "B-LTA",
            validation_context=context_for([self.root, chronos().root], moment=NOW) if lasting else None,
        )
        stamper = None if level == "B-B" else chronos().stamper(NOW)
        if stamper is not None and stamp_digest != "sha256":
            stamper = _Weak(stamper, stamp_digest)
        output = io.BytesIO()
        signer = signers.PdfSigner(metadata, signer=self.signer, timestamper=stamper)
        with ThreadPoolExecutor(1) as apart:
            writer = IncrementalPdfFileWriter(io.BytesIO(data))
            apart.submit(lambda: asyncio.run(signer.async_sign_pdf(writer, output=output))).result()
        return output.getvalue()


@cache
def stranger(kind: str = "P-256") -> Stranger:
    """Somebody whom nobody here knows."""
    return Stranger(kind)


@cache
def letter() -> bytes:
    """A page of somebody else, with a field to fill in and without a certificate's data."""
    writer = PdfFileWriter()
    content = writer.add_object(generic.StreamObject(stream_data=b"q 10 10 90 90 re S Q"))
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200)))
    writer.insert_page(PageObject(contents=content, media_box=box))
    output = io.BytesIO()
    writer.write(output)
    return updated(output.getvalue(), field_added)


def field_added(writer: IncrementalPdfFileWriter) -> None:
    """Add a field named Total."""
    first = writer.root["/Pages"]["/Kids"][0]
    field = generic.DictionaryObject(
        {
            N("/Type"): N("/Annot"),
            N("/Subtype"): N("/Widget"),
            N("/FT"): N("/Tx"),
            N("/T"): generic.TextStringObject("Total"),
            N("/F"): generic.NumberObject(4),
            N("/Rect"): generic.ArrayObject(map(generic.NumberObject, (10, 10, 60, 30))),
        }
    )
    place = writer.add_object(field)
    first[N("/Annots")] = generic.ArrayObject([place])
    writer.update_container(first)
    form = generic.DictionaryObject({N("/Fields"): generic.ArrayObject([place])})
    writer.root[N("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def field_filled(writer: IncrementalPdfFileWriter) -> None:
    """Fill in the field."""
    for field in writer.root["/AcroForm"]["/Fields"]:
        field = field.get_object()
        if field["/T"] == "Total":
            field[N("/V")] = generic.TextStringObject("1000")
            writer.update_container(field)


def annotation_added(writer: IncrementalPdfFileWriter) -> None:
    """Put a note on the first page."""
    first = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            N("/Type"): N("/Annot"),
            N("/Subtype"): N("/Text"),
            N("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 9, 9))),
            N("/Contents"): generic.TextStringObject("valid for ever"),
        }
    )
    known = list(first["/Annots"]) if "/Annots" in first else []
    known = [first["/Annots"].raw_get(n) for n in range(len(known))]
    first[N("/Annots")] = generic.ArrayObject([*known, writer.add_object(note)])
    writer.update_container(first)


def page_added(writer: IncrementalPdfFileWriter) -> None:
    """Add a page at the end."""
    content = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200)))
    writer.insert_page(PageObject(contents=content, media_box=box))


def content_replaced(writer: IncrementalPdfFileWriter) -> None:
    """Draw something else on the first page."""
    first = writer.root["/Pages"]["/Kids"][0]
    first[N("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 500 500 re f"))
    writer.update_container(first)


def object_replaced(writer: IncrementalPdfFileWriter) -> None:
    """Write over the stream that draws the first page, under its own number."""
    first = writer.root["/Pages"]["/Kids"][0]
    reference = first.raw_get("/Contents")
    stream = generic.StreamObject(stream_data=b"0 0 500 500 re f")
    writer.objects[(reference.generation, reference.idnum)] = stream


def attachment_replaced(writer: IncrementalPdfFileWriter) -> None:
    """Put another bundle in the place of the one that was signed."""
    spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    spec["/EF"][N("/F")] = writer.add_object(generic.StreamObject(stream_data=b"{}"))
    writer.update_container(spec["/EF"])


def language_changed(writer: IncrementalPdfFileWriter) -> None:
    """Change an entry of the catalogue."""
    writer.root[N("/Lang")] = generic.pdf_string("fr")
    writer.update_root()


def title_changed(writer: IncrementalPdfFileWriter) -> None:
    """Write other metadata."""
    writer.root[N("/Metadata")] = writer.add_object(generic.StreamObject(stream_data=b"<x/>"))
    writer.update_root()


CHANGES: dict[str, tuple[Change, str]] = {
    "annotation": (annotation_added, "an annotation was added to page 1"),
    "form field": (field_filled, "form field Total was filled in"),
    "page": (page_added, "a page was added"),
    "content": (content_replaced, "the content of page 1 was replaced"),
    "object": (object_replaced, "the content of page 1 was replaced"),
    "catalogue": (language_changed, "entry Lang of the document was"),
}
