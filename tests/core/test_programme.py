"""Cycles, windows and due dates by calendar."""

from __future__ import annotations

from datetime import date

import pytest

from assaymark.catalogue import rule_book
from assaymark.core.programme import (
    Cycle,
    DecisionFacts,
    DecisionKind,
    StageFacts,
    add_months,
    add_years,
    cycle_of,
    expiry,
    last_on_site,
    not_audited,
    surveillance_due,
    years_without_surveillance,
)

TODAY = date(2026, 11, 24)
CERTIFICATION = rule_book().for_kind("certification", on=TODAY)
ACCREDITATION = rule_book().for_kind("accreditation", on=TODAY)
PEER = rule_book().for_kind("peer_assessment", on=TODAY)


def decided(kind: str, day: date, expires: date | None = None) -> DecisionFacts:
    return DecisionFacts(DecisionKind(kind), day, day, expires)


def surveillance(day: date) -> StageFacts:
    return StageFacts("surveillance", day, day, done=True)


class TestTheCalendar:
    @pytest.mark.parametrize(
        ("day", "months", "later"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2026, 11, 24), 12, date(2027, 11, 24)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 3, 15), -3, date(2025, 12, 15)),
        ],
    )
    def test_counts_months_to_the_same_day_or_the_last_of_the_month(self, day: date, months: int, later: date) -> None:
        assert add_months(day, months) == later

    def test_counts_years_from_a_leap_day_to_the_28th(self) -> None:
        assert add_years(date(2024, 2, 29), 3) == date(2027, 2, 28)


class TestACycle:
    def test_begins_with_the_grant_and_not_before(self) -> None:
        assert cycle_of([]) is None
        assert cycle_of([decided("refuse", date(2025, 1, 1))]) is None
        cycle = cycle_of([decided("grant", date(2025, 3, 3), date(2028, 3, 2))])
        assert cycle == Cycle(date(2025, 3, 3), date(2025, 3, 3), date(2028, 3, 2))

    def test_remembers_since_when_it_is_suspended_and_forgets_it_on_restoration(self) -> None:
        decisions = [
            decided("grant", date(2025, 3, 3), date(2028, 3, 2)),
            decided("suspend", date(2026, 2, 1)),
            decided("suspend", date(2026, 4, 1)),
        ]
        suspended = cycle_of(decisions)
        assert suspended is not None and suspended.suspended_since == date(2026, 2, 1)
        restored = cycle_of([*decisions, decided("restore", date(2026, 5, 1))])
        assert restored is not None and restored.suspended_since is None

    def test_starts_anew_with_a_renewal_but_keeps_the_day_of_the_grant(self) -> None:
        cycle = cycle_of(
            [
                decided("grant", date(2022, 3, 3), date(2025, 3, 2)),
                decided("renew", date(2025, 2, 1), date(2028, 3, 2)),
            ]
        )
        assert cycle == Cycle(date(2022, 3, 3), date(2025, 2, 1), date(2028, 3, 2))

    def test_ends_with_its_withdrawal(self) -> None:
        cycle = cycle_of([decided("grant", date(2022, 3, 3), date(2025, 3, 2)), decided("withdraw", date(2023, 1, 1))])
        assert cycle is not None and cycle.withdrawn_on == date(2023, 1, 1)

    def test_has_expired_the_day_after_its_last_day(self) -> None:
        cycle = Cycle(date(2025, 3, 3), date(2025, 3, 3), date(2028, 3, 2))
        assert not cycle.expired_on(date(2028, 3, 2))
        assert cycle.expired_on(date(2028, 3, 3))


class TestExpiry:
    def test_of_a_certificate_lies_three_years_on_less_a_day(self) -> None:
        assert expiry(rules=CERTIFICATION, effective_from=date(2025, 3, 3)) == date(2028, 3, 2)

    def test_of_a_renewal_in_time_runs_on_from_the_old_one(self) -> None:
        cycle = Cycle(date(2022, 3, 3), date(2022, 3, 3), date(2025, 3, 2))
        assert expiry(rules=CERTIFICATION, effective_from=date(2025, 1, 20), cycle=cycle) == date(2028, 3, 2)

    def test_of_an_accreditation_lies_five_years_on_and_a_recognition_has_none(self) -> None:
        assert expiry(rules=ACCREDITATION, effective_from=date(2025, 3, 3)) == date(2030, 3, 2)
        assert expiry(rules=PEER, effective_from=date(2025, 3, 3)) is None


class TestSurveillance:
    cycle = Cycle(date(2025, 3, 3), date(2025, 3, 3), date(2028, 3, 2))

    def test_is_first_due_twelve_months_after_the_decision(self) -> None:
        assert surveillance_due(rules=CERTIFICATION, cycle=self.cycle, stages=[]) == date(2026, 3, 3)

    def test_is_then_due_in_each_calendar_year_until_recertification(self) -> None:
        first, second = surveillance(date(2026, 2, 10)), surveillance(date(2027, 11, 3))
        assert surveillance_due(rules=CERTIFICATION, cycle=self.cycle, stages=[first]) == date(2027, 12, 31)
        assert surveillance_due(rules=CERTIFICATION, cycle=self.cycle, stages=[first, second]) is None

    def test_of_an_accredited_body_is_due_two_years_after_the_last_visit(self) -> None:
        visit = StageFacts("office_assessment", date(2025, 6, 1), date(2025, 6, 3), done=True)
        remote = StageFacts("surveillance", date(2026, 6, 1), date(2026, 6, 3), on_site=False, done=True)
        due = surveillance_due(rules=ACCREDITATION, cycle=self.cycle, stages=[visit, remote])
        assert due == date(2027, 6, 3)
        assert last_on_site([visit, remote], ["office_assessment"]) == date(2025, 6, 3)

    def test_is_not_due_after_withdrawal_nor_where_no_rule_asks_for_it(self) -> None:
        withdrawn = Cycle(date(2025, 3, 3), date(2025, 3, 3), withdrawn_on=date(2025, 9, 1))
        assert surveillance_due(rules=CERTIFICATION, cycle=withdrawn, stages=[]) is None
        assert surveillance_due(rules=PEER, cycle=self.cycle, stages=[]) is None

    def test_names_the_calendar_years_that_passed_without_one(self) -> None:
        held = [surveillance(date(2026, 2, 10))]
        years = years_without_surveillance(cycle=self.cycle, stages=held, on=date(2028, 1, 5))
        assert years == (2027,)
        assert years_without_surveillance(cycle=self.cycle, stages=held, on=date(2027, 12, 31)) == ()


class TestTheInternalProgramme:
    def test_names_processes_not_audited_within_the_period(self) -> None:
        last = {"Turning": date(2026, 1, 10), "Purchasing": None, "Sales": date(2025, 3, 1)}
        assert not_audited(last_audited=last, months=12, on=TODAY) == ("Purchasing", "Sales")
