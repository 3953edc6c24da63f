"""The operator's choice of a timestamp authority: whom to ask, whose roots to believe (docs/reference/settings.md).

Rules that hold here
* Nothing set, nothing asked: the signing times of certificates' PDFs are then claimed (docs/adr/0047-timestamps.md).
* Light to import: who only looks at the settings does not wait for the machinery of PDF signatures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assaymark.formats.timestamp_authorities import Root, read_roots


@dataclass(frozen=True)
class Chosen:
    """What the operator set: the address, and the roots under which its timestamps are believed."""

    url: str
    roots: tuple[Root, ...]

    def stamper(self) -> Any:
        """What asks the authority for one document."""
        from assaymark.adapters.timestamp_authority import Authority  # pyHanko takes a second to import

        return Authority(self.url)


def chosen() -> Chosen | None:
    """The authority of this installation (settings), or ``None``; raises ``ValueError`` for roots that are unfit."""
    from django.conf import settings

    if not settings.TSA_URL:
        return None
    return Chosen(settings.TSA_URL, trusted_roots())


def trusted_roots() -> tuple[Root, ...]:
    """The roots of timestamp authorities that this installation trusts; raises ``ValueError`` with the reason."""
    from django.conf import settings

    if not settings.TSA_ROOTS:
        return ()
    try:
        data = Path(settings.TSA_ROOTS).read_bytes()
    except OSError as error:
        raise ValueError(f"ASSAYMARK_TSA_ROOTS cannot be read ({error.strerror})") from error
    return read_roots(data)


def trusted_certificates() -> tuple[bytes, ...]:
    """The same in DER, for a verifier's policy; none when they are unfit, which `assaymark check` tells."""
    try:
        return tuple(root.dump() for root in trusted_roots())
    except ValueError:
        return ()


def problems() -> list[str]:
    """What is wrong with the settings, a sentence each, for `assaymark check`."""
    from django.conf import settings

    found = []
    parts = urlsplit(settings.TSA_URL)
    if settings.TSA_URL and (parts.scheme not in ("http", "https") or not parts.hostname):
        found.append("ASSAYMARK_TSA_URL is no address of kind https or http. Correct or unset it.")
    if settings.TSA_URL and not settings.TSA_ROOTS:
        found.append("ASSAYMARK_TSA_URL is set without ASSAYMARK_TSA_ROOTS. Name the authority's root certificates.")
    try:
        trusted_roots()
    except ValueError as error:
        found.append(f"ASSAYMARK_TSA_ROOTS is unfit: {error}. Name a file of certificates in PEM.")
    return found
