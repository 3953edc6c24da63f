"""Every named check on a good day and on a bad one, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest

from assaymark.core.readiness import Check, Finding, Outcome
from assaymark.core.readiness.checks import ISO_9001
from assaymark.core.readiness.facts import (
    Action,
    Audit,
    Certificate,
    Document,
    Exclusion,
    Fact,
    Instrument,
    Nonconformity,
    Objective,
    Party,
    Process,
    Record,
    Risk,
    Snapshot,
    Totals,
)

TODAY = date(2026, 11, 24)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=500)
ANNA, GONE = UUID(int=1), UUID(int=2)
F = TypeVar("F", bound=Fact)
CHECKS: dict[str, Check] = {check.key: check for check in ISO_9001}


def rec(label: str) -> Record:
    """A record with that name."""
    return Record("registers.risk", UUID(int=9), label)


def made(kind: type[F], label: str = "X-1", **values: Any) -> F:
    """A fact of Anna's, from yesterday."""
    return kind(record=rec(label), **{"owner_id": ANNA, "on": YESTERDAY, **values})


def party(**values: Any) -> Party:
    return made(Party, "IP-1", **{"state": "relevant", "requirements": 2, "climate": True, **values})


def process(**values: Any) -> Process:
    return made(Process, "P-1", **{"state": "active", "measured": True, "last_audit": YESTERDAY, **values})


def risk(**values: Any) -> Risk:
    return made(Risk, "R-1", **{"state": "treated", "level": 15, "treated": True, "treatment_due": TOMORROW, **values})


def objective(**values: Any) -> Objective:
    good = {"state": "pursued", "planned": True, "on_target": True, "latest_on": YESTERDAY, "due_on": TOMORROW}
    return made(Objective, "O-1", **{**good, **values})


def instrument(**values: Any) -> Instrument:
    good = {"state": "in_use", "due_on": TOMORROW, "calibrated_on": YESTERDAY, "certificate": True}
    return made(Instrument, "M-07", **{**good, **values})


def document(*clauses: str, **values: Any) -> Document:
    return made(Document, "QM-01", clauses=clauses, **{"approved": True, "read": 3, "next_review": TOMORROW, **values})


def nc(**values: Any) -> Nonconformity:
    good = {"state": "raised", "clause": "8.6 a", "due": TOMORROW, "raised_on": YESTERDAY, "cause_known": True}
    return made(Nonconformity, "NC-1", **{**good, **values})


def audit(**values: Any) -> Audit:
    return made(Audit, "A-1", **{"own": True, "state": "planned", "starts": TOMORROW, "ends": TOMORROW, **values})


def certificate(*exclusions: Exclusion, **values: Any) -> Certificate:
    return made(Certificate, "C-1", exclusions=exclusions, **values)


def day(**parts: Any) -> Snapshot:
    """The organisation today; a single fact stands for a tuple of one."""
    named: dict[str, Any] = {k: v if isinstance(v, tuple | dict | Totals) else (v,) for k, v in parts.items()}
    return Snapshot(day=TODAY, members={ANNA: "Anna"}, **named)


def result(key: str, snapshot: Snapshot) -> Finding:
    """What a check finds; a check of every clause is asked about 8.6."""
    check = CHECKS[key]
    return check(snapshot) if check.clause else check(snapshot, "8.6")


NONE_YET = Totals()
SOME = Totals(findings=4, newest=YESTERDAY, improvements=2, newest_improvement=YESTERDAY)

