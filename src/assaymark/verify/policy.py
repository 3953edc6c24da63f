"""What a verifier decides for itself, apart from cryptography: age of knowledge, length of chains, amount of work."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of one verification.

    ``max_status_age``: status knowledge older than this, counted back from the date asked about, makes the answer
    unknown. ``clock_skew``: how far in the future a statement may be dated. ``max_depth``: links above a certificate.
    ``max_steps``: recognitions looked at for one certificate; many parties that recognise each other make many ways.
    """

    max_status_age: dt.timedelta = dt.timedelta(days=7)
    clock_skew: dt.timedelta = dt.timedelta(minutes=5)
    max_depth: int = 4
    max_steps: int = 2_000
    max_fetches: int = 16
    max_file: int = 20 * 1024 * 1024
    max_tokens: int = 512
