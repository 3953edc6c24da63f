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
    dt.date(2027, 12, 31),
    "Meridian MRA",
    "resolution of 24 October 2025",
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
            (b'[{"did": "did:key:zA", "label": 7}]', "anchor 1: label is not a text"),
            (b'[{"did": "did:key:zA", "name": "' + b"x" * 401 + b'"}]', "anchor 1: name is longer than 400"),
            (b'[{"did": "did:key:zA", "succeeds": "did:key:zA"}]', "anchor 1: it succeeds itself"),
            (
                b'[{"did": "did:key:zA", "succeeds": "did:key:zB"}, {"did": "did:key:zB", "succeeds": "did:key:zA"}]',
                "circle",
            ),
        ],
    )
    def test_that_is_malformed_is_refused_with_its_place(self, data: bytes, why: str) -> None:
        with pytest.raises(BadTrustList, match=why):
            read_trust_list(data)

    def test_names_every_entry_that_is_wrong(self) -> None:
        data = b'[{"did": "did:key:zA", "from": "soon"}, {"did": "did:key:zB"}, {"name": "x"}]'
        with pytest.raises(BadTrustList) as refused:
            read_trust_list(data)
        assert [number for number, _ in refused.value.errors] == [1, 3]

    def test_that_is_no_list_at_all_names_no_entry(self) -> None:
        with pytest.raises(BadTrustList) as refused:
            read_trust_list(b"nonsense")
        assert refused.value.errors == ()
