"""JSON from strangers: bounded, and without ambiguity."""

from __future__ import annotations

import pytest

from assaymark.formats.strict_json import BadJson, loads, loads_object


class TestStrictJson:
    def test_reads_what_is_well_formed(self) -> None:
        assert loads(b'{"a": [1, "x", null]}') == {"a": [1, "x", None]}

    @pytest.mark.parametrize(
        "data",
        [
            b'{"a":1,"a":2}',
            b'{"x":{"a":1, "a":1}}',
            b"[1,]",
            b"NaN",
            b'{"a": 1e400}',
            b'"\\ud800"',
            b'{"a":"\x00"}',
            b"\xff\xfe",
            b"",
            b"[" * 100 + b"]" * 100,
            b"[" * 100_000,
            b'{"a":' * 80 + b"1" + b"}" * 80,
        ],
    )
    def test_refuses_duplicates_depth_and_what_is_malformed(self, data: bytes) -> None:
        with pytest.raises(BadJson):
            loads(data)

    def test_refuses_more_than_its_limit(self) -> None:
        with pytest.raises(BadJson, match="more than 10 bytes"):
            loads(b'"0123456789"', max_bytes=10)

    @pytest.mark.parametrize("data", [b"[]", b"1", b'"x"', b"null"])
    def test_wants_an_object_where_an_object_is_expected(self, data: bytes) -> None:
        with pytest.raises(BadJson, match="not a JSON object"):
            loads_object(data)
