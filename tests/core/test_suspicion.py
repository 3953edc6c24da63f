"""Suspicious patterns: each is found by its facts, none by a fact that is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from assaymark.core.audit_time import Allowed
from assaymark.core.recognition_labels import GLOBAL
from assaymark.core.suspicion import (
    CLAUSES,
    PATTERN_NAMES,
    AuditTime,
    Case,
    Evidence,
    Pattern,
    Suspicion,
    reasons_not_to_put_aside,
    reasons_not_to_take_up,
    suspicions,
)

DAY = dt.date(2026, 3, 10)
TABLE = Allowed(1240, Decimal("14"), Decimal("9.8"), Fraction(1), Fraction("0.3"), "IAF MD 5, table QMS 1")
YEARLY = Allowed(1240, Decimal("4.5"), Decimal("3"), Fraction(1, 3), Fraction("0.3"), "IAF MD 5, table QMS 1")
SOUND = Case(
    key="1",
    number="HC-1",
    holder="Brinkmann",
    body="Hanse Cert",
    decided_on=DAY,
    audit_ended=DAY - dt.timedelta(days=5),
    first_stage_on=DAY - dt.timedelta(days=40),
    times=(AuditTime("CA-1", Decimal("9.8"), TABLE), AuditTime("CA-2", Decimal("3"), YEARLY)),
    auditors=frozenset({"Anna Berg"}),
    decided_by="Omar Haddad",
    codes=frozenset({"17"}),
    allowed_codes=frozenset({"17", "18"}),
    accreditation="Accreditation 12 by Nordwerk",
)


def patterns(*cases: Case) -> list[Pattern]:
    return [s.pattern for s in suspicions(cases)]


class TestOneCertificate:
    def test_with_sound_facts_is_not_suspicious(self) -> None:
        assert patterns(SOUND) == []

    def test_of_which_nothing_is_known_is_not_suspicious(self) -> None:
        assert patterns(Case("1", "HC-1", "Brinkmann", "Hanse Cert")) == []

    @pytest.mark.parametrize(
        ("case", "pattern", "named"),
        [
            (replace(SOUND, audit_ended=DAY + dt.timedelta(days=1)), Pattern.DECIDED_EARLY, "2026-03-11"),
            (
                replace(SOUND, times=(AuditTime("CA-1", Decimal("9.75"), TABLE),)),
                Pattern.FEW_DAYS,
                "CA-1 took 9.75 days; for 1,240 people the table gives 14, and at most 30 % less is 9.8 days"
                " (IAF MD 5, table QMS 1).",
            ),
            (
                replace(SOUND, times=(AuditTime("CA-2", Decimal("1.00"), YEARLY),)),
                Pattern.FEW_DAYS,
                "CA-2 took 1 day; for 1,240 people the table gives 4.5, 1/3 of an initial audit, and at most",
            ),
            (replace(SOUND, first_stage_on=DAY), Pattern.SAME_DAY, "2026-03-10"),
            (replace(SOUND, decided_by="Anna Berg"), Pattern.OWN_DECISION, "Anna Berg"),
            (replace(SOUND, codes=frozenset({"9", "17", "28"})), Pattern.OUTSIDE, "9, 28"),
            (replace(SOUND, accreditation="SINCERT 12"), Pattern.OBSOLETE_MARK, "SINCERT"),
            (
                replace(SOUND, decided_on=dt.date(2025, 3, 10), audit_ended=None, accreditation=f"No. 12 ({GLOBAL})"),
                Pattern.OBSOLETE_MARK,
                f"Decided on 2025-03-10 under the label {GLOBAL}, which began on 2026-01-01.",
            ),
        ],
    )
    def test_is_found_by_its_pattern_which_names_facts_and_clause(
        self, case: Case, pattern: Pattern, named: str
    ) -> None:
        (found,) = suspicions([case])
        assert (found.pattern, found.clause) == (pattern, CLAUSES[pattern])
        assert named in found.facts
        assert (found.number, found.holder, found.body) == ("HC-1", "Brinkmann", "Hanse Cert")

    def test_decided_on_the_last_day_of_the_audit_is_not_early(self) -> None:
        assert patterns(replace(SOUND, audit_ended=DAY)) == []

    def test_under_an_accreditation_for_no_code_is_outside_it(self) -> None:
        assert patterns(replace(SOUND, allowed_codes=frozenset())) == [Pattern.OUTSIDE]

    def test_names_each_audit_that_was_too_short(self) -> None:
        times = tuple(AuditTime(f"CA-{n}", Decimal(n), TABLE) for n in (1, 2, 12))
        found = [s.facts.split(" took")[0] for s in suspicions([replace(SOUND, times=times)])]
        assert found == ["CA-1", "CA-2"]

    def test_may_show_several_patterns(self) -> None:
        assert len(patterns(replace(SOUND, first_stage_on=DAY, decided_by="Anna Berg"))) == 2


class TestTheSameNumber:
    def test_on_two_certificates_of_one_body_names_the_other_holder_at_each(self) -> None:
        other = replace(SOUND, key="2", holder="Adler", number="hc -1")
        found = suspicions([SOUND, other])
        assert [s.pattern for s in found] == [Pattern.NUMBER_TWICE, Pattern.NUMBER_TWICE]
        assert {(s.holder, s.facts) for s in found} == {
            ("Brinkmann", "The same number is on a certificate of Adler."),
            ("Adler", "The same number is on a certificate of Brinkmann."),
        }

    def test_at_two_bodies_is_not_suspicious(self) -> None:
        assert patterns(SOUND, replace(SOUND, key="2", body="Quick Cert")) == []

    def test_of_one_holder_spelled_in_two_ways_is_not_suspicious(self) -> None:
        for name in ("BRINKMANN", "Brinkmann GmbH", "Brinkman"):
            assert patterns(SOUND, replace(SOUND, key="2", holder=name)) == []
        former = replace(SOUND, key="2", holder="Adler", other_names=("Brinkmann",))
        assert patterns(SOUND, former) == []

    def test_of_a_company_and_one_that_begins_like_it_is_suspicious(self) -> None:
        other = replace(SOUND, key="2", holder="Brinkmann Tools and Gears Trading")
        assert patterns(SOUND, other) == [Pattern.NUMBER_TWICE, Pattern.NUMBER_TWICE]

    def test_names_the_register_and_both_records(self) -> None:
        ours = replace(SOUND, record=(Evidence("certificate", "1"),))
        theirs = replace(SOUND, key="2", holder="Adler", source="Rhein register", record=(Evidence("listing", "7"),))
        first, second = suspicions([ours, theirs])
        assert "Adler (Rhein register)" in first.facts
        assert [e.key for e in first.evidence] == ["1", "7"]
        assert [e.key for e in second.evidence] == ["7", "1"]

    def test_without_end_is_compared_with_a_few_and_named_with_five(self) -> None:
        crowd = [replace(SOUND, key=str(n), holder=f"Holder {chr(65 + n % 26)}{n:03}") for n in range(120)]
        found = suspicions(crowd)
        assert len(found) == 120
        assert all(s.facts.count(";") <= 4 for s in found)

    def test_that_is_empty_is_no_number(self) -> None:
        assert patterns(replace(SOUND, number=""), replace(SOUND, key="2", number=" ")) == []


class TestWhatItIsKnownBy:
    def of(self, **changes: object) -> Suspicion:
        (found,) = suspicions([replace(SOUND, **({"first_stage_on": DAY, "decider": "omar"} | changes))])  # type: ignore[arg-type]
        return found

    def test_stays_while_the_facts_stay(self) -> None:
        assert self.of().digest == self.of(holder="Renamed").digest
        assert len(self.of().digest) == 32

    def test_changes_with_facts_pattern_and_certificate(self) -> None:
        later = DAY + dt.timedelta(days=1)
        others = [self.of(key="2"), self.of(decided_on=later, first_stage_on=later)]
        assert len({self.of().digest, *(one.digest for one in others)}) == 3


class TestPuttingAside:
    (OWN,) = suspicions([replace(SOUND, first_stage_on=DAY, decider="omar")])
    (CODES,) = suspicions([replace(SOUND, codes=frozenset({"28"}), decider="omar")])

    def refusals(self, suspicion: Suspicion, *, aside: bool = False, by: str = "anna", reason: str = "x") -> list[str]:
        return [r.rule for r in reasons_not_to_put_aside(suspicion=suspicion, aside=aside, by=by, reason=reason)]

    def test_is_open_to_others_with_a_reason(self) -> None:
        assert self.refusals(self.OWN) == []

    def test_says_everything_that_stands_in_the_way(self) -> None:
        found = self.refusals(self.OWN, aside=True, by="omar", reason=" ")
        assert found == ["no-explanation", "aside-already", "own-decision"]

    def test_of_what_is_no_matter_of_deciding_is_open_to_who_decided(self) -> None:
        assert self.refusals(self.CODES, by="omar") == []

    def test_is_undone_with_a_reason_when_it_was_done(self) -> None:
        assert reasons_not_to_take_up(aside=True, reason="The paper differs.") == ()
        assert [r.rule for r in reasons_not_to_take_up(aside=False, reason="")] == ["no-explanation", "not-aside"]


def test_the_public_part_leaves_out_what_only_the_bodys_records_tell() -> None:
    case = replace(SOUND, decided_by="Anna Berg", first_stage_on=DAY, codes=frozenset({"28"}))
    assert [s.pattern for s in suspicions([case], public_only=True)] == [Pattern.OUTSIDE]


def test_every_pattern_has_a_clause_and_a_name() -> None:
    assert set(CLAUSES) == set(PATTERN_NAMES) == set(Pattern)
