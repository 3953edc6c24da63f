"""Halden's internal audits: two programmes carried out, a third begun; one audit under way, one agreed.

NC-0042, the undersize shafts of lot 2291, comes out of one of them: a line of the checklist, raised with one click.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from assaymark.core.assessment import Judgement
from assaymark.core.competence import TeamRole
from assaymark.core.findings import Grade
from assaymark.demo import procedure
from assaymark.demo.halden_findings import dealt_with, who
from assaymark.demo.halden_problems import Problem
from assaymark.demo.procedure import Finding
from assaymark.demo.timeline import Part, Story
from assaymark.demo.world import World
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.actions import StagePlan
from assaymark.records.evidence.actions import attach
from assaymark.records.findings import actions as findings
from assaymark.records.scope import organisation_scope

if TYPE_CHECKING:
    from assaymark.records.assessments.models import Assessment

STANDARD = "iso-9001-2015"
NOTES = {
    "": "Seen; as described.",
    "7.1.5": "Labels of ten instruments read.",
    "7.5": "Revisions at the place of use compared with the register.",
    "8.4": "Four orders and their approvals seen.",
    "8.5": "Two jobs watched from set-up to the last piece.",
    "8.6": "Eight lots compared with their release.",
    "9.3": "Minutes and decisions of the last review followed.",
    "10.2": "Four closed cases read to the end.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An internal audit. offset: its day; lead: somebody who answers for none of the processes."""

    offset: int
    title: str
    processes: tuple[str, ...]
    clauses: tuple[str, ...]
    summary: str
    lead: str = "a.brandt"
    raised: tuple[tuple[Finding, Problem], ...] = ()


def _told(offset: int, finding: Finding, told: Problem) -> tuple[Finding, Problem]:
    assert told.raised == offset
    return finding, told


UNDERSIZE = Problem(
    raised=-53,
    by="a.brandt",
    title="Shaft diameter below tolerance in lot 2291",
    happened="11 of 80 shafts measured 19.968 mm or less against 20.000 -0.021. Released without the final check being "
    "recorded.",
    requirement="8.6 b",
    process="Turning",
    owner="j.osei",
    containment="Lot blocked the same day; 69 conforming shafts inspected again and released by M. Halden, 11 scrapped."
    " "
    "Customer told the next day.",
    correction="11 shafts made anew and delivered.",
    cause="The micrometer's interval was set by calendar, not by use; it had measured 9,400 parts since its last "
    "calibration.",
    whys=(
        "The shafts are too small.",
        "The micrometer showed 8 µm too much.",
        "Its anvil was worn.",
        "It was calibrated a year ago, as the plan says.",
        "The plan counts months, not measurements.",
    ),
    fishbone={"Measurement": ("M-07 worn anvil",), "Method": ("no lot hold before the check",)},
    similar="All 14 micrometers checked with gauge blocks: M-11 off by 3 µm, replaced.",
    acts=(
        ("Interval of all micrometers by number of measurements", "j.osei", 30),
        ("Lot hold in the router until the final check is recorded", "p.novak", 41),
    ),
    criterion="No undersize shaft in the next 20 lots.",
    check_after=52,
    known="acted",
)

