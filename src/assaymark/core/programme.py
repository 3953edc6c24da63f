"""Programmes and cycles: what is due when (ISO/IEC 17021-1:2015, 9.1.3 and 9.6; ISO/IEC 17011:2017, 7.9).

Rules that hold here:
- A cycle follows from the decisions that were taken, in order; nobody types a status in.
- Months and years are counted by calendar: one month after 31 January is the last day of February.
- Limits come from rules (`core.rules`), never from constants here.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from assaymark.core.rules import Rule


class DecisionKind(StrEnum):
    """What a body can decide (ISO/IEC 17021-1:2015, 9.5.1; ISO/IEC 17011:2017, 7.7)."""

    GRANT = "grant"
    REFUSE = "refuse"
    MAINTAIN = "maintain"
    EXTEND = "extend"
    REDUCE = "reduce"
    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    RENEW = "renew"


DECISION_NAMES: dict[DecisionKind, str] = {kind: kind.value.capitalize() for kind in DecisionKind}

# Decisions after which the attestation says that requirements are met.
FAVOURABLE = frozenset(
    {DecisionKind.GRANT, DecisionKind.MAINTAIN, DecisionKind.EXTEND, DecisionKind.RESTORE, DecisionKind.RENEW}
)


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """One decision taken. expires: last day of validity that it set, None when it set none."""

    kind: DecisionKind
    decided_on: date
    effective_from: date
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class StageFacts:
    """One audit, or stage of one. ends: last day; done: it was carried out and concluded."""

    kind: str
    starts: date | None
    ends: date | None
    on_site: bool = True
    done: bool = False
    concluded_on: date | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """An attestation's life so far. expires None: it has no end (recognition may have none)."""

    granted_on: date
    began: date
    expires: date | None = None
    suspended_since: date | None = None
    withdrawn_on: date | None = None

    def expired_on(self, day: date) -> bool:
        """Whether its validity has ended by that day."""
        return self.expires is not None and self.expires < day


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 28 February where there is no 29th."""
    return add_months(day, 12 * years)


def cycle_of(decisions: Iterable[DecisionFacts]) -> Cycle | None:
    """The cycle that these decisions, in order of decision, have made; None before the first grant."""
    cycle: Cycle | None = None
    for decision in decisions:
        if decision.kind is DecisionKind.GRANT:
            cycle = Cycle(decision.decided_on, decision.decided_on, decision.expires)
        elif cycle is not None:
            cycle = _after(cycle, decision)
    return cycle


def _after(cycle: Cycle, decision: DecisionFacts) -> Cycle:
    match decision.kind:
        case DecisionKind.RENEW:
            return replace(cycle, began=decision.decided_on, expires=decision.expires or cycle.expires)
        case DecisionKind.SUSPEND:
            return replace(cycle, suspended_since=cycle.suspended_since or decision.effective_from)
        case DecisionKind.RESTORE:
            return replace(cycle, suspended_since=None, expires=decision.expires or cycle.expires)
        case DecisionKind.WITHDRAW:
            return replace(cycle, withdrawn_on=decision.effective_from)
        case _:
            return cycle


def expiry(*, rules: Mapping[str, Rule], effective_from: date, cycle: Cycle | None = None) -> date | None:
    """The last day of validity that a grant or a renewal may set.

    A renewal in time runs on from the old expiry (REC-3); an accreditation lasts at most its years (AC-1); None when
    the kind knows no cycle. A certificate of three years from 3 March ends on 2 March.
    """
    if cycle is not None and cycle.expires is not None and not cycle.expired_on(effective_from) and "REC-3" in rules:
        return add_years(cycle.expires, rules["REC-3"].number("cycle_years"))
    if "REC-3" in rules:
        return _day_before(add_years(effective_from, rules["REC-3"].number("cycle_years")))
    if "AC-1" in rules:
        return _day_before(add_years(effective_from, rules["AC-1"].number("years")))
    return None


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def surveillance_due(*, rules: Mapping[str, Rule], cycle: Cycle, stages: Sequence[StageFacts]) -> date | None:
    """The day by which the next surveillance has to be carried out; None when none is due any more.

    The first within the months of PRG-4 after the decision, then one in each calendar year (PRG-3) before the year of
    expiry; of an accreditation the years of AC-3 after the last assessment on site.
    """
    if cycle.withdrawn_on is not None:
        return None
    if "AC-3" in rules:
        last = last_on_site(stages, rules["AC-3"].words("stages")) or cycle.began
        return add_years(last, rules["AC-3"].number("years"))
    if "PRG-4" not in rules:
        return None
    held = sorted(s.ends for s in stages if s.kind == "surveillance" and s.done and s.ends and s.ends >= cycle.began)
    if not held:
        return add_months(cycle.began, rules["PRG-4"].number("months"))
    following = date(held[-1].year + 1, 12, 31)
    if cycle.expires is not None and following.year >= cycle.expires.year:
        return None
    return following


def last_on_site(stages: Iterable[StageFacts], kinds: Sequence[str]) -> date | None:
    """The last day on which such a stage was carried out on site."""
    return max((s.ends for s in stages if s.done and s.on_site and s.ends and s.kind in kinds), default=None)


def years_without_surveillance(*, cycle: Cycle, stages: Sequence[StageFacts], on: date) -> tuple[int, ...]:
    """Calendar years since the decision, and before the year of expiry and of `on`, in which none was carried out."""
    audited = {s.ends.year for s in stages if s.kind == "surveillance" and s.done and s.ends}
    last = min(on.year, cycle.expires.year if cycle.expires else on.year)
    return tuple(year for year in range(cycle.began.year + 1, last) if year not in audited)


def not_audited(*, last_audited: Mapping[str, date | None], months: int, on: date) -> tuple[str, ...]:
    """Processes whose last audit lies more than so many months back, or that never had one (ISO 9001:2015, 9.2.2 a).

    last_audited: name of the process → last day of its last audit.
    """
    return tuple(sorted(name for name, last in last_audited.items() if last is None or add_months(last, months) < on))
