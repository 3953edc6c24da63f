"""Whose timestamps count: read from a file or from the trust list, whole or not at all."""

from __future__ import annotations

import base64
import json

import pytest

from assaymark.formats.strict_json import BadJson
from assaymark.formats.timestamp_authorities import MEMBER, roots_in_trust_list, roots_of, with_timestamp_authorities
from assaymark.formats.trust_list import read_trust_list, write_trust_list
from tests.timestamp_cast import chronos, unknown
from tests.trust_cast import ANCHORS

LIST = write_trust_list(ANCHORS)
DER = chronos().root.dump()


def listing(*texts: object) -> bytes:
    return json.dumps(json.loads(LIST) | {MEMBER: list(texts)}).encode()


class TestATrustList:
    def test_may_name_none(self) -> None:
        assert roots_in_trust_list(LIST) == ()
        assert roots_in_trust_list(b"[]") == ()

    def test_names_them_in_pem_or_in_base64(self) -> None:
        pem = unknown().root_pem.decode()
        found = roots_in_trust_list(listing(base64.b64encode(DER).decode(), pem))
        assert found == (DER, unknown().root.dump())

    def test_is_written_with_them_and_read_back(self) -> None:
        written = with_timestamp_authorities(LIST, [DER])
        assert roots_in_trust_list(written) == (DER,)
        assert read_trust_list(written) == read_trust_list(LIST)

    def test_is_written_as_before_when_there_are_none(self) -> None:
        assert with_timestamp_authorities(LIST, []) == LIST

    @pytest.mark.parametrize("entry", [7, None, "", "not base64!", base64.b64encode(b"no certificate").decode(), "{}"])
    def test_with_something_else_among_them_is_refused_by_number(self, entry: object) -> None:
        with pytest.raises(ValueError, match="timestamp authority 2 is no certificate"):
            roots_in_trust_list(listing(base64.b64encode(DER).decode(), entry))

    def test_whose_member_is_no_list_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not a list"):
            roots_in_trust_list(json.dumps({MEMBER: "x"}).encode())

    def test_that_is_no_json_is_refused(self) -> None:
        with pytest.raises(BadJson):
            roots_in_trust_list(b"{")


class TestCertificatesInDer:
    def test_are_read(self) -> None:
        assert [root.dump() for root in roots_of([DER])] == [DER]

    def test_that_are_damaged_are_refused(self) -> None:
        with pytest.raises(ValueError, match="damaged"):
            roots_of([DER[:100]])