GOOD: dict[str, Snapshot] = {
    "issues-are-documented": day(documents=document("4.1")),
    "issues-were-looked-at": day(documents=document("4.1")),
    "parties-have-requirements": day(parties=party()),
    "parties-are-reviewed": day(parties=party(review_on=TODAY)),
    "parties-and-climate": day(parties=party()),
    "scope-is-documented": day(documents=document("4.3")),
    "exclusions-are-justified": day(certificates=certificate(Exclusion("8.3", "No design"))),
    "processes-are-owned": day(processes=process()),
    "processes-are-measured": day(processes=process()),
    "processes-are-reviewed": day(processes=process(review_on=TOMORROW)),
    "policy-is-documented": day(documents=document("5.2.1")),
    "policy-was-read": day(documents=document("5.2", read=3)),
    "roles-are-documented": day(documents=document("5.3")),
    "owners-are-here": day(risks=risk()),
    "risks-are-recorded": day(risks=risk()),
    "high-risks-are-treated": day(risks=risk()),
    "treatments-are-in-time": day(risks=risk()),
    "risks-are-reviewed": day(risks=risk(review_on=TODAY)),
    "objectives-are-planned": day(objectives=objective()),
    "objectives-are-on-target": day(objectives=objective()),
    "objectives-are-closed-in-time": day(objectives=objective(due_on=TODAY)),
    "equipment-is-calibrated": day(instruments=instrument(due_on=TODAY)),
    "calibrations-have-certificates": day(instruments=instrument()),
    "out-of-tolerance-is-assessed": day(instruments=instrument(out=True, state="blocked")),
    "reading-is-confirmed": day(documents=document(read=9, unread=3)),
    "communication-is-documented": day(documents=document("7.4")),
    "documents-are-approved": day(documents=document()),
    "documents-are-reviewed": day(documents=document(next_review=TODAY)),
    "documents-are-owned": day(documents=document()),
    "indicators-are-measured": day(objectives=objective()),
    "processes-are-audited": day(processes=process()),
    "audits-take-place": day(audits=audit(starts=TODAY)),
    "auditors-are-independent": day(audits=audit()),
    "audit-findings-are-answered": day(findings=nc(from_audit=True)),
    "management-reviewed": day(documents=document("9.3")),
    "nonconformities-are-in-time": day(findings=nc(due=TODAY), totals=SOME),
    "causes-are-known": day(findings=nc(raised_on=LONG_AGO)),
    "actions-are-in-time": day(actions=made(Action, due=TODAY)),
    "effectiveness-is-checked": day(findings=nc(state="check_due", check_due=TODAY)),
    "nonconformities-are-owned": day(findings=nc()),
    "improvements-are-raised": day(totals=SOME),
    "improvements-are-followed": day(findings=nc(grade="opportunity")),
    "nothing-is-open": day(findings=nc()),
    "evidence-names-it": day(documents=document("8.6")),
}

# key → (a bad day, how the matrix counts it)
BAD: dict[str, tuple[Snapshot, str]] = {
    "issues-were-looked-at": (day(documents=document("4.1", on=LONG_AGO)), "to look at again"),
    "parties-have-requirements": (day(parties=party(requirements=0)), "without requirement"),
    "parties-are-reviewed": (day(parties=party(review_on=YESTERDAY)), "past review"),
    "parties-and-climate": (day(parties=party(climate=False)), "without climate"),
    "scope-is-documented": (day(certificates=certificate(statement="Turning")), "to write down"),
    "exclusions-are-justified": (day(certificates=certificate(Exclusion("8.3", " "))), "without a reason"),
    "processes-are-owned": (day(processes=process(owner_id=GONE)), "without owner"),
    "processes-are-measured": (day(processes=process(measured=False)), "unmeasured"),
    "processes-are-reviewed": (day(processes=process(review_on=YESTERDAY)), "past review"),
    "policy-was-read": (day(documents=document("5.2", read=1, unread=2, late=1)), "read late"),
    "owners-are-here": (day(risks=risk(owner_id=GONE)), "without owner"),
    "risks-are-recorded": (day(risks=risk(owner_id=None)), "without owner"),
    "high-risks-are-treated": (day(risks=risk(state="open")), "untreated"),
    "treatments-are-in-time": (day(risks=risk(treatment_due=YESTERDAY)), "treatment late"),
    "risks-are-reviewed": (day(risks=risk(review_on=YESTERDAY)), "past review"),
    "objectives-are-planned": (day(objectives=objective(planned=False)), "unplanned"),
    "objectives-are-on-target": (day(objectives=objective(on_target=False)), "off target"),
    "objectives-are-closed-in-time": (day(objectives=objective(due_on=YESTERDAY)), "past date"),
    "equipment-is-calibrated": (day(instruments=instrument(due_on=YESTERDAY)), "overdue"),
    "calibrations-have-certificates": (day(instruments=instrument(certificate=False)), "without certificate"),
    "out-of-tolerance-is-assessed": (day(instruments=instrument(out=True, assessed=False)), "out of tolerance"),
    "reading-is-confirmed": (day(documents=document(read=9, unread=3, late=2)), "read late"),
    "documents-are-approved": (day(documents=document(approved=False)), "unapproved"),
    "documents-are-reviewed": (day(documents=document(next_review=YESTERDAY)), "past review"),
    "documents-are-owned": (day(documents=document(owner_id=None)), "without owner"),
    "indicators-are-measured": (day(objectives=objective(latest_on=LONG_AGO)), "not measured"),
    "processes-are-audited": (day(processes=(process(), process(last_audit=None))), "not audited"),
    "audits-take-place": (day(audits=audit(starts=YESTERDAY)), "late"),
    "auditors-are-independent": (day(audits=audit(own_work=True)), "not independent"),
    "audit-findings-are-answered": (day(findings=nc(from_audit=True, answer_due=YESTERDAY)), "unanswered"),
    "management-reviewed": (day(documents=document("9.3", on=LONG_AGO)), "overdue"),
    "nonconformities-are-in-time": (day(findings=nc(due=YESTERDAY), totals=SOME), "overdue"),
    "causes-are-known": (day(findings=nc(raised_on=LONG_AGO, cause_known=False)), "without cause"),
    "actions-are-in-time": (day(actions=made(Action, due=YESTERDAY)), "actions late"),
    "effectiveness-is-checked": (day(findings=nc(state="check_due", check_due=YESTERDAY)), "check late"),
    "nonconformities-are-owned": (day(findings=nc(owner_id=None)), "unassigned"),
    "improvements-are-raised": (
        day(totals=Totals(improvements=1, newest_improvement=LONG_AGO)),
        "year without one",
    ),
    "improvements-are-followed": (day(findings=nc(grade="observation", due=YESTERDAY)), "waiting"),
    "nothing-is-open": (day(findings=nc(grade="major")), "against it"),
}

