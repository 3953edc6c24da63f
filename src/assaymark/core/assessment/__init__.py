"""The one engine: whether a step of an assessment is allowed, for every kind by the same code.

Rules that hold here:
- Selection → determination → review → decision → attestation → surveillance (ISO/IEC 17000:2020, Annex A), at every
  level. Which steps a kind has, and which rules bind it, is data (`core.rules.Kind`, `core.rules.Rule`).
- Every question answers with *all* refusals, in the order of the steps; warnings are among them and do not block.
- Which rules are in force is decided by the day of the act: the caller hands them in (`RuleBook.for_kind`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assaymark.core.assessment.facts import (
    JUDGEMENT_NAMES,
    STATE_NAMES,
    Act,
    ApplicationFacts,
    AssessmentFacts,
    FindingFacts,
    Judgement,
    LineFacts,
    Member,
    Process,
    ReviewFacts,
    State,
    Step,
)
from assaymark.core.assessment.rules import CHECKS
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refusal
from assaymark.core.rules import Kind, Rule

__all__ = [
    "JUDGEMENT_NAMES",
    "RENEWALS",
    "STANDING",
    "STATE_NAMES",
    "Act",
    "ApplicationFacts",
    "AssessmentFacts",
    "FindingFacts",
    "Judgement",
    "LineFacts",
    "Member",
    "Process",
    "ReviewFacts",
    "State",
    "Step",
    "next_step",
    "open_decisions",
    "reasons_not_to",
    "reasons_not_to_attest",
    "reasons_not_to_close",
    "reasons_not_to_decide",
    "reasons_not_to_plan",
    "reasons_not_to_report",
    "reasons_not_to_review",
    "reasons_not_to_start",
]

Rules = Mapping[str, Rule]
_APPROACH = "ISO/IEC 17000:2020, Annex A"

# Decisions about an attestation that exists; they need no fresh audit to be taken.
STANDING = frozenset({DecisionKind.SUSPEND, DecisionKind.WITHDRAW, DecisionKind.REDUCE, DecisionKind.RESTORE})

# Stages at whose end a cycle is renewed (ISO/IEC 17021-1:2015, 9.6.3; ISO/IEC 17011:2017, 7.9.4).
RENEWALS = frozenset({"recertification", "reassessment"})

# What can be decided before anything was granted.
_FIRST = frozenset({DecisionKind.GRANT, DecisionKind.REFUSE, None})

_FROM: dict[Step, frozenset[State]] = {
    Step.PLAN: frozenset({State.PLANNED, State.AGREED}),
    Step.START: frozenset({State.AGREED, State.STARTED}),
    Step.REPORT: frozenset({State.STARTED}),
    Step.REVIEW: frozenset({State.REPORTED, State.REVIEWED}),
    Step.DECIDE: frozenset({State.REVIEWED}),
    Step.CLOSE: frozenset({State.REPORTED}),
}
_BEFORE: dict[Step, str] = {
    Step.PLAN: "The audit has begun; its plan stands.",
    Step.START: "The plan is not agreed yet.",
    Step.REPORT: "The audit is not under way.",
    Step.REVIEW: "The report is not issued yet.",
    Step.DECIDE: "The results have not been reviewed.",
    Step.CLOSE: "The report is not issued yet.",
}
_NEXT: dict[Step, str] = {
    Step.PLAN: "",
    Step.START: "Agree the plan first.",
    Step.REPORT: "Start the audit first.",
    Step.REVIEW: "Issue the report first.",
    Step.DECIDE: "Review the results first.",
    Step.CLOSE: "Issue the report first.",
}


def next_step(facts: AssessmentFacts, *, kind: Kind) -> Step | None:
    """The step that comes next for this kind; None when nothing is left to do."""
    match facts.state:
        case State.PLANNED:
            return Step.PLAN
        case State.AGREED:
            return Step.START
        case State.STARTED:
            return Step.REPORT
        case State.REPORTED:
            return Step.REVIEW if kind.separate_decision else Step.CLOSE
        case State.REVIEWED:
            return Step.DECIDE
        case _:
            return None


def open_decisions(facts: AssessmentFacts) -> tuple[DecisionKind, ...]:
    """What can be decided as things stand, the likeliest first: fresh results allow more than an attestation alone."""
    fresh = facts.state is State.REVIEWED
    if facts.cycle is None or facts.cycle.withdrawn_on is not None:
        return (DecisionKind.GRANT, DecisionKind.REFUSE) if fresh else ()
    held = DecisionKind.RESTORE if facts.cycle.suspended_since else DecisionKind.SUSPEND
    standing = (held, DecisionKind.REDUCE, DecisionKind.WITHDRAW)
    if not fresh:
        return standing
    renewing = any(stage.kind in RENEWALS for stage in facts.stages)
    first = (DecisionKind.RENEW, DecisionKind.MAINTAIN) if renewing else (DecisionKind.MAINTAIN, DecisionKind.RENEW)
    return (*first, DecisionKind.EXTEND, *standing)


def reasons_not_to(step: Step, facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Every reason, warnings included, why the step cannot be taken now."""
    own: dict[Step, Iterator[Refusal]] = {
        Step.PLAN: _selection(facts),
        Step.REPORT: _determination(facts),
        Step.REVIEW: _review(facts, act),
    }
    return (
        *_order(step, facts, act),
        *own.get(step, iter(())),
        *(
            refusal
            for rule_id, asked in CHECKS.items()
            if rule_id in rules and asked.at(step, act)
            for refusal in asked.check(rules[rule_id], facts, act)
        ),
    )


