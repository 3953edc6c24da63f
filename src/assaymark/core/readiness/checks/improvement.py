"""Checks of ISO 9001:2015, chapter 10: nonconformities, actions, improvement."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assaymark.core.programme import add_months
from assaymark.core.readiness import Finding, Outcome, check, judged, missing, not_applicable
from assaymark.core.readiness.facts import Nonconformity, Snapshot, say

CAUSE_WITHIN = timedelta(days=30)
IMPROVEMENT_MONTHS = 12


def _open(snapshot: Snapshot) -> list[Nonconformity]:
    return [f for f in snapshot.findings if f.weighs]


@check("10.2", "No nonconformity is past its due date")
def nonconformities_are_in_time(snapshot: Snapshot) -> Finding:
    """The due date of every open nonconformity."""
    opened = _open(snapshot)
    if not snapshot.totals.findings and not opened:
        return missing("No nonconformity was ever recorded.")
    late = [(f, f"due {say(f.due)}") for f in opened if f.due and f.due < snapshot.day]
    finding = judged(
        opened,
        late,
        conforms=f"{len(opened)} open, none late." if opened else "None is open.",
        fails=f"{len(late)} of {len(opened)} open ones:",
        open_words="overdue",
        shown=f"{snapshot.totals.findings} recorded, {len(opened)} open",
    )
    newest = max(filter(None, (finding.fresh_on, snapshot.totals.newest)), default=None)
    return replace(finding, fresh_on=newest)


@check("10.2", "The cause is known within 30 days")
def causes_are_known(snapshot: Snapshot) -> Finding:
    """Open nonconformities raised more than 30 days ago: whether their cause is recorded (10.2.1 b)."""
    old = [f for f in _open(snapshot) if f.raised_on and f.raised_on + CAUSE_WITHIN < snapshot.day]
    if not old:
        return not_applicable("None has been open for more than 30 days.")
    return judged(
        old,
        [(f, f"raised {say(f.raised_on)}") for f in old if not f.cause_known and f.raised_on],
        conforms=f"Known for all {len(old)} that are older.",
        fails="Not known for these.",
        open_words="without cause",
    )


@check("10.2", "Corrective actions are done in time")
def actions_are_in_time(snapshot: Snapshot) -> Finding:
    """The due date of every corrective action that is not done."""
    actions = snapshot.actions
    if not actions:
        return not_applicable("No action is open.")
    return judged(
        actions,
        [(a, f"due {say(a.due)}") for a in actions if a.due and a.due < snapshot.day],
        conforms=f"{len(actions)} open, none late.",
        fails="Actions of these are late.",
        open_words="actions late",
    )


@check("10.2", "Effectiveness is checked on its day")
def effectiveness_is_checked(snapshot: Snapshot) -> Finding:
    """Nonconformities whose actions are done: the day set for the effectiveness check (10.2.1 d)."""
    waiting = [f for f in _open(snapshot) if f.state == "check_due"]
    if not waiting:
        return not_applicable("No check is outstanding.")
    late = [
        (f, f"due {say(f.check_due)}" if f.check_due else "no day set")
        for f in waiting
        if f.check_due is None or f.check_due < snapshot.day
    ]
    return judged(
        waiting,
        late,
        conforms=f"{len(waiting)} to come, none late.",
        fails="These checks are late.",
        open_words="check late",
    )


@check("10.2", "Every open nonconformity has an owner and a date")
def nonconformities_are_owned(snapshot: Snapshot) -> Finding:
    """Owner and due date of every open nonconformity."""
    opened = _open(snapshot)
    if not opened:
        return not_applicable("None is open.")
    return judged(
        opened,
        [(f, "nobody" if f.owner_id is None else "no date") for f in opened if f.owner_id is None or f.due is None],
        conforms=f"All {len(opened)} have.",
        fails="Nobody, or no day, is named for these.",
        open_words="unassigned",
    )


@check("10.3", "Improvements were raised within a year")
def improvements_are_raised(snapshot: Snapshot) -> Finding:
    """Findings that are opportunities or observations; the day of the newest."""
    totals = snapshot.totals
    if not totals.improvements or totals.newest_improvement is None:
        return missing("No opportunity for improvement was recorded.")
    day = totals.newest_improvement
    shown = f"{totals.improvements} {'improvement' if totals.improvements == 1 else 'improvements'}"
    stale = add_months(day, IMPROVEMENT_MONTHS) < snapshot.day
    return Finding(
        Outcome.ATTENTION if stale else Outcome.CONFORMING,
        f"The newest is of {say(day)}.",
        looked_at=totals.improvements,
        open=1 if stale else 0,
        open_words="year without one",
        shown=shown,
        fresh_on=day,
    )


@check("10.3", "Improvements are followed up")
def improvements_are_followed(snapshot: Snapshot) -> Finding:
    """Open opportunities and observations past their due date."""
    opened = [f for f in snapshot.findings if not f.weighs]
    if not opened:
        return not_applicable("None is open.")
    return judged(
        opened,
        [(f, f"due {say(f.due)}") for f in opened if f.due and f.due < snapshot.day],
        conforms=f"{len(opened)} open, none late.",
        fails="These wait for an answer.",
        open_words="waiting",
    )


CHECKS = (
    nonconformities_are_in_time,
    causes_are_known,
    actions_are_in_time,
    effectiveness_is_checked,
    nonconformities_are_owned,
    improvements_are_raised,
    improvements_are_followed,
)
