"""Foreign records in our words: by a mapping file, or by well-known headings; what is not known is a problem."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from assaymark.formats.register_mapping import FieldMapping, Row, read_mapping, rows
from assaymark.formats.register_snapshot import Record, SnapshotError

PLAIN = {
    "Certificate No": "A-1",
    "Company": "Halden Precision",
    "Country": "Sweden",
    "Certification Body": "Northfield",
    "Standard": "ISO 9001:2015",
    "Status": "Active",
    "Issue Date": "2024-05-01",
    "Valid until": "2027-04-30",
    "IAF Codes": "17, EA 18; 029",
}


def row(raw: dict[str, Any], mapping: FieldMapping | None = None) -> Row:
    return next(iter(rows([Record(2, raw)], mapping or FieldMapping())))


def toml(text: str) -> FieldMapping:
    return read_mapping(text.encode())


def messages(found: Row) -> list[str]:
    return [problem.message for problem in found.problems]


class TestWellKnownHeadings:
    def test_are_recognised_whatever_their_spelling(self) -> None:
        (entry,) = row(PLAIN).entries
        assert (entry.number, entry.holder, entry.country, entry.body) == (
            "A-1",
            "Halden Precision",
            "SE",
            "Northfield",
        )
        assert (entry.status, entry.issued, entry.expires) == ("valid", "2024-05-01", "2027-04-30")
        assert entry.iaf == ("17", "18", "29")

    def test_are_our_own_names_too(self) -> None:
        own = {
            "number": "A-1",
            "holder": "H",
            "standard": "ISO 9001",
            "status": "valid",
            "original_issue": "2020-01-01",
        }
        (entry,) = row(own).entries
        assert entry.original_issue == "2020-01-01"

    def test_may_lie_deep(self) -> None:
        raw = {"certificate": {"number": "A-1", "status": "active"}, "holder": {"name": "H"}, "standard": "ISO 9001"}
        (entry,) = row(raw).entries
        assert (entry.number, entry.holder) == ("A-1", "H")

    def test_of_later_records_count_as_well(self) -> None:
        bare = {k: v for k, v in PLAIN.items() if k != "Country"}
        found = list(rows([Record(1, bare), Record(2, PLAIN)], FieldMapping()))
        assert [r.entries[0].country for r in found] == ["", "SE"]

    def test_that_are_missing_are_asked_for_with_a_mapping_to_fill_in(self) -> None:
        with pytest.raises(SnapshotError) as caught:
            row({"Zertifikat": "A-1", "Firma": "Halden", "Status": "x"})
        assert "number and the holder and the standard" in str(caught.value)
        assert 'holder = "…"' in str(caught.value)
        assert "Zertifikat, Firma" in str(caught.value)

    def test_of_an_empty_file_are_none(self) -> None:
        assert list(rows([], FieldMapping())) == []


class TestAMapping:
    GERMAN = """
        dates = ["%d.%m.%y"]
        lists = "+"
        extra = ["Bemerkung"]
        [fields]
        number = "Zertifikat"
        holder = ["Firma neu", "Firma"]
        standard = "Norm"
        status = "Stand"
        expires = "bis"
        sites = "Orte"
        [sites]
        city = "Ort"
        country = "Land"
        [status]
        "gültig" = "valid"
        ausgesetzt = "suspended"
        [standards]
        QM = "ISO 9001:2015"
        UM = "ISO 14001:2015"
        [countries]
        Preussen = "DE"
        [constants]
        body = "Nord Zert"
        country = "Germany"
    """
    RAW = {
        "Zertifikat": 17,
        "Firma": "Halden",
        "Norm": "QM+UM",
        "Stand": "Gültig",
        "bis": "31.12.27",
        "Orte": [{"Ort": "Bonn", "Land": "Preussen"}, {"Ort": "Kiel", "Land": "Deutschland"}],
        "Bemerkung": {"frei": True},
    }

    def test_says_fields_words_dates_and_constants(self) -> None:
        found = row(self.RAW, toml(self.GERMAN))
        assert messages(found) == []
        first, second = found.entries
        assert (first.number, first.holder, first.status, first.expires) == ("17", "Halden", "valid", "2027-12-31")
        assert (first.standard, second.standard) == ("ISO 9001:2015", "ISO 14001:2015")
        assert (first.body, first.country, first.countries) == ("Nord Zert", "DE", ("DE",))
        assert first.sites[0] == {"city": "Bonn", "country": "DE"}
        assert first.extra == {"Bemerkung": {"frei": True}}

    def test_takes_the_first_path_that_says_something(self) -> None:
        assert row({**self.RAW, "Firma neu": "Neu"}, toml(self.GERMAN)).entries[0].holder == "Neu"

    def test_may_be_json(self) -> None:
        told = orjson.dumps({"fields": {"number": "n"}, "constants": {"status": "valid"}})
        assert read_mapping(told).fields == {"number": ("n",)}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[felder]\na = 'b'", "“felder” is not known"),
            ("[fields]\nnummer = 'b'", "no field “nummer”"),
            ("[sites]\nplz = 'b'", "no field “plz”"),
            ("[constants]\nx = 'b'", "no field “x”"),
            ("[status]\ngut = 'good'", "no status is called “good”"),
            ("[countries]\nx = 'Atlantis'", "no country"),
            ("fields = 'x'", "must be a table"),
            ("[", "neither TOML nor JSON"),
            ('{"a', "neither TOML nor JSON"),
        ],
    )
    def test_that_makes_no_sense_is_refused(self, text: str, words: str) -> None:
        with pytest.raises(SnapshotError, match=words):
            toml(text)


class TestWhatIsNotKnown:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"Status": "flying"}, "status word “flying”"),
            ({"Country": "Atlantis"}, "country “Atlantis”"),
            ({"Valid until": "soon"}, "“soon” is no date"),
            ({"Valid until": "03/04/2027"}, "Say how dates are written"),
            ({"Valid until": "2027-02-30"}, "no date"),
            ({"Company": {"a": 1, "b": 2}}, "is an object with a, b"),
            ({"Company": "x" * 30_000}, "more than 20000 characters"),
        ],
    )
    def test_is_a_problem_of_the_row(self, changes: dict[str, Any], words: str) -> None:
        found = list(rows([Record(1, PLAIN), Record(2, PLAIN | changes)], FieldMapping()))[1]
        assert [words in message for message in messages(found)] == [True]

    def test_among_sector_codes_is_kept_apart(self) -> None:
        (entry,) = row(PLAIN | {"IAF Codes": "17; C25.6; 40"}).entries
        assert (entry.iaf, entry.extra) == (("17",), {"sectors": ["C25.6", "40"]})

    def test_in_a_broken_row_keeps_the_number(self) -> None:
        (found,) = rows([Record(1, PLAIN, "The row has 3 cells.")], FieldMapping())
        assert (found.number, messages(found)) == ("A-1", ["The row has 3 cells."])


class TestValues:
    @pytest.mark.parametrize(
        "written",
        ["2027-04-30", "20270430", "30.04.2027", "2027/04/30", "30 Apr 2027", "2027-04-30T00:00:00Z", "30-Apr-2027"],
    )
    def test_days_are_read_where_they_mean_one_thing(self, written: str) -> None:
        assert row(PLAIN | {"Valid until": written}).entries[0].expires == "2027-04-30"

    @pytest.mark.parametrize(
        ("word", "status"),
        [("ACTIVE", "valid"), ("In force", "valid"), ("Suspended ", "suspended"), ("canceled", "cancelled")],
    )
    def test_status_words_of_the_field_are_known(self, word: str, status: str) -> None:
        assert row(PLAIN | {"Status": word}).entries[0].status == status

    def test_lists_may_be_lists(self) -> None:
        raw = PLAIN | {"Standard": ["ISO 9001:2015", "ISO 14001:2015"], "trading name": ["A", "B", "Halden Precision"]}
        first, second = row(raw).entries
        assert {first.standard, second.standard} == {"ISO 9001:2015", "ISO 14001:2015"}
        assert first.other_names == ("A", "B")

    def test_control_signs_become_spaces(self) -> None:
        assert row(PLAIN | {"Company": "Hal\x07den\x00"}).entries[0].holder == "Hal den"

    def test_sites_may_be_json_in_a_cell_or_plain_words(self) -> None:
        deep = row(PLAIN | {"sites": '[{"city": "Leeds", "country": "GBR"}]'}).entries[0]
        assert deep.sites == ({"city": "Leeds", "country": "GB"},)
        assert row(PLAIN | {"sites": "Leeds; York"}).entries[0].sites == ({"name": "Leeds"}, {"name": "York"})
        assert messages(row(PLAIN | {"sites": "[{"})) == ["The sites are not well-formed JSON."]

    @pytest.mark.parametrize(("word", "seen"), [("", "public"), ("public", "public"), ("private", "status-only")])
    def test_visibility_is_public_unless_something_else_is_said(self, word: str, seen: str) -> None:
        assert row(PLAIN | {"visibility": word}).entries[0].visibility == seen
