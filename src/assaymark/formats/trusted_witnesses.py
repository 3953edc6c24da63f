"""Whose word a verifier takes for when a checkpoint was seen: keys of witnesses, as member of the trust list.

The member is ``witnesses``: texts of the form name+id+base64 (C2SP signed-note, with the algorithm of cosignatures).
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from assaymark.formats import strict_json
from assaymark.formats.cosignature import WitnessKey
from assaymark.formats.note import BadNote

MEMBER = "witnesses"
MAX_WITNESSES = 1_000


def witnesses_in_trust_list(data: bytes) -> tuple[str, ...]:
    """Return the keys of witnesses that a trust list names; raises ``ValueError`` with the number of a wrong one."""
    document = strict_json.loads(data)
    listed = document.get(MEMBER, []) if isinstance(document, dict) else []
    if not isinstance(listed, list) or len(listed) > MAX_WITNESSES:
        raise ValueError(f"{MEMBER} is not a list of at most {MAX_WITNESSES} keys")
    return tuple(_listed(text, number) for number, text in enumerate(listed, start=1))


def with_witnesses(trust_list: bytes, keys: Sequence[str]) -> bytes:
    """Return a trust list with its witnesses; unchanged when there are none."""
    if not keys:
        return trust_list
    document = strict_json.loads_object(trust_list)
    document[MEMBER] = list(keys)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _listed(text: object, number: int) -> str:
    try:
        return str(WitnessKey.parse(text if isinstance(text, str) else ""))
    except BadNote as error:
        raise ValueError(f"witness {number} is no key: {error}") from error