def reasons_not_to_plan(facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Why plan and team cannot be sent to the client."""
    return reasons_not_to(Step.PLAN, facts, act=act, rules=rules)


def reasons_not_to_start(facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Why the audit, or its stage `act.stage`, cannot begin."""
    return reasons_not_to(Step.START, facts, act=act, rules=rules)


def reasons_not_to_report(facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Why the report cannot be issued."""
    return reasons_not_to(Step.REPORT, facts, act=act, rules=rules)


def reasons_not_to_review(facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Why this person cannot review the results now."""
    return reasons_not_to(Step.REVIEW, facts, act=act, rules=rules)


def reasons_not_to_decide(facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Why this person cannot take `act.decision` now: suspend, restore and withdraw are decisions like the others."""
    return reasons_not_to(Step.DECIDE, facts, act=act, rules=rules)


def reasons_not_to_close(facts: AssessmentFacts, *, act: Act, rules: Rules) -> tuple[Refusal, ...]:
    """Why an audit without a separate decision cannot be closed."""
    return reasons_not_to(Step.CLOSE, facts, act=act, rules=rules)


def reasons_not_to_attest(
    *, kind: Kind, decision: DecisionKind | None, decided_by: str, attested: bool
) -> tuple[Refusal, ...]:
    """Why nothing can be attested: an attestation rests on a decision that says so (ISO/IEC 17000:2020, 7.3)."""
    found: list[Refusal] = []
    if not kind.attests:
        found.append(
            Refusal(
                "nothing-attested", _APPROACH, f"A {kind.title.lower()} attests nothing.", "It ends with its report."
            )
        )
    if decision is None or not decided_by:
        found.append(
            Refusal("decision-missing", "ISO/IEC 17000:2020, 7.3", "No decision has been taken.", "Decide first.")
        )
    elif decision is DecisionKind.REFUSE:
        found.append(Refusal("decision-refused", "ISO/IEC 17000:2020, 7.3", "The decision was to refuse."))
    if attested:
        found.append(Refusal("attested-already", "ISO/IEC 17000:2020, 7.3", "This decision has been carried out."))
    return tuple(found)


def _order(step: Step, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    if facts.state in {State.CLOSED, State.CANCELLED}:
        yield Refusal("assessment-ended", _APPROACH, f"{facts.number} has ended.", "Plan a new one.")
    elif step is Step.DECIDE and act.decision in STANDING:
        if facts.cycle is None:
            yield Refusal("nothing-granted", _APPROACH, "Nothing has been granted that this could change.")
        elif facts.cycle.withdrawn_on is not None:
            yield Refusal("withdrawn-already", _APPROACH, "It was withdrawn.", "Grant anew after a new assessment.")
    elif facts.state not in _FROM[step]:
        yield Refusal("step-order", _APPROACH, _BEFORE[step], _NEXT[step])
    elif step is Step.DECIDE and facts.cycle is None and act.decision not in _FIRST:
        yield Refusal("nothing-granted", _APPROACH, "Nothing has been granted yet.", "Grant or refuse.")


def _selection(facts: AssessmentFacts) -> Iterator[Refusal]:
    if not any(member.role == "lead" for member in facts.team):
        yield Refusal("leader-missing", "ISO 19011:2018, 5.5.4", "Nobody leads the team.", "Name a team leader.")
    if not facts.stages or facts.first_day is None:
        yield Refusal(
            "dates-missing", "ISO 19011:2018, 6.3.2", "The audit has no dates.", "Set its first and last day."
        )


def _determination(facts: AssessmentFacts) -> Iterator[Refusal]:
    checklist = facts.checklist
    if checklist.lines == 0:
        yield Refusal("checklist-empty", "ISO 19011:2018, 6.4.7", "Nothing was judged.", "Make the checklist.")
    elif checklist.judged < checklist.lines:
        left = checklist.lines - checklist.judged
        yield Refusal(
            "lines-open",
            "ISO 19011:2018, 6.4.7",
            f"{left} of {checklist.lines} lines are not judged.",
            "Judge them, or mark them as not applicable.",
        )
    if checklist.nonconform_without_finding:
        yield Refusal(
            "finding-missing",
            "ISO 19011:2018, 6.4.8",
            f"{checklist.nonconform_without_finding} lines do not conform but no nonconformity was raised.",
            "Raise it from the line.",
        )


def _review(facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    for member in facts.team:
        if member.person_id == act.by:
            yield Refusal(
                "reviewer-in-team",
                "ISO/IEC 17000:2020, 7.1",
                f"{member.name} was in the team and cannot review its results.",
                "Let somebody review who took no part.",
            )