# What an empty system is told: nothing recorded where there is a place for it, no place, or no question.
EMPTY: dict[Outcome, set[str]] = {
    Outcome.MISSING: {
        "parties-have-requirements",
        "scope-is-documented",
        "processes-are-owned",
        "policy-is-documented",
        "risks-are-recorded",
        "objectives-are-planned",
        "equipment-is-calibrated",
        "documents-are-approved",
        "processes-are-audited",
        "nonconformities-are-in-time",
        "improvements-are-raised",
    },
    Outcome.UNRECORDED: {
        "issues-are-documented",
        "roles-are-documented",
        "owners-are-here",
        "reading-is-confirmed",
        "communication-is-documented",
        "indicators-are-measured",
        "management-reviewed",
    },
}


class TestTheChecks:
    def test_are_more_than_forty_over_more_than_ten_clauses(self) -> None:
        assert len(ISO_9001) >= 40
        assert len({check.clause for check in ISO_9001}) > 15

    def test_have_names_of_their_own_and_say_what_they_look_at(self) -> None:
        assert len(CHECKS) == len(ISO_9001)
        assert [c.key for c in ISO_9001 if len(c.about) < 20 or not c.title] == []

    def test_are_all_tried_on_a_good_day(self) -> None:
        assert set(GOOD) == set(CHECKS)

    def test_are_all_tried_on_a_bad_day_or_without_records(self) -> None:
        without = EMPTY[Outcome.MISSING] | EMPTY[Outcome.UNRECORDED] | {"evidence-names-it"}
        assert set(BAD) | without == set(CHECKS)


class TestOnAGoodDay:
    @pytest.mark.parametrize("key", GOOD)
    def test_a_check_conforms(self, key: str) -> None:
        found = result(key, GOOD[key])
        assert found.outcome is Outcome.CONFORMING, found.sentence
        assert found.open == 0
        assert found.sentence.endswith(".")

    @pytest.mark.parametrize("key", sorted(set(GOOD) - {"improvements-are-raised"}))
    def test_says_how_much_it_looked_at_and_how_fresh_that_is(self, key: str) -> None:
        found = result(key, GOOD[key])
        assert found.looked_at >= 1
        assert found.fresh_on == YESTERDAY


class TestOnABadDay:
    @pytest.mark.parametrize("key", BAD)
    def test_a_check_asks_for_attention_and_counts_what_is_open(self, key: str) -> None:
        snapshot, words = BAD[key]
        found = result(key, snapshot)
        assert found.outcome is Outcome.ATTENTION, found.sentence
        assert (found.open, found.open_words) == (1, words)

    @pytest.mark.parametrize("key", sorted(set(BAD) - {"improvements-are-raised", "scope-is-documented"}))
    def test_names_the_record_and_what_is_wrong_with_it(self, key: str) -> None:
        found = result(key, BAD[key][0])
        assert [bool(record.label and record.note) for record in found.records] == [True]


