"""Asking a timestamp authority over HTTP: what it answers is checked, and nothing lasts longer than it may."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assaymark.adapters import timestamp_authority
from assaymark.adapters.timestamp_authority import Authority, NoAuthority
from assaymark.formats.timestamps import timestamp_request, verify_timestamp
from tests.timestamp_cast import chronos
from tests.trust_cast import NOW

DIGEST = hashlib.sha256(b"a document").digest()
Habit = Callable[[bytes], tuple[int, bytes]]


def good(request: bytes) -> tuple[int, bytes]:
    return 200, chronos().answer(request, at=NOW)


class Desk(BaseHTTPRequestHandler):
    """An authority's desk with a habit."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers["Content-Type"]))  # type: ignore[attr-defined]
        status, answer = self.server.habit(body)  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def desk() -> Iterator[HTTPServer]:
    found = HTTPServer(("127.0.0.1", 0), Desk)
    found.asked, found.habit = [], good  # type: ignore[attr-defined]
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture(autouse=True)
def nobody_failed_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamp_authority, "_failed_at", {})


def address(desk: HTTPServer, host: str = "127.0.0.1") -> str:
    return f"http://{host}:{desk.server_port}/tsr"


def ask(url: str) -> bytes:
    token: bytes = asyncio.run(Authority(url).async_timestamp(DIGEST, "sha256")).dump()
    return token


class TestAGoodAuthority:
    def test_gives_a_token_that_holds_under_its_root(self, desk: HTTPServer) -> None:
        assert verify_timestamp(ask(address(desk)), DIGEST, [chronos().root]) == NOW

    def test_is_asked_as_the_protocol_says(self, desk: HTTPServer) -> None:
        ask(address(desk))
        assert desk.asked == [("/tsr", "application/timestamp-query")]  # type: ignore[attr-defined]

    def test_on_this_machine_may_be_named_localhost(self, desk: HTTPServer) -> None:
        assert ask(address(desk, "localhost"))


class TestABadAnswer:
    @pytest.mark.parametrize(
        ("habit", "why"),
        [
            (lambda _: (500, b""), "answered 500"),
            (lambda _: (302, b""), "answered 302"),
            (lambda _: (200, b"<html>"), "malformed"),
            (lambda _: (200, bytes.fromhex("30053003020102")), "refused"),
            (lambda _: (200, b"\0" * 70_000), "larger"),
            (lambda _: good(timestamp_request(DIGEST)), "another request"),
            (lambda _: good(timestamp_request(bytes(32))), "another request"),
        ],
    )
    def test_is_refused_with_the_reason(self, desk: HTTPServer, habit: Habit, why: str) -> None:
        desk.habit = habit  # type: ignore[attr-defined]
        with pytest.raises(NoAuthority, match=why):
            ask(address(desk))

    def test_is_not_waited_for_again_within_a_minute(self, desk: HTTPServer) -> None:
        desk.habit = lambda _: (500, b"")  # type: ignore[attr-defined]
        with pytest.raises(NoAuthority):
            ask(address(desk))
        desk.habit = good  # type: ignore[attr-defined]
        with pytest.raises(NoAuthority, match="left alone"):
            ask(address(desk))
        assert len(desk.asked) == 1  # type: ignore[attr-defined]

    def test_is_forgotten_after_a_minute(self, desk: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.habit = lambda _: (500, b"")  # type: ignore[attr-defined]
        with pytest.raises(NoAuthority):
            ask(address(desk))
        desk.habit = good  # type: ignore[attr-defined]
        monkeypatch.setattr(timestamp_authority, "REST", 0.0)
        assert ask(address(desk))


class TestBounds:
    def test_one_deadline_holds_for_all_that_a_document_needs(
        self, desk: HTTPServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(timestamp_authority, "SECONDS", 0.0)
        with pytest.raises(NoAuthority, match="longer than"):
            ask(address(desk))
        assert desk.asked == []  # type: ignore[attr-defined]

    def test_an_authority_that_never_answers_ends_at_the_deadline(
        self, desk: HTTPServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = threading.Event()
        monkeypatch.setattr(timestamp_authority, "SECONDS", 0.3)

        def slow(request: bytes) -> tuple[int, bytes]:
            waiting.wait(5)
            return good(request)

        desk.habit = slow  # type: ignore[attr-defined]
        try:
            with pytest.raises(NoAuthority, match="did not answer"):
                ask(address(desk))
        finally:
            waiting.set()

    def test_a_name_that_leads_inside_is_not_asked(self, desk: HTTPServer) -> None:
        authority = Authority(f"http://authority.example:{desk.server_port}/")
        authority._bounded.fetcher.resolve = lambda host, port: ["127.0.0.1"]
        with pytest.raises(NoAuthority, match="not on the public internet"):
            asyncio.run(authority.async_timestamp(DIGEST, "sha256"))
        assert desk.asked == []  # type: ignore[attr-defined]

    def test_another_address_inside_than_the_one_named_is_not_asked(self, desk: HTTPServer) -> None:
        authority = Authority(address(desk))
        authority._bounded.fetcher.resolve = lambda host, port: ["10.0.0.1"]
        with pytest.raises(NoAuthority, match="not on the public internet"):
            asyncio.run(authority.async_timestamp(DIGEST, "sha256"))
