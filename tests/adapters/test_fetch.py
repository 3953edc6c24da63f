"""Fetching what strangers name: only the public internet, only within bounds."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assaymark.adapters.fetch import Fetcher, FetchRefused, is_public

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::a00:1",
]


class Site(BaseHTTPRequestHandler):
    """A small server with good and bad habits; it notes who asked for what."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.end_headers()
            return
        self.send_response(404 if self.path == "/missing" else 304 if self.path == "/unchanged" else 200)
        self.end_headers()
        if self.path == "/large":
            self.wfile.write(b"x" * (1024 * 1024 + 1))
        elif self.path == "/small":
            self.wfile.write(b"hello")

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    found = HTTPServer(("127.0.0.1", 0), Site)
    found.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture
def base(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def local() -> Fetcher:
    return Fetcher(allow_loopback=True)


class TestAddresses:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_inside_are_not_public(self, address: str) -> None:
        assert not is_public(ipaddress.ip_address(address))

    @pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
    def test_outside_are_public(self, address: str) -> None:
        assert is_public(ipaddress.ip_address(address))


class TestRefusedBeforeConnecting:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_a_name_that_leads_inside(self, address: str) -> None:
        with pytest.raises(FetchRefused, match="not on the public internet"):
            Fetcher(resolve=lambda host, port: [address])("https://rebound.example/")

    def test_a_name_of_which_one_address_leads_inside(self) -> None:
        with pytest.raises(FetchRefused, match="not on the public internet"):
            Fetcher(resolve=lambda host, port: ["1.1.1.1", "10.0.0.1"])("https://rebound.example/")

    @pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "localhost", "localhost.", "[::1]"])
    def test_loopback_in_every_spelling(self, host: str) -> None:
        with pytest.raises(FetchRefused, match="not on the public internet"):
            Fetcher()(f"http://{host}/")

    @pytest.mark.parametrize(
        "url",
        [
            "file:///etc/passwd",
            "gopher://x.example/",
            "ftp://x.example/",
            "//x.example/",
            "https://",
            "https://user@x.example/",
            "https://user:word@x.example/",
            "https://x.example:22/",
            "https://x.example:99999/",
            "https://x.example/\r\nHost: y",
            "https://x.example/a b",
            "https://éxample.example/",
            "https://x.example/" + "a" * 2000,
            "",
        ],
    )
    def test_another_scheme_port_user_or_spelling(self, url: str) -> None:
        def never(host: str, port: int) -> list[str]:
            raise AssertionError("resolved before it was refused")

        with pytest.raises(FetchRefused):
            Fetcher(resolve=never)(url)

    def test_private_networks_even_when_loopback_is_allowed(self) -> None:
        with pytest.raises(FetchRefused):
            Fetcher(allow_loopback=True, resolve=lambda host, port: ["10.0.0.1"])("http://x.example/")


class TestFetching:
    def test_returns_the_body(self, base: str) -> None:
        assert local()(f"{base}/small") == b"hello"

    def test_connects_to_the_address_that_was_checked_and_names_the_host(self, server: HTTPServer) -> None:
        fetcher = Fetcher(allow_loopback=True, resolve=lambda host, port: ["127.0.0.1"])
        assert fetcher(f"http://hanse.example:{server.server_port}/small") == b"hello"
        assert server.asked[-1] == ("/small", f"hanse.example:{server.server_port}")  # type: ignore[attr-defined]

    def test_follows_three_redirects(self, base: str) -> None:
        assert local()(f"{base}/to//to//to//small") == b"hello"

    def test_refuses_a_fourth(self, base: str) -> None:
        with pytest.raises(FetchRefused, match="three redirects"):
            local()(f"{base}/to//to//to//to//small")

    @pytest.mark.parametrize("target", ["http://10.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/"])
    def test_checks_where_it_is_redirected_to(self, base: str, target: str) -> None:
        with pytest.raises(FetchRefused):
            local()(f"{base}/to/{target}")

    def test_refuses_more_than_a_megabyte(self, base: str) -> None:
        with pytest.raises(FetchRefused, match="larger"):
            local()(f"{base}/large")

    @pytest.mark.parametrize(("path", "status"), [("missing", "404"), ("unchanged", "304")])
    def test_refuses_every_status_but_200(self, base: str, path: str, status: str) -> None:
        with pytest.raises(FetchRefused, match=status):
            local()(f"{base}/{path}")

    def test_stops_when_its_time_is_used_up(self, base: str) -> None:
        with pytest.raises(FetchRefused, match="seconds already"):
            Fetcher(allow_loopback=True, total=0.0)(f"{base}/small")

    def test_reports_a_host_that_does_not_answer_as_such(self) -> None:
        with pytest.raises(OSError, match=r"."):
            local()("http://127.0.0.1:1025/")