AUDITS = (
    Audit(
        offset=-700,
        title="Turning and grinding",
        processes=("Turning", "Grinding"),
        clauses=("7.1.5", "8.5.1", "8.5.2"),
        summary="Works as described. Tools are kept in good order.",
    ),
    Audit(
        offset=-628,
        title="Quality system and direction",
        processes=("Quality system", "Direction"),
        clauses=("5.2", "7.5", "9.3", "10.2"),
        summary="Documents are current; one action was late.",
        raised=(
            _told(
                -628,
                Finding(
                    "10.2.1 d",
                    Grade.MINOR,
                    "Effectiveness check made late",
                    "The check of one case was due in May and made in July.",
                    "Record of the case on the missing certificate.",
                ),
                Problem(
                    raised=-628,
                    by="a.brandt",
                    title="",
                    happened="",
                    requirement="10.2.1 d",
                    process="Quality system",
                    owner="p.novak",
                    containment="Check made, action had worked.",
                    correction="Record completed.",
                    cause="Checks stood in a private calendar.",
                    similar="Six open cases looked at: none late.",
                    acts=(("Checks stand in the system with their owner", "p.novak", 7),),
                    criterion="No check late in half a year.",
                    check_after=180,
                    result="Seven checks, all in time.",
                ),
            ),
        ),
    ),
    Audit(
        offset=-545,
        title="Inspection, stores and measuring equipment",
        processes=("Final inspection and release", "Stores and dispatch", "Measuring equipment"),
        clauses=("7.1.5", "8.5.4", "8.6", "8.7"),
        summary="Release is done by the right people; labels are readable.",
    ),
    Audit(
        offset=-440,
        title="Purchasing and quotation",
        processes=("Purchasing", "Quotation and order review"),
        clauses=("8.2", "8.4"),
        lead="p.novak",
        summary="Suppliers are approved and watched.",
    ),
    Audit(
        offset=-380,
        title="Purchasing",
        processes=("Purchasing",),
        clauses=("8.4",),
        lead="p.novak",
        summary="Re-evaluation was done for all but one supplier.",
    ),
    Audit(
        offset=-295,
        title="Quotation, planning and maintenance",
        processes=("Quotation and order review", "Planning", "Maintenance"),
        clauses=("7.1.3", "8.1", "8.2"),
        summary="Confirmed days now rest on the machine plan.",
    ),
    Audit(
        offset=-205,
        title="Grinding and measuring equipment",
        processes=("Grinding", "Measuring equipment"),
        clauses=("7.1.4", "7.1.5", "8.5.1"),
        summary="Heat is dealt with; one instruction lay out of sight.",
        raised=(
            _told(
                -205,
                Finding(
                    "8.5.1 a1",
                    Grade.MINOR,
                    "Instruction on grinding not at hand",
                    "The instruction lay in a drawer; the newest grinder did not know it.",
                    "Talk with R. Teale; drawer at the cylindrical grinder.",
                ),
                Problem(
                    raised=-205,
                    by="a.brandt",
                    title="",
                    happened="",
                    requirement="8.5.1 a1",
                    process="Grinding",
                    owner="d.okello",
                    containment="Instruction hung at the machine.",
                    correction="R. Teale read and confirmed it.",
                    cause="Instructions had no fixed place.",
                    similar="Turning: two instructions without a place.",
                    acts=(("Holders for instructions at all machines", "b.lister", 25),),
                    criterion="Instructions in their holders in four rounds.",
                    check_after=100,
                    result="Four rounds, all in place.",
                ),
            ),
        ),
    ),
    Audit(
        offset=-120,
        title="Quality system and direction",
        processes=("Quality system", "Direction"),
        clauses=("5.1", "6.2", "7.5", "9.1", "9.3"),
        summary="Objectives are measured every month and talked about.",
    ),
    Audit(
        offset=-53,
        title="Turning and final inspection",
        processes=("Turning", "Final inspection and release"),
        clauses=("7.1.5", "8.5.1", "8.6"),
        summary="Lot 2291 was released without its final check; otherwise sound.",
        raised=(
            _told(
                -53,
                Finding(
                    "8.6 b",
                    Grade.MINOR,
                    UNDERSIZE.title,
                    UNDERSIZE.happened,
                    "Inspection record IR-2291 and the router of the lot.",
                ),
                UNDERSIZE,
            ),
        ),
    ),
)


def programmes(world: World) -> Story:
    """One programme for each year."""
    novak, calendar = who(world, "p.novak"), world.calendar
    for name, offset in (("first", -740), ("second", -410), ("third", -30)):
        at = yield calendar.at(offset, 9)
        starts, ends = calendar.day(offset + 10), calendar.day(offset + 360)
        row = actions.plan_programme(
            kind="internal_audit",
            title=f"Internal audits {starts:%B %Y} to {ends:%B %Y}",
            starts=starts,
            ends=ends,
            objectives="Does what we agreed happen, and does it work?",
            considered="Complaints, changes of the year, earlier findings; grinding and release twice.",
            by=novak,
            at=at,
        )
        world.made[f"halden.programme.{name}"] = row.pk


def audit(world: World, told: Audit) -> Story:
    """Planned three weeks ahead, carried out in a day, reported within a week, closed a week later."""
    calendar, lead = world.calendar, who(world, told.lead)
    row = yield from _planned(world, told, ahead=21)
    at = yield calendar.at(told.offset, 8)
    actions.start(assessment_id=row.pk, by=lead, at=at)
    at = yield calendar.at(told.offset, 10)
    raised = procedure.judged(row.pk, by=lead, at=at, notes=NOTES, raised=[finding for finding, _ in told.raised])
    for requirement, finding_id in raised.items():
        world.made[f"halden.audit.{told.offset}.{requirement}"] = finding_id
    at = yield calendar.at(told.offset + 6, 16)
    actions.issue_report(assessment_id=row.pk, summary=told.summary, by=lead, at=at)
    at = yield calendar.at(told.offset + 13, 9)
    actions.close(assessment_id=row.pk, by=who(world, "p.novak"), at=at)


