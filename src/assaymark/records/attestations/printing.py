"""A certificate's PDF with the operator's timestamp authority: level B-LTA, or B-B when the authority does not answer.

Rules that hold here (docs/adr/0047-timestamps.md)
* A certificate is handed out all the same when the authority fails; why it did is logged, and the level says it.
* What is kept must last: then there is no falling back (`must_last`).
"""

from __future__ import annotations

import datetime as dt
import logging

from assaymark.adapters import timestamping
from assaymark.core.attestation import CertificateContent
from assaymark.formats.jws import Signer
from assaymark.formats.pdf_certificate import render_certificate, sign_certificate

logger = logging.getLogger(__name__)


def print_certificate(
    content: CertificateContent, *, bundle: bytes, key: Signer, at: dt.datetime, must_last: bool = False
) -> bytes:
    """Typeset and sign; `must_last`: raise `OSError` or `ValueError` instead of signing without a timestamp."""
    page = render_certificate(content, bundle=bundle, at=at)
    try:
        authority = timestamping.chosen()
        if authority is not None:
            return sign_certificate(
                page, content, key=key, at=at, timestamps=authority.stamper(), roots=authority.roots
            )
        if must_last:
            raise ValueError("no timestamp authority is set")
    except (OSError, ValueError) as error:
        if must_last:
            raise
        logger.warning("Certificate %s is signed without timestamp: %s", content.number, error)
    return sign_certificate(page, content, key=key, at=at)
