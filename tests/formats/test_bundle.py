"""A bundle is sealed: no byte of it changes, comes or goes unnoticed."""

from __future__ import annotations

import random

import orjson
import pytest

from assaymark.formats.bundle import BadBundle, read_bundle
from assaymark.formats.did import KeyResolver
from tests.trust_cast import HANSE, NOW, Chain

DATA = Chain().bundle()
RESOLVER = KeyResolver()


def rewritten(change: dict[str, object]) -> bytes:
    document = orjson.loads(DATA) | change
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class TestABundle:
    def test_round_trip(self) -> None:
        bundle = read_bundle(DATA, resolver=RESOLVER)
        assert bundle.certificate == Chain().token
        assert bundle.generated_at == NOW
        assert (len(bundle.chain), len(bundle.status_lists), len(bundle.status_logs)) == (2, 6, 3)
        assert bundle.sealed_by == HANSE.did

    def test_is_json_that_a_person_can_read(self) -> None:
        assert DATA.startswith(b'{\n  "certificate": "ey')

    def test_has_no_byte_that_can_change_unnoticed(self) -> None:
        for position in random.Random(42).sample(range(len(DATA)), 300):
            edited = bytearray(DATA)
            edited[position] ^= 0x01
            with pytest.raises(BadBundle):
                read_bundle(bytes(edited), resolver=RESOLVER)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"generatedAt": "2030-01-01T00:00:00Z"}, "does not fit"),
            ({"chain": []}, "does not fit"),
            ({"statusLists": []}, "does not fit"),
            ({"seal": "x.y.z"}, "does not hold"),
            ({"note": "hello"}, "there are others"),
            ({"version": 3}, "version 1 or 2"),
            ({"version": 1}, "there are others"),
            ({"didLogs": ["{}"]}, "does not fit"),
            ({"type": "Other"}, "version 1"),
        ],
    )
    def test_with_a_member_changed_or_added_is_refused(self, change: dict[str, object], why: str) -> None:
        with pytest.raises(BadBundle, match=why):
            read_bundle(rewritten(change), resolver=RESOLVER)

    def test_in_another_spelling_of_the_same_json_is_refused(self) -> None:
        with pytest.raises(BadBundle, match="changed afterwards"):
            read_bundle(orjson.dumps(orjson.loads(DATA)), resolver=RESOLVER)

    @pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"type":"AssaymarkBundle","version":1}'])
    def test_that_is_none_is_refused(self, data: bytes) -> None:
        with pytest.raises(BadBundle):
            read_bundle(data, resolver=RESOLVER)
