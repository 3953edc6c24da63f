"""The certificate as people know it: one signed PDF/A-3b page that carries its own proof.

Rules that hold here
* What the page must say: ISO/IEC 17021-1:2015 8.2.2 (holder and place, dates, number, standard with edition, scope
  per site, body with address, means to tell revisions apart).
* The bundle (credential, chain, status) is attached as an associated file (ISO 19005-3); the body's own key signs
  the whole file (PAdES), so that paper, page and data cannot come apart.

Needs typst and segno, which belong to the server part; both are imported when a certificate is made.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from importlib import resources

import orjson
from pyhanko.sign.timestamps import TimeStamper

from assaymark.core.attestation import CertificateContent
from assaymark.core.trust import ANY
from assaymark.formats.credential_claims import accreditation_named
from assaymark.formats.jws import Signer
from assaymark.formats.moments import in_words
from assaymark.formats.pdf_signature import ATTACHMENT, sign_pdf
from assaymark.formats.timestamp_authorities import Root

CHECK = (
    "Scan the code, or open the file in a verifier: it carries the signed certificate, the accreditation behind it, "
    "and its status on the day of issue. Paper and copies say nothing about suspension or withdrawal since."
)


def _facts(content: CertificateContent) -> list[tuple[str, str]]:
    sectors = sorted({code for row in content.scope for code in row.iaf if code != ANY}, key=lambda c: (len(c), c))
    facts = [
        ("Certificate number", content.number),
        ("Valid from", in_words(content.valid_from)),
        ("Valid until", in_words(content.valid_until)),
        ("Originally certified", in_words(content.original_issue)),
        ("Revision", str(content.revision)),
        ("Decided", in_words(content.decided_on) if content.decided_on else in_words(content.valid_from)),
    ]
    return facts + ([("IAF sectors", ", ".join(sectors))] if sectors else [])


def _accreditation(content: CertificateContent) -> str:
    if content.recognised_in is None:
        return "Issued without accreditation."
    return f"Issued under {accreditation_named(content.recognised_in)}."


def _qr(url: str) -> str:
    import segno

    if not url:
        return ""
    target = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        target, kind="svg", border=0, dark="#1c2330", xmldecl=False, svgns=True, unit="mm", scale=1
    )
    return target.getvalue().decode()


def _address(name: str, country: str) -> str:
    return ", ".join(part for part in (name, country) if part)


def render_certificate(content: CertificateContent, *, bundle: bytes, at: dt.datetime) -> bytes:
    """Return the unsigned page as PDF/A-3b with the bundle attached; the same input gives the same bytes."""
    import typst

    page = {
        "title": f"{content.standard_label} certificate {content.number}, {content.holder.name}",
        "issuer": {
            "name": content.issuer.name,
            "address": _address(content.issuer.address, content.issuer.country),
        },
        "holder": {"name": content.holder.name, "address": _address(content.holder.address, content.holder.country)},
        "standard": content.standard_label,
        "statement": content.statement,
        "sites": [{"name": s.name, "address": s.address, "country": s.country} for s in content.sites],
        "facts": _facts(content),
        "accreditation": _accreditation(content),
        "check": CHECK,
        "url": content.public_url,
        "qr": _qr(content.public_url),
        "footer": content.credential_id,
    }
    source = resources.files("assaymark").joinpath("formats", "certificate.typ").read_bytes()
    compiler = typst.Compiler(
        input=source,
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
        sys_inputs={
            "content": orjson.dumps(page).decode(),
            "bundle": bundle.decode("utf-8"),
            "attachment": ATTACHMENT,
        },
    )
    pdf = compiler.compile(format="pdf", pdf_standards="a-3b", timestamp=at.astimezone(dt.UTC).replace(microsecond=0))
    assert isinstance(pdf, bytes)  # one document gives one file
    return pdf


def issue_certificate_pdf(content: CertificateContent, *, bundle: bytes, key: Signer, at: dt.datetime) -> bytes:
    """Return the certificate as signed PDF. ``bundle`` is what :func:`write_bundle` gave; ``at`` the signing time."""
    return sign_certificate(render_certificate(content, bundle=bundle, at=at), content, key=key, at=at)


def sign_certificate(
    page: bytes,
    content: CertificateContent,
    *,
    key: Signer,
    at: dt.datetime,
    timestamps: TimeStamper | None = None,
    roots: Sequence[Root] = (),
) -> bytes:
    """Sign what :func:`render_certificate` gave; with a timestamp authority and its roots at level B-LTA.

    Raises ``OSError`` when the authority does not answer and ``ValueError`` when its timestamps are unfit.
    """
    return sign_pdf(
        page,
        signer=key,
        name=content.issuer.name,
        country=content.issuer.country,
        reason=f"Issue of certificate {content.number}",
        at=at,
        timestamps=timestamps,
        roots=roots,
    )
