"""A getter for addresses that strangers wrote: bounded, and blind to everything that is not the public internet.

Rules that hold here (server-side request forgery)
* ``https`` (and ``http``) only, ports 80, 443 and above 1023, no user name in the address, no ``.local`` names.
* The name is resolved once; every address it has must be public; the connection goes to the address that was checked
  (no second look-up that could answer differently). Redirects are checked again, three at most.
* Five seconds for everything, one megabyte, status 200 only. Cookies, credentials and proxies do not exist here.
* Loopback is refused unless a person asked for it (a demo on their own machine), other addresses inside unless the
  operator's settings name them.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_BYTES = 1024 * 1024
MAX_REDIRECTS = 3
TIMEOUT = 5.0
_ACCEPT = "application/vc+jwt, application/jwt, application/json, */*;q=0.1"

Resolve = Callable[[str, int], list[str]]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchRefused(ValueError):
    """The address may not be fetched, or its answer is out of bounds."""


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host.rstrip("."), port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def is_public(address: _Address) -> bool:
    """Tell whether an address belongs to the public internet, looking through IPv4 inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            inner = address.teredo[1]
        if address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64 leads to the IPv4 address in its last 32 bits
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@dataclass
class Fetcher:
    """Fetches an address within bounds; call it with a URL. One fetcher serves one verification.

    ``named``: addresses inside that the operator's own settings name; they may be asked.
    ``timeout``: seconds for one address, redirects included; ``total``: seconds for all; ``resolve`` is replaced in
    tests.
    """

    allow_loopback: bool = False
    named: frozenset[str] = frozenset()
    timeout: float = TIMEOUT
    total: float = 20.0
    max_bytes: int = MAX_BYTES
    resolve: Resolve = field(default=_resolve)
    _spent: float = field(default=0.0, init=False)

    def __call__(self, url: str) -> bytes:
        """Return the body; raises :class:`FetchRefused` for what is not allowed and ``OSError`` for what fails."""
        began = time.monotonic()
        if self._spent >= self.total:
            raise FetchRefused(f"fetching has taken {self.total:.0f} seconds already")
        try:
            return self._follow(url, began + min(self.timeout, self.total - self._spent))
        finally:
            self._spent += time.monotonic() - began

    def post(self, url: str, body: bytes, *, kind: str = "application/json") -> tuple[int, bytes]:
        """Send a body of a media type; return status and answer within the same bounds. Redirects are not followed."""
        deadline = time.monotonic() + self.timeout
        target = self._check(url)
        connection = self._connect(target, self._address(target), deadline)
        try:
            headers = {"Content-Type": kind, "Accept": _ACCEPT, "Accept-Encoding": "identity"}
            connection.request("POST", _path(target), body=body, headers=headers)
            response = connection.getresponse()
            return response.status, self._read(response, connection, deadline)
        except http.client.HTTPException as error:
            raise OSError(f"the server does not speak HTTP properly: {type(error).__name__}") from error
        finally:
            connection.close()

    def _follow(self, url: str, deadline: float) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            target = self._check(url)
            address = self._address(target)
            answer = self._ask(target, address, deadline)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise FetchRefused("more than three redirects")

    def _check(self, url: str) -> SplitResult:
        if len(url) > 2000 or any(ord(char) <= 32 or ord(char) > 126 for char in url):
            raise FetchRefused("the address is too long or holds characters that addresses do not have")
        try:
            target = urlsplit(url)
            port = target.port
        except ValueError as error:
            raise FetchRefused("the address is malformed") from error
        if target.scheme not in ("https", "http"):
            raise FetchRefused(f"addresses of kind {target.scheme or 'none'!r} are not fetched")
        if target.username is not None or target.password is not None or not target.hostname:
            raise FetchRefused("the address names a user, or no host")
        if port is not None and port not in (80, 443) and port < 1024:
            raise FetchRefused(f"port {port} is not fetched")
        return target

    def _address(self, target: SplitResult) -> str:
        host = target.hostname or ""
        names = {str(a) for a in self.resolve(host, self._port(target))}
        if not names:
            raise FetchRefused(f"{host} has no address")
        for name in names:
            address = ipaddress.ip_address(name.split("%")[0])
            local = self.allow_loopback and address.is_loopback
            if not (is_public(address) or local or str(address) in self.named):
                raise FetchRefused(f"{host} leads to {address}, which is not on the public internet")
        return sorted(names, key=lambda name: (":" in name, name))[0]

    @staticmethod
    def _port(target: SplitResult) -> int:
        return target.port or (443 if target.scheme == "https" else 80)

    def _ask(self, target: SplitResult, address: str, deadline: float) -> bytes | str:
        """Send one request to the address that was checked; return the body, or where it redirects to."""
        connection = self._connect(target, address, deadline)
        try:
            connection.request("GET", _path(target), headers={"Accept": _ACCEPT, "Accept-Encoding": "identity"})
            response = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308):
                return response.headers.get("Location") or ""
            if response.status != 200:
                raise FetchRefused(f"the server answered {response.status}")
            return self._read(response, connection, deadline)
        except http.client.HTTPException as error:
            raise OSError(f"the server does not speak HTTP properly: {type(error).__name__}") from error
        finally:
            connection.close()

    def _connect(self, target: SplitResult, address: str, deadline: float) -> http.client.HTTPConnection:
        host, port = target.hostname or "", self._port(target)
        remaining = max(0.1, deadline - time.monotonic())
        connection = http.client.HTTPConnection(host, port, timeout=remaining)
        raw = socket.create_connection((address, port), timeout=remaining)
        if target.scheme == "https":
            try:
                raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
            except OSError:
                raw.close()
                raise
        connection.sock = raw
        return connection

    def _read(
        self, response: http.client.HTTPResponse, connection: http.client.HTTPConnection, deadline: float
    ) -> bytes:
        body = bytearray()
        while chunk := response.read1(65536):
            body += chunk
            if len(body) > self.max_bytes:
                raise FetchRefused(f"the answer is larger than {self.max_bytes} bytes")
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("the answer took longer than five seconds")
            if connection.sock is not None:
                connection.sock.settimeout(remaining)
        return bytes(body)
