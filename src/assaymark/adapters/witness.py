"""Posting a checkpoint to a witness elsewhere, within the bounds of `adapters.fetch`.

The address was typed by an operator, and is treated like a stranger's all the same: public addresses only, one look-up,
no redirects, five seconds, 64 KiB of answer.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass

from assaymark.adapters.fetch import Fetcher


@dataclass
class WitnessPost(Fetcher):
    """Call it with address and body; answers status and text. Raises `FetchRefused` and `OSError` as a fetcher does."""

    max_bytes: int = 64 * 1024

    def __call__(self, url: str, body: str) -> tuple[int, str]:  # type: ignore[override]
        """Post the text, whatever the status of the answer."""
        deadline = time.monotonic() + self.timeout
        target = self._check(url)
        connection = self._connect(target, self._address(target), deadline)
        try:
            headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}
            connection.request("POST", target.path or "/", body=body.encode(), headers=headers)
            response = connection.getresponse()
            return response.status, self._read(response, connection, deadline).decode(errors="replace")
        except http.client.HTTPException as error:
            raise OSError(f"the server does not speak HTTP properly: {type(error).__name__}") from error
        finally:
            connection.close()
