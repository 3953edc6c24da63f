"""Status follows from dated events: as of one date, as known at another."""

from __future__ import annotations

import datetime as dt

from assaymark.core.attestation import Status, StatusEvent, StatusEventKind, status_as_of


def day(number: int, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, number, tzinfo=dt.UTC)


def event(seq: int, kind: StatusEventKind, effective: dt.datetime, recorded: dt.datetime | None = None) -> StatusEvent:
    return StatusEvent(seq, kind, effective, recorded or effective)


ISSUED = event(1, StatusEventKind.ISSUED, day(1, 1))
SUSPENDED = event(2, StatusEventKind.SUSPENDED, day(3))
REINSTATED = event(3, StatusEventKind.REINSTATED, day(20))
WITHDRAWN = event(4, StatusEventKind.WITHDRAWN, day(25))
LIFE = [ISSUED, SUSPENDED, REINSTATED, WITHDRAWN]
LATER = day(1, 12)


class TestStatusAsOf:
    def test_nothing_is_known_before_the_first_event(self) -> None:
        assert status_as_of(LIFE, at=day(1, 1) - dt.timedelta(seconds=1), known_at=LATER) == (None, None)

    def test_a_suspension_counts_from_its_first_moment(self) -> None:
        assert status_as_of(LIFE, at=day(3), known_at=LATER) == (Status.SUSPENDED, SUSPENDED)

    def test_a_reinstatement_makes_it_valid_again(self) -> None:
        assert status_as_of(LIFE, at=day(21), known_at=LATER) == (Status.VALID, REINSTATED)

    def test_a_withdrawal_ends_it(self) -> None:
        assert status_as_of(LIFE, at=LATER, known_at=LATER) == (Status.WITHDRAWN, WITHDRAWN)

    def test_a_reinstatement_after_withdrawal_changes_nothing(self) -> None:
        again = event(5, StatusEventKind.REINSTATED, day(28))
        assert status_as_of([*LIFE, again], at=LATER, known_at=LATER)[0] is Status.WITHDRAWN

    def test_what_was_recorded_later_was_not_known_before(self) -> None:
        late = event(2, StatusEventKind.SUSPENDED, day(3), recorded=day(10))
        assert status_as_of([ISSUED, late], at=day(5), known_at=day(6))[0] is Status.VALID
        assert status_as_of([ISSUED, late], at=day(5), known_at=day(10))[0] is Status.SUSPENDED

    def test_an_announced_event_counts_from_its_date_only(self) -> None:
        announced = event(2, StatusEventKind.WITHDRAWN, day(30), recorded=day(2))
        assert status_as_of([ISSUED, announced], at=day(29), known_at=day(29))[0] is Status.VALID
        assert status_as_of([ISSUED, announced], at=day(30), known_at=day(30))[0] is Status.WITHDRAWN

    def test_a_reduced_scope_leaves_the_status_alone(self) -> None:
        reduced = event(2, StatusEventKind.SCOPE_REDUCED, day(5))
        assert status_as_of([ISSUED, reduced], at=day(6), known_at=LATER) == (Status.VALID, ISSUED)

    def test_the_order_in_which_events_arrive_does_not_matter(self) -> None:
        forwards = status_as_of(LIFE, at=day(21), known_at=LATER)
        assert status_as_of(list(reversed(LIFE)), at=day(21), known_at=LATER) == forwards
