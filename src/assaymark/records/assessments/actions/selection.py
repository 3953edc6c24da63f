"""Selection: programme, application, plan and team (ISO/IEC 17021-1:2015, 9.1 and 9.2; ISO/IEC 17011:2017, 7.2 to 7.5).

Rules that hold here
* A body plans after it accepted the application; the engine says what else is missing when the plan is sent.
* Sending the plan tells the client plan and team. The client accepts, which opens its house to the team for the days of
  the audit (an engagement), or objects, which holds the audit up until the objection is answered. Leave ends with the
  plan it was given for: an objection, a changed plan or team, and calling the audit off close the house again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from assaymark import catalogue
from assaymark.core import assessment as engine
from assaymark.core.competence import TeamRole
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.assessments.facts import reasons_not_to_accept, rules_for
from assaymark.records.assessments.models import (
    KINDS,
    Application,
    Assessment,
    AuditedProcess,
    Programme,
    Stage,
    TeamMember,
)
from assaymark.records.assessments.planning import (
    PREFIXES,
    ApplicationContent,
    StagePlan,
    act_of,
    move,
    tell,
    tell_client,
)
from assaymark.records.parties.actions import close_engagements, next_number, open_engagement
from assaymark.records.parties.models import Person
from assaymark.records.registers.models import Process
from assaymark.records.scope import organisation_scope

_BEFORE_START = frozenset({engine.State.PLANNED, engine.State.AGREED})


@action("assessments.plan")
def plan_programme(
    *,
    kind: str,
    title: str,
    starts: date,
    ends: date,
    by: Actor,
    at: datetime,
    objectives: str = "",
    considered: str = "",
) -> Programme:
    """A programme of audits. considered: what shaped it (9.2.2 a: importance, changes, earlier results)."""
    refuse(_unknown_kind(kind))
    row: Programme = Programme.objects.create(
        organisation_id=by.organisation_id,
        kind=kind,
        title=title,
        starts=starts,
        ends=ends,
        objectives=objectives,
        considered=considered,
    )
    tell(row, "programme_planned", by=by, at=at, after={"title": title, "starts": str(starts), "ends": str(ends)})
    return row


@action("attestations.apply")
def apply(*, body_id: UUID, content: ApplicationContent, by: Actor, at: datetime) -> Application:
    """Apply to a body, as the client."""
    return _application(body_id=body_id, client_id=by.organisation_id, content=content, by=by, at=at)


@action("assessments.plan")
def record_application(*, client_id: UUID, content: ApplicationContent, by: Actor, at: datetime) -> Application:
    """Record an application that reached the body on another way."""
    return _application(body_id=by.organisation_id, client_id=client_id, content=content, by=by, at=at)


def _application(
    *, body_id: UUID, client_id: UUID, content: ApplicationContent, by: Actor, at: datetime
) -> Application:
    refuse([*_unknown_kind(content.kind), *_unknown_standard(content.standard), *_self(body_id, client_id)])
    with organisation_scope(body_id):
        row: Application = Application.objects.create(
            organisation_id=body_id,
            client_id=client_id,
            number=next_number("AP-"),
            kind=content.kind,
            standard=content.standard,
            scope=content.scope,
            sectors=sorted(content.sectors),
            languages=sorted(content.languages),
            sites=content.sites,
            processes=content.processes,
            personnel=content.personnel,
            consultancy=content.consultancy,
            submitted_at=at,
            submitted_by_id=by.person_id,
        )
        tell(row, "applied", by=by, at=at, after={"standard": content.standard, "scope": content.scope})
    return row


@action("assessments.plan")
def review_application(*, application_id: UUID, accept: bool, verdict: str, by: Actor, at: datetime) -> Application:
    """The body's review of an application, with its verdict and why (APP-1, APP-2)."""
    row = Application.for_update(application_id)
    refusals = [r for r in reasons_not_to_accept(row, on=at.date()) if accept or r.rule == "reviewed-already"]
    if not verdict.strip():
        refusals.append(Refusal("verdict-missing", "ISO/IEC 17021-1:2015, 9.1.2", "The reason is missing.", "Say why."))
    refuse(refusals)
    row.state = Application.State.ACCEPTED if accept else Application.State.REFUSED
    row.verdict, row.reviewed_at, row.reviewed_by_id = verdict.strip(), at, by.person_id
    row.save()
    tell(row, "application_reviewed", by=by, at=at, after={"state": row.state}, reason=row.verdict)
    return row


