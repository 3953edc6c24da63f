"""A checkpoint is posted to public addresses only, and any answer comes back as it is, within bounds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assaymark.adapters.fetch import FetchRefused
from assaymark.adapters.witness import WitnessPost

SEEN: list[tuple[str, bytes]] = []


class Handler(BaseHTTPRequestHandler):
    """Answers with what the path says."""

    def do_POST(self) -> None:
        SEEN.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        status = int(self.path.strip("/").split("/")[0])
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200/")
        self.end_headers()
        self.wfile.write(b"x" * 70_000 if "big" in self.path else b"3\n")

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class TestPosting:
    @pytest.mark.parametrize("status", [200, 403, 409, 503])
    def test_gives_status_and_text(self, base: str, status: int) -> None:
        post = WitnessPost(allow_loopback=True)
        assert post(f"{base}/{status}/add-checkpoint", "old 0\n\n— ") == (status, "3\n")
        assert SEEN[-1] == (f"/{status}/add-checkpoint", "old 0\n\n— ".encode())

    def test_follows_no_redirect(self, base: str) -> None:
        before = len(SEEN)
        assert WitnessPost(allow_loopback=True)(f"{base}/302/", "x")[0] == 302
        assert len(SEEN) == before + 1

    def test_reads_no_more_than_64_kib(self, base: str) -> None:
        with pytest.raises(FetchRefused, match="larger than"):
            WitnessPost(allow_loopback=True)(f"{base}/200/big", "x")

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:8000/", "http://10.0.0.7/", "ftp://x.example/", "http://u@1.1.1.1/"]
    )
    def test_reaches_nothing_inside_of_the_house(self, url: str) -> None:
        with pytest.raises(FetchRefused):
            WitnessPost()(url, "x")
