"""The lines of a register give back each certificate's content, and nothing that was not written."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.attestation import CertificateContent, Party
from assaymark.formats.credential_claims import certificate_claims
from assaymark.formats.register_lines import (
    INDEX,
    MOST_MARKS,
    MOST_VALUES,
    VALUES,
    BadLine,
    Pattern,
    contents_of,
    lines_of,
    values_of,
)
from tests.trust_cast import CERTIFICATE, UNACCREDITED

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12) | st.sampled_from(
    ["DE", "33", "name", "ISO 9001:2015", '","name":"', "{", "=", "\t", "\x10", "https://hanse.example/status"]
)


def content(number: int, holder: str = "Brinkmann GmbH", **more: object) -> bytes:
    """A certificate of a register."""
    made: CertificateContent = replace(
        CERTIFICATE,
        credential_id=f"https://hanse.example/certificates/{number}",
        number=f"HC-{number}",
        holder=Party(f"https://h.example/{number}", holder, address="Werkstraße 4", country="DE"),
        status=replace(CERTIFICATE.status, index=number),
        **more,  # type: ignore[arg-type]
    )
    return orjson.dumps(certificate_claims(made))


def kinds(lines: list[bytes]) -> str:
    return "".join(chr(line[0]) if line[:1] in b"={" else "v" for line in lines)


LINE = list(lines_of([content(1), content(2)]))[2]


class TestARegister:
    def test_is_one_content_one_pattern_and_values(self) -> None:
        contents = [content(number) for number in range(12)]
        lines = list(lines_of(contents))
        assert kinds(lines) == "{=" + 11 * "v"
        assert sum(map(len, lines[2:])) * 5 < sum(map(len, contents[1:]))
        assert list(contents_of(lines)) == contents

    def test_holds_what_does_not_fit_as_it_is_and_goes_on(self) -> None:
        odd = orjson.dumps(certificate_claims(UNACCREDITED))
        contents = [content(1), content(2), odd, content(3), b'{"an":"other thing"}', content(4, 'The "Best" Ltd')]
        contents += [content(5, standard_label="ISO 9001:2026"), content(6, standard_label="ISO 9001:2026"), content(7)]
        lines = list(lines_of(contents))
        assert kinds(lines) == "{=v{v{{{=v{"
        assert list(contents_of(lines)) == contents

    @given(st.lists(st.tuples(st.integers(0, 10**7), WORDS, WORDS), min_size=2, max_size=4))
    def test_comes_back_byte_for_byte_whatever_its_holders_are_called(self, told: list[tuple[int, str, str]]) -> None:
        contents = [content(number, holder, statement=statement) for number, holder, statement in told]
        assert list(contents_of(lines_of(contents))) == contents

    def test_without_certificates_has_no_lines(self) -> None:
        assert list(lines_of([])) == list(contents_of([])) == []


class TestALineOfValues:
    def changed(self, place: int, value: bytes) -> bytes:
        parts = LINE.split(b"\t")
        parts[place] = value
        return b"\t".join(parts)

    def test_names_each_value_in_its_place(self) -> None:
        values = values_of(LINE)
        told = dict(zip(VALUES, (*values.texts, values.scope, values.sites), strict=True))
        assert (told["number"], told["index"], told["holder"]) == (b"HC-2", b"2", b"Brinkmann GmbH")
        assert orjson.loads(told["scope"]) == certificate_claims(CERTIFICATE)["credentialSubject"]["scope"]

    @pytest.mark.parametrize("index", [b"", b"-1", b"07", b"00", b"1.0", b"1e3", b" 1", "٣".encode(), b"0x1", b"true"])
    def test_has_an_index_in_plain_digits(self, index: bytes) -> None:
        with pytest.raises(BadLine):
            values_of(self.changed(INDEX, index))

    @pytest.mark.parametrize("value", [b'a"b', b"a\\", b"a\x00", b"a\x10", b"a\x1f", b"\xff", b"\xc3", b"a\tb", b"\r"])
    def test_has_nothing_that_could_end_a_text(self, value: bytes) -> None:
        for place in range(INDEX):
            with pytest.raises(BadLine):
                values_of(self.changed(place, value))

    @pytest.mark.parametrize("line", [b"", b"\t", b"\t" * 12, b"\t" * 14, b"x" * (MOST_VALUES + 1)])
    def test_has_so_many_values_and_a_bounded_length(self, line: bytes) -> None:
        with pytest.raises(BadLine):
            values_of(line)

    def test_means_nothing_without_a_pattern(self) -> None:
        with pytest.raises(BadLine):
            list(contents_of([LINE]))


def test_a_pattern_has_a_bounded_number_of_marks() -> None:
    assert Pattern(b"\x10" * MOST_MARKS).filled(values_of(LINE)) == b"https://h.example/2" * MOST_MARKS
    with pytest.raises(BadLine):
        Pattern(b"\x10" * (MOST_MARKS + 1))
