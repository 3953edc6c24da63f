"""Witnesses in a trust list: read whole or not at all."""

from __future__ import annotations

import orjson
import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.formats.cosignature import WitnessKey
from assaymark.formats.note import VerifierKey
from assaymark.formats.trust_list import read_trust_list, write_trust_list
from assaymark.formats.trusted_witnesses import with_witnesses, witnesses_in_trust_list

PUBLIC = SigningKey.from_seed(b"w" * 32).public_key
KEY = str(WitnessKey("ab.example/witness/nordwerk", PUBLIC))
EMPTY = write_trust_list(())


class TestWitnessesInATrustList:
    def test_round_trip_and_leave_the_anchors_alone(self) -> None:
        data = with_witnesses(EMPTY, [KEY])
        assert witnesses_in_trust_list(data) == (KEY,)
        assert read_trust_list(data) == ()

    def test_are_none_unless_named(self) -> None:
        assert with_witnesses(EMPTY, []) == EMPTY
        assert witnesses_in_trust_list(EMPTY) == () == witnesses_in_trust_list(b"[]")

    @pytest.mark.parametrize(
        ("member", "why"),
        [
            ("x", "not a list"),
            ([KEY, 3], "witness 2 is no key"),
            ([str(VerifierKey("ab.example/log", PUBLIC))], "witness 1 is no key"),
            ([KEY] * 1001, "at most 1000"),
        ],
    )
    def test_that_are_wrong_are_refused_with_their_number(self, member: object, why: str) -> None:
        with pytest.raises(ValueError, match=why):
            witnesses_in_trust_list(orjson.dumps({"anchors": [], "witnesses": member}))
