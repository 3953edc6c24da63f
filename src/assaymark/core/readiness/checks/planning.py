"""Checks of ISO 9001:2015, chapter 6: risks, objectives."""

from __future__ import annotations

from assaymark.core.readiness import Finding, check, judged, missing, not_applicable
from assaymark.core.readiness.facts import Objective, Risk, Snapshot, say

HIGH = 12  # likelihood times impact from which a risk is not left without treatment


def _live(snapshot: Snapshot) -> tuple[Risk, ...]:
    return tuple(r for r in snapshot.risks if r.state != "gone")


def pursued(snapshot: Snapshot) -> tuple[Objective, ...]:
    """Objectives that are being pursued."""
    return tuple(o for o in snapshot.objectives if o.state == "pursued")


@check("6.1", "Risks are known and judged")
def risks_are_recorded(snapshot: Snapshot) -> Finding:
    """Risks that are not gone, each with an owner."""
    risks = _live(snapshot)
    if not risks:
        return missing("No risk is recorded.")
    return judged(
        risks,
        [(r, "nobody") for r in risks if r.owner_id is None],
        conforms=f"{len(risks)} recorded, each with an owner.",
        fails="Nobody answers for these.",
        open_words="without owner",
        shown=f"{len(risks)} {'risk' if len(risks) == 1 else 'risks'}",
    )


@check("6.1", "High risks are treated")
def high_risks_are_treated(snapshot: Snapshot) -> Finding:
    """Risks whose level, or what remains of it, is 12 of 25 or more and that are neither in treatment nor accepted."""
    risks = _live(snapshot)
    if not risks:
        return not_applicable("There is no risk to treat.")
    high = [r for r in risks if (r.residual if r.residual is not None else r.level) >= HIGH]
    return judged(
        risks,
        [(r, f"{r.level} of 25") for r in high if r.state in {"open", "controlled"} or not r.treated],
        conforms=f"{len(high)} high, all in treatment or accepted by decision." if high else "None is high.",
        fails="Nothing is done about these yet.",
        open_words="untreated",
    )


@check("6.1", "Treatments are carried out in time")
def treatments_are_in_time(snapshot: Snapshot) -> Finding:
    """The due date of every treatment under way."""
    risks = [r for r in _live(snapshot) if r.state in {"open", "treated"} and r.treatment_due]
    if not risks:
        return not_applicable("No treatment is under way.")
    late = [(r, f"due {say(r.treatment_due)}") for r in risks if r.treatment_due and r.treatment_due < snapshot.day]
    return judged(
        risks,
        late,
        conforms=f"{len(risks)} under way, none late.",
        fails="The treatment of these is late.",
        open_words="treatment late",
    )


@check("6.1", "Risks are looked at again in time")
def risks_are_reviewed(snapshot: Snapshot) -> Finding:
    """The review date of every risk that is not gone."""
    risks = _live(snapshot)
    if not risks:
        return not_applicable("There is no risk to review.")
    return judged(
        risks,
        [(r, f"due {say(r.review_on)}") for r in risks if r.review_on and r.review_on < snapshot.day],
        conforms="No review is late.",
        fails="The review of these is late.",
        open_words="past review",
    )


@check("6.2", "There are objectives with a target, a plan and a date")
def objectives_are_planned(snapshot: Snapshot) -> Finding:
    """Objectives that are pursued: indicator, target, plan, owner and date of each (6.2.1, 6.2.2)."""
    running = [o for o in snapshot.objectives if o.state in {"planned", "pursued"}]
    if not running:
        return missing("No objective is pursued.")
    return judged(
        running,
        [(o, "not planned through") for o in running if not o.planned],
        conforms=f"{len(running)} pursued, each planned through.",
        fails="These lack target, plan, owner or date.",
        open_words="unplanned",
        shown=f"{len(running)} {'objective' if len(running) == 1 else 'objectives'}",
    )


@check("6.2", "Objectives are on target")
def objectives_are_on_target(snapshot: Snapshot) -> Finding:
    """The latest value of every objective that is pursued, against its target."""
    measured = [o for o in pursued(snapshot) if o.on_target is not None]
    if not measured:
        return not_applicable("No value was measured yet.")
    return judged(
        measured,
        [(o, "off target") for o in measured if not o.on_target],
        conforms=f"All {len(measured)} meet their target.",
        fails="The latest value of these misses the target.",
        open_words="off target",
        shown=f"{sum(1 for o in measured if o.on_target)} of {len(measured)} on target",
    )


@check("6.2", "Objectives end by their date")
def objectives_are_closed_in_time(snapshot: Snapshot) -> Finding:
    """The date by which each objective was to be reached."""
    running = pursued(snapshot)
    if not running:
        return not_applicable("No objective is pursued.")
    late = [(o, f"due {say(o.due_on)}") for o in running if o.due_on and o.due_on < snapshot.day]
    return judged(
        running,
        late,
        conforms="None is past its date.",
        fails="These are past their date: close them as reached or missed.",
        open_words="past date",
    )


CHECKS = (
    risks_are_recorded,
    high_risks_are_treated,
    treatments_are_in_time,
    risks_are_reviewed,
    objectives_are_planned,
    objectives_are_on_target,
    objectives_are_closed_in_time,
)
