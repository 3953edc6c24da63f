"""Posting a checkpoint to a witness elsewhere, within the bounds of `adapters.fetch`.

The address was typed by an operator, and is treated like a stranger's all the same: public addresses only, one look-up,
no redirects, five seconds, 64 KiB of answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from assaymark.adapters.fetch import Fetcher


@dataclass
class WitnessPost(Fetcher):
    """Call it with address and body; answers status and text. Raises `FetchRefused` and `OSError` as a fetcher does."""

    max_bytes: int = 64 * 1024

    def __call__(self, url: str, body: str) -> tuple[int, str]:  # type: ignore[override]
        """Post the text, whatever the status of the answer."""
        status, answer = self.post(url, body.encode(), kind="text/plain; charset=utf-8")
        return status, answer.decode(errors="replace")