class TestInAnEmptySystem:
    @pytest.mark.parametrize("key", sorted(CHECKS))
    def test_a_check_never_conforms_by_default(self, key: str) -> None:
        check = CHECKS[key]
        if check.decides:
            assert result(key, day()).outcome is not Outcome.CONFORMING

    @pytest.mark.parametrize(
        ("outcome", "key"), [(outcome, key) for outcome, keys in EMPTY.items() for key in sorted(keys)]
    )
    def test_says_whether_something_is_missing_or_nothing_records_it(self, outcome: Outcome, key: str) -> None:
        assert result(key, day()).outcome is outcome


class TestDetailsThatMatter:
    def test_a_party_that_is_not_relevant_is_left_in_peace(self) -> None:
        assert (
            result("parties-and-climate", day(parties=(party(), party(state="not_relevant", climate=False)))).open == 0
        )

    def test_a_planned_process_needs_no_owner_yet(self) -> None:
        assert (
            result("processes-are-owned", day(processes=(process(), process(state="planned", owner_id=None)))).open == 0
        )

    def test_a_policy_that_nobody_was_asked_to_read_is_not_communicated(self) -> None:
        found = result("policy-was-read", day(documents=document("5.2", read=0)))
        assert (found.outcome, found.sentence) == (Outcome.ATTENTION, "Nobody was asked to read it.")

    def test_the_import_stands_in_for_the_approval(self) -> None:
        found = result("documents-are-approved", day(documents=document(approved=False, imported=True)))
        assert found.outcome is Outcome.CONFORMING
        assert "before they were imported" in found.sentence

    def test_an_imported_document_needs_no_owner(self) -> None:
        found = result("documents-are-owned", day(documents=document(owner_id=None, imported=True)))
        assert found.outcome is Outcome.NOT_APPLICABLE

    def test_what_remains_counts_where_it_was_graded(self) -> None:
        found = result("high-risks-are-treated", day(risks=risk(state="controlled", level=20, residual=6)))
        assert found.outcome is Outcome.CONFORMING

    def test_a_high_risk_may_be_accepted_by_decision(self) -> None:
        assert result("high-risks-are-treated", day(risks=risk(state="accepted"))).open == 0

    def test_an_instrument_that_was_never_calibrated_is_overdue(self) -> None:
        found = result("equipment-is-calibrated", day(instruments=instrument(due_on=None)))
        assert found.records[0].note == "never calibrated"

    def test_a_blocked_instrument_may_be_overdue(self) -> None:
        both = (instrument(), instrument(state="blocked", due_on=YESTERDAY))
        assert result("equipment-is-calibrated", day(instruments=both)).open == 0

    def test_an_instrument_out_of_tolerance_must_not_measure(self) -> None:
        found = result("out-of-tolerance-is-assessed", day(instruments=instrument(out=True)))
        assert found.records[0].note == "still in use"

    def test_a_process_counts_as_audited_for_the_period_of_the_programme(self) -> None:
        year_ago = date(2025, 11, 24)
        assert result("processes-are-audited", day(processes=process(last_audit=year_ago))).open == 0
        assert (
            result("processes-are-audited", day(processes=process(last_audit=year_ago - timedelta(days=1)))).open == 1
        )

    def test_an_audit_under_way_is_late_when_its_report_is(self) -> None:
        found = result("audits-take-place", day(audits=audit(state="started", ends=LONG_AGO)))
        assert found.records[0].note.endswith("no report")

    def test_an_audit_of_us_is_the_bodys_to_hold(self) -> None:
        assert result("audits-take-place", day(audits=audit(own=False, starts=YESTERDAY))).outcome is (
            Outcome.NOT_APPLICABLE
        )

    def test_an_observation_is_no_nonconformity(self) -> None:
        found = result("nonconformities-are-in-time", day(findings=nc(grade="observation", due=YESTERDAY), totals=SOME))
        assert found.outcome is Outcome.CONFORMING

    def test_the_effectiveness_check_needs_a_day(self) -> None:
        found = result("effectiveness-is-checked", day(findings=nc(state="check_due", check_due=None)))
        assert found.records[0].note == "no day set"

    def test_ten_late_records_are_counted_and_five_are_named(self) -> None:
        found = result("nonconformities-are-in-time", day(findings=tuple(nc(due=YESTERDAY) for _ in range(10))))
        assert (found.open, len(found.records)) == (10, 5)

    def test_a_finding_against_another_clause_does_not_count_here(self) -> None:
        assert result("nothing-is-open", day(findings=nc(clause="8.60", grade="major"))).looked_at == 0

    def test_records_that_link_to_a_clause_name_it(self) -> None:
        found = result("evidence-names-it", day(evidence={"8.6 a": 2, "8.5": 1}))
        assert found.sentence == "2 records name it."
