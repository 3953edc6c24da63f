"""A timestamp authority over HTTP on this machine, whose clock and habits a test sets."""

from __future__ import annotations

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.timestamp_cast import Authority, chronos


class _Desk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        desk: TimestampDesk = self.server.desk  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        desk.asked += 1
        self.send_response(200 if desk.answers else 503)
        self.end_headers()
        if desk.answers:
            self.wfile.write(desk.authority.answer(body, at=desk.now))

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


class TimestampDesk:
    """Answers at ``url`` with the time ``now`` while ``answers`` is true."""

    def __init__(self, *, now: dt.datetime, authority: Authority | None = None) -> None:
        self.authority = authority or chronos()
        self.now, self.answers, self.asked = now, True, 0
        self._server = HTTPServer(("127.0.0.1", 0), _Desk)
        self._server.desk = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}/tsr"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering for good."""
        self._server.shutdown()
        self._server.server_close()
