"""The verifier's own anchors: written, read, and refused by the number of the entry that is wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.core.trust import Anchor
from assaymark.formats.trust_list import BadTrustList, read_trust_list, write_trust_list

ANCHOR = Anchor(
    "did:key:z6MkA",
    "Meridian",
    "arrangement",
    dt.date(2026, 1, 1),
    None,
    frozenset({"ms-certification"}),
    "did:key:z6MkOld",
)


class TestATrustList:
    def test_round_trip(self) -> None:
        assert read_trust_list(write_trust_list([ANCHOR])) == (ANCHOR,)

    def test_may_be_empty(self) -> None:
        assert read_trust_list(write_trust_list([])) == ()

    def test_may_be_a_bare_list(self) -> None:
        assert read_trust_list(b'[{"did": "did:key:z6MkA"}]')[0].did == "did:key:z6MkA"

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"nonsense", "well-formed"),
            (b'{"anchors": []}', "type AssaymarkTrustList"),
            (b'{"type": "AssaymarkTrustList", "version": 2, "anchors": []}', "version 1"),
            (b'"x"', "not a list"),
            (b'[{"did": "did:key:zA"}, {"name": "x"}]', "anchor 2"),
            (b'[{"did": "https://x.example"}]', "anchor 1"),
            (b'[{"did": "did:key:zA", "from": "soon"}]', "anchor 1"),
            (b'[{"did": "did:key:zA", "kinds": "all"}]', "kinds"),
        ],
    )
    def test_that_is_malformed_is_refused_with_its_place(self, data: bytes, why: str) -> None:
        with pytest.raises(BadTrustList, match=why):
            read_trust_list(data)
