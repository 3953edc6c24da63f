"""The cast of findings and assessments: Halden Precision and its people, Northfield who certifies it.

`walk_to(...)` takes an assessment through the engine by the same actions that people use, up to a state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from assaymark.core.assessment import Judgement, State
from assaymark.core.competence import TeamRole
from assaymark.core.parties import Actor, Role
from assaymark.records.assessments import actions
from assaymark.records.assessments.actions import ApplicationContent, StagePlan
from assaymark.records.assessments.models import Assessment, Stage
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.registers.models import Process
from assaymark.records.scope import organisation_scope

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ISO_9001 = "iso-9001-2015"


def actor(organisation: Organisation, name: str, *roles: Role, at: datetime = NOW - timedelta(days=900)) -> Actor:
    """A member of an organisation, as whoever acts."""
    email = f"{name.lower().replace(' ', '.').replace('..', '.')}@{organisation.slug}.example"
    member = add_member(organisation=organisation, email=email, name=name, roles=roles, at=at)
    return Actor(
        person_id=member.person_id,
        name=name,
        organisation_id=organisation.pk,
        organisation_slug=organisation.slug,
        organisation_name=organisation.name,
        roles=frozenset(roles),
    )


@dataclass
class Cast:
    """Who is who."""

    halden: Organisation
    northfield: Organisation
    novak: Actor  # quality manager of Halden
    osei: Actor  # works at Halden, owns turning
    brandt: Actor  # audits at Halden
    visitor: Actor  # may look at Halden, no more
    office: Actor  # certification office of Northfield
    lead: Actor  # leads audits of Northfield
    reviewer: Actor  # reviews at Northfield
    decider: Actor  # decides at Northfield
    turning: Process
    extra: dict[str, object] = field(default_factory=dict)


def cast() -> Cast:
    """Everybody, and one process."""
    at = NOW - timedelta(days=900)
    halden = add_organisation(slug="halden", name="Halden Precision Ltd", country="GB", at=at)
    northfield = add_organisation(slug="northfield", name="Northfield Certification", country="GB", at=at)
    osei = actor(halden, "J. Osei", Role.CONTRIBUTOR)
    with organisation_scope(halden.pk):
        turning = Process.objects.create(
            organisation=halden,
            number="P-1",
            title="Turning",
            state="active",
            owner_id=osei.person_id,
            created_at=at,
            updated_at=at,
        )
    return Cast(
        halden=halden,
        northfield=northfield,
        novak=actor(halden, "P. Novak", Role.QUALITY_MANAGER),
        osei=osei,
        brandt=actor(halden, "A. Brandt", Role.AUDITOR),
        visitor=actor(halden, "V. Isitor", Role.VIEWER),
        office=actor(northfield, "C. Office", Role.CERTIFICATION_OFFICE),
        lead=actor(northfield, "M. Kowalska", Role.AUDITOR),
        reviewer=actor(northfield, "R. Eviewer", Role.CERTIFICATION_OFFICE),
        decider=actor(northfield, "D. Ecider", Role.DECISION_MAKER),
        turning=turning,
    )


def internal_audit(cast: Cast, *, leader: Actor | None = None, at: datetime = NOW) -> Assessment:
    """An internal audit of turning, planned, with a leader."""
    audit = actions.plan_assessment(
        kind="internal_audit",
        title="Turning and final inspection",
        standard=ISO_9001,
        scope="Turning, Leeds works",
        process_ids=[cast.turning.pk],
        stages=[StagePlan("audit", at.date(), at.date() + timedelta(days=1))],
        by=cast.novak,
        at=at,
    )
    person = (leader or cast.brandt).person_id
    actions.add_member(assessment_id=audit.pk, person_id=person, role=TeamRole.LEAD, by=cast.novak, at=at)
    return audit


def start_internal_audit(cast: Cast, *, clauses: tuple[str, ...] = ("8.6",), at: datetime = NOW) -> Assessment:
    """An internal audit under way, with a checklist of these clauses."""
    audit = internal_audit(cast, at=at)
    actions.send_plan(assessment_id=audit.pk, by=cast.novak, at=at)
    actions.make_checklist(assessment_id=audit.pk, clauses=clauses, by=cast.brandt, at=at)
    return actions.start(assessment_id=audit.pk, by=cast.brandt, at=at)


def judge_all(audit_id: UUID, *, by: Actor, at: datetime = NOW) -> None:
    """Every line that is not judged yet conforms."""
    with organisation_scope(by.organisation_id):
        lines = list(Assessment.objects.get(pk=audit_id).lines.filter(judgement=""))
    for line in lines:
        actions.judge(line_id=line.pk, judgement=Judgement.CONFORM, note="Seen.", by=by, at=at)


CONTENT = ApplicationContent(
    kind="certification",
    standard=ISO_9001,
    scope="Precision turning and grinding of shafts",
    sectors=(17,),
    languages=("en",),
    sites="Works, 14 Canal Road, Leeds",
    processes="Turning, grinding, inspection",
    personnel=12,
    consultancy="none",
)


def competent(cast: Cast, person: Actor, *, since: date = date(2020, 1, 1)) -> None:
    """The person is evaluated for ISO 9001 in the metal sector."""
    actions.record_competence(
        person_id=person.person_id,
        standard=ISO_9001,
        role=TeamRole.LEAD,
        sectors=[17],
        languages=["en"],
        since=since,
        by=cast.office,
        at=NOW - timedelta(days=800),
    )


def planned_certification(cast: Cast, *, at: datetime = NOW) -> Assessment:
    """Applied, accepted, planned in two stages from that day on, with a competent leader."""
    application = actions.apply(body_id=cast.northfield.pk, content=CONTENT, by=cast.novak, at=at)
    actions.review_application(
        application_id=application.pk, accept=True, verdict="Within our scope.", by=cast.office, at=at
    )
    competent(cast, cast.lead)
    first, second = at.date(), at.date() + timedelta(days=20)
    audit = actions.plan_assessment(
        kind="certification",
        title="Initial certification",
        standard=ISO_9001,
        client_id=cast.halden.pk,
        application_id=application.pk,
        stages=[StagePlan("stage_1", first, first), StagePlan("stage_2", second, second + timedelta(days=1))],
        by=cast.office,
        at=at,
    )
    actions.add_member(assessment_id=audit.pk, person_id=cast.lead.person_id, role=TeamRole.LEAD, by=cast.office, at=at)
    return audit


def walk_to(audit: Assessment, state: State, cast: Cast, *, at: datetime = NOW) -> Assessment:
    """A planned certification through its steps up to `state`, all conforming."""
    later = at + timedelta(days=25)
    if state is not State.PLANNED:
        actions.send_plan(assessment_id=audit.pk, by=cast.office, at=at)
        actions.accept_plan(assessment_id=audit.pk, by=cast.novak, at=at)
    if state not in {State.PLANNED, State.AGREED}:
        actions.make_checklist(assessment_id=audit.pk, clauses=("8.6",), by=cast.lead, at=at)
        actions.start(assessment_id=audit.pk, by=cast.lead, at=at)
        with organisation_scope(cast.northfield.pk):
            first = Stage.objects.get(assessment=audit, kind="stage_1")
        actions.conclude_stage(stage_id=first.pk, conclusion="Ready for stage 2.", by=cast.lead, at=at)
        actions.start(assessment_id=audit.pk, by=cast.lead, at=later)
    if state in {State.REPORTED, State.REVIEWED, State.DECIDED}:
        judge_all(audit.pk, by=cast.lead, at=later)
        actions.issue_report(
            assessment_id=audit.pk, summary="The system conforms.", recommendation="Grant", by=cast.lead, at=later
        )
    if state in {State.REVIEWED, State.DECIDED}:
        actions.review(
            assessment_id=audit.pk,
            recommendation="Grant",
            application_confirmed=True,
            objectives_reached=True,
            by=cast.reviewer,
            at=later,
        )
    with organisation_scope(audit.organisation_id):
        return Assessment.objects.get(pk=audit.pk)