@action("assessments.plan")
def plan_assessment(
    *,
    kind: str,
    title: str,
    standard: str,
    by: Actor,
    at: datetime,
    client_id: UUID | None = None,
    scope: str = "",
    criteria: str = "",
    objectives: str = "",
    sectors: Iterable[int] = (),
    languages: Iterable[str] = (),
    application_id: UUID | None = None,
    programme_id: UUID | None = None,
    process_ids: Sequence[UUID] = (),
    stages: Sequence[StagePlan] = (),
) -> Assessment:
    """Plan an assessment. client_id None: of one's own organisation (internal audit). Nothing is sent yet.

    From an application, scope, sectors and languages are taken over where not given.
    """
    client = client_id or by.organisation_id
    own = kind == "internal_audit"
    refuse(
        [*_unknown_kind(kind), *_unknown_standard(standard), *_wrong_client(own, client, by), *_stages(kind, stages)]
    )
    application = Application.objects.get(pk=application_id, client_id=client) if application_id else None
    row: Assessment = Assessment.objects.create(
        organisation_id=by.organisation_id,
        client_id=client,
        number=next_number(PREFIXES[kind]),
        kind=kind,
        title=title,
        standard=standard,
        scope=scope or (application.scope if application else ""),
        criteria=criteria or catalogue.edition(standard).name,
        objectives=objectives,
        sectors=sorted(sectors) or (application.sectors if application else []),
        languages=sorted(languages) or (application.languages if application else []),
        application=application,
        programme=Programme.objects.get(pk=programme_id) if programme_id else None,
        planned_at=at,
    )
    for process in Process.objects.filter(pk__in=list(process_ids)):
        AuditedProcess.objects.create(organisation_id=by.organisation_id, assessment=row, process=process)
    _write_stages(row, stages)
    tell(row, "planned", by=by, at=at, after={"title": title, "client": str(client), "standard": standard})
    return row


@action("assessments.plan")
def change_plan(*, assessment_id: UUID, by: Actor, at: datetime, **fields: Any) -> Assessment:
    """Change title, scope, criteria, objectives, sectors or languages before the audit begins.

    A plan that was sent is to be sent again.
    """
    row = Assessment.for_update(assessment_id)
    refuse(_begun(row))
    allowed = {"title", "scope", "criteria", "objectives", "sectors", "languages"}
    unknown = set(fields) - allowed
    if unknown:
        raise TypeError(f"change_plan takes {sorted(allowed)}, not {sorted(unknown)}")
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    _reopen(row, by=by, at=at)
    row.save()
    tell(row, "plan_changed", by=by, at=at, before=before, after=dict(fields))
    return row


@action("assessments.plan")
def set_stages(*, assessment_id: UUID, stages: Sequence[StagePlan], by: Actor, at: datetime) -> Assessment:
    """Set the days of an assessment before it begins; the former ones are replaced."""
    row = Assessment.for_update(assessment_id)
    refuse([*_begun(row), *_stages(row.kind, stages)])
    Stage.objects.filter(assessment=row).delete()
    _reopen(row, by=by, at=at)
    _write_stages(row, stages)
    after = {"stages": [[s.kind, str(s.starts), str(s.ends)] for s in stages]}
    tell(row, "dates_set", by=by, at=at, after=after)
    return row


