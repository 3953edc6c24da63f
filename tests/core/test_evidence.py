"""References to requirements and names of files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.evidence import LONGEST_NAME, RequirementRef, file_name, reasons_not_to_attach, reasons_not_to_link


class TestReferences:
    @pytest.mark.parametrize("text", ["iso-9001-2015 8.4", "iso-9001-2015 6.1.2 b1", " nist-csf  ID.AM-1 "])
    def test_read_back_as_they_are_written(self, text: str) -> None:
        ref = RequirementRef.parse(text=text)
        assert RequirementRef.parse(text=str(ref)) == ref

    @pytest.mark.parametrize("text", ["", "iso-9001-2015", "   ", "iso-9001-2015  "])
    def test_need_both_halves(self, text: str) -> None:
        with pytest.raises(ValueError, match="Write the edition"):
            RequirementRef.parse(text=text)

    def test_point_at_something_that_is_there(self) -> None:
        ref = RequirementRef("x", "1")
        assert reasons_not_to_link(ref=ref, known={"1"}) == []
        assert [r.rule for r in reasons_not_to_link(ref=ref, known={"2"})] == ["requirement-unknown"]
        assert [r.rule for r in reasons_not_to_link(ref=ref, known=None)] == ["edition-unknown"]


class TestNames:
    @given(st.text())
    def test_are_harmless_whatever_is_given(self, given_name: str) -> None:
        name = file_name(given=given_name)
        assert 0 < len(name) <= LONGEST_NAME
        assert "/" not in name and "\\" not in name and name not in {".", ".."}
        assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in name)
        assert file_name(given=name) == name

    def test_keep_their_ending_when_cut(self) -> None:
        assert file_name(given="x" * 500 + ".pdf").endswith("x.pdf")


class TestFiles:
    def test_name_every_reason(self) -> None:
        rules = [r.rule for r in reasons_not_to_attach(name="x.exe", size=11, largest=10)]
        assert rules == ["file-size", "file-program"]
        assert reasons_not_to_attach(name="x.pdf", size=10, largest=10) == []
