"""What a body's listings tell in all registers: one number for two holders, codes that nobody covers, ended marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest

from assaymark.core.register import Entry
from assaymark.core.suspicion import Case, Pattern, suspicions
from assaymark.formats.register_mapping import FieldMapping, Row, rows
from assaymark.formats.register_snapshot import Record
from assaymark.records.register import suspicion
from assaymark.records.register.models import Quarantined
from tests.records.register.conftest import CAST, Take, entry

pytestmark = pytest.mark.django_db
NORTHFIELD, SLUG = "Northfield Certification", "northfield"


def told(cases: Iterable[Case], pattern: Pattern = Pattern.NUMBER_TWICE) -> list[tuple[str, str]]:
    return [(s.holder, s.facts) for s in suspicions(list(cases)) if s.pattern is pattern]


def shared(*, but_own: bool = False) -> list[tuple[str, str]]:
    """The pattern at Northfield, in words."""
    parties = suspicion.parties_of(slug=SLUG, name=NORTHFIELD)
    return told(suspicion.sharing_numbers(parties=parties, body=NORTHFIELD, but_own=but_own))


class TestABody:
    def test_is_known_in_other_registers_by_its_name_however_it_is_written(self, take: Take) -> None:
        take("2026-01-01", CAST, source="one")
        take("2026-01-01", [entry("X-1", "A", body="NORTHFIELD  Certification")], source="two")
        take("2026-01-01", [entry("X-1", "A", body="Northfield Certification Asia")], source="three")
        assert len(suspicion.parties_of(slug=SLUG, name=NORTHFIELD)) == 2

    def test_is_not_known_by_a_short_name_of_another_register(self, take: Take) -> None:
        take("2026-01-01", [entry("X-1", "A", body="Somebody", body_id=SLUG)])
        assert suspicion.parties_of(slug=SLUG, name=NORTHFIELD) == []

    def test_without_a_name_is_nobody(self, register: Take) -> None:
        assert suspicion.parties_of(slug="nobody", name="") == []


class TestOneNumber:
    def test_for_one_holder_in_two_registers_is_no_pattern(self, take: Take) -> None:
        take("2026-01-01", CAST, source="one")
        take("2026-01-01", [entry("NC-26-00001", "MUELLER METALLBAU")], source="two")
        assert shared() == []

    def test_for_two_holders_in_two_registers_is_named_at_both(self, take: Take) -> None:
        take("2026-01-01", CAST, source="one")
        take("2026-01-01", [entry("nc 26/00001", "Adler Werkzeuge")], source="two")
        assert shared() == [
            ("Müller Metallbau GmbH", "The same number is on a certificate of Adler Werkzeuge (two)."),
            ("Adler Werkzeuge", "The same number is on a certificate of Müller Metallbau GmbH (one)."),
        ]

    def test_for_a_holder_under_its_trading_name_is_no_pattern(self, take: Take) -> None:
        take("2026-01-01", [entry("N-1", "Müller Metallbau GmbH", other_names=("Bergwerk",))], source="one")
        take("2026-01-01", [entry("N-1", "Bergwerk")], source="two")
        assert shared() == []

    def test_for_two_standards_and_two_holders_of_one_register_is_a_pattern(self, take: Take) -> None:
        take("2026-01-01", [entry("N-1", "Brinkmann"), entry("N-1", "Adler", standard="ISO 14001:2015")])
        assert {holder for holder, _ in shared()} == {"Brinkmann", "Adler"}

    def test_of_another_body_is_no_pattern(self, take: Take) -> None:
        take("2026-01-01", CAST, source="one")
        take("2026-01-01", [entry("NC-26-00001", "Adler", body="Hanse Cert")], source="two")
        assert shared() == []

    @pytest.mark.parametrize("but_own", [True, False])
    def test_that_is_told_on_request_only_is_not_told_to_who_bears_the_name_of_the_body(
        self, take: Take, but_own: bool
    ) -> None:
        take("2026-01-01", CAST, source="one")
        take("2026-01-01", [entry("NC-26-00001", "Adler", visibility="status-only")], source="two")
        assert shared(but_own=but_own) == []

    def test_whose_certificate_has_left_a_register_still_is_a_pattern(self, take: Take) -> None:
        take("2026-01-01", [entry("N-1", "Brinkmann"), entry("N-2", "Other")], source="one")
        take("2026-02-01", [entry("N-2", "Other")], source="one")
        take("2026-02-01", [entry("N-1", "Adler")], source="two")
        assert {holder for holder, _ in shared()} == {"Brinkmann", "Adler"}

    def test_without_letters_or_digits_is_no_number(self, take: Take) -> None:
        take("2026-01-01", [entry("---", "Brinkmann")], source="one")
        take("2026-01-01", [entry("---", "Adler")], source="two")
        assert shared() == []


RAW = {"standard": "ISO 9001", "status": "valid", "body": NORTHFIELD, "country": "DE"}


def read(*records: dict[str, str]) -> list[Row]:
    """Rows of a file as its reading gives them."""
    return list(rows((Record(line, raw) for line, raw in enumerate(records, start=2)), FieldMapping()))


class TestRowsKeptAside:
    def take(self, take: Take, *holders: str, **changes: str) -> None:
        """A snapshot in which one number stands for these holders."""
        records = [RAW | {"number": "N-1", "holder": holder} | changes for holder in holders]
        take("2026-01-01", [*CAST, *read(*records)], source="file", source_name="The file")

    def test_because_their_number_stood_for_two_holders_are_a_pattern(self, take: Take) -> None:
        self.take(take, "Brinkmann", "Adler")
        assert Quarantined.objects.count() == 2
        assert shared() == [
            ("Adler", "The same number is on a certificate of Brinkmann (The file)."),
            ("Brinkmann", "The same number is on a certificate of Adler (The file)."),
        ]

    def test_that_name_one_holder_are_none(self, take: Take) -> None:
        records = [RAW | {"number": "N-1", "holder": "Adler", "status": status} for status in ("valid", "suspended")]
        take("2026-01-01", [*CAST, *read(*records)])
        assert Quarantined.objects.count() == 2
        assert shared() == []

    def test_of_another_body_are_none(self, take: Take) -> None:
        self.take(take, "Brinkmann", "Adler", body="Hanse Cert")
        assert shared() == []

    def test_of_an_earlier_reading_count_no_more(self, take: Take) -> None:
        self.take(take, "Brinkmann", "Adler")
        take("2026-02-01", CAST, source="file")
        assert shared() == []


def looked(*, covered: set[str], allowed: set[str] | None, accreditor: str = "Meridian") -> list[Case]:
    """The public facts of Northfield under an accreditation for these codes."""
    return suspicion.outside_and_ended(
        parties=suspicion.parties_of(slug=SLUG, name=NORTHFIELD),
        body=NORTHFIELD,
        accreditor=accreditor,
        covered=frozenset(covered),
        allowed_on=lambda day: frozenset(allowed) if allowed is not None and day >= dt.date(2025, 1, 1) else None,
    )


def under(mark: str, number: str = "N-1", **changes: object) -> Entry:
    return entry(number, "Brinkmann", accreditation_body=mark, **changes)


class TestCodes:
    def test_outside_the_accreditation_of_the_day_are_named(self, take: Take) -> None:
        take("2026-01-01", [under("Meridian", iaf=("17", "28")), under("Meridian", "N-2")])
        assert told(looked(covered={"17"}, allowed={"17"}), Pattern.OUTSIDE) == [
            ("Brinkmann", "Codes that the accreditation does not cover: 28.")
        ]

    def test_that_some_accreditation_did_not_cover_but_that_of_the_day_did_are_in_order(self, take: Take) -> None:
        take("2026-01-01", [under("Meridian", iaf=("17", "28"))])
        assert told(looked(covered={"17"}, allowed={"17", "28"}), Pattern.OUTSIDE) == []

    @pytest.mark.parametrize(
        ("mark", "issued"),
        [("Another", "2025-01-01"), ("", "2025-01-01"), ("Meridian", "2024-12-31"), ("Meridian", "")],
    )
    def test_are_passed_over_under_another_mark_none_or_before_it_began(
        self, take: Take, mark: str, issued: str
    ) -> None:
        take("2026-01-01", [under(mark, iaf=("28",), issued=issued)])
        assert told(looked(covered=set(), allowed={"17"}), Pattern.OUTSIDE) == []

    def test_of_what_is_listed_no_more_or_not_public_are_passed_over(self, take: Take) -> None:
        take("2026-01-01", [under("Meridian", iaf=("28",), visibility="status-only"), *CAST])
        take("2026-02-01", CAST)
        assert looked(covered={"17", "18"}, allowed={"17"}) == []


def test_an_ended_mark_is_found_whatever_the_codes(take: Take) -> None:
    take("2026-01-01", [under("SINCERT"), under("Meridian", "N-2")])
    found = looked(covered={"17"}, allowed={"17"})
    assert told(found, Pattern.OBSOLETE_MARK) == [("Brinkmann", "Under the mark of SINCERT, which no longer exists.")]
    assert [e.kind for case in found for e in case.record] == ["listing"]
