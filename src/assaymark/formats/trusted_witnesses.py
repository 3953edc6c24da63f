"""Whose word a verifier takes for when a checkpoint was seen: keys of witnesses, as member of the trust list.

The member is ``witnesses``: texts of the form name+id+base64 (C2SP signed-note, with the algorithm of cosignatures).
"""

from __future__ import annotations

from collections.abc import Sequence

from assaymark.formats.cosignature import WitnessKey
from assaymark.formats.note import BadNote
from assaymark.formats.trust_list import listed_in, with_member

MEMBER = "witnesses"
MAX_WITNESSES = 1_000


def witnesses_in_trust_list(data: bytes) -> tuple[str, ...]:
    """Return the keys of witnesses that a trust list names; raises ``ValueError`` with the number of a wrong one."""
    listed = listed_in(data, MEMBER, most=MAX_WITNESSES)
    return tuple(_listed(text, number) for number, text in enumerate(listed, start=1))


def with_witnesses(trust_list: bytes, keys: Sequence[str]) -> bytes:
    """Return a trust list with its witnesses; unchanged when there are none."""
    return with_member(trust_list, MEMBER, keys)


def _listed(text: object, number: int) -> str:
    try:
        return str(WitnessKey.parse(text if isinstance(text, str) else ""))
    except BadNote as error:
        raise ValueError(f"witness {number} is no key: {error}") from error