def _planned(world: World, told: Audit, *, ahead: int) -> Part[Assessment]:
    calendar, novak, lead = world.calendar, who(world, "p.novak"), who(world, told.lead)
    at = yield calendar.at(told.offset - ahead, 9)
    which = "first" if told.offset < -385 else "second" if told.offset < -20 else "third"
    known = world.made["halden.process"]
    day = calendar.day(told.offset)
    row = actions.plan_assessment(
        kind="internal_audit",
        title=told.title,
        standard=STANDARD,
        scope=", ".join(told.processes),
        criteria="ISO 9001:2015 and our own documents",
        objectives="Does what we agreed happen, and does it work?",
        programme_id=world.made[f"halden.programme.{which}"],
        process_ids=[known[name] for name in told.processes],
        stages=[StagePlan("audit", day, day)],
        by=novak,
        at=at,
    )
    actions.add_member(assessment_id=row.pk, person_id=lead.person_id, role=TeamRole.LEAD, by=novak, at=at)
    actions.send_plan(assessment_id=row.pk, by=novak, at=at)
    at = yield calendar.at(told.offset - 2, 15)
    actions.make_checklist(assessment_id=row.pk, clauses=told.clauses, by=lead, at=at)
    return row


def found(world: World, told: Audit, finding: Finding, problem: Problem) -> Story:
    """What an audit raised is dealt with by whoever owns the process."""
    calendar = world.calendar
    at = yield calendar.at(told.offset, 12)
    finding_id: UUID = world.made[f"halden.audit.{told.offset}.{finding.requirement}"]
    findings.describe(
        nonconformity_id=finding_id,
        process_id=world.made["halden.process"][problem.process],
        owner_id=who(world, problem.owner).person_id,
        by=who(world, "p.novak"),
        at=at,
    )
    if problem is UNDERSIZE:
        attach(
            subject_kind="findings.nonconformity",
            subject_id=finding_id,
            name="IR-2291.csv",
            content=_inspection_record(),
            by=who(world, "p.novak"),
            at=at,
        )
    yield from dealt_with(world, finding_id, problem)


def under_way(world: World) -> Story:
    """Yesterday A. Brandt began to audit the stores; half of the lines are judged."""
    told = Audit(
        offset=-1,
        title="Stores and dispatch",
        processes=("Stores and dispatch",),
        clauses=("7.1.4", "8.5.2", "8.5.4", "8.6"),
        summary="",
    )
    lead = who(world, told.lead)
    row = yield from _planned(world, told, ahead=10)
    at = yield world.calendar.at(-1, 13)
    actions.start(assessment_id=row.pk, by=lead, at=at)
    at = yield world.calendar.at(-1, 15)
    with organisation_scope(lead.organisation_id):
        lines = list(queries.checklist(assessment_id=row.pk))
    for line in lines[: len(lines) // 2]:
        actions.judge(line_id=line.pk, judgement=Judgement.CONFORM, note="Seen in the stores.", by=lead, at=at)


def agreed(world: World) -> Story:
    """The audit of purchasing stands in the plan; its yearly turn is a few days overdue."""
    told = Audit(offset=9, title="Purchasing", processes=("Purchasing",), clauses=("8.4",), lead="p.novak", summary="")
    calendar, novak = world.calendar, who(world, "p.novak")
    at = yield calendar.at(-6, 9)
    row = actions.plan_assessment(
        kind="internal_audit",
        title=told.title,
        standard=STANDARD,
        scope=told.title,
        criteria="ISO 9001:2015, 8.4, and our instruction on purchasing",
        programme_id=world.made["halden.programme.third"],
        process_ids=[world.made["halden.process"][told.title]],
        stages=[StagePlan("audit", calendar.day(told.offset), calendar.day(told.offset))],
        by=novak,
        at=at,
    )
    actions.add_member(assessment_id=row.pk, person_id=novak.person_id, role=TeamRole.LEAD, by=novak, at=at)
    actions.send_plan(assessment_id=row.pk, by=novak, at=at)


def _inspection_record() -> bytes:
    """Diameters of the 80 shafts of lot 2291, in millimetres; every seventh is too small."""
    values = [19.968 - 0.001 * (n % 3) if n % 7 == 3 else 19.981 + 0.002 * (n * 5 % 9) for n in range(80)]
    return "\n".join(["shaft,diameter_mm", *(f"{n},{value:.3f}" for n, value in enumerate(values, 1)), ""]).encode()


def stories(world: World) -> list[Story]:
    """Programmes, audits, what they raised, and what lies ahead."""
    return [
        programmes(world),
        *(audit(world, told) for told in AUDITS),
        *(found(world, told, finding, problem) for told in AUDITS for finding, problem in told.raised),
        under_way(world),
        agreed(world),
    ]
