"""Other clients of Northfield: one suspended, one certified beyond the accreditation, one waiting for its decision."""

from __future__ import annotations

from datetime import datetime

from assaymark.core.attestation import Site
from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.demo import dealing, northfield, procedure
from assaymark.demo.castell import SITES as CASTELL_SITES
from assaymark.demo.dealing import Act, Answer
from assaymark.demo.procedure import Case, Finding, Visit
from assaymark.demo.timeline import Part, Story
from assaymark.demo.world import World
from assaymark.records.assessments import actions
from assaymark.records.assessments.actions import ApplicationContent
from assaymark.records.attestations.queries import find_by_number
from assaymark.records.findings import actions as findings

CLAUSES = ("4.3", "5.2", "6.2", "7.1.5", "8.4.1", "8.5.1", "8.6", "9.2", "9.3", "10.2")
COATING = "Spray and dip coating of metal parts"
PACKAGING = "Manufacture of corrugated board and plastic packaging at twelve sites"
SPRINGS = "Manufacture of compression and tension springs"


def content(*, scope: str, sectors: tuple[int, ...], sites: str, processes: str, personnel: int) -> ApplicationContent:
    """What these clients applied for, ISO 9001 in English."""
    return ApplicationContent(
        kind="certification",
        standard=northfield.STANDARD,
        scope=scope,
        sectors=sectors,
        languages=("en",),
        sites=sites,
        processes=processes,
        personnel=personnel,
        consultancy="none",
    )


def granted(
    case: Case, *, offset: int, number: str, sites: tuple[Site, ...], found: Finding | None = None, answer: Answer
) -> Part[None]:
    """From application to certificate in a hundred days; offset: day of the decision."""
    visits = (
        Visit("stage_1", offset - 60, 1, "Ready for stage 2."),
        Visit("stage_2", offset - 35, 2, "The system is effective."),
    )
    application = yield from procedure.applied(case, offset=offset - 100, verdict="Complete; we have auditors for it.")
    audit = yield from procedure.planned(case, visits, offset=offset - 85, application_id=application)
    raised = yield from procedure.carried_out(
        case, audit, visits, clauses=CLAUSES, notes=northfield.NOTES, raised=(found,) if found else ()
    )
    yield from procedure.reported(
        case, audit, offset=offset - 31, summary="The system meets the standard.", recommendation="Grant"
    )
    for finding_id in raised.values():
        yield from dealing.answered(case.calendar, finding_id, answer, by=case.client, offset=offset - 28)
        at = yield case.calendar.at(offset - 20)
        findings.accept_answer(nonconformity_id=finding_id, note="Accepted.", by=case.body.lead, at=at)
    yield from procedure.reviewed(case, audit, offset=offset - 10, recommendation="Grant; the file is complete.")
    decision = yield from procedure.decided(
        case, audit, offset=offset, decision=DecisionKind.GRANT, reasons="All requirements are met."
    )
    yield from procedure.attested(case, decision, offset=offset, number=number, sites=sites)


def brandt_coatings(world: World) -> Story:
    """Certified a year and a half ago; suspended three days ago because the surveillance was not allowed."""
    client = world.who("w.brandt@brandt-coatings")
    case = northfield.certification(
        world,
        client=client,
        title="Initial certification of Brandt Coatings",
        content=content(
            scope=COATING, sectors=(17,), sites="Airedale Works, Bradford", processes="Coating, inspection", personnel=9
        ),
    )
    site = Site("Works", "Unit 7, Airedale Works, Bradford", "GB")
    yield from granted(case, offset=-420, number="NC-25-00376", sites=(site,), found=BATHS, answer=_baths(client))
    row = yield from procedure.planned(
        northfield.certification(
            world, client=client, title="First surveillance of Brandt Coatings", content=case.content
        ),
        (Visit("surveillance", -60, 1, ""),),
        offset=-95,
        application_id=None,
        accepted=False,
    )
    at = yield world.calendar.at(-62, 10)
    actions.object_to_team(assessment_id=row.pk, objection="We have no time this autumn.", by=client, at=at)
    at = yield world.calendar.at(-40, 10)
    actions.cancel(
        assessment_id=row.pk, reason="The client let the day pass and gave no other.", by=case.body.office, at=at
    )
    at = yield world.calendar.at(-3, 14)
    _suspend(world, "NC-25-00376", case, at=at)


