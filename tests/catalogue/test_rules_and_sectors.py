"""The rule files, kinds of assessment and sector codes that ship."""

from __future__ import annotations

import string
from datetime import date

import pytest

from assaymark import catalogue
from assaymark.core.rules import Rule

TODAY = date(2026, 11, 1)
REQUIRED = {
    "DEC-1", "DEC-2", "DEC-3", "IMP-3", "IMP-5", "TEA-1", "PRG-3", "PRG-4", "REC-5", "SUS-3", "AC-1", "AC-3",
}  # fmt: skip
EDITION_OF = {
    "ISO/IEC 17021-1": "iso-iec-17021-1-2015",
    "ISO/IEC 17011": "iso-iec-17011-2017",
    "ISO 9001": "iso-9001-2015",
}


class TestRules:
    def test_those_that_the_engine_needs_are_there_and_block(self) -> None:
        book = {rule.id: rule for rule in catalogue.rules()}
        assert set(book) >= REQUIRED
        assert all(book[rule_id].blocks for rule_id in REQUIRED)

    @pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda r: r.id)
    def test_each_cites_a_clause_that_its_norm_has(self, rule: Rule) -> None:
        clauses = {clause.number for clause in catalogue.edition(EDITION_OF[rule.norm]).clauses}
        assert rule.clause in clauses

    @pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda r: r.id)
    def test_each_is_whole(self, rule: Rule) -> None:
        assert rule.severity in {"block", "warn"}
        assert rule.source in {"seen", "secondary", "memory"}
        assert rule.kinds <= {kind.key for kind in catalogue.kinds()}
        assert rule.message.endswith(".") and rule.next_step.endswith(".") and not rule.title.endswith(".")

    @pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda r: r.id)
    def test_each_says_its_refusal_without_a_blank(self, rule: Rule) -> None:
        words = rule.message + rule.next_step
        facts = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        refusal = rule.refusal(**dict.fromkeys(facts - set(rule.parameters), "X"))
        assert "[" not in refusal.message + refusal.next_step

    @pytest.mark.parametrize(
        ("rule_id", "limit", "value"),
        [
            ("DEC-3", "months", 6),
            ("IMP-3", "years", 2),
            ("IMP-5", "years", 2),
            ("PRG-4", "months", 12),
            ("REC-5", "months", 6),
            ("SUS-3", "months", 6),
            ("AC-1", "years", 5),
            ("AC-3", "years", 2),
            ("REC-3", "cycle_years", 3),
        ],
    )
    def test_limits_are_those_of_the_norm(self, rule_id: str, limit: str, value: int) -> None:
        assert catalogue.rule_book().rule(rule_id).number(limit) == value


class TestKinds:
    def test_five_kinds_on_one_engine(self) -> None:
        keys = [kind.key for kind in catalogue.kinds()]
        assert keys == ["internal_audit", "supplier_audit", "certification", "accreditation", "peer_assessment"]

    def test_the_kind_decides_the_word(self) -> None:
        words = {kind.key: kind.word for kind in catalogue.kinds()}
        assert words["certification"] == "certified"
        assert words["accreditation"] == "accredited"
        assert words["peer_assessment"] == "recognised"
        assert words["internal_audit"] == ""

    def test_rules_bind_the_kinds_they_belong_to_and_no_other(self) -> None:
        book = catalogue.rule_book()
        certification = book.for_kind("certification", on=TODAY)
        accreditation = book.for_kind("accreditation", on=TODAY)
        assert {"DEC-1", "PRG-4", "SUS-3"} <= set(certification)
        assert {"AC-1", "AC-3", "AC-11"} <= set(accreditation)
        assert not set(certification) & set(accreditation)
        assert "AC-11" in book.for_kind("peer_assessment", on=TODAY)
        assert "AUD-1" in book.for_kind("internal_audit", on=TODAY)
        assert "AUD-1" not in book.for_kind("supplier_audit", on=TODAY)


class TestSectors:
    by_code = {sector.code: sector for sector in catalogue.sectors()}

    def test_there_are_39_in_order(self) -> None:
        assert [sector.code for sector in catalogue.sectors()] == list(range(1, 40))

    @pytest.mark.parametrize(
        ("nace", "code"),
        [
            ("01", 1),
            ("10.1", 3),
            ("24.46", 11),
            ("24.1", 17),
            ("25.4", 18),
            ("25.62", 17),
            ("23.5", 16),
            ("23.1", 15),
            ("28.11", 18),
            ("62", 33),
            ("62.01", 33),
            ("74.2", 35),
            ("74.1", 34),
            ("95.2", 29),
            ("95.1", 19),
            ("96.02", 39),
        ],
    )
    def test_a_nace_code_falls_into_exactly_one(self, nace: str, code: int) -> None:
        assert [s.code for s in catalogue.sectors() if s.covers_nace(nace)] == [code]

    def test_an_unknown_code_falls_into_none(self) -> None:
        assert [s.code for s in catalogue.sectors() if s.covers_nace("97")] == []
        assert not self.by_code[1].covers_nace("1")
