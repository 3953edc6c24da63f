"""Whose timestamps a verifier believes: certificates of authorities, in a file of their own or in the trust list.

Rules that hold here
* In a trust list they are the member ``timestampAuthorities``: texts, each a certificate in PEM or in base64 (DER).
* A file is read whole or not at all. That a certificate is for timestamps is checked where a token is checked.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeAlias

from asn1crypto import pem, x509

from assaymark.formats.trust_list import listed_in, with_member

MEMBER = "timestampAuthorities"
MAX_ROOTS = 500

Root: TypeAlias = Any  # asn1crypto's x509.Certificate, which has no types


def read_roots(data: bytes) -> tuple[Root, ...]:
    """Read the certificates of timestamp authorities (PEM, one or many, or one in DER); raises ``ValueError``."""
    try:
        if not pem.detect(data):
            return (_certificate(data),)
        roots = tuple(_certificate(der) for kind, _, der in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE")
    except (ValueError, TypeError) as error:
        raise ValueError("the file holds no certificates of timestamp authorities (PEM)") from error
    if not 0 < len(roots) <= MAX_ROOTS:
        raise ValueError(
            f"the file holds {len(roots)} certificates of timestamp authorities; 1 to {MAX_ROOTS} are read"
        )
    return roots


def roots_of(ders: Sequence[bytes]) -> tuple[Root, ...]:
    """Read certificates in DER; raises ``ValueError`` for one that is damaged."""
    try:
        return tuple(_certificate(der) for der in ders)
    except (ValueError, TypeError) as error:
        raise ValueError("a certificate of a timestamp authority is damaged") from error


def roots_in_trust_list(data: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) that a trust list names for timestamps; raises ``ValueError`` with the number."""
    listed = listed_in(data, MEMBER, most=MAX_ROOTS)
    return tuple(_listed(text, number) for number, text in enumerate(listed, start=1))


def with_timestamp_authorities(trust_list: bytes, ders: Sequence[bytes]) -> bytes:
    """Return a trust list with its timestamp authorities; unchanged when there are none."""
    return with_member(trust_list, MEMBER, [base64.b64encode(der).decode("ascii") for der in ders])


def _listed(text: object, number: int) -> bytes:
    try:
        if not isinstance(text, str):
            raise TypeError("not a text")
        if "-----BEGIN" in text:
            _, _, der = pem.unarmor(text.encode("ascii"))
        else:
            der = base64.b64decode(text, validate=True)
        return bytes(_certificate(der).dump())
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValueError(f"timestamp authority {number} is no certificate in PEM or base64") from error


def _certificate(der: bytes) -> Root:
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.public_key.algorithm, certificate.subject.native  # parsed on use; damage shows now, not later
    return certificate
