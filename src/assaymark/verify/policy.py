"""What a verifier decides for itself, apart from cryptography: age of knowledge, length of chains, amount of work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assaymark.core.succession import Predecessors

# (standard, edition) → the last day on which a certificate to it can be in force: ends of transitions that are past.
EDITION_ENDS: Mapping[tuple[str, str], dt.date] = MappingProxyType(
    {
        ("urn:iso:std:iso:9001", "2008"): dt.date(2018, 9, 15),
        ("urn:iso:std:iso:14001", "2004"): dt.date(2018, 9, 15),
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of one verification.

    ``max_status_age``: status knowledge older than this, counted back from the date asked about, makes the answer
    unknown. ``clock_skew``: how far in the future a statement may be dated. ``max_depth``: links above a certificate.
    ``edition_ends``: by standard and edition the last day of its transition; unknown ends do nothing.
    ``timestamp_roots``: certificates (DER) of the timestamp authorities whose times count as proven; none by default.
    ``witnesses``: keys (name+id+base64) of the witnesses whose cosignatures prove when a checkpoint was seen.
    ``predecessors``: whether statements of an anchor that was succeeded count after its end (`core.succession`).
    ``transfer_period``: how long after a merger of bodies a certificate of the former one counts (IAF MD 2: 6 months).
    ``max_steps``: recognitions looked at for one certificate; many parties that recognise each other make many ways.
    """

    max_status_age: dt.timedelta = dt.timedelta(days=7)
    clock_skew: dt.timedelta = dt.timedelta(minutes=5)
    max_depth: int = 4
    max_steps: int = 2_000
    predecessors: Predecessors = Predecessors.TRANSITIONAL
    transfer_period: dt.timedelta = dt.timedelta(days=183)
    max_fetches: int = 16
    max_file: int = 20 * 1024 * 1024
    max_tokens: int = 512
    timestamp_roots: tuple[bytes, ...] = ()
    witnesses: tuple[str, ...] = ()
    edition_ends: Mapping[tuple[str, str], dt.date] = field(default_factory=lambda: EDITION_ENDS)