@action("assessments.plan")
def add_member(
    *, assessment_id: UUID, person_id: UUID, role: TeamRole, by: Actor, at: datetime, under_id: UUID | None = None
) -> TeamMember:
    """Put somebody into the team. under_id: the auditor who answers for an expert, trainee or interpreter."""
    row = Assessment.for_update(assessment_id)
    person = Person.objects.get(pk=person_id)
    members = list(TeamMember.objects.filter(assessment=row))
    refusals = _begun(row)
    if any(member.person_id == person_id for member in members):
        refusals.append(Refusal("member-already", "ISO 19011:2018, 5.5.4", f"{person.name} is in the team already."))
    if role is TeamRole.LEAD and any(member.role == TeamRole.LEAD for member in members):
        refusals.append(Refusal("leader-already", "ISO 19011:2018, 5.5.4", "The team has a leader already."))
    refuse(refusals)
    member: TeamMember = TeamMember.objects.create(
        organisation_id=row.organisation_id, assessment=row, person=person, role=role, under_id=under_id
    )
    _reopen(row, by=by, at=at)
    row.save()
    tell(row, "member_added", by=by, at=at, after={"person": str(person_id), "role": role.value})
    return member


@action("assessments.plan")
def remove_member(*, member_id: UUID, by: Actor, at: datetime) -> None:
    """Take somebody out of the team before the audit begins."""
    member = TeamMember.for_update(member_id)
    row = Assessment.for_update(member.assessment_id)
    refuse(_begun(row))
    person_id = member.person_id
    member.delete()
    _reopen(row, by=by, at=at)
    row.save()
    tell(row, "member_removed", by=by, at=at, before={"person": str(person_id)})


@action("assessments.plan")
def send_plan(*, assessment_id: UUID, by: Actor, at: datetime) -> Assessment:
    """Tell the client plan and team (of an internal audit: announce it). Raises `Refused` with all that is missing."""
    row = Assessment.for_update(assessment_id)
    rules = rules_for(row.kind, on=at.date())
    refuse(engine.reasons_not_to_plan(row.facts(), act=act_of(by, at), rules=rules))
    row.told_at = at
    move(row, engine.State.AGREED, "plan_sent", by=by, at=at, after={})
    tell_client(row, "plan_received", by=by, at=at)
    return row


def _as_client(assessment_id: UUID, *, by: Actor) -> Assessment:
    """An assessment of the actor's organisation by another body. DoesNotExist otherwise."""
    row: Assessment = Assessment.objects.exclude(organisation_id=by.organisation_id).get(
        pk=assessment_id, client_id=by.organisation_id
    )
    return row


@action("attestations.apply")
def accept_plan(*, assessment_id: UUID, by: Actor, at: datetime) -> Assessment:
    """The client accepts plan and team, and lets the team in from a week before the audit to a week after it."""
    seen = _as_client(assessment_id, by=by)
    with organisation_scope(seen.organisation_id):
        row = Assessment.for_update(assessment_id)
        told = row.told_at is not None and row.state == engine.State.AGREED
        refuse([] if told else [_not_told()])
        row.accepted_at, row.objection = at, ""
        row.save()
        tell(row, "plan_accepted", by=by, at=at, after={})
        people = list(TeamMember.objects.filter(assessment=row).values_list("person_id", flat=True))
        _shut_out(row, by=by, at=at)
    assert row.starts is not None and row.ends is not None
    open_engagement(
        host_id=row.client_id,
        guest_id=row.organisation_id,
        purpose=f"{row.number} {row.title}"[:200],
        people=people,
        since=row.starts - timedelta(days=7),
        until=row.ends + timedelta(days=7),
        at=at,
        by=by,
        assessment_id=row.pk,
    )
    return row


@action("attestations.apply")
def object_to_team(*, assessment_id: UUID, objection: str, by: Actor, at: datetime) -> Assessment:
    """The client objects to plan or team, with its reason (ISO/IEC 17021-1:2015, 9.2.3.5)."""
    seen = _as_client(assessment_id, by=by)
    with organisation_scope(seen.organisation_id):
        row = Assessment.for_update(assessment_id)
        told = row.told_at is not None and row.state == engine.State.AGREED
        silent = Refusal("objection-missing", "ISO/IEC 17021-1:2015, 9.2.3", "The reason is missing.", "Say why.")
        refuse([*([] if told else [_not_told()]), *([] if objection.strip() else [silent])])
        row.objection, row.accepted_at = objection.strip(), None
        row.save()
        _shut_out(row, by=by, at=at)
        tell(row, "team_objected", by=by, at=at, reason=row.objection)
    return row


