"""How each kind of rule works. Which rules a kind of assessment has, their clause, limits and words are data.

A check takes the rule (its limits, its words), the facts and the act, and yields a refusal for each way in which the
rule is broken. `CHECKS` says which check belongs to which rule id, and at which steps it is asked. Two norms that ask
the same thing share one check: DEC-1 of ISO/IEC 17021-1 and AC-11 of ISO/IEC 17011 are one function.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from assaymark.core import programme
from assaymark.core.assessment.facts import Act, AssessmentFacts, FindingFacts, Step
from assaymark.core.competence import AUDITING, UNDER_GUIDANCE, Relation, RelationKind, missing_cover
from assaymark.core.findings import Grade
from assaymark.core.programme import FAVOURABLE, DecisionKind, add_months, add_years
from assaymark.core.refusal import Refusal
from assaymark.core.rules import Rule

Check = Callable[[Rule, AssessmentFacts, Act], Iterator[Refusal]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A check and the steps at which it is asked; of the decisions only these, or all when empty."""

    check: Check
    steps: frozenset[Step]
    decisions: frozenset[DecisionKind] = frozenset()

    def at(self, step: Step, act: Act) -> bool:
        """Whether it is asked for this act."""
        if step not in self.steps:
            return False
        return step is not Step.DECIDE or not self.decisions or act.decision in self.decisions


def _roles_words(role: str) -> str:
    return "an interpreter" if role == "interpreter" else "an expert" if role == "expert" else f"a {role}"


def _people(facts: AssessmentFacts, act: Act) -> dict[object, str]:
    """Everybody whose impartiality matters: team, reviewer and whoever acts."""
    people: dict[object, str] = {member.person_id: member.name for member in facts.team}
    if facts.review:
        people[facts.review.by] = facts.review.by_name
    people[act.by] = act.by_name
    return people


def _day(facts: AssessmentFacts, act: Act) -> date:
    """The day that counts for impartiality and competence: the first day of the audit, later the day of the act."""
    first = facts.first_day
    return first if first and first > act.day else act.day


def _tie(rule: Rule, relation: Relation, **more: object) -> Refusal:
    years = rule.number("years")
    free = relation.free_from(years)
    return rule.refusal(
        ended=relation.until or "now", possible_from=free or f"{years} years after it ends", years=years, **more
    )


