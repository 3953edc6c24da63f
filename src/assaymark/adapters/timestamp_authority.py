"""The timestamp authority that the operator chose (RFC 3161 over HTTP), asked within bounds.

Rules that hold here
* One deadline of five seconds for all that one document needs, 64 KB an answer, no redirects, status 200 only.
* A name must lead to the public internet. A private or local address is asked only when the setting itself names it,
  as an address or as ``localhost``: a name that suddenly leads inside is refused.
* What the authority answers is checked (the same digest, the same nonce) before it is used; whether it is trusted is
  the business of the roots.
* An authority that failed is left alone for a minute, so that a download does not wait for it each time.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from asn1crypto import cms
from pyhanko.sign.timestamps import TimeStamper

from assaymark.adapters.fetch import Fetcher
from assaymark.formats.timestamps import BadTimestamp, digest_of, timestamp_request, token_of_response

SECONDS = 5.0
REST = 60.0
MAX_ANSWER = 64 * 1024
_QUERY = "application/timestamp-query"
_failed_at: dict[str, float] = {}


class NoAuthority(OSError):
    """The authority cannot be asked, or gave no usable answer; the text says why."""


@dataclass
class _Bounded:
    """Posts to one address until the deadline."""

    url: str
    deadline: float
    fetcher: Fetcher = field(default_factory=Fetcher)

    def ask(self, request: bytes) -> bytes:
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise NoAuthority(f"the timestamp authority took longer than {SECONDS:.0f} seconds")
        self.fetcher.timeout = remaining
        try:
            status, answer = self.fetcher.post(self.url, request, kind=_QUERY)
        except (OSError, ValueError) as error:
            raise NoAuthority(f"the timestamp authority did not answer: {error}") from error
        if status != 200:
            raise NoAuthority(f"the timestamp authority answered {status}")
        try:
            return token_of_response(answer, request=request)
        except BadTimestamp as error:
            raise NoAuthority(str(error)) from error


class Authority(TimeStamper):  # type: ignore[misc, unused-ignore]  # pyHanko's class has few types
    """Asks one authority for the timestamps of one document; made anew for the next."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url
        fetcher = Fetcher(max_bytes=MAX_ANSWER, named=_named_inside(url))
        self._bounded = _Bounded(url, time.monotonic() + SECONDS, fetcher)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a token over the digest; raises :class:`NoAuthority`."""
        return await asyncio.to_thread(self._token, message_digest)

    def token_over(self, data: bytes) -> bytes:
        """Return a token (DER) over the SHA-256 of data; raises :class:`NoAuthority`."""
        return bytes(self._token(digest_of(data)).dump())

    def _token(self, digest: bytes) -> cms.ContentInfo:
        if time.monotonic() - _failed_at.get(self.url, -REST) < REST:
            raise NoAuthority("the timestamp authority failed less than a minute ago and is left alone")
        try:
            return cms.ContentInfo.load(self._bounded.ask(timestamp_request(digest)))
        except NoAuthority:
            _failed_at[self.url] = time.monotonic()
            raise


def _named_inside(url: str) -> frozenset[str]:
    """The addresses inside that the setting itself names: a literal one, or those of this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return frozenset({"127.0.0.1", "::1"})
    try:
        return frozenset({str(ipaddress.ip_address(host))})
    except ValueError:
        return frozenset()