@action("assessments.plan")
def answer_objection(*, assessment_id: UUID, answer: str, by: Actor, at: datetime) -> Assessment:
    """The body answers an objection; a changed team is sent anew instead."""
    row = Assessment.for_update(assessment_id)
    before, row.objection = row.objection, ""
    row.save()
    tell(row, "objection_answered", by=by, at=at, before={"objection": before}, reason=answer)
    return row


@action("assessments.plan")
def cancel(*, assessment_id: UUID, reason: str, by: Actor, at: datetime) -> Assessment:
    """Call an assessment off before its report."""
    row = Assessment.for_update(assessment_id)
    late = row.state not in {*_BEFORE_START, engine.State.STARTED}
    refuse([Refusal("reported-already", "ISO 19011:2018, 6.5", "Its report is issued; it stands.")] if late else [])
    _shut_out(row, by=by, at=at)
    move(row, engine.State.CANCELLED, "cancelled", by=by, at=at, after={"reason": reason})
    return row


def _write_stages(row: Assessment, stages: Sequence[StagePlan]) -> None:
    for position, plan in enumerate(stages):
        Stage.objects.create(
            organisation_id=row.organisation_id,
            assessment=row,
            kind=plan.kind,
            position=position,
            starts=plan.starts,
            ends=plan.ends,
            days=plan.days,
            on_site=plan.on_site,
        )
    row.starts = min((plan.starts for plan in stages), default=None)
    row.ends = max((plan.ends for plan in stages), default=None)
    row.save()


def _reopen(row: Assessment, *, by: Actor, at: datetime) -> None:
    """A changed plan has not been told yet; the leave given for the former one ends."""
    if row.state == engine.State.AGREED:
        _shut_out(row, by=by, at=at)
        row.state, row.told_at, row.accepted_at = engine.State.PLANNED, None, None


def _shut_out(row: Assessment, *, by: Actor, at: datetime) -> None:
    if not row.own:
        close_engagements(host_id=row.client_id, assessment_id=row.pk, by=by, at=at)


def _begun(row: Assessment) -> list[Refusal]:
    if row.state in _BEFORE_START:
        return []
    return [Refusal("begun-already", "ISO 19011:2018, 6.3", "The audit has begun; its plan stands.")]


def _not_told() -> Refusal:
    return Refusal("plan-not-sent", "ISO/IEC 17021-1:2015, 9.2.3", "The body has not sent its plan yet.")


def _unknown_kind(kind: str) -> list[Refusal]:
    return [] if kind in KINDS else [Refusal("kind-unknown", "", f"There is no kind of assessment {kind}.")]


def _unknown_standard(standard: str) -> list[Refusal]:
    if any(edition.key == standard for edition in catalogue.standards()):
        return []
    return [Refusal("standard-unknown", "", f"There is no standard {standard}.", "Choose one of the catalogue.")]


def _self(body_id: UUID, client_id: UUID) -> list[Refusal]:
    if body_id != client_id:
        return []
    return [Refusal("own-body", "ISO/IEC 17000:2020, 4.5", "Nobody is a third party to themselves.")]


def _wrong_client(own: bool, client_id: UUID, by: Actor) -> list[Refusal]:
    if own and client_id != by.organisation_id:
        return [Refusal("client-not-own", "ISO 9001:2015, 9.2", "An internal audit is of one's own organisation.")]
    if not own and client_id == by.organisation_id:
        return [Refusal("client-missing", "ISO/IEC 17000:2020, 4.2", "Nobody is named who is assessed.", "Name them.")]
    return []


def _stages(kind: str, stages: Sequence[StagePlan]) -> list[Refusal]:
    known = KINDS[kind].stages if kind in KINDS else ()
    found = []
    for plan in stages:
        if plan.kind not in known:
            found.append(Refusal("stage-unknown", "", f"A {kind.replace('_', ' ')} has no stage {plan.kind}."))
        if plan.ends < plan.starts:
            found.append(Refusal("dates-reversed", "", "The last day lies before the first.", "Exchange the dates."))
    return found