BATHS = Finding(
    requirement="8.5.1 c",
    grade=Grade.MINOR,
    title="Temperature of the phosphating bath not recorded",
    happened="Four of ten days without an entry.",
    evidence="Bath sheet of the week before the audit.",
)


def _baths(client: Actor) -> Answer:
    return Answer(
        containment="Parts of the four days measured: layer within its limits.",
        correction="Entries made from the heater's memory.",
        cause="The sheet hangs in the other hall.",
        similar="Rinsing baths: complete.",
        acts=(Act("The sheet hangs at the bath", client, -430, None),),
        criterion="Four weeks without a gap.",
        check_due=-380,
    )


def castell(world: World) -> Story:
    """A good audit in sectors for which Northfield is not accredited: certified, but not as accredited."""
    case = northfield.certification(
        world,
        client=world.who("n.ferreira@castell"),
        title="Initial certification of Castell Packaging Group",
        lead="g.marsh@northfield",
        content=content(
            scope=PACKAGING,
            sectors=(7, 14),
            sites="; ".join(f"{name}, {town}" for name, town, *_ in CASTELL_SITES),
            processes="Corrugating, printing, moulding, logistics",
            personnel=1240,
        ),
    )
    sites = tuple(Site(name, f"{street}, {town}", country) for name, town, street, country, *_ in CASTELL_SITES)
    nothing = Answer(containment="")
    yield from granted(case, offset=-200, number="NC-26-00398", sites=sites, answer=nothing)


def thornbury(world: World) -> Story:
    """Audited, answered and reviewed; the decision waits for somebody who was not in the team."""
    client = world.who("z.thornbury@thornbury")
    case = northfield.certification(
        world,
        client=client,
        title="Initial certification of Thornbury Springs",
        lead="g.marsh@northfield",
        content=content(
            scope=SPRINGS,
            sectors=(17,),
            sites="Works, 41 Kelham Street, Sheffield",
            processes="Winding, heat treatment, inspection",
            personnel=27,
        ),
    )
    visits = (
        Visit("stage_1", -62, 1, "Ready for stage 2."),
        Visit("stage_2", -40, 2, "The system is effective; one minor nonconformity."),
    )
    application = yield from procedure.applied(case, offset=-100, verdict="Complete; we have auditors for it.")
    audit = yield from procedure.planned(case, visits, offset=-85, application_id=application)
    raised = yield from procedure.carried_out(
        case, audit, visits, clauses=CLAUSES, notes=northfield.NOTES, raised=(OVEN,)
    )
    yield from procedure.reported(
        case, audit, offset=-36, summary="The system meets the standard but for one minor.", recommendation="Grant"
    )
    finding = raised[OVEN.requirement]
    yield from dealing.answered(world.calendar, finding, _oven(world), by=client, offset=-30)
    at = yield world.calendar.at(-16)
    findings.accept_answer(nonconformity_id=finding, note="Cause and action fit.", by=case.body.lead, at=at)
    yield from procedure.reviewed(case, audit, offset=-2, recommendation="Grant; the file is complete.")


OVEN = Finding(
    requirement="7.1.5.2 a",
    grade=Grade.MINOR,
    title="Thermocouple of oven 2 past its calibration",
    happened="The thermocouple was due in the month before the audit.",
    evidence="Label at oven 2; list of instruments.",
)


def _oven(world: World) -> Answer:
    ellery = world.who("x.ellery@thornbury")
    return Answer(
        containment="Oven 2 stopped; springs of four weeks tested: hardness within limits.",
        correction="Thermocouple calibrated: 2 K off, within its limit.",
        cause="Ovens are not in the list of instruments.",
        similar="Oven 1 was in the list by chance; the furnace was not.",
        acts=(Act("All ovens and furnaces in the list of instruments", ellery, 20, None),),
        criterion="No instrument past its date for six months.",
        check_due=150,
    )


def _suspend(world: World, number: str, case: Case, *, at: datetime) -> None:
    (row,) = find_by_number(number=number)
    actions.decide_about(
        attestation_id=row.pk,
        decision=DecisionKind.SUSPEND,
        reasons="The client did not allow the surveillance audit (persistent).",
        until=world.calendar.day(150),
        by=case.body.decider,
        at=at,
    )
