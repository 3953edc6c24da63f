"""Countries by code and by the names that registers write."""

from __future__ import annotations

import pytest

from assaymark.formats import countries


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("DE", "DE"),
        ("deu", "DE"),
        ("Germany", "DE"),
        ("DEUTSCHLAND", "DE"),
        ("the Netherlands", "NL"),
        ("Korea, Republic of", "KR"),
        ("U.S.A.", "US"),
        ("Côte d’Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Trinidad and Tobago", "TT"),
    ],
)
def test_are_known_by_many_spellings(written: str, code: str) -> None:
    assert countries.code_of(written) == code


@pytest.mark.parametrize("written", ["", "Atlantis", "XX", "Ger", "1"])
def test_that_do_not_exist_are_not_guessed(written: str) -> None:
    assert countries.code_of(written) is None


def test_have_a_name_that_leads_back() -> None:
    for code in ("DE", "KR", "CI", "TR", "VA", "CD", "CG", "GB"):
        assert countries.code_of(countries.name_of(code)) == code
    assert countries.name_of("XX") == "XX"
