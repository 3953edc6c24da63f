"""The field set of the international certificate database: what comes in leaves as it came."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any

import orjson
import pytest

from assaymark.core.register import Entry, problems
from assaymark.formats import certsearch
from assaymark.formats.register_mapping import Row
from assaymark.formats.register_snapshot import Record

RECORD: dict[str, Any] = {
    "certificate_number": "NC-26-00417",
    "certificate_identity_number": "ID-1",
    "certification_status": "Active",
    "certificate_accreditation_status": "Accredited",
    "certification_type": "Management System",
    "certification_scope": "Precision turning",
    "certification_original_issue_date": "20200101",
    "certification_issue_date": "20250101",
    "certification_expiry_date": "20271231",
    "certified_entity_name": "Halden Precision Ltd",
    "certified_entity_trading_name": "Halden",
    "certified_entity_english_name": "Halden Precision Limited",
    "certified_entity_unique_id": "E-77",
    "certified_entity_street_address": "14 Canal Road",
    "certified_entity_city": "Leeds",
    "certified_entity_post_code": "LS1",
    "certified_entity_country": "Great Britain",
    "certified_entity_website": "https://halden.example",
    "certification_body_name": "Northfield Certification",
    "certification_body_acronym_name": "NC",
    "certification_body_identity_number": "CB-12",
    "accreditation_body_name": "Meridian Accreditation Service",
    "accreditation_body_acronym_name": "MAS",
    "schemes": [
        {"scheme_name": "QMS", "standard_list": [{"standards_name": "ISO 9001:2015"}]},
        {"scheme_name": "EMS", "standard_list": [{"standards_name": "ISO 14001:2015"}]},
    ],
    "sites": [{"street": "2 Quay", "city": "York", "country": "UK", "scope_description": "Assembly", "internal": 5}],
    "our_own_field": {"kept": True},
}


def read(*records: dict[str, Any]) -> list[Row]:
    return list(certsearch.read(Record(n, raw) for n, raw in enumerate(records, start=1)))


def entries(*records: dict[str, Any]) -> list[Entry]:
    return [entry for row in read(*records) for entry in row.entries]


class TestReading:
    def test_makes_an_entry_of_each_standard(self) -> None:
        first, second = entries(RECORD)
        assert (first.standard, second.standard) == ("ISO 9001:2015", "ISO 14001:2015")
        assert (first.number, first.identity_number, first.holder_id) == ("NC-26-00417", "ID-1", "E-77")
        assert (first.issued, first.expires, first.original_issue) == ("2025-01-01", "2027-12-31", "2020-01-01")
        assert (first.country, first.status, first.visibility) == ("GB", "valid", "public")
        assert first.other_names == ("Halden", "Halden Precision Limited")
        assert first.sites == ({"street": "2 Quay", "city": "York", "country": "GB", "scope": "Assembly"},)

    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("active", "valid"),
            ("inactive", "inactive"),
            ("suspended", "suspended"),
            ("cancelled", "cancelled"),
            ("withdrawn", "withdrawn"),
            ("expired", "expired"),
        ],
    )
    def test_knows_its_status_words(self, word: str, status: str) -> None:
        assert entries(RECORD | {"certification_status": word})[0].status == status

    @pytest.mark.parametrize("word", ["hidden", "Draft"])
    def test_of_a_draft_is_told_on_exact_request_only(self, word: str) -> None:
        assert entries(RECORD | {"certification_status": word})[0].visibility == "status-only"

    def test_of_an_unknown_word_is_a_problem(self) -> None:
        (row,) = read(RECORD | {"certification_status": "floating"})
        assert "floating" in row.problems[0].message

    def test_of_days_written_in_our_way_works_too(self) -> None:
        assert entries(RECORD | {"certification_expiry_date": "2027-12-31"})[0].expires == "2027-12-31"


class TestVersionTwo:
    """What of it is published: the entity in an object of its own, an address in one line, technical sectors."""

    ENTITY = {
        "certified_entity_unique_id": "E-77",
        "certified_entity_name": "Halden Precision Ltd",
        "certified_entity_english_name": "Halden Precision Limited",
        "business_registered_full_address": "14 Canal Road, Leeds",
        "business_registered_country": "Great Britain",
        "a_name_of_theirs": "kept",
    }
    RECORD = {k: v for k, v in RECORD.items() if not k.startswith("certified_entity")} | {
        "certified_entities": ENTITY,
        "technical_sectors": [{"sector_code": "17", "sector_name": "Metal"}, {"sector_code": "MD 99"}],
    }

    @pytest.mark.parametrize("entities", [ENTITY, [ENTITY], [ENTITY, {"certified_entity_name": "Another"}]])
    def test_is_read(self, entities: object) -> None:
        first = entries(self.RECORD | {"certified_entities": entities})[0]
        assert (first.holder, first.holder_id, first.country) == ("Halden Precision Ltd", "E-77", "GB")
        assert first.address == "14 Canal Road, Leeds"
        assert first.other_names == ("Halden Precision Limited",)
        assert first.iaf == ("17",)

    def test_leaves_in_the_names_of_version_one_with_all_that_came(self) -> None:
        (written,) = certsearch.records(entries(self.RECORD))
        assert written["certified_entity_name"] == "Halden Precision Ltd"
        assert written["certified_entity_street_address"] == "14 Canal Road, Leeds"
        assert (written["certified_entities"], written["technical_sectors"]) == (
            self.ENTITY,
            self.RECORD["technical_sectors"],
        )

    @pytest.mark.parametrize("entities", [[], {}, "text", [7], None])
    def test_without_an_entity_that_can_be_read_says_what_is_missing(self, entities: object) -> None:
        (row,) = read(self.RECORD | {"certified_entities": entities, "certified_entity_name": ""})
        assert "holder" in {p.field for p in problems(row.entries[0], as_of=dt.date(2026, 1, 1))}


class TestTheWayBack:
    def test_loses_nothing(self) -> None:
        (written,) = certsearch.records(entries(RECORD))
        assert written == RECORD

    def test_through_the_register_loses_nothing(self) -> None:
        kept = [Entry.of(orjson.loads(orjson.dumps(entry.values()))) for entry in entries(RECORD)]
        assert list(certsearch.records(kept)) == [RECORD]

    def test_through_a_table_loses_nothing_of_its_fields(self) -> None:
        table = b"".join(certsearch.write_csv(certsearch.records(entries(RECORD)))).decode("utf-8-sig")
        (cells,) = csv.DictReader(io.StringIO(table))
        again = {k: v for k, v in RECORD.items() if k != "our_own_field"}
        assert list(certsearch.records(entries({k: v for k, v in cells.items() if v}))) == [again]

    def test_through_a_document_loses_nothing(self) -> None:
        document = orjson.loads(b"".join(certsearch.write_json(certsearch.records(entries(RECORD)))))
        assert document == [RECORD]

    def test_of_nothing_is_an_empty_list(self) -> None:
        assert orjson.loads(b"".join(certsearch.write_json([]))) == []

    def test_keeps_several_certificates_apart(self) -> None:
        other = RECORD | {"certificate_number": "NC-26-00418"}
        assert [r["certificate_number"] for r in certsearch.records(entries(RECORD, other))] == [
            "NC-26-00417",
            "NC-26-00418",
        ]

    def test_says_what_changed_since(self) -> None:
        changed = [replace(e, status="suspended", country="SE", holder="Nordic Halden") for e in entries(RECORD)]
        (written,) = certsearch.records(changed)
        assert (written["certification_status"], written["certified_entity_country"]) == ("suspended", "Sweden")
        assert written["certified_entity_name"] == "Nordic Halden"

    def test_says_the_standards_that_are_left(self) -> None:
        (written,) = certsearch.records(entries(RECORD)[:1])
        assert written["schemes"] == [
            {"scheme_name": "ISO 9001:2015", "standard_list": [{"standards_name": "ISO 9001:2015"}]}
        ]


class TestOurOwnEntries:
    OWN = Entry(
        number="NC-1",
        holder="=cmd()",
        standard="ISO 9001:2015",
        status="valid",
        country="SE",
        other_names=("Trading", "English"),
        sites=({"city": "Lund", "country": "SE"},),
    )

    def test_leave_in_its_words(self) -> None:
        (written,) = certsearch.records([self.OWN])
        assert (written["certification_status"], written["certified_entity_country"]) == ("active", "Sweden")
        assert written["certified_entity_trading_name"] == "Trading"
        assert written["sites"] == [{"city": "Lund", "country": "Sweden"}]

    def test_say_nothing_of_an_accreditation_that_is_not_known(self) -> None:
        (written,) = certsearch.records([self.OWN])
        assert "certificate_accreditation_status" in certsearch.missing(written)

    def test_that_look_like_formulas_leave_harmless_and_come_back(self) -> None:
        table = b"".join(certsearch.write_csv(certsearch.records([self.OWN]))).decode("utf-8-sig")
        (cells,) = csv.DictReader(io.StringIO(table))
        assert cells["certified_entity_name"] == "'=cmd()"
        assert entries(dict(cells))[0].holder == "=cmd()"

    def test_of_a_whole_record_miss_nothing(self) -> None:
        assert certsearch.missing(RECORD) == []
