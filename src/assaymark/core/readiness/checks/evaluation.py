"""Checks of ISO 9001:2015, chapter 9: measurement, internal audit, management review."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assaymark.core.programme import add_months
from assaymark.core.readiness import Finding, Outcome, check, judged, missing, not_applicable, unrecorded
from assaymark.core.readiness.checks.planning import pursued
from assaymark.core.readiness.facts import Snapshot, say

MEASURED_WITHIN = timedelta(days=92)
REVIEW_MONTHS = 12


@check("9.1.1", "Indicators have a value of the last three months")
def indicators_are_measured(snapshot: Snapshot) -> Finding:
    """The day of the latest measurement of every objective that is pursued."""
    running = pursued(snapshot)
    if not running:
        return unrecorded("No objective is pursued, and no other register records measurements yet.")
    stale = [
        (o, f"last on {say(o.latest_on)}" if o.latest_on else "never measured")
        for o in running
        if o.latest_on is None or o.latest_on + MEASURED_WITHIN < snapshot.day
    ]
    finding = judged(
        running,
        stale,
        conforms=f"All {len(running)} were measured.",
        fails="Nothing was measured for these lately.",
        open_words="not measured",
        shown=f"{len(running) - len(stale)} of {len(running)} measured",
    )
    newest = max((o.latest_on for o in running if o.latest_on), default=None)
    return replace(finding, fresh_on=newest)


@check("9.2", "Every process was audited within the programme's period")
def processes_are_audited(snapshot: Snapshot) -> Finding:
    """The last internal audit of every process in use, against the period of the programme (rule AUD-3)."""
    processes = snapshot.running
    if not processes:
        return missing("No process is in use, so none was audited.")
    if not any(p.last_audit for p in processes):
        return missing("No internal audit was reported yet.")
    limit = snapshot.audit_months
    late = [
        (p, f"last on {say(p.last_audit)}" if p.last_audit else "never")
        for p in processes
        if p.last_audit is None or add_months(p.last_audit, limit) < snapshot.day
    ]
    finding = judged(
        processes,
        late,
        conforms=f"All {len(processes)}, within {limit} months.",
        fails=f"Not within the last {limit} months:",
        open_words="not audited",
        shown=f"{len(processes) - len(late)} of {len(processes)} processes in this cycle",
    )
    newest = max((p.last_audit for p in processes if p.last_audit), default=None)
    return replace(finding, fresh_on=newest)


@check("9.2", "Planned internal audits take place")
def audits_take_place(snapshot: Snapshot) -> Finding:
    """Internal audits that are not over: the day by which each was to begin, or to be reported."""
    own = [a for a in snapshot.audits if a.own]
    if not own:
        return not_applicable("No internal audit is planned or under way.")
    late = [
        (a, f"was to begin on {say(a.starts)}")
        for a in own
        if a.state in {"planned", "agreed"} and a.starts and a.starts < snapshot.day
    ]
    late += [
        (a, f"ended on {say(a.ends)}, no report")
        for a in own
        if a.state == "started" and a.ends and a.ends + timedelta(days=30) < snapshot.day
    ]
    return judged(
        own,
        late,
        conforms=f"{len(own)} planned or under way, none late.",
        fails="These are late.",
        open_words="late",
    )


@check("9.2", "Nobody audits their own work")
def auditors_are_independent(snapshot: Snapshot) -> Finding:
    """The teams of internal audits that are not over, against who answers for the audited processes."""
    own = [a for a in snapshot.audits if a.own]
    if not own:
        return not_applicable("No internal audit is planned or under way.")
    return judged(
        own,
        [(a, "a team member owns an audited process") for a in own if a.own_work],
        conforms=f"Of {len(own)} {'audit' if len(own) == 1 else 'audits'}, none has such a team member.",
        fails="Change the team of these.",
        open_words="not independent",
    )


@check("9.2", "Findings from audits are answered in time")
def audit_findings_are_answered(snapshot: Snapshot) -> Finding:
    """Open findings that an audit raised: their answer, and their due date."""
    raised = [f for f in snapshot.findings if f.from_audit]
    if not raised:
        return not_applicable("No finding of an audit is open.")
    late = [
        (f, f"due {say(day)}")
        for f in raised
        if (day := (f.answer_due if f.state == "raised" else None) or f.due) and day < snapshot.day
    ]
    return judged(
        raised,
        late,
        conforms=f"{len(raised)} open, none late.",
        fails="These are late.",
        open_words="unanswered",
    )


@check("9.3", "Management reviewed the system within a year")
def management_reviewed(snapshot: Snapshot) -> Finding:
    """Documents in force that name clause 9.3, such as the minutes of the review; the newest effective date."""
    minutes = [d for d in snapshot.documents if d.serves("9.3")]
    newest = max((d for d in minutes if d.on), key=lambda d: str(d.on), default=None)
    if newest is None or newest.on is None:
        return unrecorded("No register records management reviews yet, and no document in force names 9.3.")
    if add_months(newest.on, REVIEW_MONTHS) < snapshot.day:
        return judged(
            minutes,
            [(newest, f"of {say(newest.on)}")],
            conforms="",
            fails=f"The last one is of {say(newest.on)}.",
            open_words="overdue",
        )
    return Finding(
        Outcome.CONFORMING,
        f"Minutes of {say(newest.on)}.",
        records=(newest.record,),
        looked_at=len(minutes),
        shown=newest.record.label,
        fresh_on=newest.on,
        owners=(newest.owner_id,) if newest.owner_id else (),
    )


CHECKS = (
    indicators_are_measured,
    processes_are_audited,
    audits_take_place,
    auditors_are_independent,
    audit_findings_are_answered,
    management_reviewed,
)
