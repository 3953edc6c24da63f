"""JSON from strangers: bounded in size, parts and depth, no duplicate names, objects only where they are expected."""

from __future__ import annotations

import json
from typing import Any

import orjson
import rfc8785

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_PARTS = 200_000

Json = Any


class BadJson(ValueError):
    """The bytes are not JSON that this product accepts."""


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("an object names one member twice")
    return found


def depth(value: Json) -> int:
    """Return how deeply lists and objects nest, without recursion."""
    deepest, stack = 0, [(value, 1)]
    while stack:
        item, level = stack.pop()
        deepest = max(deepest, level)
        if level > MAX_DEPTH:
            return level
        if isinstance(item, dict):
            stack.extend((child, level + 1) for child in item.values())
        elif isinstance(item, list):
            stack.extend((child, level + 1) for child in item)
    return deepest


def loads(data: bytes, *, max_bytes: int = MAX_BYTES, max_parts: int = MAX_PARTS) -> Json:
    """Parse JSON; raises :class:`BadJson` when too large, too deep, malformed, or with a member named twice.

    Compact JSON that re-serialises to the same bytes cannot hold a duplicate, so the slow check is the exception.
    """
    if len(data) > max_bytes:
        raise BadJson(f"more than {max_bytes} bytes of JSON")
    # Four bytes of text can become a hundred in memory, so parts are counted (commas in texts too) before parsing.
    opened = data.count(b"[") + data.count(b"{")
    if data.count(b",") + opened > max_parts:
        raise BadJson(f"more than {max_parts} parts")
    try:
        value = orjson.loads(data)
        if opened > MAX_DEPTH and depth(value) > MAX_DEPTH:  # nothing nests deeper than it opens
            raise BadJson(f"nested more than {MAX_DEPTH} deep")
        if orjson.dumps(value) != data:
            json.loads(data, object_pairs_hook=_unique)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadJson("not well-formed JSON") from error
    except json.JSONDecodeError as error:
        raise BadJson("not well-formed JSON") from error
    return value


def loads_object(data: bytes, *, max_bytes: int = MAX_BYTES, max_parts: int = MAX_PARTS) -> dict[str, Json]:
    """Parse JSON whose outermost value is an object."""
    value = loads(data, max_bytes=max_bytes, max_parts=max_parts)
    if not isinstance(value, dict):
        raise BadJson("not a JSON object")
    return value


def canonical(value: Json) -> bytes:
    """Return canonical JSON (RFC 8785); raises :class:`BadJson` for what has none.

    Numbers are double precision there. An integer that a double holds exactly is written as ECMAScript writes it; one
    that readers would round is refused.
    """
    try:
        try:
            return rfc8785.dumps(value)
        except rfc8785.IntegerDomainError:
            return rfc8785.dumps(_doubles(value))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise BadJson(str(error)) from error


def _doubles(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _doubles(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_doubles(item) for item in value]
    if isinstance(value, int) and abs(value) >= 2**53 and abs(value) < 2**1023 and int(float(value)) == value:
        return float(value)
    return value
