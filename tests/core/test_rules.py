"""Rules as data: who they bind, since when, with what limits, and what they say."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import pytest

from assaymark.core.rules import Rule, RuleBook, merge


def rule(rule_id: str = "DEC-3", **more: object) -> Rule:
    facts: dict[str, object] = {
        "id": rule_id,
        "norm": "ISO/IEC 17021-1",
        "edition": "2015",
        "clause": "9.5.3.2",
        "kinds": frozenset({"certification"}),
        "severity": "block",
        "title": "A major is verified within six months",
        "message": "{finding} was not verified by {due}, {months} months after the second stage ended.",
        "next_step": "Carry out another second stage.",
        "source": "secondary",
        "effective_from": date(2015, 6, 15),
        "parameters": MappingProxyType({"months": 6, "covers": ["standard", "sector"]}),
    }
    return Rule(**{**facts, **more})  # type: ignore[arg-type]


class TestRule:
    def test_cites_norm_edition_and_clause(self) -> None:
        assert rule().citation == "ISO/IEC 17021-1:2015, 9.5.3.2"

    def test_cites_the_norm_alone_when_no_clause_is_known(self) -> None:
        assert rule(clause="").citation == "ISO/IEC 17021-1:2015"

    def test_gives_its_limits(self) -> None:
        assert rule().number("months") == 6
        assert rule().words("covers") == ("standard", "sector")

    def test_a_limit_it_does_not_have_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            rule().number("years")

    def test_binds_from_its_first_to_its_last_day(self) -> None:
        bounded = rule(effective_until=date(2026, 12, 31))
        days = (date(2015, 6, 14), date(2015, 6, 15), date(2026, 12, 31), date(2027, 1, 1))
        assert [bounded.in_force_on(day) for day in days] == [False, True, True, False]


class TestRefusal:
    def test_fills_its_words_with_facts_and_limits(self) -> None:
        refusal = rule().refusal(finding="NC-0007", due=date(2026, 3, 3))
        assert refusal.message == "NC-0007 was not verified by 3 Mar 2026, 6 months after the second stage ended."
        assert (refusal.rule, refusal.clause, refusal.blocks) == ("DEC-3", "ISO/IEC 17021-1:2015, 9.5.3.2", True)

    def test_a_warning_does_not_block(self) -> None:
        assert rule(severity="warn").refusal(finding="x", due="y").blocks is False

    def test_lists_read_as_words(self) -> None:
        assert rule(message="Missing: {missing}.").refusal(missing=["stage_1", "stage_2"]).message == (
            "Missing: stage 1, stage 2."
        )

    def test_a_fact_that_was_not_given_leaves_a_visible_blank(self) -> None:
        assert rule().refusal(finding="NC-1").message.startswith("NC-1 was not verified by [due]")


class TestRuleBook:
    book = RuleBook(rules=(rule("DEC-3"), rule("AC-1", kinds=frozenset({"accreditation"}))))

    def test_gives_the_rules_of_a_kind_that_are_in_force(self) -> None:
        assert set(self.book.for_kind("certification", on=date(2026, 1, 1))) == {"DEC-3"}
        assert self.book.for_kind("certification", on=date(2014, 1, 1)) == {}
        assert self.book.for_kind("supplier_audit", on=date(2026, 1, 1)) == {}

    def test_a_body_may_set_its_own_limit(self) -> None:
        own = self.book.with_parameters({"DEC-3": {"months": 4}})
        assert own.rule("DEC-3").number("months") == 4
        assert own.rule("DEC-3").words("covers") == ("standard", "sector")
        assert self.book.rule("DEC-3").number("months") == 6

    def test_a_misspelt_limit_or_rule_is_an_error(self) -> None:
        with pytest.raises(KeyError, match="DEC-3 has no limit month"):
            self.book.with_parameters({"DEC-3": {"month": 4}})
        with pytest.raises(KeyError):
            self.book.with_parameters({"DEC-9": {}})

    def test_two_rules_may_not_share_an_id(self) -> None:
        with pytest.raises(ValueError, match="DEC-3"):
            merge([self.book, RuleBook(rules=(rule("DEC-3"),))])