def _body_ties(*kinds: RelationKind) -> Check:
    def check(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
        for relation in facts.relations:
            if relation.person_id is None and relation.kind in kinds:
                if "years" not in rule.parameters:
                    if relation.until is None or relation.until >= act.day:
                        yield rule.refusal(activity=relation.kind.value.replace("_", " "))
                elif relation.counts_on(_day(facts, act), years=rule.number("years")):
                    yield _tie(rule, relation)

    return check


def person_worked_for_client(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Nobody assesses, reviews or decides on a client they consulted, managed or audited from inside."""
    people = _people(facts, act)
    own = {RelationKind.CONSULTANCY, RelationKind.EMPLOYMENT, RelationKind.INTERNAL_AUDIT}
    for relation in facts.relations:
        concerned = relation.person_id in people and relation.kind in own
        if concerned and relation.counts_on(_day(facts, act), years=rule.number("years")):
            yield _tie(rule, relation, person=people[relation.person_id])


def open_conflict(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A declared conflict of interest is settled before the person takes part."""
    people = _people(facts, act)
    for relation in facts.relations:
        if relation.kind is RelationKind.CONFLICT and relation.person_id in people and relation.until is None:
            yield rule.refusal(person=people[relation.person_id])


def own_work(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """An auditor does not answer for a process within the audit."""
    for member in facts.auditors:
        for process in facts.processes:
            if process.owner_id == member.person_id:
                yield rule.refusal(person=member.name, process=process.name)


def criteria_and_scope(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """An audit says against what, and how far."""
    missing = [word for word, value in (("criteria", facts.criteria), ("scope", facts.scope)) if not value]
    if missing:
        yield rule.refusal(missing=" and no ".join(missing))


def approval_criteria(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """What a supplier's approval rests on is on record."""
    if not facts.criteria:
        yield rule.refusal()


def application_complete(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The application says all that is needed."""
    missing = facts.application.missing if facts.application else rule.words("facts")
    if missing and facts.cycle is None:
        yield rule.refusal(missing=list(missing))


def application_reviewed(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The body reviewed and accepted the application before it plans."""
    accepted = facts.application is not None and facts.application.accepted_on is not None
    if not accepted and facts.cycle is None:
        yield rule.refusal()


def team_covers(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The team together is competent for standard, sectors and languages on the day."""
    able = {m.person_id for m in facts.team if m.role in AUDITING | UNDER_GUIDANCE and m.role != "trainee"}
    missing = missing_cover(
        (c for c in facts.competences if c.person_id in able),
        day=_day(facts, act),
        covers=rule.words("covers"),
        standard=facts.standard,
        sectors=facts.sectors,
        languages=facts.languages,
    )
    if missing:
        yield rule.refusal(missing=list(missing))


def guided(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Experts, trainees and interpreters work under an auditor of the same team."""
    auditors = {member.person_id for member in facts.auditors}
    for member in facts.team:
        if member.role in UNDER_GUIDANCE and member.under not in auditors:
            yield rule.refusal(person=member.name, role=_roles_words(member.role))


def each_auditor_competent(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Leader and auditors are each evaluated for the standard."""
    day = _day(facts, act)
    able = {c.person_id for c in facts.competences if c.standard == facts.standard and c.on(day)}
    for member in facts.auditors:
        if member.person_id not in able:
            yield rule.refusal(person=member.name, missing="this standard")


def plan_known(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The client knows plan and team, and has no open objection."""
    if facts.told is None or facts.objection:
        yield rule.refusal()


def first_stage_concluded(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A second stage begins after the first is concluded."""
    if act.stage == "stage_2" and any(not stage.concluded_on for stage in facts.stages_of("stage_1")):
        yield rule.refusal()


def first_stage_recent(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The first stage still holds when the second begins."""
    ends = [stage.ends for stage in facts.stages_of("stage_1") if stage.ends]
    starts = [stage.starts for stage in facts.stages_of("stage_2") if stage.starts]
    if act.stage == "stage_2" and ends and starts:
        days = (min(starts) - max(ends)).days
        if days > rule.number("days"):
            yield rule.refusal(days_since=days)


def finding_complete(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A nonconformity names its requirement and what was seen."""
    for finding in facts.findings:
        pairs = (("its requirement", finding.requirement), ("its evidence", finding.evidence))
        missing = [word for word, value in pairs if not value]
        if missing and finding.grade.is_nonconformity:
            refusal = rule.refusal(missing=" and ".join(missing))
            yield dataclasses.replace(refusal, message=f"{finding.number}: {refusal.message}")


def reports_issued(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Each stage that was carried out has its report."""
    for stage in facts.stages:
        if not stage.reported:
            yield rule.refusal(stage=stage.kind.replace("_", " "))


def answered_in_time(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The client answers within the time set."""
    for finding in facts.findings:
        late = finding.answer_due and finding.answer_due < act.day and not finding.accepted_on
        if late and finding.grade.is_nonconformity:
            yield rule.refusal(finding=finding.number, due=finding.answer_due)


def outside_team(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Whoever decides took no part in the assessment."""
    for member in facts.team:
        if member.person_id == act.by:
            yield rule.refusal(person=member.name)
            return


def _unsettled(finding: FindingFacts) -> str:
    missing = []
    if finding.grade.is_nonconformity and finding.accepted_on is None:
        missing.append("its answer is not accepted")
    if finding.grade is Grade.MAJOR and finding.verified_on is None:
        missing.append("its correction is not verified")
    return " and ".join(missing)


def findings_settled(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Majors are verified, minors' plans accepted."""
    for finding in facts.findings:
        if missing := _unsettled(finding):
            yield rule.refusal(finding=f"{finding.grade.value.capitalize()} {finding.number}", missing=missing)


def verified_within(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A major is verified within the months after the last day of the second stage."""
    ended = max((stage.ends for stage in facts.stages_of("stage_2") if stage.ends), default=None)
    if ended is None:
        return
    due = add_months(ended, rule.number("months"))
    for finding in facts.findings:
        if finding.grade is Grade.MAJOR and (finding.verified_on or act.day) > due:
            yield rule.refusal(finding=finding.number, due=due)


def file_complete(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A decision rests on report, judged answers, confirmed application, reached objectives and a recommendation."""
    review = facts.review
    have = {
        "report": bool(facts.stages) and all(stage.reported for stage in facts.stages),
        "comments_on_findings": not any(f.grade.is_nonconformity and f.accepted_on is None for f in facts.findings),
        "application_confirmed": review is not None and review.application_confirmed,
        "objectives_reached": review is not None and review.objectives_reached,
        "recommendation": review is not None and bool(review.recommendation),
    }
    missing = [name for name in rule.words("pack") if not have.get(name, True)]
    if missing:
        yield rule.refusal(missing=missing)


def effective_after_decision(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Nothing takes effect before it is decided."""
    if act.effective is not None and act.effective < act.day:
        yield rule.refusal(effective=act.effective, decided=act.day)


def majors_reviewed(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """After surveillance with an open major, somebody outside the team reviews."""
    team = {member.person_id for member in facts.team}
    independent = facts.review is not None and facts.review.by not in team
    for finding in facts.findings:
        if finding.grade is Grade.MAJOR and finding.verified_on is None and not independent:
            yield rule.refusal(finding=finding.number)


def majors_before_expiry(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Majors of a recertification are verified before validity ends."""
    if facts.cycle is None or facts.cycle.expires is None:
        return
    for finding in facts.findings:
        if finding.grade is Grade.MAJOR and finding.verified_on is None:
            yield rule.refusal(finding=finding.number, expires=facts.cycle.expires)


def renewal_runs_on(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A renewal in time runs on from the old expiry."""
    cycle = facts.cycle
    if cycle is None or cycle.expires is None or act.expires is None or cycle.expired_on(act.day):
        return
    expected = add_years(cycle.expires, rule.number("cycle_years"))
    if act.expires != expected:
        yield rule.refusal(expected=expected)


def not_renewed_after_expiry(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """What was not finished at expiry is not extended."""
    if facts.cycle is not None and facts.cycle.expired_on(act.day):
        yield rule.refusal(expires=facts.cycle.expires)


def restored_in_time(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """After expiry, certification is restored within the months allowed."""
    cycle = facts.cycle
    if cycle is None or cycle.expires is None or not cycle.expired_on(act.day):
        return
    months = rule.number("months") + int(rule.parameters.get("extraordinary_months", 0))
    if act.day > add_months(cycle.expires, months):
        yield rule.refusal(expires=cycle.expires, months=months)


def suspension_has_reason(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A suspension says why."""
    if not act.reason:
        yield rule.refusal()


def suspension_has_part(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A suspension says which part of the scope it restricts."""
    if not act.part:
        yield rule.refusal()


def suspension_ends(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A suspension lasts no longer than the months allowed: neither one that goes on, nor one that is ordered."""
    months = rule.number("months")
    since = facts.cycle.suspended_since if facts.cycle else None
    if since is not None and act.day > add_months(since, months):
        yield rule.refusal(since=since)
    ordered = act.effective or act.day
    if act.decision is DecisionKind.SUSPEND and act.until and act.until > add_months(since or ordered, months):
        yield dataclasses.replace(
            rule.refusal(since=ordered),
            message=f"The suspension would last longer than {months} months.",
            next_step="Choose an earlier day, after which certification is restored, reduced or withdrawn.",
        )


def surveillance_each_year(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """No calendar year without surveillance, except that of recertification."""
    if facts.cycle is not None:
        stages = facts.history + facts.stages
        for year in programme.years_without_surveillance(cycle=facts.cycle, stages=stages, on=act.day):
            yield rule.refusal(year=year)


def first_surveillance_in_time(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The first surveillance is carried out within the months after the decision."""
    if facts.cycle is None:
        return
    due = add_months(facts.cycle.began, rule.number("months"))
    held = [s.ends for s in facts.history + facts.stages if s.kind == "surveillance" and s.done and s.ends]
    first = min((day for day in held if day >= facts.cycle.began), default=act.day)
    if first > due:
        yield rule.refusal(due=due)


def on_site_in_time(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """Assessments on site are no further apart than the years allowed."""
    if facts.cycle is None:
        return
    years = rule.number("years")
    last = programme.last_on_site(facts.history + facts.stages, rule.words("stages")) or facts.cycle.began
    if act.day > add_years(last, years):
        yield rule.refusal(last=last, due=add_years(last, years))


def recent_on_site(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A suspension is lifted only with a recent assessment on site."""
    if facts.cycle is None or facts.cycle.suspended_since is None:
        return
    days = [s.ends for s in facts.history + facts.stages if s.done and s.on_site and s.ends]
    last = max(days, default=facts.cycle.began)
    if act.day > add_years(last, rule.number("years")):
        yield rule.refusal(last=last)


def cycle_length(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """A cycle lasts no longer than the years allowed."""
    start = act.effective or act.day
    latest = add_years(start, rule.number("years"))
    if act.expires is not None and act.expires > latest:
        yield rule.refusal(start=start, end=act.expires, latest=latest)


def reassessed_before_end(rule: Rule, facts: AssessmentFacts, act: Act) -> Iterator[Refusal]:
    """The cycle does not run out before reassessment is decided."""
    if facts.cycle is not None and facts.cycle.expired_on(act.day):
        yield rule.refusal(end=facts.cycle.expires)


_PLAN, _START = frozenset({Step.PLAN}), frozenset({Step.START})
_PEOPLE = frozenset({Step.PLAN, Step.START, Step.REVIEW, Step.DECIDE})
_TEAM = frozenset({Step.PLAN, Step.START})
_REPORT, _DECIDE = frozenset({Step.REPORT}), frozenset({Step.DECIDE})
_RESULT = frozenset({DecisionKind.GRANT, DecisionKind.EXTEND, DecisionKind.RESTORE, DecisionKind.RENEW})
_GRANT = frozenset({DecisionKind.GRANT})
_RENEW = frozenset({DecisionKind.RENEW})
_NEW_CYCLE = _GRANT | _RENEW
_RESTORE = frozenset({DecisionKind.RESTORE})
_SUSPEND = frozenset({DecisionKind.SUSPEND})
_MAINTAIN = frozenset({DecisionKind.MAINTAIN})
_GOES_ON = frozenset({DecisionKind.MAINTAIN, DecisionKind.EXTEND, DecisionKind.RENEW, DecisionKind.SUSPEND})

CHECKS: dict[str, Asked] = {
    # impartiality
    "IMP-2": Asked(_body_ties(RelationKind.CONSULTANCY), _PEOPLE, FAVOURABLE),
    "IMP-3": Asked(_body_ties(RelationKind.INTERNAL_AUDIT), _PEOPLE, FAVOURABLE),
    "IMP-4": Asked(_body_ties(RelationKind.RELATED_CONSULTANCY), _PEOPLE, FAVOURABLE),
    "IMP-5": Asked(person_worked_for_client, _PEOPLE),
    "IMP-8": Asked(open_conflict, _PEOPLE),
    "AC-14": Asked(_body_ties(RelationKind.CONSULTANCY), _PEOPLE, FAVOURABLE),
    "AC-14P": Asked(person_worked_for_client, _PEOPLE),
    # selection: application, plan, team
    "APP-1": Asked(application_complete, _PLAN),
    "APP-2": Asked(application_reviewed, _PLAN),
    "AUD-1": Asked(own_work, _TEAM),
    "AUD-2": Asked(criteria_and_scope, _PLAN),
    "TEA-1": Asked(team_covers, _TEAM),
    "AC-TEA": Asked(team_covers, _TEAM),
    "TEA-1E": Asked(guided, _TEAM),
    "TEA-2": Asked(each_auditor_competent, _TEAM),
    "PLN-1": Asked(plan_known, _START),
    "AC-OBJ": Asked(plan_known, _START),
    # determination
    "S1-1": Asked(first_stage_concluded, _START),
    "S1-3": Asked(first_stage_recent, _START),
    "NC-1": Asked(finding_complete, _REPORT),
    "AUD-5": Asked(finding_complete, _REPORT),
    "RPT-1": Asked(reports_issued, frozenset({Step.REVIEW})),
    "AUD-4": Asked(reports_issued, frozenset({Step.CLOSE})),
    "NC-3": Asked(answered_in_time, frozenset({Step.REVIEW, Step.DECIDE})),
    # decision
    "SUP-1": Asked(approval_criteria, frozenset({Step.PLAN, Step.CLOSE})),
    "DEC-1": Asked(outside_team, _DECIDE),
    "AC-11": Asked(outside_team, _DECIDE),
    "DEC-2": Asked(findings_settled, _DECIDE, _RESULT),
    "AC-11F": Asked(findings_settled, _DECIDE, _RESULT),
    "DEC-3": Asked(verified_within, _DECIDE, _GRANT),
    "DEC-4": Asked(file_complete, _DECIDE, _RESULT),
    "DEC-5": Asked(effective_after_decision, _DECIDE),
    "DEC-6": Asked(majors_reviewed, _DECIDE, _MAINTAIN),
    # cycle
    "PRG-3": Asked(surveillance_each_year, _DECIDE, _MAINTAIN | _RENEW),
    "PRG-4": Asked(first_surveillance_in_time, _DECIDE, _MAINTAIN | _RENEW),
    "REC-2": Asked(majors_before_expiry, _DECIDE, _RENEW),
    "REC-3": Asked(renewal_runs_on, _DECIDE, _RENEW),
    "REC-4": Asked(not_renewed_after_expiry, _DECIDE, _RENEW),
    "REC-5": Asked(restored_in_time, _DECIDE, _RESTORE),
    "SUS-1": Asked(suspension_has_reason, _DECIDE, _SUSPEND),
    "SUS-3": Asked(suspension_ends, _DECIDE, _GOES_ON),
    "AC-1": Asked(cycle_length, _DECIDE, _NEW_CYCLE),
    "AC-3": Asked(on_site_in_time, _DECIDE, _MAINTAIN | frozenset({DecisionKind.EXTEND})),
    "AC-4": Asked(recent_on_site, _DECIDE, _RESTORE),
    "AC-5": Asked(suspension_has_part, _DECIDE, _SUSPEND),
    "AC-6": Asked(reassessed_before_end, _DECIDE, _RENEW),
}
